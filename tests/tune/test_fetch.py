"""`tracker tune --fetch`: what it keeps is what scans would have kept, whatever stops it."""

import random
import re
import threading

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.simulator.server import Handler, Response
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.engines import on_sqlite, sql
from tests.support.terminal import Terminal
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Console, Tracker

pytestmark = [on_sqlite, pytest.mark.usefixtures("initialised")]

COUNTS = "SELECT started_at, minutes, coarse, counts FROM hours ORDER BY started_at"


def happen(segware: Simulator) -> None:
    """Something a day ago; then of three accounts all kinds of things, some of them closed."""
    chosen = random.Random(7)
    segware.add_events(NOON - DAY, PADARIA, "E602")
    segware.add_occurrence(NOON, "81", 31)
    segware.add_occurrence(NOON, "82", 32)
    for _ in range(400):
        at = NOON - 3 * HOUR + chosen.randrange(8 * HOUR)
        account = chosen.choice((PADARIA, CONDOMINIO, FARMACIA))
        code, cuc = chosen.choice((("E130", "ALR"), ("1401", "PAB"), ("R130", None)))
        closed = chosen.choice(("81", "82", None))
        segware.add_events(at, account, code, cuc, chosen.randint(1, 3), closed)


def fetch(tracker: Tracker, length: str, exit_code: int = 0, **environ: str) -> list[str]:
    """What a fetch says that nobody is asked about; it must end with this exit code."""
    result = tracker("tune", "--fetch", length, "--yes", "--pace", "0.01s", **environ)
    assert result.exit_code == exit_code, result.stderr
    return result.stderr.splitlines()


def refused(tracker: Tracker, *args: str, **environ: str) -> str:
    result = tracker("tune", *args, **environ)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()[-1].strip()


def usual(handler: Handler) -> None:
    handler.send(handler.normal_reply())


def answer(segware: Simulator, usually: int, *responses: Response) -> None:
    """Answer so many requests for events as usual, then these otherwise."""
    segware.heal()
    segware.fail("/v1/events", *[usual] * usually, *responses)


