"""Many alarms beside `default` alone: of one window, and of twenty."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from measure import Cost, Options, Row, World, place, processes, service

KINDS: Mapping[str, tuple[int, int, float | None]] = {
    "1 alarm": (1, 1, None),
    "10 alarms": (10, 1, None),
    "100 alarms": (100, 1, 2),
    "100 alarms, 20 windows": (100, 20, 3),
}
"""How many alarms, how many different windows, and the goal."""
COMMANDS = {"`scan --full`": ("scan", "--full"), "`scan` after another": ("scan",)}


def rows(options: Options) -> Iterator[Row]:
    world = World(options.sizes[len(options.sizes) // 2], options.accounts[0])
    with ExitStack() as stack:
        segware = stack.enter_context(service(options.folder, *world.args))
        places = {}
        for kind, (alarms, windows, _) in KINDS.items():
            here = places[kind] = stack.enter_context(
                place(options.folder, segware.url, settings=world.settings)
            )
            here.run("define.py", alarms - 1, windows)
        costs: dict[tuple[str, str], list[Cost]] = {}
        for number in range(-1, options.rounds):
            for command, args in COMMANDS.items():
                for kind, here in places.items():
                    cost, _ = here.tracker(*args)
                    if number >= 0:
                        costs.setdefault((command, kind), []).append(cost)
    for command in COMMANDS:
        for kind, (alarms, _, goal) in KINDS.items():
            if alarms > 1:
                what = f"{command}, {world}, {kind}"
                one = costs[command, "1 alarm"]
                yield processes(what, costs[command, kind], one, goal, beside="1 alarm")
