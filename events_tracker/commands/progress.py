"""A progress bar on a terminal's stderr; gone when the work is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from events_tracker.app.app import App
from events_tracker.model.ports import Progress


def progress_shown(app: App) -> AbstractContextManager[Progress] | None:
    """Return what shows how far reading has come; None where nobody looks."""
    return None if app.quiet or not sys.stderr.isatty() else _bar()


def rules_shown(app: App) -> AbstractContextManager[Callable[[int, int], None]]:
    """Return what shows how many rules have been replayed, where somebody looks."""
    return nullcontext(_nobody) if app.quiet or not sys.stderr.isatty() else _rules()


def requests_shown(app: App, number: int) -> AbstractContextManager[Callable[[int], None]]:
    """Return what shows how many requests of about so many were made, where somebody looks."""
    quiet = app.quiet or not sys.stderr.isatty()
    return nullcontext(lambda done: None) if quiet else _requests(number)


def _nobody(done: int, of: int) -> None:
    """Show nothing."""


@contextmanager
def _rules() -> Iterator[Callable[[int, int], None]]:
    """Show a bar of rules; before the first, kept counts are read."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("Replaying rules"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


@contextmanager
def _requests(number: int) -> Iterator[Callable[[int], None]]:
    """Show a bar of requests, and how long the rest takes."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("Fetching counts"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("requests"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=number)
        yield lambda done: shown.update(task, completed=done)


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show a bar of slices, with the events they held so far."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

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
