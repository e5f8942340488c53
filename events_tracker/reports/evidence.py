"""The proof of one account for a client: what is kept of it, and its events counted again.

Reads only.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SegwareError
from events_tracker.base.times import Instant, Span
from events_tracker.decisions.alarms.versions import first_of_revision, whole
from events_tracker.decisions.detection.counts import together
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.evidence.recount import recount
from events_tracker.decisions.evidence.stretches import requests, stretches
from events_tracker.fetch.occurrences import closed_occurrences
from events_tracker.model.alerts import Alert
from events_tracker.model.directory import Facts
from events_tracker.model.evidence import Evidence, Recount, Rule, StretchRead
from events_tracker.model.filters import matcher
from events_tracker.model.readings import Tally
from events_tracker.model.runs import Run

if TYPE_CHECKING:
    from events_tracker.segware import Segware
    from events_tracker.storage import Rows, Store


class Request(Struct, frozen=True):
    """The question: of which account, opened when, of which codes (a filter's text; None: all).

    ``never_counted``: the code that the tracker raises; ``ignored_closers``: users whose
    occurrences do not count.
    """

    account_id: int
    account: Facts
    span: Span
    code: str | None
    now: Instant
    never_counted: str
    ignored_closers: Sequence[int]


def gather(request: Request, store: "Store") -> Evidence:
    """Read what is kept, and say what is to be asked for. Raises StorageError."""
    is_meant = None if request.code is None else matcher(request.code)
    found = store.stream(lambda streams: streams.of_account(request.account_id, request.span))
    alerts = [one for one in found if is_meant is None or (one.code and is_meant(one.code))]
    return store.read(lambda rows: _evidence(request, rows, alerts))


def _evidence(request: Request, rows: "Rows", alerts: Sequence[Alert]) -> Evidence:
    wanted = stretches(request.span, (alert.window for alert in alerts))
    return Evidence(
        account_id=request.account_id,
        account=request.account,
        span=request.span,
        at=request.now,
        alerts=alerts,
        rules=_rules(rows, alerts),
        names={alarm.id: alarm.name for alarm in rows.alarms.all()},
        told={alert.register_id: rows.deliveries.of_entry(alert.register_id) for alert in alerts},
        stretches=wanted,
        requests=requests(wanted, rows.runs.scans().learned),
    )


def _rules(rows: "Rows", alerts: Sequence[Alert]) -> Mapping[tuple[str, int], Rule]:
    named = sorted({(alert.alarm, alert.revision, alert.alarm_id) for alert in alerts})
    alarms = {alarm.id: alarm for alarm in rows.alarms.ever({id_ for _, _, id_ in named})}
    found = {}
    for number, (name, revision, id_) in enumerate(named, start=1):
        first = None
        if id_ in alarms:
            versions = whole(alarms[id_], rows.versions.of(id_))
            first = first_of_revision(alarms[id_], versions, revision)
        found[id_, revision] = Rule(number, name, revision, first)
    return found


def scans(store: "Store", span: Span) -> Iterator[Run]:
    """Read the scans that began in a span, oldest first, as they are fetched."""
    return store.stream(lambda streams: streams.scans(span))


class Recounting(Struct):
    """Counts every alert's events again, from stretches as they were read."""

    request: Request
    evidence: Evidence
    _read: list[tuple[Span, Tally, int]] = field(default_factory=list)

    def add(self, read: StretchRead) -> None:
        """Take over what was read of a stretch; they come oldest first."""
        if read.stretch.counted:
            self._read.append((read.stretch.span, read.today, read.answered))

    def recounts(self, store: "Store", segware: "Segware", deadline: Deadline) -> Sequence[Recount]:
        """Compare each alert. Raises SegwareError if it is not known what does not count."""
        if not self._read:
            return []
        start, end = self._read[0][0].start, self._read[-1][0].end
        closed, failures = closed_occurrences(
            segware, self.request.ignored_closers, Span(start, end), self.request.now, deadline
        )
        if failures:
            raise SegwareError(f"{'; '.join(failures)}: half a proof is none, nothing was written")
        ours = store.read(lambda rows: rows.deliveries.injected(start))
        never = NeverCounted(frozenset({self.request.never_counted}), ours, closed)
        return [self._recount(alert, never) for alert in self.evidence.alerts]

    def _recount(self, alert: Alert, never: NeverCounted) -> Recount:
        window = alert.window
        first = bisect_left(self._read, window.start, key=lambda read: read[0].start)
        last = bisect_right(self._read, window.end, key=lambda read: read[0].start)
        tally, answered = Tally(), 0
        for _, today, records in self._read[first:last]:
            tally, answered = together(tally, today), answered + records
        version = self.evidence.rule_of(alert).first
        rule = None if version is None else version.content.definition
        return recount(alert, rule, tally, answered, never)
