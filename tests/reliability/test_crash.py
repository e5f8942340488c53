"""A process that is killed before or after any statement or message loses nothing, doubles nothing.

The points are found by running each command once, undisturbed; then it is run once for each point,
from the same beginning, and killed there. Afterwards the passes run on as cron would run them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from events_tracker.simulator.simulator import Request
from tests.reliability import invariants
from tests.reliability.crash_points import LEAVES, Points, watch
from tests.reliability.crash_stories import STORIES, complete
from tests.reliability.invariants import Message, told_by
from tests.reliability.processes import Ended, Process, Say
from tests.reliability.stage import Stage, database, stage
from tests.support.engines import ENGINES
from tests.support.world import Result

__all__ = ["database", "stage"]

pytestmark = [
    pytest.mark.parametrize("database", ENGINES[:2], indirect=True),
    pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name.replace(" ", "_")),
    pytest.mark.timeout(600),
]
A_SAMPLE = 37
"""Of the points, one in so many."""


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(A_SAMPLE, id="at_some_points"),
        pytest.param(1, id="at_every_point", marks=pytest.mark.reliability),
    ],
)
def test_a_process_that_is_killed_loses_nothing_and_doubles_nothing(
    stage: Stage, step: int
) -> None:
    points, expected = undisturbed(stage)
    problems = [
        f"killed before point {number} of {len(points)} ({points[number - 1]}): {problem}"
        for number in range(1, len(points) + 1, step)
        for problem in killed(stage, number, points, expected)
    ]
    assert not problems, "\n".join([f"{len(problems)} problems", *problems[:40]])


def undisturbed(stage: Stage) -> tuple[Sequence[str], Counter[Any]]:
    """The points of the story's command, the end among them, and what it all comes to."""
    stage.restore()
    ended = played(stage, 0)
    assert ended.result is not None
    assert ended.result.exit_code in (0, 1), ended.result.stderr
    complete(stage.tracker, stage.story.command)
    problems = broken(stage, ())
    assert not problems, problems
    return ended.said, invariants.essence(stage.database)


def killed(
    stage: Stage, number: int, points: Sequence[str], expected: Counter[Any]
) -> Iterator[str]:
    """What is wrong after a process died at this point."""
    stage.restore()
    ended = played(stage, number)
    if ended.result is not None or list(ended.said) != list(points[:number]):
        yield f"it did not die there but went {list(ended.said)[-3:]}"
    stage.settle()
    passed = list(ended.said)[:-1]
    twice = unrecorded(passed, stage.segware.requests, stage.providers.messages())
    complete(stage.tracker, stage.story.command)
    yield from broken(stage, twice)
    found = invariants.essence(stage.database)
    if left_uncertain(passed):
        expected, found = without_injections(expected), without_injections(found)
    yield from invariants.differences(expected, found)


def played(stage: Stage, die_at: int) -> Ended:
    """The story's command in a process of its own, killed at a point (never, if 0)."""

    def work(say: Say) -> Result:
        points = Points(say, die_at)
        watch(points)
        result = stage.tracker(*stage.story.command)
        points.reach("the end")
        return result

    return Process(work).end()


def broken(stage: Stage, twice: Sequence[Message]) -> list[str]:
    database = stage.database
    return [
        *invariants.broken(database, purged=stage.story.purges),
        *invariants.unsettled(database),
        *invariants.wrongly_sent(database, stage.owed_before, stage.providers.messages(), twice),
    ]


def unrecorded(
    passed: Sequence[str], requests: Sequence[Request], messages: Counter[Message]
) -> list[Message]:
    """What may be sent again: it had left, and nothing was committed since."""
    left = [place for place, name in enumerate(passed) if name.startswith(LEAVES)]
    if not left or "COMMIT" in passed[left[-1] :]:
        return []
    if passed[left[-1]].endswith("a letter"):
        return [message for message in messages if message[0] == "email"]
    # Whoever settles asks for a heartbeat, which may overtake what the process had sent.
    sent = [request for request in requests if request.path != "/heartbeat"]
    return told_by(sent[-1]) if sent else []


def left_uncertain(passed: Sequence[str]) -> bool:
    """Whether an injection was marked, and what became of it was not."""
    marked = [i for i, name in enumerate(passed) if "SET status = 'sending'" in name]
    return bool(marked) and passed[marked[-1] :].count("COMMIT") == 1


def without_injections(essence: Counter[Any]) -> Counter[Any]:
    return Counter({row: n for row, n in essence.items() if "segware" not in row})
