"""With marked secrets in all settings, no command and no failure shows one or keeps one."""

import os
import secrets
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from events_tracker.base import limits
from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Response, Simulator
from tests.reliability import hell_secrets
from tests.reliability.hell_answers import ANSWERS
from tests.reliability.hell_secrets import DATABASE_PASSWORD, SECRETS, Watcher
from tests.support.engines import on_sqlite, server_url, sql
from tests.support.mailbox import Mailbox
from tests.support.world import NOON, PADARIA, Result, Tracker

# What a library left to the garbage collector when an answer's head was nonsense.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
COMMANDS = [
    "scan --dry-run",
    "scan --dry-run --account 1950",
    "scan --format json",
    "scan --full",
    "notify --dry-run",
    "notify",
    "notify --format json",
    "notify --retry-failed",
    "notify --test whatsapp",
    "notify --test webhook",
    "notify --test email",
    "notifications",
    "notifications --format json",
    "history",
    "history --format csv",
    "status",
    "status --format json",
    "alarms list",
    "alarms list --format json",
    "alarms show default",
    "alarms create more --value 9 --email-to ana@sentinela.example",
    "alarms edit more --value 8",
    "alarms disable more",
    "alarms enable more",
    "alarms close more",
    "alarms reopen more",
    "alarms delete more",
    "alarms show none",
    "clear --dry-run",
    "clear --force --account 1950 --reason test",
    "clear",
    "purge --dry-run",
    "purge",
    "init",
    "--help",
    "scan --help",
    "scan --none",
    "scna",
]
"""Every command, right and wrong, in an order in which each has something to do."""
OFTEN = ["scan", "notify", "status", "notify --test whatsapp", "notify --test webhook"]
SLOW = {"time-out", "400 MB", "one byte at a time", "a head one byte at a time", "endless chunks"}
BREAKS: dict[str, Response] = {
    "all is repeated": hell_secrets.echo,
    "a redirect repeats it": hell_secrets.echo_elsewhere,
    **ANSWERS,
}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def ready(tracker: Tracker, segware: Simulator, mailbox: Mailbox) -> Tracker:
    """Everything is on, and one alert is open and to be told of."""
    tracker.environ |= hell_secrets.environ(segware, mailbox.address)
    assert tracker("init").exit_code == 0
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert tracker("scan").exit_code == 0
    return tracker


def run(tracker: Tracker, commands: list[str]) -> list[Result]:
    """Each command as talkative as can be."""
    results = []
    for command in commands:
        tracker.clock.advance(MINUTE)
        results.append(tracker("-v", *command.split()))
    return results


@on_sqlite
def test_no_command_shows_or_keeps_a_secret(ready: Tracker, database: str) -> None:
    results = run(ready, COMMANDS)
    assert {result.exit_code for result in results} == {0, 1, 2}
    Watcher(database).assert_nothing_leaked(*results)


@on_sqlite
@pytest.mark.reliability
@pytest.mark.parametrize("how", BREAKS)
def test_no_failure_shows_or_keeps_a_secret(
    ready: Tracker,
    segware: Simulator,
    mailbox: Mailbox,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setattr(limits, "SCAN_SECONDS", 2.0)
    monkeypatch.setattr(limits, "APPLY_SECONDS", 0.5)
    monkeypatch.setattr(limits, "DELIVERY_SECONDS", 1.0)
    monkeypatch.setattr(limits, "READ_SECONDS", 0.5)
    segware.fail_always("/", BREAKS[how])
    mailbox.answer = "554 5.7.1 refused: " + unquote(hell_secrets.MAIL_PASSWORD)
    results = run(ready, OFTEN[:2] if how in SLOW else [*OFTEN, "notify --retry-failed"])
    assert 1 in {result.exit_code for result in results}
    Watcher(database).assert_nothing_leaked(*results)


@on_sqlite
def test_with_nobody_there_no_secret_is_shown(
    ready: Tracker, segware: Simulator, mailbox: Mailbox, database: str
) -> None:
    segware.stop()
    mailbox.stop()
    results = run(ready, [*OFTEN, "notify --test email"])
    assert {result.exit_code for result in results} == {1}
    Watcher(database).assert_nothing_leaked(*results)


@pytest.mark.mysql
@pytest.mark.parametrize("database", ["mysql"], indirect=True)
def test_the_password_of_the_database_is_never_shown(
    ready: Tracker, database: str, request: pytest.FixtureRequest
) -> None:
    server = server_url("mysql")
    user, password = f"u{secrets.token_hex(5)}", unquote(DATABASE_PASSWORD)
    root = server._replace(path="").geturl()
    sql(root, f"CREATE USER {user}@'%' IDENTIFIED BY '{password}'")
    request.addfinalizer(lambda: sql(root, f"DROP USER {user}@'%'"))
    name = database.partition("?")[0].rpartition("/")[2]
    sql(root, f"GRANT SELECT ON {name}.* TO {user}@'%'")
    port = server.port or 3306
    failing = {
        "may only read": (DATABASE_PASSWORD, port, name),
        "wrong password": (DATABASE_PASSWORD + "x", port, name),
        "nobody there": (DATABASE_PASSWORD, 1, name),
        "no such database": (DATABASE_PASSWORD, port, "none_of_that_name"),
    }
    results = []
    for secret, at, database_name in failing.values():
        url = f"mysql://{user}:{secret}@127.0.0.1:{at}/{database_name}"
        ready.environ["DATABASE_URL"] = url
        limited = ["scan", "clear", "notify", "history", "status", "init", "alarms list", "purge"]
        results += run(ready, limited if at != 1 else ["status"])
    assert results[0].exit_code == 1
    Watcher(database).assert_nothing_leaked(*results)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100], ids=["empty", "damaged"])
