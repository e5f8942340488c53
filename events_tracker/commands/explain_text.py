"""The explanation of an account as lines for people."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from events_tracker.base.problems import ENGLISH
from events_tracker.base.text import visible
from events_tracker.base.times import format_duration, local, rough, short
from events_tracker.commands import hold_text
from events_tracker.commands.folding import folded
from events_tracker.formats.masked import masked_destination
from events_tracker.messages.causes import last_hours_texts
from events_tracker.messages.codes import meaning
from events_tracker.messages.names import named
from events_tracker.messages.reasons import SIGNS, reason_text
from events_tracker.messages.rules import rule_text
from events_tracker.messages.silence import silence_text
from events_tracker.model.alarms import Operator
from events_tracker.model.deliveries import DeliveryState
from events_tracker.model.directory import Facts
from events_tracker.model.explanations import (
    Bucket,
    ExplainedAlarm,
    ExplainedGroup,
    Explanation,
    GroupState,
    Reason,
)

_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 24
_BEFORE_ALARM = "  "
_BEFORE_GROUP = "    "


def lines(found: Explanation, zone: tzinfo, *, narrowed: bool) -> Iterator[str]:
    """Write an explanation; ``narrowed``: to a CUC or code, so that the numbers are not all."""
    yield from _folded("", visible(_title(found)))
    yield f"{local(found.at, zone)}, {_as_of(found)}"
    for alarm in found.alarms:
        yield ""
        yield from _alarm(alarm, found, zone, narrowed)
    yield from _ending(found, zone)


def _ending(found: Explanation, zone: tzinfo) -> Iterator[str]:
    """Say what the account looks like, when it was last heard, and what is held of it."""
    heard = found.heard_at
    seen = last_hours_texts(found.last_hours, found.opened, zone, ENGLISH)
    said = [f"{text[0].upper()}{text[1:]}." for text in seen]
    if said:
        said[0] = f"Seen: {seen[0]}."
    if heard is not None:
        said.append(f"Heard last: {short(heard, found.at, zone)}.")
    if found.silence is not None:
        text = silence_text(found.silence, found.at, zone, ENGLISH)
        said.append(f"{text[0].upper()}{text[1:]}.")
    if found.account is not None and not found.holds:
        said.append("Hold: none.")
    said += [f"Hold: {hold_text.told(one, found.at, zone)}." for one in found.holds]
    if said:
        yield ""
        yield from _folded("", " ".join(said))


def _title(found: Explanation) -> str:
    if found.account is None:
        return " of ".join(filter(None, ("All accounts", ", ".join(found.companies))))
    names = (found.account.company, found.account.client_group)
    return " · ".join(filter(None, (_client(found.account, found.account_id), *names)))


def _client(facts: Facts, account_id: int | None) -> str:
    return " ".join(filter(None, (named(facts.account_code, account_id), facts.trade_name)))


def _is_past(found: Explanation) -> bool:
    return found.as_of is not None and found.as_of > found.at


def _as_of(found: Explanation) -> str:
    if found.as_of is None:
        return "no scan has read everything yet"
    if _is_past(found):
        return "as it was"
    return f"last good scan {rough(found.at - found.as_of)} ago"


def _alarm(one: ExplainedAlarm, found: Explanation, zone: tzinfo, narrowed: bool) -> Iterator[str]:
    rule = rule_text(one.alarm.definition, found.names, ENGLISH)
    name = f"alarm {visible(one.alarm.name)} (revision {one.alarm.revision})"
    yield from _folded("", f"{name}: {rule}")
    if found.account is None:
        yield from _whole(one, found, zone)
    for group in one.groups:
        yield from _group(group, one, found, zone)
    if one.more:
        which = f"`tracker history --open --alarm {visible(one.alarm.name)}` lists all that is open"
        text = f"and {one.more} more: of all the {len(one.groups)} that matter most are shown"
        yield from _folded(_BEFORE_ALARM, f"{text}; {which}")
    if one.not_counted:
        yield from _folded(_BEFORE_ALARM, f"not counted: {_not_counted(one, found, zone)}")
    if one.fetched and not narrowed:
        not_counted = one.fetched - one.counted
        window = format_duration(one.alarm.definition.window)
        yield from _folded(
            _BEFORE_ALARM,
            f"{one.fetched} events{'' if found.account is None else ' of this account'} in "
            f"{window} = {one.counted} counted + {not_counted} not",
        )


def _not_counted(one: ExplainedAlarm, found: Explanation, zone: tzinfo) -> str:
    """Name what is not counted, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for other in one.not_counted:
        kinds = by_reason.setdefault(_said(other.reason, found, zone), [])
        kinds.append(f"{other.count} {_kind(other.cuc, other.code)}")
    return "; ".join(
        f"{' · '.join(kinds)} ({'each: ' if len(kinds) > 1 else ''}{reason})"
        for reason, kinds in by_reason.items()
    )


def _whole(one: ExplainedAlarm, found: Explanation, zone: tzinfo) -> Iterator[str]:
    """Write what holds for an alarm, whatever the account."""
    parts = [_said(reason, found, zone) for reason in one.reasons]
    last, status = one.alarm.last_run_at, one.alarm.last_run_status
    if last is None:
        parts.insert(0, "never run")
    elif last <= found.at:
        parts.insert(0, f"last run {rough(found.at - last)} ago: {status}")
    if not one.groups:
        parts.append("nothing counts and nothing is open")
    if parts:
        yield from _folded(_BEFORE_ALARM, " · ".join(parts))


