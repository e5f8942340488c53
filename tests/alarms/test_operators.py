"""Each operator and each kind of number at its boundary, many alarms in one scan."""

from itertools import pairwise

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms, names, of
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

N = 5
RISING = {">=": {"n": True, "more": True}, ">": {"more": True}, "=": {"n": True}}
FALLING = {"<": {"less": True}, "<=": {"less": True, "n": True}}
EVENTS = {"less": N - 1, "n": N, "more": N + 1}


@pytest.mark.parametrize("case", EVENTS)
def test_every_operator_around_its_value(tracker: Tracker, segware: Simulator, case: str) -> None:
    for operator in RISING:
        alarms(tracker, f"create 'count {operator}' --operator '{operator}' --value {N}")
    for operator in FALLING:
        alarms(
            tracker,
            f"create 'count {operator}' --operator '{operator}' --value {N} "
            "--group-by account --accounts 1950",
        )
    segware.add_events(NOON - MINUTE, PADARIA, "E401", count=EVENTS[case])
    opened = tracker.scan()["opened"]
    holds = {**RISING, **FALLING}
    assert names(opened) == sorted(f"count {op}" for op in holds if holds[op].get(case))
    assert {alert["quantity"] for alert in opened} == {EVENTS[case]}
    assert {alert["threshold"] for alert in opened} == {N}
    assert {alert["operator"] for alert in opened} == {op for op in holds if holds[op].get(case)}


@pytest.mark.parametrize(
    ("operator", "quiet", "one", "two"),
    [("<", "1", "", ""), ("<=", "0", "", ""), ("=", "0", "", ""), ("<", "2", "2", "")],
)
def test_operators_that_hold_at_zero(
    tracker: Tracker, segware: Simulator, operator: str, quiet: str, one: str, two: str
) -> None:
    rule = f"--group-by account --accounts 1950,2207,3046 --operator '{operator}'"
    alarms(tracker, f"create silent {rule} --value {quiet}")
    segware.add_events(NOON, CONDOMINIO, "E602", count=1)
    segware.add_events(NOON, PADARIA, "E602", count=2)
    opened = {alert["account_code"]: alert["quantity"] for alert in tracker.scan()["opened"]}
    expected = {"3046": 0}
    if one:
        expected["2207"] = 1
    if two:
        expected["1950"] = 2
    assert opened == expected


def test_the_values_of_single_codes_are_each_a_boundary_of_their_own(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(
        tracker,
        "create doors --codes E401,E402,E403 --group-by account,code --operator '>' --value 5 "
        "--values E401=2 --values E402=8",
    )
    for account, counts in ((PADARIA, (2, 8, 5)), (CONDOMINIO, (3, 9, 6))):
        for code, count in zip(("E401", "E402", "E403"), counts, strict=True):
            segware.add_events(NOON, account, code, count=count)
    opened = tracker.scan()["opened"]
    assert {(a["account_code"], a["code"], a["threshold"]) for a in opened} == {
        ("2207", "E401", 2),
        ("2207", "E402", 8),
        ("2207", "E403", 5),
    }


@pytest.mark.parametrize("field", ["account", "code", "cuc", "occurrence"])
def test_how_many_different_ones(tracker: Tracker, segware: Simulator, field: str) -> None:
    for value in (2, 3, 4):
        alarms(
            tracker,
            f"create 'at least {value}' --condition unique --field {field} --value {value} "
            "--group-by company",
        )
    for n in range(3):
        segware.add_account(100 + n, str(9_000 + n), f"Loja {n}", 11)
        segware.add_events(
            NOON,
            100 + n if field == "account" else 100,
            f"E{n}" if field == "code" else "E401",
            f"C{n}" if field == "cuc" else "ALR",
            count=7,
            occurrence_id=f"o{n}" if field == "occurrence" else None,
        )
    # A missing CUC or occurrence is none of them; another company's are another group's.
    segware.add_events(NOON, 100, "E401" if field != "code" else "E1", None, count=9)
    segware.add_events(NOON, CONDOMINIO, "E999", "C999", occurrence_id="o999")
    opened = {alert["alarm"]: alert["quantity"] for alert in tracker.scan()["opened"]}
    assert opened == {"at least 2": 3, "at least 3": 3}


@pytest.mark.parametrize(
    ("before", "counts"), [(15 * MINUTE + 1, False), (15 * MINUTE, True), (15 * MINUTE - 1, True)]
)
def test_the_window_holds_its_first_millisecond(
    tracker: Tracker, segware: Simulator, before: int, counts: bool
) -> None:
    alarms(tracker, "create quick --window 15m --value 2")
    alarms(tracker, "create slow --window 3d --value 2")
    segware.add_events(NOON - before, PADARIA, "E401")
    segware.add_events(NOON, PADARIA, "E401")
    assert names(tracker.scan()["opened"]) == (["quick", "slow"] if counts else ["slow"])


def test_all_alarms_are_evaluated_from_one_download_of_the_longest_window(
    tracker: Tracker, segware: Simulator
) -> None:
    for hours, value in ((1, 10), (4, 20), (24, 40), (48, 41)):
        alarms(tracker, f"create '{hours} hours' --window {hours}h --value {value}")
    for hours, count in ((0, 10), (3, 10), (20, 20), (40, 2)):
        segware.add_events(NOON - hours * HOUR, PADARIA, "E401", count=count)
    scan = tracker.scan()
    assert {alert["alarm"]: alert["quantity"] for alert in scan["opened"]} == {
        "1 hours": 10,
        "4 hours": 20,
        "24 hours": 40,
        "48 hours": 42,
    }
    assert {
        (alert["period_started_at"], alert["period_ended_at"])
        for alert in of("4 hours", scan["opened"])
    } == {("2026-11-21T08:00:00.000Z", "2026-11-21T12:00:00.000Z")}
    assert (scan["events"]["fetched"], scan["events"]["counted"]) == (42, 42)
    assert scan["window"]["start"] == "2026-11-19T12:00:00.000Z"
    asked = sorted(
        (request.query["startDate"], request.query["endDate"])
        for request in segware.received("/v1/events")
    )
    assert asked[0][0] == scan["window"]["start"]
    # No millisecond is asked for twice.
    assert all(earlier[1] < later[0] for earlier, later in pairwise(asked))


def test_an_event_that_nobody_counts_is_fetched_but_not_counted(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create doors --codes E401 --window 1h")
    segware.add_events(NOON, PADARIA, "E401", count=3)
    segware.add_events(NOON - 90 * MINUTE, PADARIA, "E401", count=4)
    segware.add_events(NOON, PADARIA, "E130", count=5)
    segware.add_events(NOON, PADARIA, "E602", count=6)
    events = tracker.scan()["events"]
    assert (events["fetched"], events["counted"]) == (18, 8)
