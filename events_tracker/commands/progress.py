"""A progress bar on a terminal's stderr; gone when the work is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from events_tracker.model.ports import Progress


@contextmanager
def bar() -> Iterator[Progress]:
    """Show a bar of slices, with the events they held so far."""
    columns = (
        TextColumn("Reading events"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("slices, {task.fields[events]} events"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=1, events=0)

        def progress(slices: int, of_slices: int, events: int) -> None:
            shown.update(task, completed=slices, total=of_slices, events=events)

        yield progress
