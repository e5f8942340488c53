"""The rule in force, replayed, beside the register: what makes the rest believable."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import tzinfo

from msgspec import Struct

from events_tracker.base.text import many
from events_tracker.base.times import MINUTE, Duration, Instant, Span, rough, utc
from events_tracker.decisions.detection.detections import group_of
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.model.alarms import Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.groups import Group
from events_tracker.model.hours import KeptCounts
from events_tracker.model.tuning import Check, Episode, NotFound

WITHIN: Duration = 2 * MINUTE
"""The furthest that a replayed alert may open from its entry to be taken for it."""


class Known(Struct, frozen=True):
    """What may say why an entry is not in the replay. ``good``: the moments that were replayed."""

    kept: KeptCounts
    good: Collection[Instant]
    excepted: Excepted
    zone: tzinfo


def check(
    rule: Definition,
    entries: Sequence[Alert],
    others: int,
    episodes: Sequence[Episode],
    known: Known,
) -> Check:
    """Look for each entry of a rule in its replay. ``others``: entries that are not compared."""
    replayed: defaultdict[Group, list[Episode]] = defaultdict(list)
    for episode in episodes:
        replayed[episode.group].append(episode)
    furthest, not_found = 0, []
    ordered = sorted(entries, key=lambda entry: entry.opened_at)
    before: dict[Group, Alert] = {}
    for entry in ordered:
        group = group_of(rule, entry)
        of_group = replayed[group]
        found = _nearest(of_group, entry.opened_at)
        if found is not None and abs(found.opened_at - entry.opened_at) <= WITHIN:
            of_group.remove(found)
            furthest = max(furthest, abs(found.opened_at - entry.opened_at))
        else:
            why = _why(rule, entry, found, of_group, before.get(group), known)
            not_found.append(_not_found(entry, why))
        before[group] = entry
    return Check(
        register=len(entries),
        found=len(entries) - len(not_found),
        within=furthest,
        not_found=not_found,
        others=others,
    )


def _nearest(episodes: Sequence[Episode], at: Instant) -> Episode | None:
    place = bisect_left(episodes, at, key=lambda one: one.opened_at)
    near = episodes[max(place - 1, 0) : place + 1]
    return min(near, key=lambda one: abs(one.opened_at - at), default=None)


def _not_found(entry: Alert, why: str) -> NotFound:
    return NotFound(
        register_id=entry.register_id,
        account_code=entry.account_code,
        account_id=entry.account_id,
        cuc=entry.cuc,
        code=entry.code,
        opened_at=entry.opened_at,
        why=why,
    )


def _why(
    rule: Definition,
    entry: Alert,
    nearest: Episode | None,
    of_group: Sequence[Episode],
    before: Alert | None,
    known: Known,
) -> str:
    """Say what is known to keep an entry out of the replay, the likeliest first."""
    if entry.opened_at - entry.period_ended_at > WITHIN:
        return "it was caught up on later"
    excepted = known.excepted.values.get(entry.account_id or 0)
    if entry.account_id in known.excepted.never or excepted not in (None, entry.threshold):
        return "its account has an exception now"
    if excepted is None and entry.threshold != rule.value_for(entry.code):
        return f"it was compared with {entry.threshold} then"
    missing = _minutes(known.kept.missing, entry.window)
    if missing:
        return f"{many(missing, 'minute')} missing on {_day(entry.opened_at, known.zone)}"
    if coarse := _minutes(known.kept.coarse, entry.window):
        return f"{many(coarse, 'minute')} coarse on {_day(entry.opened_at, known.zone)}"
    if entry.opened_at not in known.good:
        return "the scan that opened it had not read all"
    if before is not None and before.by_hand is not None:
        return f"the one before it was closed by hand on {_day(before.opened_at, known.zone)}"
    if any(_spans(one, entry.opened_at) for one in of_group):
        return "in the replay the one before it is still open"
    if nearest is not None:
        apart = nearest.opened_at - entry.opened_at
        if abs(apart) <= entry.window.length:
            return f"it opens {rough(abs(apart))} {'later' if apart > 0 else 'earlier'}"
    return "fewer events are kept than it counted"


def _spans(episode: Episode, at: Instant) -> bool:
    return episode.opened_at <= at and (episode.ended_at is None or at <= episode.ended_at)


def _minutes(stretches: Sequence[Span], window: Span) -> int:
    return sum(
        -((max(one.start, window.start) - min(one.end, window.end) - 1) // MINUTE)
        for one in stretches
        if one.start <= window.end and window.start <= one.end
    )


def _day(at: Instant, zone: tzinfo) -> str:
    return f"{utc(at).astimezone(zone):%d/%m}"
