"""Deliveries, to and from their rows."""

import json
from collections.abc import Sequence

from events_tracker.base import limits
from events_tracker.base.text import ERROR_WIDTH
from events_tracker.base.times import Instant
from events_tracker.model.deliveries import Delivery, Destination, DueDelivery, DueQuery, Rest
from events_tracker.storage.convert import convert, from_json
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.register import alert
from events_tracker.storage.session import Statements


class Deliveries:
    """What is sent where, and how far that is.

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
                    "created_at": delivery.created_at,
                    "bundle": delivery.bundle,
                }
                for delivery in deliveries
            ],
        )

    def to_follow(self, pass_id: str) -> list[tuple[str, Destination]]:
        """Where the alerts that this pass is closing were told of: register id, destination."""
        rows = self._statements.rows("deliveries_to_follow", pass_id=pass_id)
        return [(str(row["register_id"]), _destination(row)) for row in rows]

    def withdraw(self, pass_id: str) -> None:
        """Supersede the unsent injections of the alerts that this pass is closing."""
        self._statements.run("deliveries_withdraw", pass_id=pass_id)

    def injected(self, since: Instant) -> frozenset[tuple[int, str]]:
        """Account ids and codes of the events that the tracker itself raised since then."""
        rows = self._statements.rows("deliveries_injected", since=since)
        return convert([tuple(row.values()) for row in rows], frozenset[tuple[int, str]])

    def stuck(self, channels: Sequence[str], overdue: Instant, since: Instant) -> dict[str, int]:
        """How many deliveries wait for too long, failed, are uncertain or expired."""
        rows = self._statements.rows(
            "deliveries_stuck", channels=channels, overdue=overdue, since=since
        )
        return convert(rows[0], dict[str, int])

    def reopen(self, channels: Sequence[str], now: Instant) -> None:
        """Make what was given up due once more, now."""
        self._statements.run("deliveries_reopen", channels=channels, now=now)

    def lapsed(self, channels: Sequence[str], now: Instant) -> list[str]:
        """Ids of the injections that were under way when their process ended."""
        rows = self._statements.rows("deliveries_lapsed", channels=channels, **_bounds(now))
        return [str(row["id"]) for row in rows]

    def to_uncertain(self, ids: Sequence[str], now: Instant, error: str) -> None:
        """Give up what lapsed: nobody knows whether it went out."""
        self._statements.run("deliveries_to_uncertain", ids=ids, error=error, **_bounds(now))

    def expire(self, channels: Sequence[str], now: Instant, oldest: Instant) -> None:
        """Give up what is older than ``oldest``."""
        self._statements.run("deliveries_expire", channels=channels, oldest=oldest, **_bounds(now))

    def supersede(self, channels: Sequence[str]) -> None:
        """Withdraw the endings of what nobody was told the beginning of."""
        self._statements.run("deliveries_supersede", channels=channels)

    def supersede_injections(self, channels: Sequence[str], now: Instant) -> None:
        """Withdraw the injections of what is over."""
        self._statements.run("deliveries_supersede_injections", channels=channels, **_bounds(now))

    def destinations(
        self, channels: Sequence[str], statuses: Sequence[str], now: Instant
    ) -> list[tuple[str, str]]:
        """Channels and keys of the destinations that something may be due to."""
        rows = self._statements.rows(
            "deliveries_destinations", channels=channels, statuses=statuses, **_bounds(now)
        )
        return [(str(row["channel"]), str(row["destination_key"])) for row in rows]

    def due(self, due: DueQuery, now: Instant) -> list[str]:
        """Ids of what can be told now, most urgent first."""
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
        """Ids of the endings that are due together with these openings."""
        rows = self._statements.chunks("deliveries_ends", ids, statuses=statuses, **_bounds(now))
        return [str(row["id"]) for row in rows]

    def claim(self, ids: Sequence[str], claim: str, now: Instant, *, with_ends: bool) -> None:
        """Take these deliveries, as far as nobody else did; on demand with what ends them."""
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
        """The deliveries that this claim has taken."""
        return [_due(row) for row in self._statements.rows("deliveries_claimed", claim=claim)]

    def foresee(self, ids: Sequence[str]) -> list[DueDelivery]:
        """These deliveries as a claim would have them."""
        return [_due(row) for row in self._statements.chunks("deliveries_foreseen", ids)]

    def sending(self, ids: Sequence[str], claim: str, code: str, now: Instant) -> None:
        """Mark injections as under way, as far as they are still ours."""
        self._statements.run("deliveries_sending", ids=ids, claim=claim, code=code, now=now)

    def still_sending(self, ids: Sequence[str], claim: str) -> set[str]:
        """Ids of the injections among these that this claim has under way."""
        rows = self._statements.chunks("deliveries_still_sending", ids, claim=claim)
        return {str(row["id"]) for row in rows}

    def unmark(self, ids: Sequence[str], claim: str) -> None:
        """Injections that certainly did not go out are ours still, and not under way any more."""
        self._statements.run("deliveries_unmark", ids=ids, claim=claim)

    def sent(self, ids: Sequence[str], now: Instant, lost: str | None) -> None:
        """The provider took them; ``lost``: what is kept of recipients that never will."""
        self._statements.run("deliveries_sent", ids=ids, now=now, error=_cut(lost))

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
        """The provider did not take them, or only for some of their recipients (``rest``)."""
        self._statements.run(
            "deliveries_not_sent",
            ids=ids,
            claim=claim,
            status=status,
            error=_cut(error),
            due_at=due_at,
            rest=None if rest is None else json.dumps({"left": rest.left, "lost": rest.lost}),
            now=now,
        )

    def release(self, ids: Sequence[str], claim: str) -> None:
        """Give back what was claimed but not tried."""
        self._statements.run("deliveries_release", ids=ids, claim=claim)


def _bounds(now: Instant) -> dict[str, Instant]:
    """The time, and how far ahead of it a lease and a next attempt may lie on any host."""
    return {
        "now": now,
        "lease_bound": now + limits.LEASE + limits.SKEW,
        "retry_bound": now + limits.LONGEST_RETRY + limits.SKEW,
    }


def _cut(error: str | None) -> str | None:
    return error[:ERROR_WIDTH] if error else None


def _destination(row: FetchedRow) -> Destination:
    address = from_json(row["destination"])
    return convert({"channel": row["channel"], "address": address}, Destination)


def _due(row: FetchedRow) -> DueDelivery:
    parts = {
        "id": row["delivery_id"],
        "destination": _destination(row),
        "alert": alert(row),
        "rest": from_json(row["rest"]),
    }
    return convert({**row, **parts}, DueDelivery)
