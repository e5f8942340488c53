"""notify: deliver what is due. Claim, send, record; several at once never send the same one.

Delivery is at least once: a success is recorded after the provider's answer. Injection is at most
once: it is marked just before the call, and what stays in that state is never repeated by itself.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.deadline import Clock, Deadline
from events_tracker.base.ids import new_id
from events_tracker.base.times import Duration, Instant
from events_tracker.decisions.delivery.packing import Packing
from events_tracker.messages.words import Language
from events_tracker.model.deliveries import (
    CHANNELS,
    SHARED,
    DeliveryStatus,
    DueDelivery,
    DueQuery,
    Outcome,
)
from events_tracker.model.ports import Channel
from events_tracker.passes.notify.send import Sending, outcome

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

_WAITING = (DeliveryStatus.PENDING,)
_LET_GO = (DeliveryStatus.HELD,)
"""What no hold keeps back any more, though it was not released yet."""
_GIVEN_UP = (DeliveryStatus.FAILED, DeliveryStatus.EXPIRED, DeliveryStatus.UNCERTAIN)
_LAPSED = "the process ended before Segware's answer was recorded"


class Request(Struct, frozen=True):
    """The order for one notify, over channels that are on.

    ``limit`` bounds the deliveries it tries, None for all that are due; an opening and its end in
    one message count as one.
    """

    now: Instant
    voice: Language
    subject: str | None
    injected_code: str
    digest_over: int
    max_attempts: int
    max_age: Duration
    limit: int | None = None
    retry_failed: bool = False
    dry_run: bool = False


class Summary(Struct, frozen=True):
    """The outcomes of the deliveries of this pass; in a dry run, those that it would try."""

    dry_run: bool
    deliveries: Sequence[Outcome] = ()
    errors: Sequence[str] = field(default_factory=tuple)
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def untried(self) -> tuple[str, ...]:
        """The beginnings of the errors of channels on which nothing was tried."""
        tried = {outcome.channel for outcome in self.deliveries}
        return tuple(f"{channel}: " for channel in CHANNELS if channel not in tried)

    def count(self, status: str) -> int:
        return sum(outcome.status == status for outcome in self.deliveries)


def run(
    request: Request,
    store: "Store",
    channels: Mapping[str, Channel[Any]],
    clock: Clock,
    deadline: Deadline,
) -> Summary:
    """Run one notify. Raises StorageError if the database fails."""
    names = sorted(channels)
    if not names:
        return Summary(request.dry_run)
    if request.dry_run:
        return _foresee(request, store, names)
    if request.retry_failed:
        store.update(lambda rows: rows.deliveries.reopen(names, request.now))
    outcomes = _tidy(request, store, names)
    delivery = _Delivery(request, store, clock, deadline)
    waiting = deque(_destinations(store, names, _WAITING, request.now))
    while waiting and deadline.remaining() >= limits.DELIVERY_SECONDS:
        channel, key = waiting.popleft()
        after = delivery.deliver(channel, key, channels[channel])
        if after is _After.MORE:
            # In turns, so that much for one destination does not take the time of the others.
            waiting.append((channel, key))
        elif after is _After.DOWN:
            # Its other destinations would take the time of the channels that are well.
            waiting = deque(place for place in waiting if place[0] != channel)
    outcomes += delivery.outcomes
    wrong = [each for each in outcomes if each.status != DeliveryStatus.SENT]
    partly = [each for each in outcomes if each.status == DeliveryStatus.SENT]
    return Summary(False, outcomes, _sentences(wrong), _sentences(partly))


def _tidy(request: Request, store: "Store", names: Sequence[str]) -> list[Outcome]:
    """Settle what can be no more, step by step; returns the injections left uncertain."""
    now, oldest = request.now, request.now - request.max_age
    lapsed = store.read(lambda rows: rows.deliveries.lapsed(names, now))
    if lapsed:
        store.update(lambda rows: rows.deliveries.to_uncertain(lapsed, now, _LAPSED))
    store.update(lambda rows: rows.deliveries.expire(names, now, oldest))
    store.update(lambda rows: rows.deliveries.supersede(names))
    store.update(lambda rows: rows.deliveries.supersede_injections(names, now))
    items = store.read(lambda rows: rows.deliveries.foresee(lapsed))
    return [outcome(item, DeliveryStatus.UNCERTAIN, _LAPSED) for item in items]


def _destinations(
    store: "Store", names: Sequence[str], statuses: Sequence[str], now: Instant
) -> list[tuple[str, str]]:
    return store.read(lambda rows: rows.deliveries.destinations(names, statuses, now))


class _After(Enum):
    """The work that is left for a destination once a claim was sent."""

    MORE = "there may be more"
    NO_MORE = "nothing is due, or what was tried will have to be tried again later"
    DOWN = "its provider cannot be reached"


class _Delivery:
    """The deliveries of one pass, claim by claim. ``outcomes``: what became of them so far."""

    def __init__(self, request: Request, store: "Store", clock: Clock, deadline: Deadline) -> None:
        self._request = request
        self._store = store
        self._clock = clock
        self._deadline = deadline
        self._tried = 0
        self.outcomes: list[Outcome] = []

    def deliver(self, channel: str, key: str, sender: Channel[Any]) -> _After:
        """Claim what is due to one destination, as much as is sent at once, and send it."""
        now = self._clock.now()
        room = _room(self._request, channel, self._tried)
        oldest = self._request.now - self._request.max_age
        due = DueQuery(channel, key, _WAITING, oldest, room)
        ids = self._store.read(lambda rows: rows.deliveries.due(due, now)) if room > 0 else []
        if not ids:
            return _After.NO_MORE
        # Watched on the monotonic clock from before it was written down; the rest of the lease is
        # for hosts whose clocks are ahead of ours.
        lease = Deadline(self._clock, limits.HOLD_SECONDS)
        claim = new_id(now)
        items = self._claimed(channel, ids, claim, now)
        sending = self._sending(sender, claim, lease, now)
        reachable = sending.send_all(sending.packing.parcels(items))
        self.outcomes += sending.outcomes
        self._tried += _messages(channel, items)
        if not reachable:
            return _After.DOWN
        return _After.NO_MORE if sending.in_vain else _After.MORE

    def _claimed(
        self, channel: str, ids: Sequence[str], claim: str, now: Instant
    ) -> list[DueDelivery]:
        """Claim these deliveries; returns those that are ours now."""
        with_ends = channel in SHARED
        self._store.update(lambda rows: rows.deliveries.claim(ids, claim, now, with_ends=with_ends))
        return self._store.read(lambda rows: rows.deliveries.claimed(claim))

    def _sending(self, sender: Channel[Any], claim: str, lease: Deadline, now: Instant) -> Sending:
        request = self._request
        return Sending(
            store=self._store,
            channel=sender,
            claim=claim,
            lease=lease,
            deadline=self._deadline,
            clock=self._clock,
            packing=Packing(request.voice, request.digest_over, request.subject, now),
            max_attempts=request.max_attempts,
            injected_code=request.injected_code,
        )


def _foresee(request: Request, store: "Store", names: Sequence[str]) -> Summary:
    """List what is due now; nothing is claimed."""
    statuses = (*_WAITING, *_LET_GO, *(_GIVEN_UP if request.retry_failed else ()))
    found: list[Outcome] = []
    tried = 0
    for channel, key in _destinations(store, names, statuses, request.now):
        room = _most(request, tried)
        if room > 0:
            due = DueQuery(channel, key, statuses, request.now - request.max_age, room)
            items = _foreseen(store, due, request.now)
            found += [outcome(item, DeliveryStatus.PENDING, None) for item in items]
            tried += _messages(channel, items)
    return Summary(True, found)


def _foreseen(store: "Store", due: DueQuery, now: Instant) -> list[DueDelivery]:
    """List what is due to one destination, with the endings that follow in the same pass."""

    def look(rows: "Rows") -> list[DueDelivery]:
        ids = rows.deliveries.due(due, now)
        ids += rows.deliveries.ends(ids, due.statuses, now)
        return rows.deliveries.foresee(ids if due.channel in SHARED else ids[: due.limit])

    return store.read(look)


def _most(request: Request, tried: int) -> int:
    """Count how many more may be tried, as far as they can be told at once."""
    if request.limit is None:
        return limits.CLAIMED_AT_ONCE
    return min(limits.CLAIMED_AT_ONCE, request.limit - tried)


def _room(request: Request, channel: str, tried: int) -> int:
    """Choose how many to claim: many where alerts share a message, else few, so the lease holds."""
    most = _most(request, tried)
    return most if channel in SHARED else min(limits.CLAIMED_SINGLY, most)


def _messages(channel: str, items: Sequence[DueDelivery]) -> int:
    """Count these against the limit: an opening and its end in one message are one."""
    return len({item.alert.register_id for item in items} if channel in SHARED else items)


def _sentences(outcomes: Sequence[Outcome]) -> list[str]:
    """Write a sentence for each way in which attempts went wrong, wholly or in part."""
    counts: dict[str, int] = {}
    for result in outcomes:
        if result.error is not None:
            text = f"{result.channel}: {result.error} ({_fate(result.status)})"
            counts[text] = counts.get(text, 0) + 1
    return [text if count == 1 else f"{text}, {count} deliveries" for text, count in counts.items()]


def _fate(status: str) -> str:
    return "will be tried again" if status == DeliveryStatus.PENDING else status
