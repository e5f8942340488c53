"""The documents say what the program does: its commands, options, files and invocations."""

import ast
import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from events_tracker.cli import cli
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import whatsapp
from tests.support.engines import on_sqlite
from tests.support.world import Tracker, open_alert

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
}
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def context(group: click.Group = cli, parent: click.Context | None = None) -> click.Context:
    """As the program makes it: click keeps the help option of the first context it meets."""
    return click.Context(group, parent, **group.context_settings)


NAMES = cli.list_commands(context())


def commands(name: str) -> Iterator[tuple[str, click.Command]]:
    """A command by the words that call it; of a group, each of its commands as well."""
    found = cli.get_command(context(), name)
    assert found is not None
    yield name, found
    if isinstance(found, click.Group):
        for inner, command in found.commands.items():
            yield f"{name} {inner}", command


def invocations(text: str) -> list[list[str]]:
    """The arguments of every `tracker …` in a document's shell blocks and in its running text."""
    found = []
    for language, block in FENCED.findall(text):
        if language == "sh":
            lines = block.replace("\\\n", "").splitlines()
            found += [part for line in lines for part in simple_commands(line)]
    for code in re.findall(r"`(tracker [^`]+)`", FENCED.sub("", text)):
        found += simple_commands(code)
    return found


def simple_commands(line: str) -> Iterator[list[str]]:
    """What follows `tracker` in each command of one line of shell, redirections left out."""
    words: list[str] = []
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    for word in [*lexer, "&&"]:
        if not word or not set(word) <= set("&|;<>()"):
            words.append(word)
            continue
        while words and re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        if words and Path(words[0]).name == "tracker":
            yield words[1:]
        words = []


def parse(
    arguments: list[str], group: click.Group = cli, parent: click.Context | None = None
) -> None:
    """Parse an invocation as the program would, and run nothing. Raises click's errors."""
    own = context(group, parent)
    _, rest, _ = group.make_parser(own).parse_args(list(arguments))
    if not rest:
        return
    name, found, rest = group.resolve_command(own, rest)
    assert found is not None
    if isinstance(found, click.Group):
        parse(rest, found, own)
    elif rest != ["--help"]:
        found.make_context(name, rest, own)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_has_help(name: str) -> None:
    for words, found in [("", cli), *commands(name)]:
        assert found.help, f"tracker {words} has no help"
        for parameter in found.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"tracker {words} {parameter.opts[0]} has no help"
        line = [*words.split(), "--help"]
        said = CliRunner().invoke(cli, line, prog_name="tracker", terminal_width=80).output
        assert max(map(len, said.splitlines())) <= 80, f"tracker {words} --help is broken at 80"


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_show_every_command(name: str) -> None:
    called = [" ".join(call) for page in PAGES.values() for call in invocations(page)]
    for words, _ in commands(name):
        assert any(re.search(rf"\b{words}\b", call) for call in called), words


def test_the_help_in_the_reference_is_the_programs() -> None:
    fenced = FENCED.findall(PAGES["docs/reference.md"])
    blocks = [block for _, block in fenced if block.startswith("Usage: tracker")]
    said = CliRunner().invoke(cli, ["--help"], prog_name="tracker", terminal_width=78)
    assert blocks == [said.output]


@on_sqlite
def test_the_reference_names_every_field_of_json(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    tracker("init")
    open_alert(tracker, segware)
    called = (
        *(
            "report",
            "scan",
            "clear --dry-run",
            "notify",
            "history",
            "notifications",
            "status",
            "purge",
        ),
        *("alarms list", "alarms show default", "alarms templates", "alarms create doors"),
        "alarms codes",
        *("alarms except default --account 1 --never --reason x", "alarms except default --all"),
    )
    named = set(re.findall(r"`([a-z_0-9]+)`", PAGES["docs/reference.md"]))
    named |= set(re.findall(r'"([a-z_]+)"', PAGES["docs/reference.md"]))
    for command in called:
        printed = tracker(*command.split(), "--format", "json").json
        assert set(_fields(printed)) <= named, command


def _fields(value: Any) -> Iterator[str]:
    """The names of all fields, however deep."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _fields(inner)


def test_the_readme_begins_with_the_demo() -> None:
    assert invocations(PAGES["README.md"])[0] == ["demo", "--web"]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_parse(page: str) -> None:
    for arguments in invocations(PAGES[page]):
        parse(arguments)


def test_a_wrong_command_in_a_page_would_be_found() -> None:
    assert invocations("```sh\nX=1 .venv/bin/tracker scan --dry --at 3h > a && ls # why\n```") == [
        ["scan", "--dry", "--at", "3h"]
    ]
    with pytest.raises(click.NoSuchOption):
        parse(["scan", "--dry"])
    with pytest.raises(click.UsageError, match="No such command"):
        parse(["scna"])


def anchors(page: str) -> set[str]:
    """The names by which a page's headings are linked to."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_pages_and_headings_that_exist(page: str) -> None:
    for link in LINK.findall(PAGES[page]):
        if "://" in link:
            continue
        name, _, heading = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), f"{page} links to {link}"
        if heading:
            assert heading in anchors(target.read_text(encoding="utf-8")), f"{page}: {link}"


def test_the_readme_leads_to_every_page() -> None:
    linked = set(LINK.findall(PAGES["README.md"]))
    assert {page for page in PAGES if page != "README.md"} <= linked


def test_the_map_names_folders_and_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert named
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "events_tracker" / name).exists(), name
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    for package in setup["options"]["packages"].split():
        folder, _, inner = package.removeprefix("events_tracker.").partition(".")
        if folder not in ("events_tracker", "sql"):
            name = f"`{inner}/`" if inner else f"`events_tracker/{folder}/`"
            assert name in text, f"{package} is not on the map"


def said_by_the_program() -> str:
    """Every text in the program's source, with … for what is put into it."""
    texts = []
    for path in sorted((ROOT / "events_tracker").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [v.value if isinstance(v, ast.Constant) else "…" for v in node.values]
                texts.append("".join(map(str, parts)))
    return "\n".join(texts).replace("`", "").casefold()


def test_the_errors_that_the_pages_explain_are_the_programs() -> None:
    said = said_by_the_program()
    for page in ("docs/operate.md", "docs/plantao.md"):
        rows = re.findall(r"^\| (`[^|]+) \|", PAGES[page], re.MULTILINE)
        for quote in (quote for row in rows for quote in re.findall(r"`([^`]+)`", row)):
            for part in quote.casefold().split("…"):
                assert part.strip() in said, f"{page}: {quote}"
