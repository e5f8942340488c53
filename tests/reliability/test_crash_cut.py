"""A connection that is cut at any statement changes nothing in what a pass does and says.

Cut before the server has the statement, or after it has run it, the COMMIT included; or the server
says that others were in the way. SQLite has no connection to cut: there somebody else is in the
way of every statement.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.reliability import invariants
from tests.reliability.crash_points import watched_sqlite
from tests.reliability.crash_stories import STORIES
from tests.reliability.proxy import Cut, proxied
from tests.reliability.stage import Stage, database, stage
from tests.support.engines import on_sqlite
from tests.support.world import Result

__all__ = ["database", "stage"]

pytestmark = [
    pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name.replace(" ", "_")),
    pytest.mark.timeout(600),
    # The driver leaves a socket that the server has closed to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
A_SAMPLE = 31
"""Of the points, one in so many."""
HOWS = ("before", "after", "1213", "1047")
"""Cut before or after the statement; refused for a deadlock, or by a node that left its cluster."""


@pytest.mark.parametrize(
    ("hows", "step"),
    [
        pytest.param(HOWS, A_SAMPLE, id="at_some_points"),
        pytest.param(HOWS[:1], 1, id="before_every_point", marks=pytest.mark.reliability),
        pytest.param(HOWS[1:2], 1, id="after_every_point", marks=pytest.mark.reliability),
        pytest.param(HOWS[2:], 5, id="refused_at_many_points", marks=pytest.mark.reliability),
    ],
)
@pytest.mark.parametrize(
    "database", [pytest.param("mysql", marks=pytest.mark.mysql)], indirect=True
)
def test_a_connection_that_is_cut_changes_nothing(
    stage: Stage, hows: Sequence[str], step: int
) -> None:
    with proxied(stage.database) as (proxy, address):
        stage.tracker.environ["DATABASE_URL"] = address

        def play(number: int) -> Result:
            how = hows[number // step % len(hows)]
            proxy.begin(Cut(number, how) if number else None)
            return stage.tracker(*stage.story.command)

        compare(stage, play, lambda: list(proxy.commands), step)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(A_SAMPLE, id="at_some_points"),
        pytest.param(1, id="at_every_point", marks=pytest.mark.reliability),
    ],
)
@on_sqlite
def test_a_database_that_is_busy_changes_nothing(stage: Stage, step: int) -> None:
    statements: list[str] = []
    busy_at = 0

    def reached(name: str, then: Callable[[], Any]) -> Any:
        statements.append(name)
        if len(statements) == busy_at:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return then()

    def play(number: int) -> Result:
        nonlocal busy_at
        busy_at = number
        statements.clear()
        return stage.tracker(*stage.story.command)

    with watched_sqlite(reached):
        compare(stage, play, lambda: list(statements), step)


def compare(
    stage: Stage, play: Callable[[int], Result], passed: Callable[[], list[str]], step: int
) -> None:
    """Play the story undisturbed (0), then disturbed at each point, and compare."""
    stage.restore()
    said = without_ids(play(0))
    points = passed()
    problems, expected = what_it_comes_to(stage)
    assert not problems, problems
    found: list[str] = []
    for number in range(1, len(points) + 1, step):
        stage.restore()
        said_now = without_ids(play(number))
        problems, essence = what_it_comes_to(stage)
        problems += invariants.differences(expected, essence)
        problems += other_words(said, said_now)
        found += [f"cut at {number} of {len(points)} ({points[number - 1]}): {p}" for p in problems]
    assert not found, "\n".join([f"{len(found)} problems", *found[:40]])


def what_it_comes_to(stage: Stage) -> tuple[list[str], Counter[Any]]:
    """What is wrong afterwards, and everything that matters."""
    messages = stage.providers.messages()
    problems = [
        *invariants.broken(stage.database, purged=stage.story.purges),
        *invariants.wrongly_sent(stage.database, stage.owed_before, messages, ()),
    ]
    return problems, invariants.essence(stage.database)


def without_ids(result: Result) -> Result:
    """What a command said, without what is another in every run: ids, and the order of lists."""
    stdout = re.sub(r"[0-9a-f]{32}", "ID", result.stdout)
    if stdout.startswith("{"):
        lists = {
            name: sorted(value, key=json.dumps) if isinstance(value, list) else value
            for name, value in json.loads(stdout).items()
        }
        stdout = json.dumps(lists)
    return Result(result.exit_code, stdout, result.stderr)


def other_words(expected: Result, said: Result) -> Iterator[str]:
    """Where what a command said differs."""
    if said.exit_code != expected.exit_code:
        yield f"it ended with {said.exit_code} in place of {expected.exit_code}: {said.stderr}"
    for name in ("stdout", "stderr"):
        was, now = getattr(expected, name), getattr(said, name)
        place = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), 0)
        if was != now:
            is_now, should_be = now[place - 60 : place + 60], was[place - 60 : place + 60]
            yield f"{name} is …{is_now!r} and not …{should_be!r}"
