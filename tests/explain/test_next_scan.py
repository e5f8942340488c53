"""In every life: what is said is what the next scan does, and nothing ends before its forecast."""

import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_tracker.base.times import HOUR, MINUTE, instant
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Tracker

LIVES = int(os.environ.get("TRACKER_TEST_WORLDS", "40"))
ROBOT = 31
VIEWS = {
    ("1950",): lambda alert: alert["account_code"] == "1950",
    ("--company", "Sentinela*"): lambda alert: alert["company"] == "Sentinela Monitoramento",
    ("--alarm", "codes"): lambda alert: alert["alarm"] == "codes",
}
"""The questions, and which of a scan's alerts each is about."""
SAID_OF = {"ongoing": {"holds", "above_clear_line"}, "below": {"waiting"}}

bursts = st.tuples(
    st.integers(0, 20),
    st.sampled_from([PADARIA, PADARIA, FARMACIA]),
    st.sampled_from(["E130", "E130", "E131", "R130"]),
    st.sampled_from([1, 20, 60]),
    st.booleans(),
)
"""How many minutes ago, of which account and code, how many, and whether of an occurrence."""
steps = st.one_of(
    st.sampled_from(["by hand", "by the robot", "to the edge", "to the edge"]),
    st.tuples(st.lists(bursts, max_size=3), st.sampled_from([1, 11, 25, 45, 100])),
)
"""What is open is closed, the occurrence is closed, or it goes on for so many minutes.

To the edge: up to the last millisecond before something may be below its line, or over.
"""
questions = st.sampled_from(list(VIEWS))


@on_sqlite
@pytest.mark.parametrize(
    "lives",
    [
        pytest.param(6, id="in_6_lives"),
        pytest.param(
            LIVES, id="in_many_lives", marks=[pytest.mark.reliability, pytest.mark.timeout(3_600)]
        ),
    ],
)
def test_what_is_said_is_what_happens(tracker: Tracker, segware: Simulator, lives: int) -> None:
    tracker.environ |= {"TRACKER_CLEAR_AFTER": "10m", "TRACKER_CLEAR_BELOW": "80%"}
    alarms(tracker, "create codes --group-by code --value 70 --window 1h")
    alarms(tracker, "create different --condition unique --field code --group-by account --value 2")
    alarms(tracker, "create storm --condition unique --field account --group-by company --value 2")
    alarms(tracker, "create again --source detections --of default --group-by account --value 2")
    alarms(
        tracker,
        "create few --group-by account --accounts 1950 --operator '<=' --value 1 --window 30m",
    )

    @settings(
        max_examples=lives,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.booleans(), st.lists(st.tuples(steps, questions), min_size=2, max_size=6))
    def in_every_life(robot: bool, life: list[Any]) -> None:
        tracker.environ["TRACKER_IGNORED_CLOSERS"] = str(ROBOT) if robot else ""
        tracker.clock.advance(30 * HOUR)
        occurrence = str(tracker.clock.now())
        below: dict[str, str] = {}
        over: dict[str, str] = {}
        for step, view in life:
            if step == "by hand":
                tracker("clear", "--force", "--account", "1950", "--reason", "technician")
            elif step == "by the robot":
                segware.add_occurrence(tracker.clock.now(), occurrence, ROBOT)
            elif step == "to the edge":
                now = tracker.clock.now()
                ahead = [at for at in map(parsed, [*below.values(), *over.values()]) if at > now]
                goes_on(tracker, segware, ([], min(ahead, default=now + 1) - 1 - now), occurrence)
            else:
                happening, minutes = step
                goes_on(tracker, segware, (happening, minutes * MINUTE), occurrence)
            said = explained(tracker, view)
            scan = tracker.scan()
            compare(said, {key: filter(VIEWS[view], scan[key]) for key in ("opened", *SAID_OF)})
            for _, group in said:
                if group["state"] == "open" and group["alert"] is not None:
                    id_, then = group["alert"]["register_id"], group["next"]
                    below[id_] = max(then["below_at"] or "", below.get(id_, ""))
                    over[id_] = max(then["over_at"] or "", over.get(id_, ""))
            for one in scan["below"]:
                assert scan["window"]["end"] >= below.get(one["register_id"], "")
            for one in tracker.clear()["cleared"]:
                assert one["cleared_at"] >= over.get(one["register_id"], "")

    in_every_life()


def goes_on(tracker: Tracker, segware: Simulator, step: Any, occurrence: str) -> None:
    happening, milliseconds = step
    for ago, account, code, number, occurs in happening:
        at = tracker.clock.now() - ago * MINUTE
        segware.add_events(
            at, account, code, count=number, occurrence_id=occurrence if occurs else None
        )
    tracker.clock.advance(milliseconds)
    # Nothing at all would not be believed.
    segware.add_events(tracker.clock.now() - MINUTE, CONDOMINIO, "E602")


def parsed(time: str) -> int:
    """The moment that an answer names; long ago where it names none."""
    return instant(datetime.fromisoformat(time)) if time else 0


def explained(tracker: Tracker, view: tuple[str, ...]) -> list[tuple[str, Any]]:
    """All groups that are explained, each with its alarm."""
    result = tracker("explain", *view, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return [(one["alarm"], group) for one in result.json["alarms"] for group in one["groups"]]


def compare(said: list[tuple[str, Any]], scan: dict[str, Iterable[Any]]) -> None:
    """Compare what is said to be open with what a scan has opened and saw open."""
    is_open = [(alarm, group) for alarm, group in said if group["state"] == "open"]
    opens = [(alarm, group) for alarm, group in is_open if group["alert"] is None]
    assert sorted(map(named, opens)) == sorted(
        named((alert["alarm"], alert)) for alert in scan["opened"]
    )
    for key, reasons in SAID_OF.items():
        ids = [
            group["alert"]["register_id"]
            for _, group in is_open
            if reasons & {reason["key"] for reason in group["reasons"]}
        ]
        assert sorted(ids) == sorted(alert["register_id"] for alert in scan[key])


def named(one: tuple[str, Any]) -> str:
    alarm, of = one
    return str((alarm, of["account_code"], of["company"], of["cuc"], of["code"], of["quantity"]))
