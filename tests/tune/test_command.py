"""`tracker tune` over a played world: what it prints, and what it refuses."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import whatsapp
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

pytestmark = [on_sqlite, pytest.mark.usefixtures("initialised")]


ALARMS = (
    "again --source detections --of default --value 2 --window 3h",
    "quiet --codes E602,1130 --accounts 3046,2207 --operator < --value 1 --window 1h",
    "vigia --codes 1130 --companies Vigia_Sul_Segurança_Eletrônica --group-by company --value 20"
    " --window 1h",
    "kinds --codes E602,E130 --condition unique --field code --group-by company --value 2"
    " --window 1h",
    "excepted --codes E130,1130 --window 1h",
)
"""Alarms beside `default`, each over other things than that."""


def play(tracker: Tracker, segware: Simulator) -> None:
    """Scans every five minutes, with storms that come and go; nobody scans from 16:00 to 20:00."""
    number = 0
    while tracker.clock.now() < NOON + 12 * HOUR:
        now = tracker.clock.now()
        if number % 30 < 12:
            segware.add_events(now - MINUTE // 2, PADARIA, "E130", count=6)
        if 18 < number % 40 < 28:
            segware.add_events(now - MINUTE // 2, CONDOMINIO, "1130", count=9)
        if not 18 <= number < 40:
            segware.add_events(now - MINUTE // 2, FARMACIA, "E602")
        if number == 24:
            segware.add_events(now, PADARIA, "1401", "PAB", count=3)
        if not NOON + 4 * HOUR < now < NOON + 8 * HOUR:
            tracker.scan()
            tracker.clear()
        tracker.clock.advance(5 * MINUTE)
        number += 1


def tune(tracker: Tracker, *args: str) -> str:
    result = tracker("tune", *args)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def check(tracker: Tracker, alarm: str) -> tuple[int, int]:
    """How many entries the register has of an alarm, and how many of them the replay finds."""
    found = tracker("tune", "--alarm", alarm, "--format", "json").json["check"]
    return found["register"], found["found"]


def refused(tracker: Tracker, *args: str, **environ: str) -> str:
    result = tracker("tune", *args, **environ)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()[-1].strip()


def test_rules_are_replayed_over_a_day_with_a_break(tracker: Tracker, segware: Simulator) -> None:
    for rule in ALARMS:
        name, *given = (text.replace("_", " ") for text in rule.split())
        made = tracker("alarms", "create", name, "--group-by", "account", *given)
        assert made.exit_code == 0, made.stderr
    never = ("--account", "1950", "--value", "30", "--reason", "x")
    assert tracker("alarms", "except", "excepted", *never).exit_code == 0
    play(tracker, segware)
    tracker("alarms", "create", "all", "--codes", "*")
    before = dump(tracker.environ["DATABASE_URL"])
    assert tune(tracker).splitlines() == [
        "alarm default, 21/11–21/11, 0.4 days, 130 min missing, 67 min coarse",
        "Window  Value  Clear  Per day  Accounts  Again  Msg/10  >10   Most  >24h",
        "2h      25     0m     7.2      2         33%    0.07    0.0%  1     0.00",
        "2h      33     0m     7.2      2         33%    0.07    0.0%  1     0.00",
        "2h      ← 50   0m     12.0     2         40%    0.15    0.0%  1     0.00",
        "2h      75     0m     4.8      1         0%     0.05    0.0%  1     0.00",
        "2h      100    0m     0.0      0                0.00    0.0%  0     0.00",
        "check: the rule in force, replayed: 5 of 5 register entries found, opening in the same "
        "minute",
        "note: 0.4 days kept so far, of the 30 asked for",
        "note: grades are given from 30 days on",
        "note: no channel is on for it: its messages are counted as for one WhatsApp number",
    ]
    # An alarm over detections is replayed over the replay of the one that it counts.
    again = tune(tracker, "--alarm", "again", "--values", "2,3", "--days", "1").splitlines()
    assert [line.split()[:5] for line in again[2:4]] == [
        ["3h", "←", "2", "0m", "3.4"],
        ["3h", "3", "0m", "0.0", "0"],
    ]
    assert again[4].startswith("check: the rule in force, replayed: 1 of 1 register entries found")
    checks = {rule.split()[0]: check(tracker, rule.split()[0]) for rule in ALARMS}
    assert checks == {
        "again": (1, 1), "quiet": (3, 3), "vigia": (2, 2), "kinds": (1, 1), "excepted": (4, 4),
    }  # fmt: skip
    assert (
        "note: openings and closings kept by the hour only: 3, from before an alarm counted them; "
        "they are not in these numbers"
    ) in tune(tracker, "--alarm", "all").splitlines()
    lists = ("--values", "50,60", "--windows", "1h,2h", "--clear-below", "100%,80%")
    listed = tracker("tune", *lists, "--clear-after", "0m,10m", "--format", "csv")
    assert len(listed.stdout.splitlines()) == 1 + 2 * 2 * 2 * 2
    found = tracker(
        "tune", "1950", "--alarm", "Default", "--format", "json", **whatsapp(segware)
    ).json
    assert found["span"] == {
        "start": "2026-11-21T12:01:00.000Z",
        "end": "2026-11-21T21:59:59.999Z",
        "days": 0.4,
        "missing_minutes": 130,
        "coarse_minutes": 67,
    }
    assert (found["alarm"], len(found["rules"])) == ("default", 5)
    assert found["check"] == {"register": 3, "found": 3, "within_minutes": 0, "not_found": []}
    assert next(rule for rule in found["rules"] if rule["current"]) == {
        "window": 7200, "value": 50, "clear_after": 0, "clear_below": 100, "current": True,
        "alerts": 3, "alerts_per_day": 7.21, "accounts": 1, "reopened": 0.6667,
        "messages_per_10_minutes": 0.1, "spans_over_10": 0.0, "most_in_10_minutes": 1,
        "stale_per_day": 0.0, "top10_share": 1.0, "grade": None,
    }  # fmt: skip
    assert refused(tracker, "--windows", "1h,3d") == (
        "error: a window of 3d is longer than what is kept: 0.5 days so far; "
        "come back later, or fetch the past: tracker tune --fetch 7d"
    )
    assert dump(tracker.environ["DATABASE_URL"]) == before
    sql(tracker.environ["DATABASE_URL"], "UPDATE runs SET status = 'failed'")
    assert refused(tracker) == (
        "error: no good scan is known of the time of which counts are kept: rules are replayed at "
        "the moments of scans, which are kept for TRACKER_RETENTION"
    )


def test_what_cannot_be_replayed_is_refused_with_the_reason(
    tracker: Tracker, segware: Simulator
) -> None:
    assert refused(tracker) == (
        "error: no counts are kept yet: scans keep those of an hour 75 minutes after it has ended, "
        "so come back in some hours for a look, and in 30 days for grades; or fetch the past: "
        "tracker tune --fetch 7d"
    )
    assert refused(tracker, TRACKER_COUNTS_RETENTION="0") == (
        "error: no counts are kept, because TRACKER_COUNTS_RETENTION is 0: set it to 35d, and what "
        "scans count from then on can be replayed"
    )
    many = ",".join(map(str, range(1, 102)))
    assert refused(tracker, "--values", many, "--clear-below", "100%,80%") == (
        "error: these lists make 202 rules: at most 200 are tried at once; shorten a list"
    )
    for args, text in (
        (("--alarm", "defaul"), "there is no alarm called 'defaul'; did you mean 'default'?"),
        (("--values", "0"), "--values: >= 0 always holds: compare with 1 or more"),
        (("--values", "many"), "'many': write a whole number"),
        (("--windows", "3"), "'3': write a whole number and s, m, h or d"),
        (("--clear-below", "80"), "'80': write a whole percentage"),
        (("--days", "0"), "'0': write a whole number"),
        (("--account", "1951"), "no account 1951 is known"),
        (("1950", "--account", "1951"), "say the account once"),
    ):
        assert text in refused(tracker, *args), args
    tracker(
        *("alarms", "create", "open", "--condition", "unique", "--field", "occurrence"),
        *("--codes", "*", "--value", "3", "--operator", ">="),
    )
    assert refused(tracker, "--alarm", "open") == (
        "error: the alarm 'open' counts different occurrences: kept counts do not tell them apart, "
        "so it cannot be replayed"
    )
