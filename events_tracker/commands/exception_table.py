"""Exceptions as rows for people."""

from collections.abc import Sequence
from datetime import tzinfo

from events_tracker.base.times import local
from events_tracker.commands.tables import Column, print_table
from events_tracker.reports.exceptions import Listed

_COLUMNS = (
    Column("Account"),
    Column("Name", rank=3, least=12),
    Column("Company", rank=5, least=12),
    Column("Value"),
    Column("Until", is_time=True),
    Column("Why", rank=1, least=16, wraps=True),
    Column("By", rank=2),
    Column("Since", rank=4, is_time=True),
)
_ENDED = (Column("Ended", is_time=True), Column("Ended by", rank=6))


def print_exceptions(listed: Sequence[Listed], zone: tzinfo, *, ended: bool = False) -> None:
    """Print a table of exceptions; with when and by whom they ended, where those are listed."""
    columns = (*_COLUMNS, *_ENDED) if ended else _COLUMNS
    rows = [[*_row(one, zone), *(_end(one, zone) if ended else ())] for one in listed]
    print_table(columns, rows, zone)


def _row(listed: Listed, zone: tzinfo) -> list[str]:
    one = listed.exception
    return [
        one.account_code,
        listed.trade_name or "",
        listed.company or "",
        "never" if one.value is None else str(one.value),
        # The last moment, as it was written: a day ends at its last second.
        "" if one.ends_at is None else local(one.ends_at - 1, zone),
        one.reason,
        one.made_by,
        local(one.made_at, zone),
    ]


def _end(listed: Listed, zone: tzinfo) -> list[str]:
    one = listed.exception
    return ["" if one.ended_at is None else local(one.ended_at, zone), one.ended_by or ""]
