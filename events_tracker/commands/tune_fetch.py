"""`tracker tune --fetch`: ask first, then fetch the counts of hours that no scan could keep."""

from datetime import tzinfo
from typing import TYPE_CHECKING

from events_tracker.app import backfill
from events_tracker.app.app import App, zone
from events_tracker.base.errors import TrackerError, UsageError
from events_tracker.base.text import many
from events_tracker.base.times import HOUR, MINUTE, SECOND, Duration, Instant, format_duration, utc
from events_tracker.commands import asking
from events_tracker.commands.output import exit_stopped, exit_with
from events_tracker.commands.progress import requests_shown
from events_tracker.commands.streams import say

if TYPE_CHECKING:
    from events_tracker.passes.backfill import Backfill, Lacking
    from events_tracker.settings import Settings


def fetch(app: App, settings: "Settings", length: Duration, pace: Duration, *, asks: bool) -> bool:
    """Fetch what is lacking of the last so long; tell whether all of it came, having said so.

    Exits with 1 if nothing came. ``pace``: from request to request. Raises StorageError, and
    UsageError for more than is kept, or where nobody is there to say yes.
    """
    if asks and not asking.possible():
        raise UsageError(
            "--fetch says what it takes, and asks before it begins: where nobody can answer, "
            "add --yes"
        )
    wanted = backfill.lacking(app, settings, length)
    if not wanted.hours:
        app.say(
            f"Nothing to fetch: every hour of the last {format_duration(length)} is kept by the "
            "minute, but for what ended less than 75 minutes ago."
        )
        return True
    announce = say if asks else app.say
    announce(_announced(wanted, length, pace))
    if asks:
        asking.confirm(app, "Fetch them?")
    return _fetched(app, settings, wanted, pace)


def _fetched(app: App, settings: "Settings", wanted: "Lacking", pace: Duration) -> bool:
    stopped = False
    with requests_shown(app, wanted.requests) as progress:
        work = backfill.begun(app, settings, wanted, pace, progress)
        try:
            work.run()
        except KeyboardInterrupt:
            stopped = True
        except TrackerError:
            app.say(_kept(work))
            raise
    if stopped:
        exit_stopped(f"{_kept(work)} The same command goes on.")
    app.say(_kept(work))
    failures = _failures(work, zone(settings))
    if not work.kept:
        exit_with(failures)
    for failure in failures:
        say(f"error: {failure}")
    return not failures


def _announced(wanted: "Lacking", length: Duration, pace: Duration) -> str:
    each = "one a second" if pace == SECOND else f"one every {pace / SECOND:g} s"
    return (
        f"Not kept, or not by the minute: {many(len(wanted.hours), 'hour')} of the last "
        f"{format_duration(length)}. Fetching them takes about {wanted.requests:,} requests to "
        f"Segware, {each}: {_time(wanted.requests * pace)} at least. Each hour is kept as soon as "
        "it is read, the newest first. Ctrl-C stops it at any time, and the same command goes on."
    )


def _kept(work: "Backfill") -> str:
    asked = work.reader.requests
    return (
        f"Kept {work.kept} of {many(len(work.wanted.hours), 'hour')}, after "
        f"{asked:,} {'request' if asked == 1 else 'requests'}."
    )


def _failures(work: "Backfill", place: tzinfo) -> list[str]:
    failures = work.failures
    if work.answered_from is not None:
        if work.answered_from > work.wanted.span.end:
            failures.append("Segware has no event at all from that time: nothing of it was kept")
        else:
            failures.append(
                f"Segware has no events from before {_hour(work.answered_from, place)}: nothing "
                "older was kept, for nobody can tell it from a time when nothing happened"
            )
    if work.stopped is not None:
        where = "" if work.stopped_at is None else f" in the hour {_hour(work.stopped_at, place)}"
        failures.append(f"{work.stopped}: stopped{where}; what was fetched before is kept")
    return failures


def _hour(start: Instant, place: tzinfo) -> str:
    return f"{utc(start).astimezone(place):%d/%m %H:%M}"


def _time(length: Duration) -> str:
    if length < 2 * MINUTE:
        return f"{-(-length // SECOND)} s"
    hours, minutes = divmod(-(-length // MINUTE), HOUR // MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