@on_sqlite
def test_a_broken_database_is_told_without_a_traceback(
    ready: Tracker, database: str, content: bytes
) -> None:
    Path(database.removeprefix("sqlite:///")).write_bytes(content)
    results = run(ready, ["scan", "clear", "notify", "history", "status", "alarms list", "purge"])
    assert 0 not in {result.exit_code for result in results}
    assert "Traceback" not in "".join(result.stderr for result in results)
    assert all(secret not in result.stderr for secret in SECRETS.values() for result in results)


def leak() -> str:
    """A message in which a library tells everything, in many ways."""
    told = [secret for name, secret in SECRETS.items() if name != "DATABASE_URL"]
    return " | ".join(form for secret in told for form in (secret, quote(secret, safe="")))


@on_sqlite
@pytest.mark.parametrize(
    ("command", "place"),
    [
        ("scan", "events_tracker.storage.session.Session.rows"),
        ("scan", "events_tracker.segware.client.Segware.events"),
        ("scan", "events_tracker.decisions.fetch.slicing.SlicePlan.next"),
        ("clear", "events_tracker.storage.triggers.Triggers.perhaps_over"),
        ("notify", "events_tracker.storage.deliveries.Deliveries.claim"),
        ("notify --test webhook", "events_tracker.channels.webhook.Webhook.send"),
        ("status", "events_tracker.segware.client.Segware.clock"),
        ("history", "events_tracker.commands.history.history_row"),
        ("alarms list", "events_tracker.storage.alarms.Alarms.all"),
        ("init", "events_tracker.passes.init.run"),
        ("purge", "events_tracker.storage.old_rows.OldRows.purge"),
    ],
)
def test_an_unexpected_error_is_told_by_its_kind_and_places_alone(
    ready: Tracker,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    place: str,
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError(leak())

    monkeypatch.setattr(place, broken)
    result = ready("-v", *command.split())
    assert result.exit_code == 1
    said = f" ERROR {command.split()[0]}: "
    assert f"{said}unexpected RuntimeError: *** | " in result.stderr
    assert "Traceback" not in result.stderr
    lines = [line.partition(said)[2] for line in result.stderr.splitlines() if said in line]
    _, *places, last = lines
    assert places
    assert all(line.startswith("  at /") and " in " in line for line in places)
    assert last == "This is a bug: please report these lines."
    Watcher(database).assert_nothing_leaked(result)


@on_sqlite
@pytest.mark.parametrize("place", ["channels.whatsapp.WhatsApp.send", "http.exchange"])
def test_a_message_that_breaks_unexpectedly_is_told_by_kind_and_place_alone(
    ready: Tracker, database: str, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError(leak())

    monkeypatch.setattr(f"events_tracker.{place}", broken)
    result = ready("-v", "notify")
    assert result.exit_code == 1
    assert "ERROR notify: whatsapp: unexpected RuntimeError at test_secrets.py:" in result.stderr
    Watcher(database).assert_nothing_leaked(result)


@on_sqlite
def test_what_breaks_before_the_settings_are_known_is_not_quoted(
    ready: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError(leak())

    monkeypatch.setattr("events_tracker.settings.load", broken)
    result = ready("status")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "error: unexpected RuntimeError (what it said is left out: it may hold a secret)\n"
    )
    assert all(secret not in result.stderr for secret in SECRETS.values())


@on_sqlite
def test_a_whole_process_shows_no_traceback_either(ready: Tracker, database: str) -> None:
    program = textwrap.dedent(
        """
        from events_tracker.segware.client import Segware
        from events_tracker.cli import main

        def broken(self, *arguments, **options):
            raise RuntimeError(vars(vars(self._transport)["_session"].auth))

        Segware.events = broken
        main()
        """
    )
    process = subprocess.run(
        [sys.executable, "-c", program, "-v", "scan"],
        env={"PATH": os.environ["PATH"], **ready.environ},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.returncode == 1
    assert "ERROR scan: unexpected RuntimeError: {'_token': '***'}" in process.stderr
    assert "Traceback" not in process.stderr
    result = Result(process.returncode, process.stdout, process.stderr)
    Watcher(database).assert_nothing_leaked(result)


@on_sqlite
def test_wrong_settings_are_told_without_their_values(ready: Tracker) -> None:
    """The database is left as it is, for a path may be shown; everything else is made wrong."""
    for name, secret in SECRETS.items():
        if name.endswith("_URL") and name != "DATABASE_URL":
            ready.environ[name] = f"ftp://host:port{secret}"
    ready.environ |= {"SEGWARE_TOKEN_FILE": hell_secrets.TOKEN, "SEGWARE_TOKN": hell_secrets.TOKEN}
    ready.environ |= {"CHATPRO_URL": f"http://{hell_secrets.CHATPRO}@example.com"}
    result = ready("-v", "scan")
    assert result.exit_code == 2
    for secret in SECRETS.values():
        assert [form for form in set(hell_secrets.forms(secret)) if form in result.stderr] == []


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    import base64

    database = f"sqlite:///{tmp_path / 'search.db'}"
    sql(database, "CREATE TABLE things (text)")
    basic = base64.b64encode(f"caixa:{unquote(hell_secrets.MAIL_PASSWORD)}".encode()).decode()
    for said in (hell_secrets.TOKEN, quote(hell_secrets.CHATPRO), basic):
        with pytest.raises(AssertionError):
            Watcher(database).assert_nothing_leaked(Result(0, f"a{said}b", ""))
    sql(database, f"INSERT INTO things VALUES ('{hell_secrets.INSTANCE}')")
    with pytest.raises(AssertionError):
        Watcher(database).assert_nothing_leaked()
