"""report: what a shift hands over, and whom to repair first. Reads only, and asks nobody."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from events_tracker.base.times import Duration, Span
from events_tracker.decisions.reporting import attention
from events_tracker.decisions.reporting.load import load
from events_tracker.decisions.reporting.parts import as_it_was, part, span_before
from events_tracker.decisions.reporting.ranking import alerts_by, earlier_by, names, ranking
from events_tracker.fetch import silence
from events_tracker.model.alerts import Alert
from events_tracker.model.filters import Filter
from events_tracker.model.reports import Attention, By, Entry, Opening, Part, Report
from events_tracker.model.runs import RunStatus
from events_tracker.reports.most_events import Question, most_events

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """The question: a span that is over by now, and whose alerts are meant.

    ``filter`` narrows by company and client group alone. ``stale_after``: so long may no scan be
    good. ``source``: the service that kept counts came from; ``remembered``: whose answers scans
    remember. ``never_counted``: the code of events that the tracker raises. ``length``: the most
    entries that are read whole of each list, None for all: then what is open for more than a day is
    named, and not only counted.
    """

    span: Span
    stale_after: Duration
    source: str
    remembered: str
    never_counted: str
    filter: Filter = field(default_factory=Filter)
    by: By = By.ACCOUNT
    top: int = 10
    length: int | None = None


class _Lists(Struct, frozen=True):
    """What was open at some moment of the span: what opened in it, and all of it by its part.

    ``hidden``: the entries of no company, which nobody finds who asks for one.
    """

    opened: list[Opening]
    parts: dict[Part, list[Entry]]
    hidden: int

    def of(self, *parts: Part) -> list[Entry]:
        return [entry for one in parts for entry in self.parts[one]]

    @property
    def open(self) -> list[Entry]:
        """What was open at the end, oldest first."""
        found = self.of(Part.OPEN_BEFORE, Part.OPENED_AND_OPEN)
        return sorted(found, key=lambda entry: (entry.opened_at, entry.id))

    @property
    def over(self) -> list[Entry]:
        """What was over by then, the latest first."""
        found = self.of(Part.OPENED_AND_OVER, Part.OPENED_BEFORE_AND_OVER)
        return sorted(found, key=lambda entry: (entry.cleared_at or 0, entry.id), reverse=True)


def run(request: Request, store: "Store") -> Report:
    """Read it all. Raises StorageError."""
    return store.read(lambda rows: _report(request, rows))


def _report(request: Request, rows: "Rows") -> Report:
    span, meant = request.span, request.filter.belongs
    lists = _lists(request, rows)
    scans = rows.reports.scans(span)
    shown = [entry.id for entry in lists.open[: request.length]]
    sent = [one for one in rows.reports.sent(span) if meant(one.company, one.client_group)]
    earlier = rows.reports.counts(span_before(span))
    before = [one for one in earlier if meant(one.company, one.client_group)]
    alerts = alerts_by(lists.opened, request.by)
    most_alerts = ranking(alerts, earlier_by(before, request.by), alerts, request.top)
    question = Question(request.source, span, request.filter, request.by, request.top)
    events = most_events(question, rows, alerts)
    blind = attention.blind(scans, rows.reports.good_before(span.start), span, request.stale_after)
    return Report(
        span=span,
        parts={one: len(entries) for one, entries in lists.parts.items()},
        open=_as_they_were(rows, shown, span),
        over=_as_they_were(rows, [entry.id for entry in lists.over[: request.length]], span),
        told=rows.reports.told(shown),
        stale=sum(attention.is_stale(entry, span.end) for entry in lists.open),
        attention=attention.in_order(
            [
                *_of_entries(request, rows, lists),
                *attention.gaps(blind, rows.reports.gaps(span)),
                *attention.alarm_errors(rows.alarms.all(), span),
            ]
        ),
        load=load(sent, span),
        good_scans=sum(scan.status == RunStatus.OK for scan in scans),
        scans=len(scans),
        most_alerts=most_alerts,
        most_events=events.found,
        kept_from=events.kept_from,
        names={**names(lists.opened), **events.names},
        hidden=lists.hidden,
    )


def _lists(request: Request, rows: "Rows") -> _Lists:
    """Read them: of what opened earlier only when, unless somebody asks whose it is."""
    span, wanted = request.span, request.filter
    opened = rows.reports.opened(span)
    earlier: Sequence[Entry]
    hidden = 0
    if wanted.everything and request.length is not None:
        earlier = rows.reports.earlier(span.start)
    else:
        whole = rows.reports.earlier_whole(span.start)
        if wanted.company is not None:
            hidden = sum(one.company is None for one in [*opened, *whole])
        opened, earlier = (
            [one for one in some if wanted.belongs(one.company, one.client_group)]
            for some in (opened, whole)
        )
    parts: dict[Part, list[Entry]] = {one: [] for one in Part}
    for entry in [*opened, *earlier]:
        parts[part(entry, span)].append(entry)
    return _Lists(opened, parts, hidden)


def _as_they_were(rows: "Rows", ids: Sequence[str], span: Span) -> list[Alert]:
    return [as_it_was(alert, span.end) for alert in rows.register.entries(ids)]


def _of_entries(request: Request, rows: "Rows", lists: _Lists) -> Iterable[Attention]:
    """Find what is to be looked at of those alerts that are meant."""
    span, meant = request.span, request.filter.belongs
    untold = rows.reports.untold(span)
    yield from _silent(request, rows)
    yield from attention.flapping(lists.opened)
    if request.length is None:
        is_open = [one for one in lists.open if isinstance(one, Opening)]
        yield from attention.stale(is_open, span.end)
    yield from attention.muted(
        filter(request.filter.matches, rows.triggers.muted_alerts()), span.end
    )
    yield from _holds_ending(request, rows)
    yield from attention.untold(one for one in untold if meant(one.company, one.client_group))


def _silent(request: Request, rows: "Rows") -> Iterable[Attention]:
    """Find accounts that are meant and may be dead: whose they are, the directory knows."""
    until = request.span.end
    question = silence.Question(request.source, request.remembered, until, request.never_counted)
    found = silence.to_look_at(question, rows)
    facts = rows.directory.of(set(found)).facts
    codes = {
        id_: of.account_code
        for id_ in found
        if request.filter.belongs((of := facts(id_)).company, of.client_group)
    }
    return attention.silent(found, codes)


def _holds_ending(request: Request, rows: "Rows") -> Iterable[Attention]:
    """Find the holds on accounts that are meant: whose they are, the directory knows."""
    holds = rows.holds.all()
    facts = rows.directory.of({hold.account_id for hold in holds}).facts
    meant = [
        hold
        for hold in holds
        if request.filter.belongs((of := facts(hold.account_id)).company, of.client_group)
    ]
    held = rows.reports.held([hold.id for hold in meant], request.span.end)
    return attention.holds_ending(meant, held, request.span.end)
