"""What is installed is what is in the tree: packages, SQL files, statements."""

import re
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

import pytest

from events_tracker.storage.migrations import migrations
from events_tracker.storage.statements import folder, load
from tests.support.engines import connected
from tests.support.world import Tracker

ROOT = Path(__file__).parents[1]
SQL = ROOT / "sql"
DIALECTS = ("sqlite", "mysql")


def test_the_packages_of_setup_cfg_are_those_of_the_tree() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    named = config["options"]["packages"].split()
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "events_tracker").rglob("*.py")
    }
    assert sorted(named) == sorted(found | {"events_tracker.sql"})
    assert named == sorted(named)


def test_every_package_has_an_init_file() -> None:
    for path in (ROOT / "events_tracker").rglob("*.py"):
        assert (path.parent / "__init__.py").is_file(), path.parent
    assert (SQL / "__init__.py").is_file()


def test_the_console_script_is_installed() -> None:
    (script,) = metadata.entry_points(group="console_scripts", name="tracker")
    assert script.value == "events_tracker.cli:main"


def test_the_statements_are_read_from_the_tree() -> None:
    assert {path.name for path in folder().rglob("*.sql")} == {
        path.name for path in SQL.rglob("*.sql")
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_file_loads_for_every_dialect(dialect: str) -> None:
    statements = load(dialect)
    for path in SQL.rglob("*.sql"):
        if path.parent.name == "dialect" and path.stem != dialect:
            continue
        for name in re.findall(r"^-- name: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert name in statements, f"{path.name}: {name}"


def test_dialects_differ_only_where_they_must() -> None:
    shared, all_of_mysql = set(load("sqlite")), set(load("mysql"))
    assert shared <= all_of_mysql
    for name in all_of_mysql - shared:
        assert name.startswith(("session_", "create_database_")), name


def test_every_statement_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "events_tracker" / "storage").rglob("*.py")
    )
    names = {name for dialect in DIALECTS for name in load(dialect)}
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", sources)] == []


def test_migrations_are_numbered_without_gaps_and_hold_one_statement_each() -> None:
    found = migrations()
    assert [migration.version for migration in found] == list(range(1, len(found) + 1))
    for migration in found:
        assert migration.title
        without_texts = re.sub(r"'[^']*'", "", migration.sql)
        assert ";" not in without_texts, migration.version


def test_every_statement_is_right_for_the_schema(
    tracker: Tracker, database: str, initialised: None
) -> None:
    dialect = "sqlite" if database.startswith("sqlite") else "mysql"
    with connected(database) as connection:
        cursor = connection.cursor()
        for name, statement in load(dialect).items():
            # How a session is set up cannot be prepared; every connection runs it anyway.
            if name.startswith(("session_", "create_database_")):
                continue
            parts = (*statement.before, *(statement.row or ()))
            text = "".join(part.sql + "?" * (part.parameter is not None) for part in parts)
            if dialect == "sqlite":
                cursor.execute(f"EXPLAIN {text}", [None] * sum(bool(p.parameter) for p in parts))
            else:
                quoted = text.replace("\\", "\\\\").replace("'", "''")
                cursor.execute(f"PREPARE checked FROM '{quoted}'")
