"""A first scan of a new database, beside a download of the slices that it had answered."""

import re
import sys
from collections.abc import Iterator

from measure import (
    Cost,
    Options,
    Row,
    Service,
    memory_growth,
    peak,
    place,
    processes,
    require_same_events,
    service,
)


def rows(options: Options) -> Iterator[Row]:
    peaks: list[tuple[int, float]] = []
    for size in options.sizes:
        with service(options.folder, "--events", size) as segware:
            ours, bare = _scans(size, options, segware)
        peaks.append((size, peak(ours)))
        yield processes(f"first `scan`, {size:,} events", ours, bare, 2, 1.5, beside="the floor")
    yield from memory_growth("first `scan`", peaks)


def _scans(size: int, options: Options, segware: Service) -> tuple[list[Cost], list[Cost]]:
    ours: list[Cost] = []
    bare: list[Cost] = []
    # The first round, which is not counted, fills caches and compiles.
    for number in range(-1, options.rounds):
        with place(options.folder, segware.url) as here:
            already = segware.size()
            product, told = here.tracker("scan")
            asked = segware.asked(already)
            targets = here.folder / "targets"
            targets.write_text("\n".join(asked.answered))
            floor, counted = here.run("floor.py", segware.url, targets)
        require_same_events(told, counted)
        if number >= 0:
            ours.append(product)
            bare.append(floor)
    opened = re.search(r"^Opened.*", told, re.MULTILINE)
    print(
        f"{size} events: {len(asked.answered)} slices answered, {asked.refused} over the limit, "
        f"{opened[0] if opened else 'nothing opened'}",
        file=sys.stderr,
    )
    return ours, bare
