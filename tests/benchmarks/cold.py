"""A first scan of a new database, beside a download of the same events in the fewest slices."""

import statistics
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from measure import (
    MANY_EVENTS,
    NEVER,
    OPENINGS,
    Cost,
    Figure,
    Options,
    Row,
    Service,
    World,
    memory_growth,
    peak,
    place,
    processes,
    require_same_events,
    service,
)


class Scans(NamedTuple):
    """What the rounds cost, and what each asked for: its requests, refusals, the fewest."""

    ours: list[Cost]
    bare: list[Cost]
    asked: list[tuple[int, int, int]]


def rows(options: Options) -> Iterator[Row]:
    for accounts in options.accounts:
        peaks: list[tuple[int, float]] = []
        for size in options.sizes:
            yield from _even(options, World(size, accounts), peaks)
        yield from memory_growth(f"first `scan`, {accounts:,} accounts", peaks)
    for size in options.sizes:
        world = World(size, options.accounts[-1], steps=True)
        with service(options.folder, *world.args) as segware:
            asked = _scans(options, segware, world.settings).asked
        row = _requests(f"requests of a first `scan`, {world}, density in steps", asked, 2.1)
        yield row.goals_if(size >= MANY_EVENTS)


def _even(options: Options, world: World, peaks: list[tuple[int, float]]) -> Iterator[Row]:
    """Scans of even traffic; the memory of the last kind of them is added to ``peaks``."""
    asked: list[tuple[int, int, int]] = []
    with service(options.folder, *world.args) as segware:
        for what, settings, goal, peak_goal in _settings(world):
            ours, bare, requests = _scans(options, segware, settings)
            asked += requests
            title = f"first `scan`, {world}, {what}"
            row = processes(title, ours, bare, goal, peak_goal, beside="the floor")
            yield row.goals_if(world.is_large)
    peaks.append((world.events, peak(ours)))
    row = _requests(f"requests of these first scans, {world}", asked)
    yield row.goals_if(world.events >= MANY_EVENTS)


def _settings(
    world: World,
) -> Iterator[tuple[str, Mapping[str, str], float, float | None]]:
    """What each kind of scan is called, its settings and its goals."""
    for codes in ("default codes", "all codes"):
        settings = world.settings
        if codes == "default codes":
            del settings["TRACKER_CODES"]
        opening = f"{codes}, {OPENINGS} openings"
        yield opening, settings, 1.7, 1.15
        quiet = settings | {"TRACKER_THRESHOLD": NEVER}
        yield f"{codes}, nothing opens", quiet, 1.35, None


def _scans(options: Options, segware: Service, settings: Mapping[str, str]) -> Scans:
    found = Scans([], [], [])
    # The first round, which is not counted, fills caches and compiles.
    for number in range(-1, options.rounds):
        with place(options.folder, segware.url, settings=settings) as here:
            already = segware.size()
            product, told = here.tracker("scan")
            asked = segware.asked(already)
            fewest = segware.fewest(asked)
            targets = here.folder / "targets"
            targets.write_text("\n".join(fewest))
            floor, counted = here.run("floor.py", segware.url, targets)
        require_same_events(told, counted)
        if number >= 0:
            found.ours.append(product)
            found.bare.append(floor)
            found.asked.append((len(asked.requests), asked.refused, len(fewest)))
    return found


def _requests(what: str, asked: list[tuple[int, int, int]], goal: float | None = None) -> Row:
    """How many requests a scan took; without another goal, that of even traffic."""
    requests, refused, fewest = (statistics.median(numbers) for numbers in zip(*asked, strict=True))
    even = goal is None
    return Row(
        what,
        [
            Figure("requests", requests, fewest, goal, 1.3 * fewest + 3 if even else None),
            Figure("over the limit", refused, most=2 if even else None),
        ],
        "the fewest",
    )
