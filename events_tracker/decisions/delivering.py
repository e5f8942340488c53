"""Who is told on which channel, in how many messages, and when a failed delivery is tried again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from events_tracker.decisions.messages import calls, letters, whatsapp
from events_tracker.decisions.messages.words import Voice
from events_tracker.errors import Again, DeliveryError, PartlySent
from events_tracker.limits import LONGEST_RETRY
from events_tracker.model.alarms import Alarm
from events_tracker.model.batches import batches
from events_tracker.model.deliveries import (
    CHANNELS,
    CLEARED,
    EMAIL,
    OPENED,
    SEGWARE,
    WEBHOOK,
    WHATSAPP,
    Destination,
    Item,
    Letter,
    Parcel,
    Rest,
)
from events_tracker.model.times import MINUTE, Instant

DIGEST_LINES = 30
"""Alerts that a digest lists by name."""
INJECTIONS_PER_CALL = 20
_RETRY_AFTER = (1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, LONGEST_RETRY)
_BRIEFLY = 3
"""Attempts of what is hardly worth any."""
_PRIORITIES = {"high": 0, "medium": 1, "low": 2}


def destinations(alarm: Alarm, switched_on: Mapping[str, Destination]) -> list[Destination]:
    """Where an alert of this alarm is told, of the channels that are on.

    An injection needs the account's code, so an alarm that does not group by account makes none.
    """
    if not alarm.notify:
        return []
    found = []
    for channel in CHANNELS:
        if channel not in switched_on or (alarm.channels and channel not in alarm.channels):
            continue
        if channel == SEGWARE and "account" not in alarm.definition.group_by:
            continue
        destination = switched_on[channel]
        if channel == EMAIL and (alarm.email.to or alarm.email.cc):
            address = dict(destination.address)
            address |= {"to": alarm.email.to} if alarm.email.to else {}
            address |= {"cc": alarm.email.cc} if alarm.email.cc else {}
            destination = Destination(EMAIL, address)
        found.append(destination)
    return found


@dataclass(frozen=True, slots=True)
class Packing:
    """How due deliveries become messages."""

    voice: Voice
    digest_over: int
    subject: str | None
    now: Instant

    def parcels(self, items: Sequence[Item]) -> list[Parcel]:
        """Messages for what is due on one channel to one destination, most urgent first."""
        ordered = sorted(items, key=_urgency)
        if not ordered:
            return []
        channel = ordered[0].destination.channel
        if channel == WEBHOOK:
            return [Parcel((item,), calls.webhook(item, self.now)) for item in ordered]
        if channel == SEGWARE:
            return [
                Parcel(tuple(some), calls.injections(some, self.voice))
                for some in _by_company(ordered)
            ]
        parcels: list[Parcel] = []
        for (bundle, rest), some in _alike(ordered):
            late = bundle is not None
            made = [self._digest(some, _by_alert(some))] if late else self._together(some)
            parcels += made if rest is None else [_to_the_rest(parcel, rest) for parcel in made]
        return sorted(parcels, key=lambda parcel: _urgency(parcel.items[0]))

    def _together(self, items: Sequence[Item]) -> list[Parcel]:
        """A message an alert, or one digest when they are too many."""
        alerts = _by_alert(items)
        if len(alerts) > self.digest_over:
            return [self._digest(items, alerts)]
        return [self._single(both) for both in alerts]

    def _single(self, both: Sequence[Item]) -> Parcel:
        """One alert: that it opened, that it is over, or, where nobody was told yet, both."""
        last, kinds, to = both[-1], _kinds(both), both[0].destination
        if to.channel == WHATSAPP:
            number = str(to.address["number"][0])
            return Parcel(tuple(both), whatsapp.message(number, last, kinds, self.voice))
        subject = last.subject or self.subject
        letter = letters.message(to, last, kinds, self.voice, subject, self.now)
        return Parcel(tuple(both), letter)

    def _digest(self, items: Sequence[Item], alerts: Sequence[Sequence[Item]]) -> Parcel:
        listed = [(both[-1], _kinds(both)) for both in alerts[:DIGEST_LINES]]
        to, count = items[0].destination, len(alerts)
        if to.channel == WHATSAPP:
            number = str(to.address["number"][0])
            return Parcel(tuple(items), whatsapp.digest(number, count, listed, self.voice))
        letter = letters.digest(to, items, count, listed, self.voice, self.subject, self.now)
        return Parcel(tuple(items), letter)


def singles(parcel: Parcel, voice: Voice) -> list[Parcel]:
    """The injections of a refused call, each by itself, to find the guilty one."""
    return [Parcel((item,), calls.injections([item], voice)) for item in parcel.items]


def _urgency(item: Item) -> tuple[int, Instant, str, int]:
    kind = 0 if item.kind == OPENED else 1
    priority = _PRIORITIES.get(item.alert.priority, 1)
    return priority, item.alert.opened_at, item.alert.register_id, kind


def _alike(items: Iterable[Item]) -> list[tuple[tuple[str | None, Rest | None], list[Item]]]:
    """What may share a message: of one bundle, and for the same recipients."""
    found: dict[tuple[str | None, Rest | None], list[Item]] = {}
    for item in items:
        found.setdefault((item.bundle, item.rest), []).append(item)
    return list(found.items())


def _to_the_rest(parcel: Parcel, rest: Rest) -> Parcel:
    """The same for those who do not have it yet."""
    if not isinstance(parcel.message, Letter):
        return parcel
    return replace(parcel, message=replace(parcel.message, only=rest.left))


def _by_alert(items: Iterable[Item]) -> list[list[Item]]:
    alerts: dict[str, list[Item]] = {}
    for item in items:
        alerts.setdefault(item.alert.register_id, []).append(item)
    return list(alerts.values())


def _kinds(items: Iterable[Item]) -> frozenset[str]:
    """What there is to say of one alert.

    It may be over without anything queued to say so: its channel was off then, or its opening had
    been given up and is tried once more by hand.
    """
    kinds = {item.kind for item in items}
    if any(item.alert.cleared_at is not None and not item.end_follows for item in items):
        kinds.add(CLEARED)
    return frozenset(kinds)


def _by_company(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    companies: dict[int | None, list[Item]] = {}
    for item in items:
        companies.setdefault(item.alert.company_id, []).append(item)
    for some in companies.values():
        yield from batches(some, INJECTIONS_PER_CALL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a failed attempt makes of a delivery; ``due_at`` matters while it is pending."""

    status: str
    due_at: Instant