def _group(
    group: ExplainedGroup, one: ExplainedAlarm, found: Explanation, zone: tzinfo
) -> Iterator[str]:
    name = _kind(group.cuc, group.code) or "this account"
    if found.account is None:
        name = _whose(group)
    number = f"{'≥ ' if group.at_least else ''}{group.quantity}"
    bars = _merged(group.buckets, one.alarm.definition.window)
    drawn = _drawn(bars)
    state = _state(group, one, found, zone)
    yield from _folded(_BEFORE_ALARM, "  ".join(filter(None, (name, number, drawn, state))))
    long = 2 * one.alarm.definition.window // _MOST_BARS
    longer = [_stretch(bar, found, zone) for bar in bars if bar.count and bar.span.length >= long]
    if longer and found.account is not None:
        yield from _folded(_BEFORE_GROUP, f"in longer stretches: {', '.join(longer)}")
    for reason in group.reasons:
        text = _said(reason, found, zone)
        if reason.key in ("holds", "above_clear_line") and not _is_past(found):
            text = f"{text}. {_forecast(group, found, zone)}"
        yield from _folded(_BEFORE_GROUP, text)
    if group.deliveries:
        told = " · ".join(_told(one, found, zone) for one in group.deliveries)
        yield from _folded(_BEFORE_GROUP, f"told: {told}")
    for note in group.notes:
        taken = "took it over: " if note.acknowledge else ""
        text = " ".join(note.text.splitlines())
        at = short(note.written_at, found.at, zone)
        yield from _folded(_BEFORE_GROUP, visible(f"{at} {note.written_by}: {taken}{text}"))


def _stretch(bar: Bucket, found: Explanation, zone: tzinfo) -> str:
    start, end = (short(at, found.at, zone) for at in (bar.span.start, bar.span.end))
    return f"{start}–{end}: {bar.count}"


def _state(group: ExplainedGroup, one: ExplainedAlarm, found: Explanation, zone: tzinfo) -> str:
    if group.state == GroupState.OPEN and group.alert is not None:
        since = short(group.alert.opened_at, found.at, zone)
        return f"OPEN since {since}, highest {group.alert.highest}"
    operator = one.alarm.definition.operator
    sign = "" if operator == Operator.AT_LEAST else f"{SIGNS.get(operator, operator)} "
    words = {
        GroupState.OPEN: "OPENS with the next scan",
        GroupState.BELOW: f"not open: {sign}{group.value} needed",
        GroupState.MUTED: "MUTED",
        GroupState.QUIET: "not open: nothing that counts",
    }
    return words[group.state]


def _forecast(group: ExplainedGroup, found: Explanation, zone: tzinfo) -> str:
    below, over = group.next.below_at, group.next.over_at
    if below is None or over is None:
        return "Nobody can say yet when it may be over."
    return (
        f"Below at the earliest {short(below, found.at, zone)}, over at the earliest "
        f"{short(over, found.at, zone)} (if nothing more comes)"
    )


def _said(reason: Reason, found: Explanation, zone: tzinfo) -> str:
    return reason_text(reason, found.at, zone, ENGLISH)


def _kind(cuc: str | None, code: str | None) -> str:
    texts = (code, cuc, meaning(code, ENGLISH))
    return " ".join(visible(text) for text in texts if text)


def _whose(group: ExplainedGroup) -> str:
    """Name a group where there are those of many accounts: by all that the alarm tells apart."""
    client = "" if group.account_id is None else visible(_client(group.facts, group.account_id))
    company = "" if group.company_id is None else visible(group.facts.company or "")
    parts = (client, company, _kind(group.cuc, group.code))
    return " · ".join(filter(None, parts)) or "everything"


def _told(one: DeliveryState, found: Explanation, zone: tzinfo) -> str:
    to = masked_destination(one.destination)
    at = "" if one.sent_at is None else f" {short(one.sent_at, found.at, zone)}"
    over = "" if one.kind == "opened" else " (over)"
    return f"{one.channel}{f' {to}' if to else ''}{at} {one.status}{over}"


def _merged(buckets: Sequence[Bucket], window: int) -> list[Bucket]:
    """Join neighbouring buckets until each is as long as a bar of the window, where it is not."""
    if not buckets:
        return []
    length, end = window / _MOST_BARS, buckets[-1].span.end
    bars: dict[int, list[Bucket]] = {}
    for bucket in buckets:
        bars.setdefault(int((end - bucket.span.end) / length), []).append(bucket)
    return [_joined(some) for some in bars.values()]


def _joined(buckets: Sequence[Bucket]) -> Bucket:
    first, last = buckets[0].span, buckets[-1].span
    return Bucket(type(first)(first.start, last.end), sum(one.count for one in buckets))


def _drawn(bars: Sequence[Bucket]) -> str:
    most = max((bar.count for bar in bars), default=0)
    if not most:
        return ""
    top = len(_BARS) - 1
    return "".join(_BARS[-(-bar.count * top // most)] for bar in bars)


def _folded(before: str, text: str) -> Iterator[str]:
    """Fold a line under where it begins."""
    yield from folded(text, before, before + "  ")
