"""Imports go one way, and only the edge touches the clock, the environment and the exit code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "events_tracker"
MAY_IMPORT = {
    "base": {"base"},
    "model": {"model", "base"},
    "formats": {"formats", "model", "base"},
    "messages": {"messages", "formats", "model", "base"},
    "settings": {"settings", "base"},
    "decisions": {"decisions", "messages", "model", "base"},
    "fetch": {"fetch", "decisions", "model", "base"},
    "passes": {"passes", "fetch", "decisions", "messages", "model", "base"},
    "reports": {"reports", "fetch", "decisions", "messages", "model", "base"},
    "tls": set(),
    "http": {"tls", "base"},
    "storage": {"storage", "model", "base"},
    "segware": {"segware", "http", "model", "base"},
    "channels": {"channels", "http", "tls", "model", "base"},
    "simulator": {"simulator"},
}
"""What each room of the package may import of it. What is not named here is the edge."""
EDGE = {"app", "cli", "commands", "web", "worker", "__main__"}
ENTRIES = {"cli", "commands", "web", "worker", "__main__"}
HANDED_IN = {"storage", "segware", "channels"}
ANNOTATED = {
    "fetch": HANDED_IN,
    "passes": HANDED_IN,
    "reports": HANDED_IN,
    "formats": {"passes", "reports"},
}
"""Adapters are handed in; under TYPE_CHECKING their names may be imported for annotations."""
TREES = {
    path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
TOUCHES_THE_WORLD = {
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.sleep",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "os.environ",
    "os.getenv",
    "os.putenv",
    "sys.exit",
    "os._exit",
    "sys.argv",
    "SystemExit",
    "exit",
    "quit",
}


WEB = {"flask", "jwt", "waitress", "werkzeug"}
HEAVY = {"requests", "urllib3", "mysql", "rich", "dotenv", "msgspec", "sqlite3", "zoneinfo"} | WEB
"""Libraries that cost too much to be imported where nothing is done yet."""


def part_of(module: Path) -> str:
    """The part of the package that a module belongs to."""
    return module.parts[0].removesuffix(".py")


def imports(tree: ast.AST, module: Path) -> Iterator[tuple[str, bool]]:
    """Parts of the package that a module imports, each with whether for annotations only."""
    inside = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            names = [f"events_tracker.{part_of(module)}"]
            assert node.level == 1, f"{module}: relative imports stay in their package"
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "events_tracker" and parts[1:2] != ["__version__"]:
                yield parts[1], id(node) in inside


def test_imports_go_one_way() -> None:
    wrong = []
    for module, tree in TREES.items():
        part = part_of(module)
        if part in EDGE or module == Path("__init__.py"):
            continue
        assert part in MAY_IMPORT, f"{part} is new: say in this test what it may import"
        for imported, for_annotations in imports(tree, module):
            handed_in = ANNOTATED.get(part, set()) if for_annotations else set()
            if imported not in MAY_IMPORT[part] | handed_in:
                wrong.append(f"{module} imports {imported}")
    assert wrong == []


def test_the_wiring_knows_none_of_its_entries_nor_how_they_talk() -> None:
    wrong = []
    for module, tree in TREES.items():
        if part_of(module) in ENTRIES:
            continue
        wrong += [
            f"{module} imports {part}" for part, _ in imports(tree, module) if part in ENTRIES
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and "click" in ast.unparse(node):
                wrong.append(f"{module} imports click")
    assert wrong == []


def test_only_the_edge_touches_clock_environment_and_exit_code() -> None:
    wrong = []
    for module, tree in TREES.items():
        if part_of(module) in {*EDGE, "simulator"}:
            continue
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Attribute):
                names = [".".join(ast.unparse(node).split(".")[-2:])]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Name):
                names = [node.id]
            line = getattr(node, "lineno", 0)
            wrong += [f"{module}:{line} {name}" for name in names if name in TOUCHES_THE_WORLD]
    assert wrong == []


def test_no_sql_is_written_in_python() -> None:
    verbs = ("SELECT ", "INSERT ", "UPDATE ", "DELETE FROM", "CREATE TABLE", "REPLACE INTO")
    written = [
        f"{module}:{node.lineno}"
        for module, tree in TREES.items()
        # It writes storage.sql.example, which people run by hand.
        if module != Path("storage/example.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.lstrip().startswith(verbs)
    ]
    assert written == []


def test_completion_is_quick_because_it_imports_none_of_them_either() -> None:
    program = (
        "import os, sys\n"
        "os.environ |= {'_TRACKER_COMPLETE': 'bash_complete', 'COMP_WORDS': 'tracker s', "
        "'COMP_CWORD': '1'}\n"
        "from events_tracker.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert "scan" in done.stdout
    assert "status" in done.stdout
    # The structs of what commands list are its: it costs less than as many dataclasses would.
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not loaded & (HEAVY - {"msgspec"})


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_is_quick_because_it_imports_none_of_the_heavy_libraries(
    arguments: list[str],
) -> None:
    program = (
        "import sys\n"
        "from events_tracker.cli import main\n"
        f"sys.argv = ['tracker', *{arguments!r}]\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert "tracker" in done.stdout
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "click" in loaded
    assert not loaded & HEAVY
