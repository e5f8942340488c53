"""The register as rows: one entry for each time an alarm opened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from events_tracker.base.text import REASON_WIDTH
from events_tracker.base.times import LATEST, Instant, Span
from events_tracker.model.alerts import Alert, Situation
from events_tracker.model.filters import Position, RegisterQuery, State
from events_tracker.model.runs import Run
from events_tracker.storage.convert import convert, from_json
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.filters import row_limit, values
from events_tracker.storage.session import Statements
from events_tracker.storage.statements import Value

_COUNTS = {
    "history": "history_count",
    "history_of_account": "history_of_account_count",
    "history_of_alarm": "history_of_alarm_count",
    "history_open": "history_open_count",
}
"""Statements that list entries, and those that count the same without a limit."""
_BEFORE_ALL = Position(LATEST + 1, "")
"""Before the newest entry."""


class Register:
    """Alerts, from their opening on for as long as retention keeps them."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, alerts: Sequence[Alert]) -> None:
        self._statements.insert("register_add", [_row(alert) for alert in alerts])

    def has_account(self, code: str) -> bool:
        """Tell whether there is an entry of an account with this code."""
        return bool(self._statements.rows("register_of_account", account=code))

    def opened(self, account_id: int, span: Span) -> list[Instant]:
        """Read when alerts of an account opened in a span, oldest first."""
        rows = self._statements.rows(
            "register_opened", account_id=account_id, since=span.start, until=span.end
        )
        return convert([row["opened_at"] for row in rows], list[int])

    def kinds(self) -> list[tuple[str | None, str | None]]:
        """Read the CUCs and codes of all entries, each pair once."""
        rows = self._statements.rows("register_kinds")
        found = [(row["cuc"], row["code"]) for row in rows]
        return convert(found, list[tuple[str | None, str | None]])

    def texts(self, field: str) -> set[str]:
        """Read the values that a field of :class:`Filter` has in the register."""
        rows = self._statements.rows("register_texts", field=field, since=0, until=LATEST)
        return {str(row["text"]) for row in rows if row["text"] is not None}

    def require_readable(self) -> None:
        """Read no entry, but as every pass reads; raises the error that they would meet."""
        self._statements.rows("register_readable")

    def open_alerts(self, but_of: int) -> list[Alert]:
        """Read the open alerts that are not muted, oldest first, without those that a scan opened.

        ``but_of`` is the number of that scan.
        """
        return [alert(row) for row in self._statements.rows("register_open", but_of=but_of)]

    def lost(self) -> list[Alert]:
        """Read entries that are open although somebody deleted their triggers, oldest first."""
        return [alert(row) for row in self._statements.rows("register_lost")]

    def open_during(self, alarm_id: str, started_at: Instant, ended_at: Instant) -> set[str]:
        """Read the keys of the alarm's groups that were open at some moment of that time."""
        rows = self._statements.rows(
            "register_open_during", alarm_id=alarm_id, started_at=started_at, ended_at=ended_at
        )
        return {str(row["group_key"]) for row in rows}

    def detections(self, alarm_id: str, since: Instant) -> list[Alert]:
        """Read the entries of one alarm that opened since then and are not archived."""
        rows = self._statements.rows("register_detections", alarm_id=alarm_id, since=since)
        return [alert(row) for row in rows]

    def entry(self, register_id: str) -> Alert | None:
        """Read one entry, an open one with its extreme so far; None if there is no such one."""
        return next(iter(self.entries([register_id])), None)

    def entries(self, register_ids: Sequence[str]) -> list[Alert]:
        """Read these entries in this order, as :meth:`entry` does; those that are there."""
        found = {
            row["id"]: row for row in self._statements.chunks("register_entries", register_ids)
        }
        return [alert(found[id_]) for id_ in register_ids if id_ in found]

    def ends(self, register_ids: Sequence[str]) -> dict[str, Instant | None]:
        """Read when these alerts were over, None while they are open; those that are there."""
        rows = self._statements.chunks("register_ends", register_ids)
        found = [tuple(row.values()) for row in rows]
        return dict(convert(found, list[tuple[str, Instant | None]]))

    def situations(self, register_ids: Sequence[str]) -> dict[str, Situation]:
        """Read how these alerts stand now, and whose they are, by their ids."""
        rows = self._statements.chunks("register_situations", register_ids)
        return {found.register_id: found for found in convert(rows, list[Situation])}

    def detections_by_alarm(self, since: Instant) -> Mapping[str, int]:
        """Count the entries that each alarm, by its id, opened since then and are not archived."""
        rows = self._statements.rows("register_detections_by_alarm", since=since)
        return dict(convert([tuple(row.values()) for row in rows], list[tuple[str, int]]))

    def count(self, wanted: RegisterQuery) -> int:
        """Count the entries that match, whatever the limit."""
        name, parameters = _asked(self._statements, wanted)
        return self._statements.number(_COUNTS[name], **parameters)

    def facts_due(self, now: Instant) -> list[tuple[int | None, int | None]]:
        """Read the account and company ids of the entries whose facts are to be asked for."""
        rows = self._statements.rows("register_facts_due", now=now)
        return convert([tuple(row.values()) for row in rows], list[tuple[int | None, int | None]])

    def enrich(self, now: Instant, again_at: Instant, unknown_again_at: Instant) -> None:
        """Fill in the facts of the entries that are due, from the directory as it is by now.

        Where some are missing still they are due ``again_at``; of an account that Segware answered
        not to know, at ``unknown_again_at``.
        """
        if self._statements.run("register_enrich", now=now) or self.facts_due(now):
            self._statements.run("register_enrich_names", now=now)
            self._statements.run(
                "register_enriched", now=now, again_at=again_at, unknown_again_at=unknown_again_at
            )

    def complete(self, pass_id: str, now: Instant, reason: str) -> None:
        """Write into the entries that this pass is closing when and why they cleared."""
        self._statements.run(
            "register_complete", pass_id=pass_id, now=now, reason=reason[:REASON_WIDTH]
        )

    def say_why(self, reasons: Mapping[str, str], instead_of: str) -> None:
        """Write reasons that say more than the one entries were completed with; by their ids."""
        by_text: dict[str, list[str]] = {}
        for register_id, text in reasons.items():
            if text != instead_of:
                by_text.setdefault(text, []).append(register_id)
        for text, ids in by_text.items():
            self._statements.run("register_say_why", ids=ids, reason=text, instead_of=instead_of)

    def guess(self, register_ids: Sequence[str], cause: str) -> None:
        """Write into these entries what their events perhaps come from."""
        self._statements.run("register_guess", ids=register_ids, cause=cause)

    def hold(self, register_ids: Sequence[str], hold_id: str) -> None:
        """Write into these entries which hold keeps their news back."""
        self._statements.run("register_hold", ids=register_ids, hold_id=hold_id)

    def archive(self, alarm_id: str, now: Instant) -> None:
        """Take an alarm's earlier entries out of lists and counts; they are kept."""
        self._statements.run("register_archive", alarm_id=alarm_id, now=now)