def test_what_is_fetched_is_what_scans_kept_to_the_byte(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    segware.limit = 9  # some minutes hold more than one answer carries
    happen(segware)
    tracker.clock.advance(50 * MINUTE)
    while tracker.clock.now() < NOON + 3 * HOUR + 15 * MINUTE:
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()
    by_scans = sql(database, COUNTS)[-1:]
    assert [row[:3] for row in by_scans] == [(NOON + HOUR, 60, 0)]
    slices = sql(database, "SELECT * FROM slices")
    sql(database, "DELETE FROM hours")
    announced, told, *_ = fetch(tracker, "4h")
    assert announced == (
        "Not kept, or not by the minute: 3 hours of the last 4h. Fetching them takes about 183 "
        "requests to Segware, one every 0.01 s: 2 s at least. Each hour is kept as soon as it is "
        "read, the newest first. Ctrl-C stops it at any time, and the same command goes on."
    )
    assert told.startswith("Kept 3 of 3 hours, after ")
    assert sql(database, COUNTS)[-1:] == by_scans
    assert sql(database, "SELECT * FROM slices") == slices
    asked = segware.count("/v1/events")
    assert fetch(tracker, "4h")[0] == (
        "Nothing to fetch: every hour of the last 4h is kept by the minute, but for what ended "
        "less than 75 minutes ago."
    )
    assert segware.count("/v1/events") == asked


def test_a_new_installation_is_replayed_each_minute_before_its_first_scan(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON - DAY, PADARIA, "E602")
    segware.add_events(NOON - 2 * HOUR - 30 * MINUTE, CONDOMINIO, "E130", count=60)
    segware.add_events(NOON - 100 * MINUTE, PADARIA, "E130", count=60)
    tracker.clock.advance(15 * MINUTE)
    tuned = tracker("tune", "--fetch", "5h", "--yes", "--pace", "0.01s", "--format", "json")
    assert (tuned.exit_code, tuned.json["check"]["register"]) == (0, 0)
    own = next(rule for rule in tuned.json["rules"] if rule["current"])
    assert (own["alerts"], own["accounts"]) == (2, 2)
    note = "note: no good scan is known: rules are replayed each minute, as cron would have scanned"
    assert note in tuned.stderr.splitlines()
    # What the first scan opens may have been open for long before it: it is not looked for.
    tracker.clock.at = NOON - 110 * MINUTE
    assert tracker.scan()["opened"]
    tracker.clock.at = NOON - 99 * MINUTE
    assert tracker.scan()["opened"]
    tracker.clock.at = NOON + 15 * MINUTE
    found = tracker("tune", "--format", "json")
    assert (
        "note: no good scan is known from before 21/11 07:10: until then rules are replayed each "
        "minute, as cron would have scanned, and what they open is not checked"
    ) in found.stderr.splitlines()
    assert (found.json["check"]["register"], found.json["check"]["found"]) == (1, 1)


def test_it_asks_on_a_terminal_and_goes_on_where_it_was_stopped(
    console: Console, segware: Simulator, database: str
) -> None:
    now = wall_clock_ms()
    for ago in range(DAY // (5 * HOUR) * 6):
        segware.add_events(now - ago * HOUR, PADARIA, "E130")
    arrived = threading.Event()

    def wait(handler: Handler) -> None:
        arrived.set()
        handler.pause(60)

    answer(segware, 1 + 60 + 7, wait)
    command = ("tune", "--fetch", "5h", "--pace", "0.001s")
    with Terminal(console, 80, *command) as no:
        no.read_up_to("Fetch them? [y/N]: ")
        no.type("n\n")
        declined = no.end()
    assert declined.exit_code == 1
    assert declined.stdout.endswith("Nothing was changed.\n")
    assert segware.count("/v1/events") == 0
    with Terminal(console, 80, *command) as terminal:
        terminal.read_up_to("[y/N]: ")
        terminal.type("y\n")
        assert arrived.wait(30)
        terminal.type("\x03")
        stopped = terminal.end()
    assert stopped.exit_code == 130
    told = r"Stopped. Kept 1 of ([34]) hours, after 69 requests. The same command goes on."
    said = re.fullmatch(told, stopped.stdout.splitlines()[-1])
    assert said is not None, stopped.stdout
    left = int(said[1]) - 1
    segware.heal()
    again = console(*command, "--yes")
    assert (again.exit_code, again.stdout[:14]) == (0, "alarm default,"), again.stderr
    assert f"Kept {left} of {left} hours, after {1 + 60 * left} requests." in again.stderr


def test_what_cannot_be_fetched_is_refused_with_the_reason(
    tracker: Tracker, segware: Simulator
) -> None:
    for args, environ, text in (
        (
            ["7d"],
            {},
            "error: --fetch says what it takes, and asks before it begins: where nobody can "
            "answer, add --yes",
        ),
        (
            ["7d", "--yes"],
            {"TRACKER_COUNTS_RETENTION": "0"},
            "error: no counts are kept, because TRACKER_COUNTS_RETENTION is 0: set it to 35d first",
        ),
        (
            ["40d", "--yes"],
            {},
            "error: counts are kept for 35d (TRACKER_COUNTS_RETENTION): what is older would be "
            "deleted again",
        ),
        (
            ["7"],
            {},
            "Error: Invalid value for '--fetch': '7': write a whole number and s, m, h or d (2h)",
        ),
        (
            ["7d", "--yes", "--alarm", "defaul"],
            {},
            "error: there is no alarm called 'defaul'; did you mean 'default'?",
        ),
        (
            ["7d", "--yes", "--values", "0"],
            {},
            "error: --values: >= 0 always holds: compare with 1 or more",
        ),
        (
            ["7d", "--pace", "0s"],
            {},
            "Error: Invalid value for '--pace': '0s': write seconds from 0.001s to 60s (0.2s)",
        ),
    ):
        assert refused(tracker, "--fetch", *args, **environ) == text
    # Before anything is fetched: the account is known, but has no number of its own.
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    assert tracker("alarms", "create", "any", "--group-by", "", "--value", "9").exit_code == 0
    asked = segware.count("/v1/events")
    assert refused(tracker, "--fetch", "7d", "--yes", "--alarm", "any", "1950") == (
        "error: the alarm 'any' does not group by account: of one account alone its numbers would "
        "be others"
    )
    assert segware.count("/v1/events") == asked
    assert refused(tracker, "--yes") == "Error: --pace and --yes go with --fetch"


def test_what_segware_does_not_answer_is_said_and_what_is_kept_stays(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    assert tracker("init", TRACKER_WINDOW="30m").exit_code == 0
    tracker.clock.advance(15 * MINUTE)
    for length, hours in (("24h", 23), ("3h", 2)):
        assert fetch(tracker, length, 1)[1:] == [
            f"Kept 0 of {hours} hours, after 2 requests.",
            "error: Segware has no event at all from that time: nothing of it was kept",
        ]
    segware.add_events(NOON - 3 * HOUR + MINUTE, PADARIA, "E130")
    segware.add_events(NOON - 2 * HOUR + MINUTE, PADARIA, "E130")
    assert fetch(tracker, "3h", 1)[1:3] == [
        "Kept 1 of 2 hours, after 63 requests.",
        "error: Segware has no events from before 21/11 07:00: nothing older was kept, for nobody "
        "can tell it from a time when nothing happened",
    ]
    segware.add_events(NOON - DAY, PADARIA, "E130")
    where = f"{segware.url}/v1/events"
    theirs = " (trouble on Segware's side; if it lasts, call their support)"
    unexpected = " (is SEGWARE_URL right? if it is and this lasts, call Segware's support)"
    stopped = ": stopped in the hour 21/11 06:00; what was fetched before is kept"
    refusals = (
        (
            [Reply(429)] * 4,
            f"{where} answered 429 (too many requests: perhaps other programs share the token; ask "
            "Segware for its limit); a longer --pace asks more slowly",
        ),
        ([Reply(400)] * 5, f"{where} answered 400{unexpected}, 5 times in a row"),
        (
            [Reply(403)],
            "the token has no right to /v1/events (403): ask Segware to allow this route",
        ),
    )
    for responses, text in refusals:
        answer(segware, 1 + 3, *responses)
        assert fetch(tracker, "3h", 1)[-1] == f"error: {text}{stopped}"
    segware.fail("/v2/occurrences", Reply(500))
    assert fetch(tracker, "3h", 1, TRACKER_IGNORED_CLOSERS="31")[1:] == [
        "Kept 0 of 1 hour, after 2 requests.",
        f"error: {where.replace('v1/events', 'v2/occurrences')} answered 500{theirs}{stopped}",
    ]
    segware.date_offset = -70
    assert fetch(tracker, "3h", 1)[-1] == (
        "error: this host's clock and Segware's are more than a minute apart, or Segware tells no "
        f"time: set the clock (NTP){stopped}"
    )
    segware.date_offset = 0
    sql(database, "UPDATE scan_state SET good_events = 1000")
    segware.clear_events()
    segware.add_events(NOON - DAY, PADARIA, "E130")
    assert fetch(tracker, "3h", 1)[1:] == [
        "Kept 0 of 1 hour, after 61 requests.",
        "error: Segware answered no event for an hour, where scans find many: it was not kept "
        "(1 time)",
    ]
    segware.add_events(NOON - 3 * HOUR, PADARIA, "E130")
    for second in range(3):
        segware.add_raw_event(NOON - 3 * HOUR + MINUTE + second, "no event")
    answer(segware, 1 + 2, Reply(500))
    assert fetch(tracker, "3h", 1)[1:4] == [
        "Kept 1 of 1 hour, after 61 requests.",
        "error: most events of a minute are not what Segware's events look like: it is missing "
        "(1 time)",
        f"error: {where} answered 500{theirs}: a minute is missing (1 time)",
    ]
    assert [row[:3] for row in sql(database, COUNTS)] == [
        (NOON - 3 * HOUR, 58, 0),
        (NOON - 2 * HOUR, 60, 0),
    ]
