"""A failure is told once: the commands under cron, whose stderr is no terminal."""

import re
import socket
import threading
from pathlib import Path

import pytest

from events_tracker.app import failures
from events_tracker.app.app import App
from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.simulator.simulator import Handler, Reply, Simulator, json_reply
from tests.support.channels import WEBHOOK, webhook
from tests.support.engines import dump, on_sqlite, sql
from tests.support.terminal import on_terminal
from tests.support.world import Console, Result, Tracker, open_alert

pytestmark = pytest.mark.usefixtures("initialised")
EVENTS = "http://127.0.0.1/v1/events"
SLICES = re.compile(r" \(asked \d+ times\)|(?<=127\.0\.0\.1):\d+")
"""How many slices failed, and the simulator's port."""
ANSWERED = f"{EVENTS} answered 500 (trouble on Segware's side; if it lasts, call their support)"
AWAY = f"error: {ANSWERED}\n"
UNKNOWN = "alarm doors: Segware knows no account with the code 9999"
DOORS = "--accounts 9999 --codes E602 --value 1 --window 1h"


def scan(tracker: Tracker, *options: str) -> Result:
    """The next minute's scan, as crontab.example has it, without what varies."""
    tracker.clock.advance(MINUTE)
    ended = tracker("-q", "scan", *options)
    return Result(ended.exit_code, ended.stdout, SLICES.sub("", ended.stderr))


def away(segware: Simulator) -> None:
    segware.fail_always("/v1/events", json_reply(500, {}))


def test_an_outage_is_said_once_then_every_hour_then_that_it_is_over(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    away(segware)
    assert scan(tracker) == Result(1, "", AWAY)
    assert scan(tracker) == scan(tracker) == Result(1, "", "")
    tracker.clock.advance(HOUR - 3 * MINUTE)
    assert scan(tracker) == Result(1, "", f"{AWAY[:-1]} (since 09:01, 4 times)\n")
    assert scan(tracker) == Result(1, "", "")
    segware.heal()
    over = f"scan recovered after 62 min: {ANSWERED}\n"
    assert scan(tracker) == Result(0, "", over)
    assert scan(tracker) == Result(0, "", "")
    assert dump(database)["failures"] == []


@on_sqlite
def test_what_joins_is_said_and_json_stays_whole(tracker: Tracker, segware: Simulator) -> None:
    assert tracker("alarms", "create", "doors", *DOORS.split()).exit_code == 0
    first = scan(tracker)
    assert (first.exit_code, first.stderr) == (1, f"error: {UNKNOWN}\n")
    away(segware)
    joined = scan(tracker, "--format", "json")
    assert joined.stderr == AWAY
    again = scan(tracker, "--format", "json")
    assert (again.exit_code, again.stderr) == (1, "")
    assert [SLICES.sub("", error) for error in again.json["errors"]] == [AWAY[len("error: ") : -1]]


@on_sqlite
def test_each_host_says_its_own(
    tracker: Tracker, segware: Simulator, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(segware)
    said: dict[str, list[str]] = {}
    for host in ("one", "other", "one", "other"):
        monkeypatch.setattr(socket, "gethostname", lambda host=host: host)
        said.setdefault(host, []).append(scan(tracker).stderr)
    assert said == {"one": [AWAY, ""], "other": [AWAY, ""]}
    # The other one is taken away. A month later its row goes, when anything fails anew.
    segware.heal()
    tracker.clock.advance(31 * DAY)
    monkeypatch.setattr(socket, "gethostname", lambda: "one")
    assert scan(tracker).stderr.startswith("scan recovered after 31 d: ")
    away(segware)
    scan(tracker)
    assert len(dump(database)["failures"]) == 1


def test_runs_at_the_same_time_say_it_once(
    tracker: Tracker, environ: dict[str, str], tmp_path: Path
) -> None:
    said: list[str] = []

    def run() -> None:
        app = App(environ=environ, folder=tmp_path, clock=tracker.clock, shared_env_file=None)
        told = failures.told(app, app.settings(), "scan", ["away"])
        said.extend(told.errors)
        app.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["away"]


@on_sqlite
def test_a_delivery_that_waits_for_its_next_attempt_is_not_over(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    segware.fail_always(WEBHOOK, Reply(503))
    ends = []
    for _ in range(4):
        ends.append(tracker("-q", "notify"))
        tracker.clock.advance(MINUTE)
    error = "webhook: the webhook answered 503 (will be tried again)"
    assert ends == [
        Result(1, "", f"error: {error}\n"),
        Result(1, "", ""),
        Result(0, "", ""),  # the next attempt is after two minutes
        Result(1, "", ""),
    ]
    segware.heal()
    tracker.clock.advance(10 * MINUTE)
    sent = tracker("-q", "notify")
    assert (sent.exit_code, sent.stderr) == (0, f"notify recovered after 14 min: {error}\n")


@on_sqlite
def test_an_overtaken_scan_says_nothing_of_the_failure(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    away(segware)
    scan(tracker)
    segware.heal()

    def later(handler: Handler) -> None:
        sql(database, "UPDATE fence SET applied = applied + 10, issued = issued + 10")
        handler.send(handler.normal_reply())

    segware.fail("/v1/events", later)
    overtaken = tracker("scan", "--full")
    assert "nothing was changed" in overtaken.stderr
    assert "recovered" not in overtaken.stderr
    assert "recovered after" in scan(tracker).stderr


@on_sqlite
def test_who_looks_at_it_sees_it_each_time_and_leaves_no_trace(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    away(segware)
    before = dump(database)["failures"]
    for options in (["--dry-run"], ["--repeat-errors"]) * 2:
        assert scan(tracker, *options).stderr.endswith(AWAY)
    assert dump(database)["failures"] == before == []
    by_hand = ("clear", "--force", "--reason", "x", "--id", "0" * 32)
    assert tracker(*by_hand).stderr == tracker(*by_hand).stderr != ""


@on_sqlite
def test_a_terminal_sees_it_each_time(console: Console, segware: Simulator, database: str) -> None:
    away(segware)
    for _ in range(2):
        assert AWAY in SLICES.sub("", on_terminal(console, 400, "scan", errors=True))
    assert dump(database)["failures"] == []


@on_sqlite
def test_what_cannot_be_kept_is_said_each_time_and_costs_no_pass(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    sql(database, "DROP TABLE failures")
    assert scan(tracker) == Result(0, "", "")
    away(segware)
    assert scan(tracker) == scan(tracker) == Result(1, "", AWAY)


@on_sqlite
def test_a_bug_is_told_as_any_failure(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr("events_tracker.passes.clear.run", broken)
        first = tracker("-q", "clear")
        assert first.stderr.startswith("error: unexpected RuntimeError: a bug\n  at /")
        assert first.stderr.endswith("\nThis is a bug: please report these lines.\n")
        assert (first.exit_code, tracker("-q", "clear")) == (1, Result(1, "", ""))
    assert tracker("-q", "clear").stderr == (
        "clear recovered after 0 s: unexpected RuntimeError: a bug\n"
    )


@on_sqlite
def test_a_row_that_somebody_edited_is_no_row(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    away(segware)
    scan(tracker)
    sql(database, "UPDATE failures SET known = 'x'")
    assert scan(tracker) == Result(1, "", AWAY)
    assert scan(tracker) == Result(1, "", "")
