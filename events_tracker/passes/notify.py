"""notify: deliver what is due. Claim, send, record; several at once never send the same one.

Delivery is at least once: a success is recorded after the provider's answer. Injection is at most
once: it is marked just before the call, and what stays in that state is never repeated by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from events_tracker import limits
from events_tracker.decisions.delivering import Packing
from events_tracker.decisions.messages.words import Voice
from events_tracker.model.deadline import Clock, Deadline
from events_tracker.model.deliveries import EMAIL, WHATSAPP, Due, Item, Outcome
from events_tracker.model.ids import new_id
from events_tracker.model.times import Duration, Instant
from events_tracker.passes.sending import Channel, Sending, outcome

if TYPE_CHECKING:
    from events_tracker.storage import Store

_GIVEN_UP = ("failed", "expired", "uncertain")
_LAPSED = "the process ended before Segware's answer was recorded"


@dataclass(frozen=True, slots=True)
class Request:
    """What one notify is asked to do, over channels that are on.

    ``limit`` bounds the deliveries it tries, None for all that are due.
    """

    now: Instant
    voice: Voice
    subject: str | None
    injected_code: str
    digest_over: int
    max_attempts: int
    max_age: Duration
    limit: int | None = None
    retry_failed: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the deliveries of this pass; in a dry run, those that it would try."""

    dry_run: bool
    deliveries: Sequence[Outcome] = ()
    errors: Sequence[str] = field(default_factory=tuple)
    notes: Sequence[str] = field(default_factory=tuple)

    def count(self, status: str) -> int:
        return sum(outcome.status == status for outcome in self.deliveries)


def run(
    request: Request,
    store: "Store",
    channels: Mapping[str, Channel[Any]],
    clock: Clock,
    deadline: Deadline,
) -> Summary:
    """One notify. Raises StorageError if the database fails."""
    names = sorted(channels)
    if not names:
        return Summary(request.dry_run)
    if request.dry_run:
        return _foresee(request, store, names)
    if request.retry_failed:
        store.update(lambda rows: rows.dispatch.reopen(names, request.now))
    outcomes = _tidy(request, store, names)
    down: set[str] = set()
    for channel, key in _destinations(store, names, ("pending",), request.now):
        if channel in down:
            continue
        left = None if request.limit is None else request.limit - len(outcomes)
        reachable, some = _deliver(
            request, store, channels[channel], channel, key, left, clock, deadline
        )
        outcomes += some
        if not reachable:
            # Its other destinations would take the time of the channels that are well.
            down.add(channel)
    wrong = [each for each in outcomes if each.status != "sent"]
    partly = [each for each in outcomes if each.status == "sent"]
    return Summary(False, outcomes, _sentences(wrong), _sentences(partly))


def _tidy(request: Request, store: "Store", names: Sequence[str]) -> list[Outcome]:
    """Settle what can be no more, step by step; returns the injections left uncertain."""
    now, oldest = request.now, request.now - request.max_age
    lapsed = store.read(lambda rows: rows.dispatch.lapsed(names, now))
    if lapsed:
        store.update(lambda rows: rows.dispatch.to_uncertain(lapsed, now, _LAPSED))
    store.update(lambda rows: rows.dispatch.expire(names, now, oldest))
    store.update(lambda rows: rows.dispatch.supersede(names))
    store.update(lambda rows: rows.dispatch.supersede_injections(names, now))
    items = store.read(lambda rows: rows.dispatch.foresee(lapsed))
    return [outcome(item, "uncertain", _LAPSED) for item in items]


def _destinations(
    store: "Store", names: Sequence[str], statuses: Sequence[str], now: Instant
) -> list[tuple[str, str]]:
    return store.read(lambda rows: rows.dispatch.destinations(names, statuses, now))


def _due(store: "Store", due: Due, now: Instant) -> list[str]:
    return store.read(lambda rows: rows.dispatch.due(due, now))


def _claimed(store: "Store", ids: Sequence[str], claim: str, now: Instant) -> list[Item]:
    """Claim these deliveries; returns those that are ours now."""
    store.update(lambda rows: rows.dispatch.claim(ids, claim, now, limits.LEASE))
    return store.read(lambda rows: rows.dispatch.claimed(claim))


def _deliver(
    request: Request,
    store: "Store",
    sender: Channel[Any],
    channel: str,
    key: str,
    left: int | None,
    clock: Clock,
    deadline: Deadline,
) -> tuple[bool, list[Outcome]]:
    """Everything that is due to one destination, claim by claim, while there is time.

    Returns whether the channel's provider could be reached, and what became of the deliveries.
    """
    outcomes: list[Outcome] = []
    reachable = True
    while deadline.remaining() >= limits.DELIVERY_SECONDS:
        room = _room(channel) if left is None else min(_room(channel), left - len(outcomes))
        now = clock.now()
        due = Due(channel, key, ("pending",), request.now - request.max_age, room)
        ids = _due(store, due, now) if room > 0 else []
        if not ids:
            break
        # Watched on the monotonic clock from before it was written down; the rest of the lease is
        # for hosts whose clocks are ahead of ours.
        lease = Deadline(clock, limits.HOLD_SECONDS)
        claim = new_id(now)
        items = _claimed(store, ids, claim, now)
        packing = Packing(request.voice, request.digest_over, request.subject, now)
        sending = Sending(
            store=store,
            channel=sender,
            claim=claim,
            lease=lease,
            deadline=deadline,
            clock=clock,
            packing=packing,
            max_attempts=request.max_attempts,
            injected_code=request.injected_code,
        )
        reachable = sending.send_all(packing.parcels(items))
        outcomes += sending.outcomes
        if not reachable or not any(result.status == "sent" for result in sending.outcomes):
            break
    return reachable, outcomes


def _foresee(request: Request, store: "Store", names: Sequence[str]) -> Summary:
    """What is due now; nothing is claimed."""
    statuses = ("pending", *_GIVEN_UP) if request.retry_failed else ("pending",)
    found: list[Outcome] = []
    for channel, key in _destinations(store, names, statuses, request.now):
        room = limits.CLAIMED_AT_ONCE if request.limit is None else request.limit - len(found)
        if room > 0:
            due = Due(channel, key, statuses, request.now - request.max_age, room)
            found += [outcome(item, "pending", None) for item in _foreseen(store, due, request.now)]
    return Summary(True, found)


def _foreseen(store: "Store", due: Due, now: Instant) -> list[Item]:
    return store.read(lambda rows: rows.dispatch.foresee(rows.dispatch.due(due, now)))


def _room(channel: str) -> int:
    """Where deliveries share a message many are claimed; elsewhere few, so that the lease holds."""
    together = channel in (WHATSAPP, EMAIL)
    return limits.CLAIMED_AT_ONCE if together else limits.CLAIMED_SINGLY


def _sentences(outcomes: Sequence[Outcome]) -> list[str]:
    """A sentence for each way in which attempts of this pass went wrong, wholly or in part."""
    counts: dict[str, int] = {}
    for result in outcomes:
        if result.error is not None:
            text = f"{result.channel}: {result.error} ({_fate(result.status)})"
            counts[text] = counts.get(text, 0) + 1
    return [text if count == 1 else f"{text}, {count} deliveries" for text, count in counts.items()]


def _fate(status: str) -> str:
    return "will be tried again" if status == "pending" else status
