"""In how many messages due deliveries travel, and which of them share one."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.batches import batches
from events_tracker.base.times import Instant
from events_tracker.messages import email, injection, webhook, whatsapp
from events_tracker.messages.words import Language
from events_tracker.model.alarms import Priority
from events_tracker.model.deliveries import (
    CLEARED,
    OPENED,
    SEGWARE,
    WEBHOOK,
    WHATSAPP,
    DueDelivery,
    EmailText,
    Kept,
    Listing,
    Parcel,
    Rest,
)

_PRIORITIES = {Priority.HIGH: 0, Priority.MEDIUM: 1, Priority.LOW: 2}


class Packing(Struct, frozen=True):
    """The settings by which due deliveries become messages."""

    voice: Language
    digest_over: int
    subject: str | None
    now: Instant

    def parcels(self, items: Sequence[DueDelivery]) -> list[Parcel]:
        """Messages for what is due on one channel to one destination, most urgent first."""
        ordered = sorted(items, key=_urgency)
        if not ordered:
            return []
        channel = ordered[0].destination.channel
        if channel == WEBHOOK:
            return [Parcel((item,), webhook.call(item, self.now)) for item in ordered]
        if channel == SEGWARE:
            return [
                Parcel(tuple(some), injection.injections(some, self.voice))
                for some in _by_company(ordered)
            ]
        parcels: list[Parcel] = []
        for (bundle, rest), some in _alike(ordered):
            if (kept := some[0].kept) is not None:
                made = [self._receipt(some, kept)]
            else:
                # What was detected afterwards is told together, however little it is.
                made = self._together(some, self.digest_over if bundle is None else 1)
            parcels += made if rest is None else [_to_the_rest(parcel, rest) for parcel in made]
        return sorted(parcels, key=lambda parcel: _urgency(parcel.items[0]))

    def _together(self, items: Sequence[DueDelivery], at_most: int) -> list[Parcel]:
        """Make a message for each alert, or one digest of more alerts than that.

        Of one alert there is no digest: its own message says more.
        """
        alerts = _by_alert(items)
        if messages_for(len(alerts), at_most) < len(alerts):
            return [self._digest(items, alerts)]
        return [self._single(both) for both in alerts]

    def _single(self, both: Sequence[DueDelivery]) -> Parcel:
        """Make the message of one alert: it opened, it is over, or (nobody was told yet) both."""
        last, kinds, to = both[-1], _kinds(both), both[0].destination
        if to.channel == WHATSAPP:
            number = str(to.address["number"][0])
            return Parcel(tuple(both), whatsapp.message(number, last, kinds, self.voice))
        subject = last.subject or self.subject
        return Parcel(tuple(both), email.message(to, last, kinds, self.voice, subject, self.now))

    def _receipt(self, items: Sequence[DueDelivery], kept: Kept) -> Parcel:
        """Make the one message that tells what a hold kept back, however little it is."""
        alerts = _by_alert(items)
        still_open = sum(both[0].alert.cleared_at is None for both in alerts)
        headline = self.voice.receipt(kept, len(alerts), still_open)
        return self._listing(items, alerts, headline, headline)

    def _digest(
        self, items: Sequence[DueDelivery], alerts: Sequence[Sequence[DueDelivery]]
    ) -> Parcel:
        headline = self.voice.say("digest", count=len(alerts))
        subject = f"{self.subject} ({len(alerts)})" if self.subject else headline
        return self._listing(items, alerts, headline, subject)

    def _listing(
        self,
        items: Sequence[DueDelivery],
        alerts: Sequence[Sequence[DueDelivery]],
        headline: str,
        subject: str,
    ) -> Parcel:
        lines = [(both[-1], _kinds(both)) for both in alerts[: limits.DIGEST_LINES]]
        to, listed = items[0].destination, Listing(headline, len(alerts), lines)
        if to.channel == WHATSAPP:
            number = str(to.address["number"][0])
            return Parcel(tuple(items), whatsapp.digest(number, listed, self.voice))
        return Parcel(tuple(items), email.digest(to, items, listed, self.voice, subject, self.now))


def messages_for(alerts: int, digest_over: int) -> int:
    """Tell how many messages so many alerts make that are due at once."""
    return 1 if alerts > max(digest_over, 1) else alerts


def singles(parcel: Parcel, voice: Language) -> list[Parcel]:
    """Repeat the injections of a refused call, each by itself, to find the guilty one."""
    return [Parcel((item,), injection.injections([item], voice)) for item in parcel.items]


def _urgency(item: DueDelivery) -> tuple[int, Instant, str, int]:
    kind = 0 if item.kind == OPENED else 1
    priority = _PRIORITIES[Priority(item.alert.priority)]
    return priority, item.alert.opened_at, item.alert.register_id, kind


def _alike(
    items: Iterable[DueDelivery],
) -> list[tuple[tuple[str | None, Rest | None], list[DueDelivery]]]:
    """Group what may share a message: of one bundle, and for the same recipients."""
    found: dict[tuple[str | None, Rest | None], list[DueDelivery]] = {}
    for item in items:
        found.setdefault((item.bundle, item.rest), []).append(item)
    return list(found.items())


def _to_the_rest(parcel: Parcel, rest: Rest) -> Parcel:
    """Address a message to those alone who do not have it yet."""
    if not isinstance(parcel.message, EmailText):
        return parcel
    return replace(parcel, message=replace(parcel.message, only=rest.left))


def _by_alert(items: Iterable[DueDelivery]) -> list[list[DueDelivery]]:
    alerts: dict[str, list[DueDelivery]] = {}
    for item in items:
        alerts.setdefault(item.alert.register_id, []).append(item)
    return list(alerts.values())


def _kinds(items: Iterable[DueDelivery]) -> frozenset[str]:
    """List what there is to say of one alert.

    It may be over without anything queued to say so: its channel was off then, or its opening had
    been given up and is tried once more by hand.
    """
    kinds = {item.kind for item in items}
    if any(item.alert.cleared_at is not None and not item.end_follows for item in items):
        kinds.add(CLEARED)
    return frozenset(kinds)


def _by_company(items: Sequence[DueDelivery]) -> Iterable[Sequence[DueDelivery]]:
    companies: dict[int | None, list[DueDelivery]] = {}
    for item in items:
        companies.setdefault(item.alert.company_id, []).append(item)
    for some in companies.values():
        yield from batches(some, limits.INJECTIONS_PER_CALL)
