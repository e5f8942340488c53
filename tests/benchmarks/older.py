"""The present version beside an older one, if there is one: each with databases of its own."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from alerts import SETTINGS, passes, worlds_of_alerts
from measure import MYSQL, TRACKER, Cost, Options, Place, Row, World, place, processes, service

MINUTE = 60
ALARMS, WINDOWS = 100, 20
MANY_ALERTS = 10_000
GOALS = {
    "SQLite": {"observed": 0.6, "cleared": 0.45},
    "MySQL": {"observed": 0.8, "cleared": 0.55},
}
BESIDE = "the older version"


def rows(options: Options) -> Iterator[Row]:
    versions = [TRACKER, options.beside] if options.beside else [TRACKER]
    world = World(options.sizes[len(options.sizes) // 2], options.accounts[-1])
    with service(options.folder, *world.args) as segware, ExitStack() as stack:
        places = [
            stack.enter_context(
                place(options.folder, segware.url, product=version, settings=world.settings)
            )
            for version in versions
        ]
        later = _a_minute_later(f"`scan` a minute later, {world}", options.rounds, places)
        yield later.goals_if(world.is_large)
        again = _all_again(f"`scan --full`, {world}", options.rounds, places)
        yield again.goals_if(world.is_large)
    for engine in GOALS if MYSQL else ("SQLite",):
        yield from _alerts(options, engine, versions)


def _a_minute_later(what: str, rounds: int, places: Sequence[Place]) -> Row:
    """Scan once, wait, and scan again, each time in a copy of what the first scan left."""
    for here in places:
        here.tracker("scan")
    time.sleep(MINUTE)
    ours, others = _in_turn(rounds, places, lambda here: here.copy().tracker("scan")[0])
    return processes(what, ours, others, 0.35, beside=BESIDE, most_peak=60)


def _all_again(what: str, rounds: int, places: Sequence[Place]) -> Row:
    for here in places:
        here.run("define.py", ALARMS - 1, WINDOWS)
    ours, others = _in_turn(rounds, places, lambda here: here.tracker("scan", "--full")[0])
    return processes(
        f"{what}, {ALARMS} alarms, {WINDOWS} windows", ours, others, 0.45, None, BESIDE
    )


def _in_turn(
    rounds: int, places: Sequence[Place], measure: Callable[[Place], Cost]
) -> tuple[list[Cost], list[Cost]]:
    """What it costs in each place; the second list is empty where there is no older version."""
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    for number in range(-1, rounds):
        for here, found in zip(places, costs, strict=False):
            cost = measure(here)
            if number >= 0:
                found.append(cost)
    return costs


def _alerts(options: Options, engine: str, versions: Sequence[str]) -> Iterator[Row]:
    """Each time in new databases, as an alert is opened and cleared once."""
    count = options.alerts[-1]
    costs: dict[str, tuple[list[Cost], list[Cost]]] = {what: ([], []) for what in GOALS[engine]}
    with worlds_of_alerts(options.folder, count) as (noisy, quiet):
        for number in range(-1, options.rounds):
            for turn, version in enumerate(versions):
                with place(options.folder, noisy.url, engine, version, SETTINGS) as here:
                    for what, cost in passes(here, quiet):
                        if number >= 0 and what in costs:
                            costs[what][turn].append(cost)
    for what, goal in GOALS[engine].items():
        ours, others = costs[what]
        title = f"{count:,} alerts {what}, {engine}"
        row = processes(title, ours, others, goal, beside=BESIDE)
        yield row.goals_if(count >= MANY_ALERTS)
