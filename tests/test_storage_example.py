"""``storage.sql.example`` makes what `tracker init` makes, with the rights that suffice."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import mysql.connector
import pytest

from events_tracker.simulator.simulator import Simulator
from events_tracker.simulator.world import demo_world
from events_tracker.storage.example import _literal, storage_example
from events_tracker.storage.migrations import migrations
from tests.support.engines import SERVERS, connected, server_url, sql
from tests.support.world import NOON, Result, Tracker

EXAMPLE = Path(__file__).parents[1] / "storage.sql.example"
DUPLICATE_ROW = 1062

# What describes a database, whose name stands in place of DATABASE.
DESCRIPTIONS = {
    "tables": "SELECT table_name, table_type, engine, table_collation"
    " FROM information_schema.tables WHERE table_schema = 'DATABASE' ORDER BY 1",
    "columns": "SELECT table_name, column_name, ordinal_position, column_type, is_nullable,"
    " column_default, character_set_name, collation_name, column_key, extra"
    " FROM information_schema.columns WHERE table_schema = 'DATABASE' ORDER BY 1, 3",
    "indexes": "SELECT table_name, index_name, non_unique, seq_in_index, column_name, sub_part"
    " FROM information_schema.statistics WHERE table_schema = 'DATABASE' ORDER BY 1, 2, 4",
    "views": "SELECT table_name, view_definition, check_option, is_updatable"
    " FROM information_schema.views WHERE table_schema = 'DATABASE' ORDER BY 1",
    "database": "SELECT default_character_set_name, default_collation_name"
    " FROM information_schema.schemata WHERE schema_name = 'DATABASE'",
    "schema_migrations": "SELECT version, title, checksum FROM DATABASE.schema_migrations"
    " ORDER BY 1",
    "fence": "SELECT id FROM DATABASE.fence",
    "scan_state": "SELECT * FROM DATABASE.scan_state",
}


@dataclass(frozen=True)
class Server:
    """A real server, and names on it that nobody else uses."""

    url: SplitResult
    user: str
    folder: Path

    def database(self, name: str) -> str:
        return f"{self.user}_{name}"

    def text(self, name: str) -> str:
        """The file, with these names in place of its own."""
        text = storage_example()
        for own, ours in {
            "'tracker'@'localhost'": f"'{self.user}'@'%'",
            " tracker.*": f" {self.database(name)}.*",
            "EXISTS tracker ": f"EXISTS {self.database(name)} ",
            "USE tracker;": f"USE {self.database(name)};",
        }.items():
            assert own in text
            text = text.replace(own, ours)
        return text

    def tracker(self, name: str, **environ: str) -> Tracker:
        """The program on this database, as the user that the file makes."""
        where = f"{self.url.hostname}:{self.url.port or 3306}"
        url = f"mysql://{self.user}:change-me@{where}/{self.database(name)}"
        return Tracker({"DATABASE_URL": url, **environ}, self.folder)

    def run(self, text: str) -> None:
        """Run a file's statements as the administrator, up to the first that fails."""
        with connected(self.url.geturl()) as connection:
            cursor = connection.cursor()
            cursor.execute(text)
            while cursor.nextset():
                pass

    def described(self, name: str) -> dict[str, list[tuple[Any, ...]]]:
        """All that is known of a database's tables, and the rows that they begin with."""
        database = self.database(name)
        found = {}
        for what, text in DESCRIPTIONS.items():
            rows = sql(self.url.geturl(), text.replace("DATABASE", database))
            # A view's text names its database.
            found[what] = [
                tuple(str(value).replace(database, "DATABASE") for value in row) for row in rows
            ]
        return found


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    url = server_url(request.param)._replace(path="", query="")
    found = Server(url, f"tracker_{secrets.token_hex(6)}", tmp_path)
    yield found
    for name in ("imported", "initialised"):
        found.run(f"DROP DATABASE IF EXISTS {found.database(name)}")
    found.run(f"DROP USER IF EXISTS '{found.user}'@'%'")


def output(result: Result) -> str:
    """What a command printed that must have come to a good end."""
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_file_is_what_the_function_gives() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") == storage_example(), (
        "write it again: python -c 'from events_tracker.storage.example import storage_example; "
        'print(storage_example(), end="")\' > storage.sql.example'
    )


def test_every_migration_is_in_it_and_recorded() -> None:
    text = storage_example()
    for step in migrations():
        assert f"-- migration {step.version}: {step.title}\n" in text
        assert re.search(
            rf"^    \({step.version}, '.+',\n     '{step.checksum}',", text, re.MULTILINE
        )


def test_its_only_password_is_a_placeholder() -> None:
    assert re.findall(r"IDENTIFIED BY '(.*)'", storage_example()) == ["change-me"]


def test_texts_stay_inside_their_quotes() -> None:
    assert _literal("the fence's only row") == "'the fence''s only row'"
    with pytest.raises(ValueError, match="backslash"):
        _literal("a\\")


def test_imported_it_is_what_init_makes(server: Server) -> None:
    server.run(server.text("imported"))
    # The other database comes with user and rights alone: they let init make the tables.
    head, _, _ = server.text("initialised").partition("USE ")
    server.run(head)
    made = output(server.tracker("initialised")("init"))
    assert f"The database is ready ({len(migrations())} steps taken)." in made

    imported = server.described("imported")
    assert imported == server.described("initialised")
    assert all(imported.values())


def test_after_the_import_init_takes_no_step(server: Server) -> None:
    server.run(server.text("imported"))
    tracker = server.tracker("imported")
    said = output(tracker("init"))
    assert "The database is up to date." in said
    assert "The alarm `default` is stored: >= 50 in 2h." in said
    assert "The alarm `default` is unchanged" in output(tracker("init"))


def test_the_daily_rights_suffice_for_scan_and_history(server: Server) -> None:
    server.run(server.text("imported"))
    with Simulator(demo_world(NOON), now=lambda: NOON) as segware:
        tracker = server.tracker("imported", SEGWARE_URL=segware.url, SEGWARE_TOKEN=segware.token)
        output(tracker("init"))
        server.run(
            "REVOKE CREATE, ALTER, INDEX, DROP, CREATE VIEW"
            f" ON {server.database('imported')}.* FROM '{server.user}'@'%'"
        )
        opened = tracker.scan()["opened"]
    assert opened
    assert len(tracker.history()) == len(opened)


def test_a_second_import_changes_nothing(server: Server) -> None:
    server.run(server.text("imported"))
    output(server.tracker("imported")("init"))
    before = server.described("imported")
    with pytest.raises(mysql.connector.Error) as caught:
        server.run(server.text("imported"))
    assert caught.value.errno == DUPLICATE_ROW
    assert server.described("imported") == before