class Streams:
    """Lists that may be too long for memory: their rows are handed on as they are fetched."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def history(self, wanted: RegisterQuery) -> Iterator[Alert]:
        """Yield the entries that match, newest first."""
        name, parameters = _asked(self._statements, wanted)
        if wanted.limit is not None:
            # Few: what is open among them is asked for by itself.
            rows = self._statements.rows(name, **parameters)
            ids = [row["id"] for row in rows if row["cleared_at"] is None]
            yield from _with_highest(rows, self._statements.chunks("triggers_highest_of", ids))
            return
        highest = self._statements.rows("triggers_highest")
        yield from _with_highest(self._statements.fetch(name, **parameters), highest)

    def of_account(self, account_id: int, span: Span) -> Iterator[Alert]:
        """Yield what opened in a span of one account, whatever its code was then, oldest first."""
        highest = self._statements.rows("triggers_highest")
        rows = self._statements.fetch(
            "register_of_account_id", account_id=account_id, since=span.start, until=span.end
        )
        return _with_highest(rows, highest)

    def scans(self, span: Span) -> Iterator[Run]:
        """Yield the scans that began in a span, oldest first."""
        rows = self._statements.fetch("runs_scans", since=span.start, until=span.end)
        return (convert(row, Run) for row in rows)


def _asked(statements: Statements, wanted: RegisterQuery) -> tuple[str, dict[str, Any]]:
    """Choose the statement that has an index for what is wanted, and its parameters."""
    before, is_open = wanted.before or _BEFORE_ALL, wanted.state is State.OPEN
    meant = values(
        statements, wanted.filter, open_only=is_open, since=wanted.since, until=wanted.until
    )
    parameters = {
        **meant,
        "alarm_id": wanted.alarm_id,
        "since": wanted.since,
        "until": min(wanted.until, before.opened_at),
        "before": before.opened_at,
        "before_id": before.id,
        "closed": int(wanted.state is State.CLOSED),
        "archived": int(wanted.archived),
        "limit": row_limit(wanted.limit),
    }
    if is_open:
        return "history_open", parameters
    if wanted.filter.account is not None and len(accounts := meant["account"]) == 1:
        return "history_of_account", parameters | {"account_code": accounts[0]}
    if wanted.alarm_id is not None:
        return "history_of_alarm", parameters
    return "history", parameters


def _with_highest(rows: Iterable[FetchedRow], highest: Sequence[FetchedRow]) -> Iterator[Alert]:
    """Yield alerts, those that are open as they are so far."""
    by_id = {row["register_id"]: row for row in highest}
    for row in rows:
        yield alert({**row, **by_id.get(row["id"], {})})


def alert(row: FetchedRow) -> Alert:
    """Make an alert of a row of the view `alerts`.

    ``current_highest`` and ``last_heard_at``, where a row has them, are the extreme so far and the
    moment so far of an alert that is open.
    """
    highest, heard_at = row.get("current_highest"), row.get("last_heard_at")
    parts = {
        "highest": row["highest"] if highest is None else highest,
        "heard_at": row["heard_at"] if heard_at is None else heard_at,
        "records": from_json(row["records"]),
    }
    return convert({**row, **parts}, Alert)


def _row(alert: Alert) -> dict[str, Value]:
    row: dict[str, Value] = msgspec.structs.asdict(alert)
    row["alarm_name"] = row.pop("alarm")
    row["operator"] = alert.operator.value
    row["partial"] = int(alert.partial)
    row["records"] = msgspec.json.encode(alert.records).decode()
    return row
