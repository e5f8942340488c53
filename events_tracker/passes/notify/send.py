"""Send the parcels of one claim, one after the other, and record what became of each delivery."""

from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from events_tracker.base import limits
from events_tracker.base.deadline import Clock, Deadline
from events_tracker.base.errors import DeliveryError, Retry
from events_tracker.base.times import Instant
from events_tracker.base.workers import each
from events_tracker.decisions.delivery.packing import Packing, singles
from events_tracker.decisions.delivery.retrying import (
    is_awaited,
    known_so_far,
    orphans,
    reached,
    verdict,
)
from events_tracker.model.deliveries import (
    OUTCOMES,
    SEGWARE,
    DeliveryStatus,
    DueDelivery,
    Message,
    Outcome,
    Parcel,
)
from events_tracker.model.ports import Channel

if TYPE_CHECKING:
    from events_tracker.storage import Store


class Sending(Struct):
    """One claim on its way: its parcels are sent while the lease lasts."""

    store: "Store"
    channel: Channel[Any]
    """Of the kind of message that ``packing`` makes for this channel."""
    claim: str
    lease: Deadline
    deadline: Deadline
    clock: Clock
    packing: Packing
    max_attempts: int
    injected_code: str
    outcomes: list[Outcome] = field(default_factory=list)
    _may_be_taken_later: bool = False

    @property
    def in_vain(self) -> bool:
        """True if nothing was taken that another time might be: so it would be with more."""
        sent = any(result.status == DeliveryStatus.SENT for result in self.outcomes)
        return self._may_be_taken_later and not sent

    def send_all(self, parcels: Sequence[Parcel]) -> bool:
        """Send them; False if the provider cannot be reached, so that more would be in vain."""
        waiting = list(parcels)
        while waiting:
            parcel = waiting.pop(0)
            if self._too_late():
                self._give_back(parcel)
                continue
            error = self._try(parcel)
            if error is None:
                continue
            if error.again is Retry.SINGLY:
                waiting = [*singles(parcel, self.packing.voice), *waiting]
                continue
            self._may_be_taken_later |= error.again is not Retry.NEVER
            if error.unreachable:
                for rest in waiting:
                    self._give_back(rest)
                return False
        return True

    def _too_late(self) -> bool:
        return min(self.lease.remaining(), self.deadline.remaining()) < limits.DELIVERY_SECONDS

    def _try(self, parcel: Parcel) -> DeliveryError | None:
        """Send one parcel and record it; returns what went wrong."""
        parcel = self._marked(parcel)
        if not parcel.items:
            return None
        answer = self._sent(parcel.message)
        if not isinstance(answer, DeliveryError):
            self._record_success(parcel, answer)
            return None
        if answer.again is Retry.SINGLY:
            # Refused as a whole, so nothing went out: each is marked again before its own call.
            self.store.update(lambda rows: rows.deliveries.unmark(_ids(parcel.items), self.claim))
        else:
            self._record_failure(parcel, answer)
        return answer

    def _marked(self, parcel: Parcel) -> Parcel:
        """Injections are marked in a commit of their own: from there on they are never repeated."""
        if parcel.items[0].destination.channel != SEGWARE:
            return parcel
        ids, code, now = _ids(parcel.items), self.injected_code, self.clock.now()
        self.store.update(lambda rows: rows.deliveries.sending(ids, self.claim, code, now))
        allowed = self.store.read(lambda rows: rows.deliveries.still_sending(ids, self.claim))
        items = [item for item in parcel.items if item.id in allowed]
        if len(items) == len(parcel.items):
            return parcel
        return self.packing.parcels(items)[0] if items else Parcel((), parcel.message)

    def _sent(self, message: Message) -> str | DeliveryError | None:
        """Send with a bound that holds whatever the provider does; returns the provider's id."""
        bound = self.deadline.within(limits.DELIVERY_SECONDS)
        result = each(bound, {"send": lambda: self.channel.send(message, self.deadline)})
        if "send" not in result:
            return DeliveryError("no answer in time", Retry.UNKNOWN, unreachable=True)
        answer = result["send"]
        if isinstance(answer, Exception) and not isinstance(answer, DeliveryError):
            # One message that we cannot make must not keep all others from being sent.
            return DeliveryError(_bug(answer), Retry.UNKNOWN)
        return answer

    def _record_success(self, parcel: Parcel, provider_id: str | None) -> None:
        ids, now, rest = _ids(parcel.items), self.clock.now(), parcel.items[0].rest
        lost = rest.lost if rest else None
        self.store.update(lambda rows: rows.deliveries.sent(ids, now, lost, provider_id))
        self._report(parcel.items, DeliveryStatus.SENT, lost)

    def _record_failure(self, parcel: Parcel, error: DeliveryError) -> None:
        text = known_so_far(parcel.items[0].rest, error)
        parcel = reached(parcel, error)
        now = self.clock.now()
        attempts = max(item.attempts for item in parcel.items)
        verdicts = {
            item.id: verdict(
                item,
                error.again,
                attempts,
                now,
                self.max_attempts,
                awaited=is_awaited(item, parcel),
            )
            for item in parcel.items
        }
        failed = [
            item for item in parcel.items if verdicts[item.id].status == DeliveryStatus.FAILED
        ]
        over = orphans(parcel, failed)
        for status in OUTCOMES:
            items = [
                i for i in parcel.items if verdicts[i.id].status == status and i.id not in over
            ]
            if items:
                due_at = verdicts[items[0].id].due_at
                self._not_sent(items, status, text, due_at)
        if over:
            orphaned = [item for item in parcel.items if item.id in over]
            self._not_sent(orphaned, DeliveryStatus.SUPERSEDED, None, now)

    def _not_sent(
        self, items: Sequence[DueDelivery], status: str, error: str | None, due_at: Instant
    ) -> None:
        ids, rest, now = _ids(items), items[0].rest, self.clock.now()
        self.store.update(
            lambda rows: rows.deliveries.not_sent(ids, self.claim, status, error, due_at, rest, now)
        )
        self._report(items, status, error)

    def _give_back(self, parcel: Parcel) -> None:
        self.store.update(lambda rows: rows.deliveries.release(_ids(parcel.items), self.claim))
        self._report(parcel.items, DeliveryStatus.PENDING, None, tried=False)

    def _report(
        self, items: Sequence[DueDelivery], status: str, error: str | None, *, tried: bool = True
    ) -> None:
        self.outcomes += [outcome(item, status, error, tried=tried) for item in items]


def outcome(item: DueDelivery, status: str, error: str | None, *, tried: bool = True) -> Outcome:
    """Report a delivery; ``item.attempts`` has this pass's attempt in it if tried."""
    return Outcome(
        id=item.id,
        channel=item.destination.channel,
        kind=item.kind,
        status=status,
        attempts=item.attempts if tried else item.attempts - 1,
        error=error,
        account_id=item.alert.account_id,
        account_code=item.alert.account_code,
        code=item.alert.code,
    )


def _bug(error: Exception) -> str:
    """Tell of an error that nobody foresaw, without its own words: they may hold a secret."""
    place = extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return f"unexpected {type(error).__name__} at {where}; this is a bug: please report it"


def _ids(items: Sequence[DueDelivery]) -> list[str]:
    return [item.id for item in items]
