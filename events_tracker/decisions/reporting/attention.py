"""What whoever takes over has to look at, each with its reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from events_tracker.base.limits import SHIFT
from events_tracker.base.times import DAY, Duration, Instant, Span
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import DeliveryStatus
from events_tracker.model.holds import Hold
from events_tracker.model.reports import Attention, Entry, Kind, Opening, Scan, Untold
from events_tracker.model.runs import RunStatus
from events_tracker.model.silence import Silence

FLAPPING_FROM = 3
"""So many openings of one group in the span are flapping."""
STALE_AFTER: Duration = DAY
"""What is open for longer is stale."""
_MOST_NAMED = 3


def in_order(found: Iterable[Attention]) -> list[Attention]:
    """Sort by what it is, the longest first."""
    kinds = list(Kind)
    return sorted(found, key=lambda one: (kinds.index(one.kind), one.since))


def silent(found: Mapping[int, Silence], codes: Mapping[int, str | None]) -> Iterator[Attention]:
    """Find accounts that may be dead; ``codes``: theirs, of those that are meant."""
    for id_, code in codes.items():
        one = found[id_]
        facts = {"silence": one}
        yield Attention(Kind.SILENT, one.verdict.value, one.since, code, id_, facts)


def flapping(opened: Iterable[Opening]) -> Iterator[Attention]:
    """Find groups that opened again and again, of what opened in the span."""
    groups: dict[tuple[str, str], list[Opening]] = {}
    for entry in opened:
        groups.setdefault((entry.alarm_id, entry.group_key), []).append(entry)
    for entries in groups.values():
        if len(entries) >= FLAPPING_FROM:
            first, last = (pick(entries, key=lambda one: one.opened_at) for pick in (min, max))
            facts = {"times": len(entries), "last": last.opened_at}
            yield _of_entry(Kind.FLAPPING, last, first.opened_at, facts)


def is_stale(entry: Entry, until: Instant) -> bool:
    """Tell whether what is open then is so for more than a day."""
    return until - entry.opened_at > STALE_AFTER


def stale(is_open: Iterable[Opening], until: Instant) -> Iterator[Attention]:
    """Find what is open for more than a day."""
    for entry in is_open:
        if is_stale(entry, until):
            yield _of_entry(Kind.STALE, entry, entry.opened_at, {})


def _of_entry(kind: Kind, entry: Opening, since: Instant, facts: Mapping[str, object]) -> Attention:
    facts = {**facts, **_named(entry, entry.alarm_name)}
    return Attention(kind, kind.value, since, entry.account_code, entry.account_id, facts)


def _named(entry: Opening | Alert, alarm: str) -> Mapping[str, object]:
    """Say of what it is, and whose where it is of no single account."""
    whose = entry.company or entry.client_group if entry.account_id is None else None
    return {"whose": whose, "code": entry.code, "cuc": entry.cuc, "alarm": alarm}


def muted(alerts: Iterable[Alert], until: Instant) -> Iterator[Attention]:
    """Find groups that were closed by hand and have not been below their value since."""
    for alert in alerts:
        if alert.cleared_at is None or alert.cleared_at > until:
            continue
        hand = alert.by_hand
        facts = {
            **_named(alert, alert.alarm),
            "who": None if hand is None else hand.who,
            "why": None if hand is None else hand.text,
        }
        yield Attention(
            Kind.MUTED, "muted", alert.cleared_at, alert.account_code, alert.account_id, facts
        )


def holds_ending(
    holds: Iterable[Hold], held: Mapping[str, int], until: Instant
) -> Iterator[Attention]:
    """Find what is kept back at the end of the span, and let go in the shift that follows."""
    for hold in holds:
        ended_before = hold.ended_at is not None and hold.ended_at <= until
        if ended_before or not hold.starts_at <= until < hold.ends_at <= until + SHIFT:
            continue
        facts = {
            "until": hold.ends_at,
            "count": held.get(hold.id, 0),
            "who": hold.made_by,
            "why": hold.reason,
        }
        yield Attention(
            Kind.HOLD_ENDING,
            "hold_ending",
            hold.starts_at,
            hold.account_code,
            hold.account_id,
            facts,
        )


def untold(found: Iterable[Untold]) -> Iterator[Attention]:
    """Find what nobody, or perhaps nobody, was told, by channel and by how it ended."""
    by_end: dict[tuple[str, str], list[Untold]] = {}
    for one in found:
        by_end.setdefault((one.channel, one.status), []).append(one)
    for (channel, status), some in sorted(by_end.items()):
        some.sort(key=lambda one: (one.since, one.account_code or ""))
        kind = Kind.UNCERTAIN if status == DeliveryStatus.UNCERTAIN else Kind.FAILED
        whose = list(dict.fromkeys((one.account_code, one.account_id) for one in some))
        code, id_ = whose[0] if len(whose) == 1 else (None, None)
        facts = {
            "channel": channel,
            "count": sum(one.deliveries for one in some),
            "accounts": tuple(code for code, _ in whose if code is not None)[:_MOST_NAMED],
            "more": max(0, len(whose) - _MOST_NAMED),
        }
        yield Attention(kind, status, some[0].since, code, id_, facts)


def blind(scans: Sequence[Scan], before: Instant | None, span: Span, most: Duration) -> list[Span]:
    """Find the stretches of the span, longer than ``most``, in which no scan read everything.

    ``before``: the last good scan before it, None if nobody knows of one: then what there was
    before the first is not judged.
    """
    good = [one.started_at for one in scans if one.status == RunStatus.OK]
    moments = [*([] if before is None else [before]), *good]
    ends = [*moments[1:], span.end]
    pairs = zip(moments, ends, strict=True) if moments else ()
    return [Span(start, end) for start, end in pairs if end - start > most]


def gaps(blind_: Sequence[Span], missed: Iterable[tuple[str, Span]]) -> Iterator[Attention]:
    """Tell of stretches without a good scan, of many the longest; and of what alarms missed."""
    if len(blind_) > _MOST_NAMED:
        longest = max(blind_, key=lambda span: span.length)
        facts: dict[str, object] = {"until": longest.end, "count": len(blind_)}
        yield Attention(Kind.GAP, "no_scans", longest.start, facts=facts)
    else:
        for span in blind_:
            yield Attention(Kind.GAP, "no_scan", span.start, facts={"until": span.end})
    for alarm, span in missed:
        facts = {"until": span.end, "alarm": alarm}
        yield Attention(Kind.GAP, "never_evaluated", span.start, facts=facts)


def alarm_errors(alarms: Iterable[Alarm], span: Span) -> Iterator[Attention]:
    """Find alarms whose last evaluation, if it was in the span, failed."""
    for alarm in alarms:
        at = alarm.last_run_at
        failed = alarm.last_run_status == RunStatus.ERROR
        if failed and at is not None and span.start <= at <= span.end:
            facts = {"alarm": alarm.name, "error": alarm.last_error}
            yield Attention(Kind.ALARM_ERROR, "alarm_error", at, facts=facts)
