"""What `status` says of each thing it looked at."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND, Span
from events_tracker.decisions import health
from events_tracker.decisions.alarms.default import first_default
from events_tracker.model.alarms import Alarm, Definition, Source
from events_tracker.model.health import Check, Health, MutedGroup
from events_tracker.model.runs import RunStatus
from tests.support.world import NOON

OK, WARNING, PROBLEM = Health.OK, Health.WARNING, Health.PROBLEM


def token(claims: object) -> str:
    """A token of three parts, of which the second says this."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2lnbmVk"


def expiring(at: int) -> str:
    """A token that expires at this moment."""
    return token({"exp": at // SECOND})


def test_a_token_that_is_missing_is_a_problem() -> None:
    check = health.token(None, NOON)
    assert check == Check("token", PROBLEM, "SEGWARE_TOKEN is missing: set it")


@pytest.mark.parametrize(
    ("left", "found", "words"),
    [
        (0, PROBLEM, "expired on 2026-11-21 12:00 UTC"),
        (SECOND, WARNING, "expires on 2026-11-21 12:00 UTC"),
        (7 * DAY, WARNING, "expires on 2026-11-28 12:00 UTC"),
        (7 * DAY + SECOND, OK, "valid until 2026-11-28 12:00 UTC"),
    ],
)
def test_a_token_says_how_long_it_lasts(left: int, found: Health, words: str) -> None:
    check = health.token(expiring(NOON + left), NOON)
    assert check.health is found
    assert check.detail.startswith(words)


@pytest.mark.parametrize(
    "text",
    [
        "opaque",
        "two.parts",
        "not.base64!.at all",
        token([]),
        token("text"),
        token({}),
        token({"exp": True}),
        token({"exp": "tomorrow"}),
        token({"exp": None}),
        token({"exp": 1e300}),
        token({"exp": -(10**15)}),
        f"e30.{'W1tb' * 30_000}.c2ln",
    ],
)
def test_a_token_that_does_not_say_so_is_taken_as_it_is(text: str) -> None:
    check = health.token(text, NOON)
    assert check == Check("token", OK, "set; it does not say when it expires")


@given(text=st.text() | st.builds("{}.{}.{}".format, st.text(), st.text(), st.text()))
def test_no_token_stops_the_look_nor_is_shown(text: str) -> None:
    check = health.token(text, NOON)
    assert check.health is OK
    assert check.detail == "set; it does not say when it expires"


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("apart", "found"),
    [(0, OK), (SECOND, OK), (MINUTE + SECOND, OK), (MINUTE + SECOND + 1, PROBLEM)],
)
def test_clocks_may_be_a_minute_apart_and_theirs_tells_whole_seconds(
    apart: int, found: Health, sign: int
) -> None:
    assert health.clocks(NOON + sign * apart, NOON).health is found


def test_a_clock_that_is_not_told_is_a_warning() -> None:
    assert health.clocks(None, NOON).health is WARNING


@pytest.mark.parametrize(
    ("stuck", "detail"),
    [
        ({}, "none is stuck"),
        ({"waiting": 0, "failed": 0}, "none is stuck"),
        (
            {"waiting": 2},
            "2 waiting: see `tracker notifications`; `tracker notify --dry-run` lists what is due",
        ),
        (
            {"waiting": 0, "failed": 1, "uncertain": 3},
            "1 failed, 3 uncertain: see `tracker notifications`; "
            "`tracker notify --retry-failed` tries once more what was given up",
        ),
    ],
)
def test_deliveries_that_are_stuck_are_counted_with_what_to_do(
    stuck: dict[str, int], detail: str
) -> None:
    check = health.deliveries(stuck, retried=0)
    assert check.detail == detail
    assert check.health is (OK if detail == "none is stuck" else PROBLEM)


def test_deliveries_that_will_be_tried_again_are_a_warning_until_they_are_stuck() -> None:
    check = health.deliveries({"waiting": 0}, retried=12)
    assert check.health is WARNING
    assert check.detail == "12 tried in vain, and to be tried again: see `tracker notifications`"
    assert health.deliveries({"waiting": 1}, retried=12).health is PROBLEM


def test_gaps_are_counted_and_the_first_three_named() -> None:
    assert health.gaps([]).health is OK
    check = health.gaps([(name, Span(NOON, NOON + HOUR)) for name in ("a", "b", "c", "d")])
    assert check.health is WARNING
    assert check.detail.startswith("4 never evaluated: a from 2026-11-21 12:00 to 2026-11-21 13:00")
    assert " c from" in check.detail
    assert " d from" not in check.detail


IDLE = Alarm("a1", "doors", "database", Definition(), NOON, runs=1)


def test_an_alarm_that_counted_nothing_among_events_is_named() -> None:
    check = health.alarms([IDLE, replace(IDLE, name="gates", counted_at=NOON)], events=9)
    assert check.health is WARNING
    assert ": doors; " in check.detail
    many = [replace(IDLE, name=name) for name in "abcde"]
    assert ": a, b, c and 2 more; " in health.alarms(many, events=9).detail


@pytest.mark.parametrize(
    ("alarm", "events"),
    [
        (IDLE, 0),
        (replace(IDLE, enabled=False), 9),
        (replace(IDLE, runs=0), 9),
        (replace(IDLE, counted_at=NOON), 9),
        (replace(IDLE, definition=Definition(source=Source.DETECTIONS)), 9),
    ],
    ids=["no events", "disabled", "not run yet", "it counted", "it counts detections"],
)
def test_other_alarms_are_not_idle(alarm: Alarm, events: int) -> None:
    assert health.alarms([alarm], events) == Check("alarms", OK, "none is idle")


@pytest.mark.parametrize(
    ("age", "found", "told"),
    [
        (0, OK, "0 s ago"),
        (15 * MINUTE, OK, "15 min ago"),
        (15 * MINUTE + 1, PROBLEM, "15 min ago: is cron running"),
        (3 * HOUR, PROBLEM, "3 h ago: is cron running"),
        (-HOUR, OK, "0 s ago"),
    ],
)
def test_the_last_good_scan_may_be_so_old(age: int, found: Health, told: str) -> None:
    check = health.scans(NOON - age, NOON, 15 * MINUTE, RunStatus.OK)
    assert check.health is found
    assert check.detail.startswith(f"the last good scan was {told}")


def test_before_the_first_scan_there_is_a_warning() -> None:
    assert health.scans(None, NOON, 15 * MINUTE, None).health is WARNING


@pytest.mark.parametrize(
    ("until", "last", "words"),
    [
        (NOON, RunStatus.ERROR, "the last scan failed: `tracker scan` says why; the last good"),
        (NOON, RunStatus.PARTIAL, "the last scan did not read everything: "),
        (None, RunStatus.ERROR, "no good scan yet, and the last one failed: `tracker scan` says"),
    ],
)
def test_a_last_scan_that_failed_is_a_problem_at_once(
    until: int | None, last: RunStatus, words: str
) -> None:
    check = health.scans(until, NOON, 15 * MINUTE, last)
    assert check.health is PROBLEM
    assert check.detail.startswith(words)


DEFAULT = first_default(Definition(value=50), NOON)


@pytest.mark.parametrize(
    ("alarms", "found", "words"),
    [
        ([DEFAULT], OK, "enabled, and as the settings define it"),
        ([IDLE], PROBLEM, "it is not stored yet: run `tracker init`"),
        ([replace(DEFAULT, enabled=False), IDLE], WARNING, "disabled: other alarms alone"),
        (
            [replace(DEFAULT, enabled=False), replace(IDLE, enabled=False)],
            PROBLEM,
            "no alarm is enabled, so nothing is evaluated: `tracker alarms enable default`",
        ),
        (
            [replace(DEFAULT, definition=Definition(value=30))],
            PROBLEM,
            "the environment differs from what is stored in TRACKER_THRESHOLD: `tracker init`",
        ),
    ],
)
def test_the_alarm_default_is_to_be_evaluated_as_the_settings_say(
    alarms: list[Alarm], found: Health, words: str
) -> None:
    check = health.default_alarm(alarms, Definition(value=50))
    assert check.health is found
    assert check.detail.startswith(words)


def test_alarms_that_were_not_evaluated_come_before_those_that_are_idle() -> None:
    failing = replace(IDLE, last_run_status=RunStatus.ERROR, last_error="no such account")
    check = health.alarms([IDLE, failing, replace(failing, enabled=False)], events=9)
    assert check == Check("alarms", PROBLEM, "not evaluated: doors: no such account")


def test_groups_that_are_muted_for_long_are_named_by_what_they_have() -> None:
    assert health.muted([]) == Check("muted", OK, "none for more than a day")
    whole, bare = MutedGroup("doors", "1950", "ALR", "E401"), MutedGroup("all", None, None, None)
    check = health.muted([whole, bare, whole, whole])
    assert check.health is WARNING
    assert check.detail == (
        "4 closed by hand more than a day ago still reach their value, and open nothing: "
        "account 1950 ALR E401 (doors); (all); account 1950 ALR E401 (doors) and 1 more"
    )
