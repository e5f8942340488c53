"""Deliveries as rows: queueing them, claiming those that are due, and recording outcomes."""

import json
from collections.abc import Mapping, Sequence

from msgspec import to_builtins

from events_tracker.base import limits
from events_tracker.base.text import ERROR_WIDTH
from events_tracker.base.times import Instant
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import (
    Delivery,
    DeliveryState,
    Destination,
    DueDelivery,
    DueQuery,
    Kept,
    Rest,
    Told,
)
from events_tracker.storage.convert import convert, from_json
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.register import alert
from events_tracker.storage.session import Statements


class Deliveries:
    """Notifications on each channel to each destination, and the outcome of each.

    Passes queue them within the transaction of what they tell of. `notify` moves them without a
    place in the order of transactions: each claim is a conditional update.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, deliveries: Sequence[Delivery]) -> None:
        self._statements.insert(
            "deliveries_add",
            [
                {
                    "id": delivery.id,
                    "notification_id": delivery.notification_id,
                    "register_id": delivery.register_id,
                    "kind": delivery.kind,
                    "channel": delivery.destination.channel,
                    "destination": json.dumps(dict(delivery.destination.address)),
                    "destination_key": delivery.destination.key,
                    "status": _status(delivery),
                    "error": delivery.doubt,
                    "created_at": delivery.created_at,
                    "bundle": delivery.hold_id or delivery.bundle,
                }
                for delivery in deliveries
            ],
        )

    def to_follow(self, pass_id: str) -> list[Told]:
        """Read who knows, or still will, of the alerts that this pass is closing."""
        rows = self._statements.rows("deliveries_to_follow", pass_id=pass_id)
        return [convert({**row, "destination": _destination(row)}, Told) for row in rows]

    def held(self) -> list[tuple[Alert, str]]:
        """Read the alerts whose news are kept back, each with the id of its hold."""
        rows = self._statements.rows("deliveries_held")
        return [(alert(row), str(row["held_by"])) for row in rows]

    def hold_on(self, register_ids: Sequence[str], hold_id: str) -> None:
        """Let another hold keep the news of these alerts back from here on."""
        self._statements.run("deliveries_hold_on", ids=register_ids, hold_id=hold_id)

    def has_let_go(self, now: Instant) -> bool:
        """Tell whether there is anything to :meth:`let_go`."""
        return bool(self._statements.rows("deliveries_over", now=now))

    def let_go(self, now: Instant) -> None:
        """Make due what no hold keeps back any more."""
        self._statements.run("deliveries_let_go", now=now)

    def doubt(self, error: str) -> int:
        """Give up the injections that are to be made, all of them; return their number."""
        return self._statements.run("deliveries_doubt", error=error)

    def waiting(self) -> int:
        """Count what is still to be sent."""
        return self._statements.number("deliveries_waiting")

    def withdraw(self, pass_id: str) -> None:
        """Supersede the unsent injections of the alerts that this pass is closing."""
        self._statements.run("deliveries_withdraw", pass_id=pass_id)

    def of_entry(self, register_id: str) -> list[DeliveryState]:
        """Read what was told, and is still to be told, of one entry, of its end last."""
        rows = self._statements.rows("deliveries_of_entry", register_id=register_id)
        return [delivery_state(row) for row in rows]

    def injected(self, since: Instant) -> frozenset[tuple[int, str]]:
        """Read account ids and codes of the events that the tracker itself raised since then."""
        rows = self._statements.rows("deliveries_injected", since=since)
        return convert([tuple(row.values()) for row in rows], frozenset[tuple[int, str]])

    def stuck(self, channels: Sequence[str], overdue: Instant, since: Instant) -> dict[str, int]:
        """Count the deliveries since then that are stuck, by why: late, or given up.

        ``waiting``: pending, and due at ``overdue`` or before; ``retried``: pending, and tried in
        vain; ``failed``, ``uncertain`` and ``expired``: in these statuses.
        """
        rows = self._statements.rows(
            "deliveries_stuck", channels=channels, overdue=overdue, since=since
        )
        return convert(rows[0], dict[str, int])

    def reopen(self, channels: Sequence[str], now: Instant) -> None:
        """Make deliveries that were given up due once more, now."""
        self._statements.run("deliveries_reopen", channels=channels, now=now)

    def lapsed(self, channels: Sequence[str], now: Instant) -> list[str]:
        """Read the ids of the injections that were under way when their process ended."""
        rows = self._statements.rows("deliveries_lapsed", channels=channels, **_bounds(now))
        return [str(row["id"]) for row in rows]

    def to_uncertain(self, ids: Sequence[str], now: Instant, error: str) -> None:
        """Give up lapsed injections: nobody knows whether they went out."""
        self._statements.run("deliveries_to_uncertain", ids=ids, error=error, **_bounds(now))

    def expire(self, channels: Sequence[str], now: Instant, oldest: Instant) -> None:
        """Give up pending deliveries that were queued at ``oldest`` or before."""
        self._statements.run("deliveries_expire", channels=channels, oldest=oldest, **_bounds(now))

    def supersede(self, channels: Sequence[str]) -> None:
        """Withdraw news that an alert is over from those who were never told that it opened."""
        self._statements.run("deliveries_supersede", channels=channels)

    def supersede_injections(self, channels: Sequence[str], now: Instant) -> None:
        """Withdraw the injections of alerts that are over."""
        self._statements.run("deliveries_supersede_injections", channels=channels, **_bounds(now))

    def destinations(
        self, channels: Sequence[str], statuses: Sequence[str], now: Instant
    ) -> list[tuple[str, str]]:
        """Read channels and keys of the destinations that something may be due to."""
        rows = self._statements.rows(
            "deliveries_destinations", channels=channels, statuses=statuses, **_bounds(now)
        )
        return [(str(row["channel"]), str(row["destination_key"])) for row in rows]

    def due(self, due: DueQuery, now: Instant) -> list[str]:
        """Read the ids of the deliveries that can be sent now, most urgent first."""
        rows = self._statements.rows(
            "deliveries_due",
            channel=due.channel,
            destination_key=due.destination_key,
            statuses=due.statuses,
            oldest=due.oldest,
            limit=due.limit,
            **_bounds(now),
        )
        return [str(row["id"]) for row in rows]

    def ends(self, ids: Sequence[str], statuses: Sequence[str], now: Instant) -> list[str]:
        """Read the ids of the endings that are due together with these openings."""
        rows = self._statements.chunks("deliveries_ends", ids, statuses=statuses, **_bounds(now))
        return [str(row["id"]) for row in rows]

    def claim(self, ids: Sequence[str], claim: str, now: Instant, *, with_ends: bool) -> None:
        """Take the deliveries that nobody else holds; ``with_ends``: also the endings of those."""
        self._claim(ids, claim, now)
        if with_ends:
            won = [str(row["id"]) for row in self._statements.rows("deliveries_won", claim=claim)]
            if ends := self.ends(won, ("pending",), now):
                self._claim(ends, claim, now)

    def _claim(self, ids: Sequence[str], claim: str, now: Instant) -> None:
        lease_until = now + limits.LEASE
        self._statements.run(
            "deliveries_claim", ids=ids, claim=claim, lease_until=lease_until, **_bounds(now)
        )

    def claimed(self, claim: str) -> list[DueDelivery]:
        """Read the deliveries that this claim has taken."""
        return [_due(row) for row in self._statements.rows("deliveries_claimed", claim=claim)]

    def foresee(self, ids: Sequence[str]) -> list[DueDelivery]:
        """Read these deliveries as a claim would have them, for a dry run."""
        return [_due(row) for row in self._statements.chunks("deliveries_foreseen", ids)]

    def sending(self, ids: Sequence[str], claim: str, code: str, now: Instant) -> None:
        """Mark injections as under way, as far as this claim still holds them."""
        self._statements.run("deliveries_sending", ids=ids, claim=claim, code=code, now=now)

    def still_sending(self, ids: Sequence[str], claim: str) -> set[str]:
        """Read the ids of the injections among these that this claim has under way."""
        rows = self._statements.chunks("deliveries_still_sending", ids, claim=claim)
        return {str(row["id"]) for row in rows}

    def unmark(self, ids: Sequence[str], claim: str) -> None:
        """Mark injections that surely did not go out as pending; the claim still holds them."""
        self._statements.run("deliveries_unmark", ids=ids, claim=claim)

    def sent(
        self, ids: Sequence[str], now: Instant, lost: str | None, provider_id: str | None
    ) -> None:
        """Record that the provider took them, as what it knows as ``provider_id``.

        ``lost``: a sentence on recipients that refused it for good, None if nobody did.
        """
        self._statements.run(
            "deliveries_sent", ids=ids, now=now, error=_cut(lost), provider_id=provider_id
        )

    def not_sent(
        self,
        ids: Sequence[str],
        claim: str,
        status: str,
        error: str | None,
        due_at: Instant,
        rest: Rest | None,
        now: Instant,
    ) -> None:
        """Record that the provider took them for no recipient, or for all but some (``rest``)."""
        self._statements.run(
            "deliveries_not_sent",
            ids=ids,
            claim=claim,
            status=status,
            error=_cut(error),
            due_at=due_at,
            rest=None if rest is None else json.dumps(to_builtins(rest)),
            provider_id=None if rest is None else rest.provider_id,
            now=now,
        )

    def release(self, ids: Sequence[str], claim: str) -> None:
        """Give back deliveries that were claimed but not tried."""
        self._statements.run("deliveries_release", ids=ids, claim=claim)


def _bounds(now: Instant) -> dict[str, Instant]:
    """Return the time, and the latest that a lease and a next attempt may lie at on any host."""
    return {
        "now": now,
        "lease_bound": now + limits.LEASE + limits.SKEW,
        "retry_bound": now + limits.LONGEST_RETRY + limits.SKEW,
    }


def _cut(error: str | None) -> str | None:
    return error[:ERROR_WIDTH] if error else None


def _status(delivery: Delivery) -> str:
    if delivery.doubt:
        return "uncertain"
    return "held" if delivery.hold_id else "pending"


def _destination(row: FetchedRow) -> Destination:
    address = from_json(row["destination"])
    return convert({"channel": row["channel"], "address": address}, Destination)


def delivery_state(row: FetchedRow) -> DeliveryState:
    """Make what is reported of a delivery of its row."""
    return convert({**row, "destination": _destination(row)}, DeliveryState)


def _due(row: FetchedRow) -> DueDelivery:
    parts = {
        "id": row["delivery_id"],
        "destination": _destination(row),
        "alert": alert(row),
        "rest": from_json(row["rest"]),
        "stood": _stood(row),
        "kept": _kept(row),
    }
    return convert({**row, **parts}, DueDelivery)


def _stood(row: FetchedRow) -> Mapping[str, object] | None:
    """Tell the last count of a group that goes on silently, or of what was below when closed."""
    if row["still_count"] is not None:
        return {"count": row["still_count"], "below": False}
    below = row["below_count"]
    return None if below is None else {"count": below, "below": True}


def _kept(row: FetchedRow) -> Mapping[str, object] | None:
    """Tell of the hold that kept it back, field by field, if one did."""
    found = {field: row[f"kept_{field}"] for field in Kept.__struct_fields__}
    return None if found["start"] is None else found
