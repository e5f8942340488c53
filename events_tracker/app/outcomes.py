"""What came of a pass: in the words of a log, one line, and its errors."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.errors import TrackerError
from events_tracker.model.deliveries import OUTCOMES

if TYPE_CHECKING:
    from events_tracker.passes.clear import Summary as ClearSummary
    from events_tracker.passes.notify.run import Summary as NotifySummary
    from events_tracker.passes.scan.run import Summary as ScanSummary


class Outcome(Struct, frozen=True):
    """``text``: the pass in a few words. ``happened``: something that people want to see.

    ``untried``: the beginnings of errors of which it proves nothing.
    """

    text: str
    happened: bool = False
    notes: Sequence[str] = ()
    errors: Sequence[str] = ()
    untried: tuple[str, ...] = ()


FAILED = Outcome("failed")
STOPPED = Outcome("stopped")


def of_error(error: Exception, secrets: Sequence[str] | None) -> Outcome:
    """Tell how a pass failed; of an error that nobody foresaw, nothing that may be secret."""
    if isinstance(error, TrackerError):
        return replace(FAILED, errors=str(error).split("\n"))
    from events_tracker.app.redaction import report

    told = "\n".join(report(error, secrets))
    return replace(FAILED, errors=(told.removeprefix("error: "),))


def of_scan(summary: "ScanSummary") -> Outcome:
    """Tell what was read, and what opened; a scan that goes on failing is no news each minute."""
    events = summary.fetched + summary.remembered
    text = f"{events:,} events, opened {len(summary.opened)}"
    if before := summary.still_holding + summary.still_below:
        text += f", {before} open before"
    if summary.unread:
        text = "nothing could be read"
    if summary.overtaken:
        text = "overtaken by a later scan"
    happened = bool(summary.opened) or not summary.errors
    return Outcome(text, happened, summary.notes, summary.errors, summary.untried)


def of_clear(summary: "ClearSummary") -> Outcome:
    """Tell what was closed."""
    text = f"closed {summary.closed}, {summary.kept} stay open"
    return Outcome(text, summary.closed > 0, errors=summary.errors)


def of_notify(summary: "NotifySummary") -> Outcome:
    """Tell what became of the deliveries that were due."""
    counts = [f"{summary.count(status)} {status}" for status in OUTCOMES if summary.count(status)]
    text = ", ".join(counts) or "nothing due"
    return Outcome(text, bool(counts), summary.notes, summary.errors, summary.untried)


def of_purge(rows: Mapping[str, int]) -> Outcome:
    """Tell how much was deleted."""
    gone = [f"{number} {kind.replace('_', ' ')}" for kind, number in rows.items() if number]
    return Outcome(f"deleted {', '.join(gone) or 'nothing'}", bool(gone))
