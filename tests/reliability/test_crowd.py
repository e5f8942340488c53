"""Eight scans, four clears and six notifies at once, round after round: nothing lost or doubled."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import ANY

import pytest

from events_tracker.base.times import HOUR
from events_tracker.simulator.simulator import Simulator
from tests.reliability.crash_points import watch
from tests.reliability.crash_stories import done
from tests.reliability.crowds import Crowd, Held, patience
from tests.reliability.invariants import Providers
from tests.reliability.processes import Gate, Process, Say
from tests.reliability.stage import every_channel
from tests.support.channels import WEBHOOK, webhook
from tests.support.engines import sql
from tests.support.world import PADARIA, Result, Tracker, open_alert

__all__ = ["patience"]

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def crowd(tracker: Tracker, segware: Simulator, database: str) -> Iterator[Crowd]:
    with every_channel(tracker, segware) as mailbox:
        yield Crowd(tracker, segware, Providers(segware, mailbox), [database])


_DUE = "SELECT d.id FROM deliveries d"


def test_what_one_notify_is_still_telling_is_not_told_to_be_over_by_another(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware)
    done(tracker, "init")
    open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    done(tracker, "scan")
    first_may, second_may = Gate(), Gate()
    with Process(held_after(_DUE, first_may, tracker)) as first:
        first.until_said(_DUE)
        done(tracker, "clear")
        with (
            Process(held_after(_DUE, second_may, tracker)) as second,
            Held(segware, 1, WEBHOOK) as held,
        ):
            second.until_said(_DUE)
            first_may.open()
            held.all_have_come()
            second_may.open()
            assert second.end().result == Result(0, "Nothing is due.\n", "")
        assert first.end().result == Result(0, ANY, "")
    done(tracker, "notify")
    told = [request.json()["kind"] for request in segware.received(WEBHOOK)]
    assert told == ["opened", "cleared"]
    assert sql(database, "SELECT DISTINCT status, attempts FROM deliveries") == [("sent", 1)]


def held_after(name: str, gate: Gate, tracker: Tracker) -> Callable[[Say], Result]:
    """The work of a notify that waits at the gate when it has run a statement."""

    def work(say: Say) -> Result:
        def reached(point: str, then: Callable[[], Any]) -> Any:
            result = then()
            if point.startswith(name):
                say(point)
                gate.wait()
            return result

        watch(reached)
        return tracker("notify")

    return work


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(2, id="in_two_rounds"),
        pytest.param(25, id="in_25_rounds", marks=pytest.mark.reliability),
    ],
)
def test_a_crowd_loses_nothing_and_doubles_nothing(crowd: Crowd, rounds: int) -> None:
    problems = [
        f"round {number}: {problem}" for number in range(1, rounds + 1) for problem in crowd.round()
    ]
    problems += [f"with a backlog: {problem}" for problem in crowd.backlog()]
    problems += [f"in the end: {problem}" for problem in crowd.over()]
    assert not problems, "\n".join([f"{len(problems)} problems", *problems[:40]])
    assert crowd.entries > rounds
    assert crowd.overtaken >= 2 * rounds
