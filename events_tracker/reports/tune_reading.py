"""What `tune` reads: kept counts, good scans, the register, and the accounts as they are today."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import UsageError
from events_tracker.base.text import folded
from events_tracker.base.times import DAY, HOUR, MINUTE, Duration, Instant, Span, format_duration
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.exceptions import Excepted, codes_of, excepted, in_force
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.hours import counts_openings
from events_tracker.decisions.tuning.looks import Looks, supposed
from events_tracker.decisions.tuning.notes import Facts
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.directory import Directory
from events_tracker.model.filters import Filter, RegisterQuery
from events_tracker.model.hours import KeptCounts
from events_tracker.model.runs import RunStatus
from events_tracker.reports import tune_accounts as accounts

if TYPE_CHECKING:
    from events_tracker.storage import Rows


class Wanted(Struct, frozen=True):
    """What is to be replayed. ``chain``: the alarm, the one whose detections it counts, and so on.

    ``longest``: the longest window that is tried; the others as in :class:`~.tune.Request`.
    """

    chain: Sequence[Alarm]
    longest: Duration
    days: int
    account: str | None
    now: Instant
    source: str
    retention: Duration
    never_counted: str

    @property
    def reach(self) -> Duration:
        """How far before a moment lies what decides it."""
        return self.longest + sum(alarm.definition.window for alarm in self.chain[1:])


class Material(Struct, frozen=True):
    """All that rules are replayed over.

    ``root``: the alarm that counts events, the alarm itself or the last one whose detections are
    counted. ``span``: what is counted; counts and looks begin before it, as far as windows reach.
    ``entries``: the register of the span under the rule in force; ``others``: how many more there
    are. ``only``: the accounts that are asked for, None for all. ``scans_from``: as in
    :class:`Facts`.
    """

    alarm: Alarm
    root: Alarm
    span: Span
    kept: KeptCounts
    looks: Looks
    scope: Scope
    excepted: Mapping[str, Excepted]
    never: NeverCounted
    directory: Directory
    entries: Sequence[Alert]
    others: int
    only: frozenset[int] | None
    openings: int
    by_facts: bool
    scans_from: Instant | None

    @property
    def missing_minutes(self) -> int:
        return _minutes(KeptCounts(self.span, self.kept.hours).missing)

    @property
    def coarse_minutes(self) -> int:
        return _minutes(KeptCounts(self.span, self.kept.hours).coarse)

    def facts(self, days: int, channels: Sequence[str]) -> Facts:
        """Gather what people are told beside the numbers."""
        unknown = len(self.scope.unknown)
        return Facts(
            span=self.span,
            days=days,
            channels=channels,
            openings=self.openings,
            by_facts=self.by_facts,
            unknown=unknown,
            scans_from=self.scans_from,
        )


def chain(alarm: Alarm, alarms: Mapping[str, Alarm]) -> list[Alarm]:
    """Follow an alarm to the one that counts events. Raises UsageError if that has no replay."""
    found = [alarm]
    while (source := found[-1].definition.source_alarm_id) is not None:
        if source not in alarms:
            raise UsageError(f"the alarm {found[-1].name!r} counts detections of one that is gone")
        found.append(alarms[source])
    if found[-1].definition.field == "occurrence":
        raise UsageError(
            f"the alarm {found[-1].name!r} counts different occurrences: kept counts do not tell "
            "them apart, so it cannot be replayed"
        )
    return found


def read(wanted: Wanted, rows: "Rows") -> Material:
    """Read it all. Raises UsageError if too little is kept."""
    alarm, root = wanted.chain[0], wanted.chain[-1]
    first, end = _kept(wanted, rows)
    start = max(end + 1 - wanted.days * DAY, first + wanted.reach)
    before = supposed(Span(start, end), wanted.reach, rows.reports.first_scan())
    good = _good_scans(rows, Span(start - wanted.reach, end), needed=not before)
    moments, scans_from = [*before, *good], good[0] if good else end + 1
    # What opens at the first look may have been open for long.
    start = max(start, _next_minute(moments[0] + 1))
    kept = rows.hours.read(wanted.source, Span(moments[0] - wanted.reach, end))
    exceptions = rows.exceptions.standing()
    own = {one.id: in_force(exceptions, one, wanted.now) for one in wanted.chain}
    codes = {exception.account_code for some in own.values() for exception in some}
    codes.update(*(one.definition.accounts for one in wanted.chain))
    if wanted.account is not None:
        known, meant = rows.directory.account_codes(), folded(wanted.account)
        codes |= {one for one in known if folded(one) == meant}
    by_facts = scoping.needs_facts(root.definition) or len(wanted.chain) > 1
    directory = accounts.directory(rows, kept if by_facts else None, codes)
    of_accounts = codes_of(directory.accounts.values())
    excepted_of = {id_: excepted(some, of_accounts) for id_, some in own.items()}
    only = accounts.only(wanted.account, directory)
    span = Span(start, end)
    # Before the scans there is no register; what the first of them opened may have begun earlier.
    checked = Span(max(start, _next_minute(scans_from + 1)), end)
    entries, others = _register(rows, alarm, checked, wanted.account)
    scope = accounts.scope(root, kept, directory).without(excepted_of[root.id].never)
    if only is not None and len(wanted.chain) == 1:
        scope = accounts.narrowed(scope, only)
    ours = rows.deliveries.injected(kept.span.start)
    openings = 0
    if counts_openings(root.definition):
        openings = sum(sum(hour.openings.values()) for hour in kept.hours)
    return Material(
        alarm=alarm,
        root=root,
        span=span,
        kept=kept,
        looks=Looks(moments, kept.missing),
        scope=scope,
        excepted=excepted_of,
        never=NeverCounted(frozenset({wanted.never_counted}), ours),
        directory=directory,
        entries=entries,
        others=others,
        only=only,
        openings=openings,
        by_facts=by_facts,
        scans_from=scans_from if before else None,
    )


def _kept(wanted: Wanted, rows: "Rows") -> tuple[Instant, Instant]:
    """Find the first and the last moment of which counts are kept; enough for every window."""
    known = rows.hours.known(wanted.source, 0)
    if not known:
        if not wanted.retention:
            raise UsageError(
                "no counts are kept, because TRACKER_COUNTS_RETENTION is 0: set it to 35d, and "
                "what scans count from then on can be replayed"
            )
        raise UsageError(
            "no counts are kept yet: scans keep those of an hour 75 minutes after it has ended, "
            "so come back in some hours for a look, and in 30 days for grades; or fetch the past: "
            "tracker tune --fetch 7d"
        )
    first, end = min(known), max(known) + HOUR - 1
    if wanted.reach >= end + 1 - first:
        whose = "with those of the alarms that it counts" if len(wanted.chain) > 1 else ""
        raise UsageError(
            f"a window of {' '.join([format_duration(wanted.reach), whose]).rstrip()} is longer "
            f"than what is kept: {(end + 1 - first) / DAY:.1f} days so far; "
            "come back later, or fetch the past: tracker tune --fetch 7d"
        )
    return first, end


def _good_scans(rows: "Rows", span: Span, *, needed: bool) -> list[Instant]:
    scans = rows.reports.scans(span)
    good = sorted({one.started_at for one in scans if one.status == RunStatus.OK})
    if needed and (not good or _next_minute(good[0] + 1) > span.end):
        raise UsageError(
            "no good scan is known of the time of which counts are kept: rules are replayed at "
            "the moments of scans, which are kept for TRACKER_RETENTION"
        )
    return good


def _register(
    rows: "Rows", alarm: Alarm, span: Span, account: str | None
) -> tuple[list[Alert], int]:
    """Read the entries under the rule in force, and count those under others."""
    entries = [
        entry
        for entry in rows.register.detections(alarm.id, span.start)
        if entry.revision == alarm.revision
        and entry.opened_at <= span.end
        and (account is None or entry.account_code == account)
    ]
    query = RegisterQuery(
        filter=Filter(account=account),
        alarm_id=alarm.id,
        since=span.start,
        until=span.end,
        archived=True,
    )
    return entries, max(0, rows.register.count(query) - len(entries))


def _next_minute(at: Instant) -> Instant:
    return at + -at % MINUTE


def _minutes(stretches: Sequence[Span]) -> int:
    return sum(one.length for one in stretches) // MINUTE
