"""A progress bar on a terminal's stderr; gone when the work is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from events_tracker.app.app import App
from events_tracker.model.ports import Progress, nobody_watches


def progress_shown(app: App) -> AbstractContextManager[Progress]:
    """Return what shows how far reading has come, where somebody looks."""
    return _bar(app, "Reading events", "slices, {task.fields[events]} events", total=1)


def rules_shown(app: App) -> AbstractContextManager[Callable[[int, int], None]]:
    """Return what shows how many rules have been replayed, where somebody looks."""
    # Before the first rule kept counts are read: nobody knows of how many it is.
    return _bar(app, "Replaying rules")


def requests_shown(app: App, number: int) -> AbstractContextManager[Callable[[int], None]]:
    """Return what shows how many requests of about so many were made, where somebody looks."""
    return _bar(app, "Fetching counts", "requests", total=number, remaining=True)


@contextmanager
def _bar(
    app: App, doing: str, unit: str = "", *, total: int | None = None, remaining: bool = False
) -> Iterator[Callable[..., None]]:
    """Show how many are done, and for how long; ``remaining``: how long the rest will take."""
    if app.quiet or not sys.stderr.isatty():
        yield nobody_watches
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    units = [TextColumn(unit)] if unit else []
    time = TimeRemainingColumn() if remaining else TimeElapsedColumn()
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), *units, time)
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, events=0)

        def show(done: int, of: int | None = total, events: int = 0) -> None:
            bar.update(task, completed=done, total=of, events=events)

        yield show
