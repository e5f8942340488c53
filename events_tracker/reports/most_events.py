"""Who sent the most events in a span, by the counts that scans keep of past hours."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.times import Instant, Span
from events_tracker.decisions.reporting.events import by_account, known_until, missing_minutes
from events_tracker.decisions.reporting.parts import span_before
from events_tracker.decisions.reporting.ranking import events_by, ranking
from events_tracker.model.directory import Directory
from events_tracker.model.filters import Filter
from events_tracker.model.hours import KeptCounts
from events_tracker.model.reports import By, MostEvents, Whose

if TYPE_CHECKING:
    from events_tracker.storage import Rows


class Question(Struct, frozen=True):
    """Whose events are meant. ``source``: the service that kept counts came from."""

    source: str
    span: Span
    filter: Filter
    by: By
    top: int


class Answer(Struct, frozen=True):
    """``found``: None where nothing is kept of the span; ``kept_from``: from when on anything is.

    ``names``: codes and trade names of the accounts that were found.
    """

    found: MostEvents | None
    kept_from: Instant | None
    names: Mapping[Whose, tuple[str | None, str | None]]


def most_events(question: Question, rows: "Rows", alerts: Counter[Whose]) -> Answer:
    """Read what is kept of the span, up to where it ends, and of as long before it."""
    source = question.source
    ends = rows.hours.ends(source)
    kept_from = None if ends is None else ends[0]
    kept = rows.hours.read(source, question.span)
    until = known_until(kept)
    if until is None:
        return Answer(None, kept_from, {})
    counted = Span(question.span.start, until)
    before = rows.hours.read(source, span_before(counted))
    now, earlier = by_account(kept), by_account(before)
    directory = rows.directory.of({*now, *earlier})
    known_before = known_until(before) is not None
    counts, counts_before = (
        events_by(_meant(events, directory, question.filter), directory, question.by)
        for events in (now, earlier)
    )
    ranked = ranking(counts, counts_before if known_before else None, alerts, question.top)
    found = MostEvents(
        ranking=ranked,
        until=until,
        missing=missing_minutes(KeptCounts(counted, kept.hours)),
        missing_before=missing_minutes(before) if known_before else None,
    )
    facts = {id_: directory.facts(id_) for id_ in now}
    return Answer(
        found, kept_from, {id_: (of.account_code, of.trade_name) for id_, of in facts.items()}
    )


def _meant(events: Mapping[int, int], directory: Directory, wanted: Filter) -> Mapping[int, int]:
    if wanted.everything:
        return events
    facts = {id_: directory.facts(id_) for id_ in events}
    return {
        id_: number
        for id_, number in events.items()
        if wanted.belongs(facts[id_].company, facts[id_].client_group)
    }
