"""Holds as lines and rows for people."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from events_tracker.base.text import many, shortened, visible
from events_tracker.base.times import DAY, HOUR, MINUTE, Duration, Instant, local, short
from events_tracker.commands.tables import Column, print_table
from events_tracker.model.holds import Hold, Listed

if TYPE_CHECKING:
    from events_tracker.passes.hold import Summary

_ID_SHOWN = 12
_COLUMNS = (
    Column("Account"),
    Column("Name", rank=4, least=12),
    Column("Only", rank=3, least=8),
    Column("Until", is_time=True),
    Column("Left"),
    Column("Held", is_number=True),
    Column("Why", rank=1, least=12, wraps=True),
    Column("By", rank=2, least=6),
    Column("Id", bare=lambda id_: id_[:_ID_SHOWN]),
)
_OVER = (Column("Ended by", rank=5),)


def print_holds(
    found: Sequence[Listed], now: Instant, zone: tzinfo, *, ended: bool = False
) -> None:
    """Print a table of holds; with who ended them, where those that are over are listed."""
    rows = [[*_row(one, now, zone), *([_ender(one, now)] if ended else [])] for one in found]
    print_table((*_COLUMNS, *_OVER) if ended else _COLUMNS, rows, zone)


def made(summary: "Summary", zone: tzinfo) -> str:
    """Say what is held from now on, or would be, and the id to end it by."""
    hold = summary.hold
    until = short(hold.ends_at, hold.starts_at, zone)
    length = _length(hold.ends_at - hold.starts_at)
    whose = " ".join(filter(None, (hold.account_code, hold.trade_name)))
    would = "Nobody would be told" if summary.dry_run else "Nobody is told"
    end = "" if summary.dry_run else f"\nTo end it before: tracker hold --end {hold.id[:_ID_SHOWN]}"
    return visible(f"{would} of {whose}{_only(hold, ', only ')} until {until} ({length}).") + end


def preview(summary: "Summary") -> Iterator[str]:
    """Say what is open and waits for the end, how much came lately, and what is not held."""
    kinds = [
        " ".join(filter(None, (alert.cuc, alert.code, f"({alert.alarm})")))
        for alert in summary.open
    ]
    told = f": {'; '.join(kinds)}" if kinds else ""
    then = "would be told" if summary.dry_run else "is told"
    yield visible(f"open now, whose end {then} afterwards: {len(kinds)}{told}")
    yield f"opened in the last 7 days, and would have been held: {summary.lately}"
    if summary.not_held:
        names = ", ".join(map(shortened, summary.not_held))
        hold = summary.hold
        speaks = ("an account", hold.cuc and "a CUC", hold.code and "a code")
        named = " and ".join(filter(None, speaks))
        yield visible(f"not held, as their groups do not name {named}: {names}")


def told(one: Listed, now: Instant, zone: tzinfo) -> str:
    """Say of one hold whose it is, until when, why and by whom, and how much it kept back."""
    hold = one.hold
    until = f"{hold.account_code}{_only(hold, ', only ')}, until {short(hold.ends_at, now, zone)}"
    return visible(f"{until}: {hold.reason} (by {hold.made_by}), {many(one.held, 'alert')} held")


def ended(one: Listed) -> str:
    """Say that a hold is over, and what comes of it."""
    after = f"the next `notify` tells of {many(one.held, 'alert')}"
    left = after if one.held else "nothing was held"
    return visible(f"The hold of {one.hold.account_code} is over: {left}.")


def _row(one: Listed, now: Instant, zone: tzinfo) -> list[str]:
    hold = one.hold
    over_at = hold.over_at(now)
    return [
        hold.account_code,
        hold.trade_name or "",
        _only(hold, ""),
        local(hold.ends_at if over_at is None else over_at, zone),
        _length(hold.ends_at - now) if over_at is None else "over",
        str(one.held),
        hold.reason,
        hold.made_by,
        hold.id,
    ]


def _ender(one: Listed, now: Instant) -> str:
    return one.hold.over_by(now) or ""


def _only(hold: Hold, before: str) -> str:
    """Say to what a hold is narrowed; nothing if to nothing."""
    parts = [part for part in (hold.cuc, hold.code, hold.alarm) if part]
    return f"{before}{' '.join(parts)}" if parts else ""


def _length(length: Duration) -> str:
    """Write how long something lasts, in two units at most: what has begun of a minute is one."""
    left = -(-length // MINUTE) * MINUTE
    parts = []
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if left >= unit:
            parts.append(f"{left // unit} {name}")
            left %= unit
    return " ".join(parts[:2])
