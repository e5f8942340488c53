"""Triggers as rows: alerts that are open, and what scans observed of them."""

from collections.abc import Collection, Mapping, Sequence

from events_tracker.base.times import Duration, Instant
from events_tracker.model.alerts import Alert, Observation, OpenAlert, Standing, Trigger
from events_tracker.model.groups import Group
from events_tracker.model.health import MutedGroup
from events_tracker.storage.convert import convert
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.register import alert
from events_tracker.storage.session import Statements


class Triggers:
    """Alerts that are open or muted, as the last scan saw them."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def all(self) -> list[Trigger]:
        """Read every trigger, muted ones too. Outside a writing transaction it is but a hint."""
        return [_trigger(row) for row in self._statements.rows("triggers_all")]

    def accounts(self) -> frozenset[int]:
        """Read the ids of the accounts that have something open."""
        rows = self._statements.rows("triggers_accounts")
        return frozenset(convert([row["account_id"] for row in rows], list[int]))

    def count(self) -> int:
        """Count the open alerts that are not muted."""
        return self._statements.number("triggers_count")

    def count_by_alarm(self) -> Mapping[str, int]:
        """Count the open alerts of each alarm, by its id; an alarm without any is not in it."""
        rows = self._statements.rows("triggers_count_by_alarm")
        return dict(convert([tuple(row.values()) for row in rows], list[tuple[str, int]]))

    def muted(self, before: Instant) -> list[MutedGroup]:
        """Read the groups that were closed by hand before that time and still are silent for it."""
        return convert(self._statements.rows("triggers_muted", before=before), list[MutedGroup])

    def muted_alerts(self) -> list[Alert]:
        """Read what was closed by hand and keeps its group silent, the longest silent first."""
        return [alert(row) for row in self._statements.rows("triggers_muted_alerts")]

    def of_tracker(self) -> Alert | None:
        """Read the tracker's open alert about itself, with its extreme so far; None if none is."""
        rows = self._statements.rows("triggers_of_tracker")
        return alert(rows[0]) if rows else None

    def grow(self, register_id: str, quantity: int) -> None:
        """Record the present quantity of an alert that no scan observes."""
        self._statements.run("triggers_grow", register_id=register_id, quantity=quantity)

    def open(self, alerts: Sequence[Alert], groups: Sequence[Group], seq: int, at: Instant) -> None:
        """Open these alerts of these groups, as the scan ``seq`` saw them up to ``at``."""
        self._statements.insert(
            "triggers_open",
            [
                {
                    "alarm_id": alert.alarm_id,
                    "group_key": alert.group_key,
                    "register_id": alert.id,
                    "revision": alert.revision,
                    "account_id": group.account_id,
                    "company_id": group.company_id,
                    "cuc": group.cuc,
                    "code": group.code,
                    "quantity": alert.quantity,
                    "highest": alert.highest,
                    "observed_seq": seq,
                    "observed_at": at,
                    "heard_at": alert.heard_at,
                }
                for alert, group in zip(alerts, groups, strict=True)
            ],
        )

    def observe(
        self,
        observations: Sequence[Observation],
        heard: Mapping[int | None, Instant],
        pass_id: str,
        seq: int,
        at: Instant,
        horizon: Instant,
    ) -> None:
        """Record what the scan ``seq`` saw of open alerts in its window up to ``at``.

        ``heard``: when accounts were last heard, by their ids. What is said to have been observed
        or heard later stays, unless that is beyond ``horizon``.
        """
        if not observations:
            return
        self._statements.insert(
            "observations_add",
            [
                {
                    "pass_id": pass_id,
                    "register_id": seen.trigger.register_id,
                    "holds": int(seen.holds),
                    "quantity": seen.quantity,
                    "highest": seen.highest,
                    "heard_at": heard.get(seen.trigger.group.account_id),
                }
                for seen in observations
            ],
        )
        self._statements.run(
            "triggers_observe", pass_id=pass_id, seq=seq, observed_at=at, horizon=horizon
        )
        self._statements.run("observations_drop", pass_id=pass_id)

    def perhaps_over(self, clear_after: Duration) -> bool:
        """Tell whether any alert is over, by what :func:`clearing.reason` decides."""
        return bool(self._statements.rows("triggers_perhaps_over", clear_after=clear_after))

    def standings(self) -> list[Standing]:
        """Read how all open alerts stand, muted ones too, oldest first."""
        return convert(self._statements.rows("triggers_standing"), list[Standing])

    def open_alerts(self) -> list[OpenAlert]:
        """Read all open alerts, muted ones too, oldest first, with how they stand."""
        return [_open_alert(row) for row in self._statements.rows("triggers_with_alerts")]

    def open_alerts_of(self, register_ids: Collection[str]) -> list[OpenAlert]:
        """Read those of these alerts that are open, muted ones too, oldest first."""
        rows = self._statements.chunks("triggers_with_alerts_of", sorted(set(register_ids)))
        return [_open_alert(row) for row in rows]

    def mark(self, register_ids: Sequence[str], pass_id: str) -> None:
        """Mark these alerts for closing by this pass."""
        if register_ids:
            self._statements.run("triggers_mark", ids=register_ids, pass_id=pass_id)

    def mark_alarm(self, alarm_id: str, pass_id: str) -> int:
        """Mark all open alerts of one alarm for closing; return their number."""
        return self._statements.run("triggers_mark_alarm", alarm_id=alarm_id, pass_id=pass_id)

    def mute(self, pass_id: str) -> None:
        """Mute the marked alerts whose conditions still hold, and mark them no more."""
        self._statements.run("triggers_mute", pass_id=pass_id)

    def mark_outdated(self, pass_id: str) -> int:
        """Mark alerts that an earlier revision of their alarm opened; return their number."""
        return self._statements.run("triggers_mark_outdated", pass_id=pass_id)

    def restore_lost(self, pass_id: str) -> int:
        """Give entries that are open without a trigger one again, marked; return their number."""
        return self._statements.run("triggers_restore_lost", pass_id=pass_id)

    def closing(self, pass_id: str) -> list[str]:
        """Read the register ids of the alerts that this pass marked, without muted ones."""
        rows = self._statements.rows("triggers_closing", pass_id=pass_id)
        return [str(row["register_id"]) for row in rows]

    def closing_alerts(self, pass_id: str) -> list[Alert]:
        """Read the alerts that this pass marked, oldest first, without muted ones."""
        rows = self._statements.rows("triggers_closing_alerts", pass_id=pass_id)
        return [alert(row) for row in rows]

    def close(self, pass_id: str) -> None:
        """Delete the triggers that this pass marked."""
        self._statements.run("triggers_close", pass_id=pass_id)


def _trigger(row: FetchedRow) -> Trigger:
    group = (row["account_id"], row["company_id"], row["cuc"], row["code"])
    return convert({**row, "group": group}, Trigger)


def _open_alert(row: FetchedRow) -> OpenAlert:
    standing = {
        **row,
        "register_id": row["id"],
        "revision": row["trigger_revision"],
        "heard_at": row["last_heard_at"],
    }
    found = {"quantity": row["last_quantity"], "clear_below": row["clear_below"]}
    return convert({"alert": alert(row), "standing": standing, **found}, OpenAlert)