def verdict(
    item: Item, again: Again, attempts: int, now: Instant, max_attempts: int, *, awaited: bool
) -> Verdict:
    """Whether a delivery that just failed is given up, left uncertain, or due again, and when.

    ``attempts`` is the highest among the deliveries that travelled together, so that they stay
    together. What may have been taken is repeated on every channel but the one where it would
    raise a second alarm. What some recipients have counts as sent once the others are given up;
    ``awaited`` says that somebody waits for that.
    """
    if again is Again.UNKNOWN and item.destination.channel == SEGWARE:
        return Verdict("uncertain", now)
    given_up = again is Again.NEVER or item.last_chance or awaited
    most = min(max_attempts, _BRIEFLY) if again is Again.BRIEFLY else max_attempts
    if given_up or item.attempts >= most:
        return Verdict("failed" if item.rest is None else "sent", now)
    return Verdict("pending", now + _RETRY_AFTER[min(attempts, len(_RETRY_AFTER)) - 1])


def reached(parcel: Parcel, error: DeliveryError) -> Parcel:
    """The parcel with who is left of its recipients, where a failure was not everybody's."""
    if not isinstance(error, PartlySent):
        return parcel
    before = parcel.items[0].rest
    lost = [text for text in (before.lost if before else None, error.lost) if text]
    rest = Rest(error.left, "; ".join(lost) or None)
    return replace(parcel, items=tuple(replace(item, rest=rest) for item in parcel.items))


def known_so_far(before: Rest | None, error: DeliveryError) -> str:
    """The error of a delivery, with what earlier attempts lost for good."""
    if before is None:
        return str(error)
    told = str(error)
    if not isinstance(error, PartlySent):
        told = f"{told}; {', '.join(before.left)} cannot be told, the others have the letter"
    return f"{before.lost}; {told}" if before.lost else told


def is_awaited(item: Item, parcel: Parcel) -> bool:
    """Whether those who know of an alert wait for this delivery to the rest to hear of its end.

    Its end is told after its opening: in a message of its own, unless both travel together or it
    was over when it was detected.
    """
    if item.rest is None or item.alert.cleared_at is None or item.bundle is not None:
        return False
    return not any(
        i.kind == CLEARED and i.alert.register_id == item.alert.register_id for i in parcel.items
    )


def orphans(parcel: Parcel, failed: Iterable[Item]) -> set[str]:
    """Ids of `cleared` deliveries whose `opened` one, in the same parcel, was just given up."""
    given_up = {item.alert.id for item in failed if item.kind == OPENED}
    return {item.id for item in parcel.items if item.kind == CLEARED and item.alert.id in given_up}
