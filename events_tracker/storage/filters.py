"""Filters of lists as statements take them: the values that a filter means, and limits."""

from collections.abc import Sequence
from typing import Any

from events_tracker.base.errors import UsageError
from events_tracker.base.limits import VALUES_OF_A_FILTER
from events_tracker.base.times import LATEST, Instant
from events_tracker.model.alarms import TRACKER_ALARM, Priority
from events_tracker.model.filters import Filter, matcher, spelled_once
from events_tracker.storage.engines.engine import FetchedRow
from events_tracker.storage.session import Statements

_ALL_ROWS = 9_223_372_036_854_775_807
"""The largest LIMIT that every engine takes: no table has so many rows."""
_FIELDS = ("account", "name", "company", "client_group", "cuc", "code", "alarm", "priority")


def values(
    statements: Statements,
    wanted: Filter,
    *,
    open_only: bool = False,
    since: Instant = 0,
    until: Instant = LATEST,
) -> dict[str, Any]:
    """Find the values that a filter means, for the marks ``:any_field`` and ``:field...``.

    They are those of entries that opened from ``since`` to ``until``, or are open. Raises
    UsageError if they are more than a statement takes.
    """
    found: dict[str, Any] = {}
    for field in _FIELDS:
        text = getattr(wanted, field)
        found[f"any_{field}"] = int(text is None)
        # Nothing is in (null), but a list must not be empty.
        found[field] = [None]
        if text is not None:
            meant = spelled_once(text)
            if meant is None:
                rows = _rows(statements, field, open_only, since, until)
                texts = [str(row["text"]) for row in rows if row["text"] is not None]
                meant = list(filter(matcher(text), texts))
            if len(meant) > VALUES_OF_A_FILTER:
                raise UsageError(f"{text!r} means {len(meant)} different texts: write more of it")
            found[field] = meant or [None]
    return found


def _rows(
    statements: Statements, field: str, open_only: bool, since: Instant, until: Instant
) -> Sequence[FetchedRow]:
    """Read what a filter of this field chooses among, by the shortest way that there is."""
    if field == "alarm":
        names = [{"text": row["name"]} for row in statements.rows("alarms_names")]
        return [*names, {"text": TRACKER_ALARM}]
    if field == "priority":
        return [{"text": one.value} for one in Priority]
    if open_only:
        return statements.rows("register_texts_open", field=field)
    if field == "account":
        return statements.rows("register_account_codes")
    return statements.rows("register_texts", field=field, since=since, until=until)


def row_limit(limit: int | None) -> int:
    """Return the number of a LIMIT; None stands for all rows."""
    return _ALL_ROWS if limit is None else limit
