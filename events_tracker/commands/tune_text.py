"""What rules would have done, for people."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

import click

from events_tracker.base.times import HOUR, MINUTE, format_duration, utc
from events_tracker.commands.folding import tell
from events_tracker.commands.tables import Column, print_table
from events_tracker.messages.names import named
from events_tracker.model.tuning import Check, Tried, Tuned

_WHYS_LISTED = 10
_COLUMNS = (
    Column("Window", is_number=True),
    Column("Value", is_number=True),
    Column("Clear"),
    Column("Per day", is_number=True),
    Column("Accounts", rank=1, is_number=True),
    Column("Again", is_number=True),
    Column("Msg/10", is_number=True),
    Column(">10", rank=3, is_number=True),
    Column("Most", rank=2, is_number=True),
    Column(">24h", rank=1, is_number=True),
)
_GRADE = Column("Grade", colour=lambda text: {"amber": "yellow"}.get(text, text) or None)
_NOT_FOUND = (
    Column("Opened"),
    Column("Account"),
    Column("Event"),
    Column("Why it may not be found", least=20, wraps=True),
)


def print_tuned(found: Tuned, zone: tzinfo) -> None:
    """Print the span, a line a rule, and the check; then what one must know to read them."""
    first, last = (utc(at).astimezone(zone) for at in (found.span.start, found.span.end))
    missing, coarse = map(_minutes, (found.missing_minutes, found.coarse_minutes))
    tell(
        f"alarm {found.alarm}, {first:%d/%m}–{last:%d/%m}, {found.days} days, {missing} missing, "
        f"{coarse} coarse",
        bold=True,
    )
    graded = any(tried.figures.grade for tried in found.rules)
    columns = (*_COLUMNS, _GRADE) if graded else _COLUMNS
    print_table(columns, [list(_row(tried))[: len(columns)] for tried in found.rules])
    tell(_check(found.check))
    if found.check.not_found:
        print_table(_NOT_FOUND, _not_found(found.check, zone))
        left = len(found.check.not_found) - _WHYS_LISTED
        if left > 0:
            click.echo(f"{left} more; --format json has all.")
    for note in found.notes:
        tell(f"note: {note}")


def _row(tried: Tried) -> Iterator[str]:
    rule, of = tried.rule, tried.figures
    below = "" if rule.clearing.below == 100 else f"{rule.clearing.below}%"
    after = format_duration(rule.clearing.after) if rule.clearing.after or not below else ""
    yield format_duration(rule.window)
    yield f"← {rule.value}" if tried.current else str(rule.value)
    yield " ".join(filter(None, (below, after)))
    yield f"{of.alerts_per_day:.1f}"
    yield str(of.accounts)
    yield "" if of.reopened is None else f"{of.reopened:.0%}"
    yield f"{of.messages_per_10_minutes:.2f}"
    yield f"{of.spans_over_10:.1%}"
    yield str(of.most_in_10_minutes)
    yield f"{of.stale_per_day:.2f}"
    yield of.grade.value if of.grade else ""


def _minutes(number: int) -> str:
    if number and number % (HOUR // MINUTE) == 0:
        return f"{number // (HOUR // MINUTE)} h"
    return f"{number} min" if number else "0"


def _check(check: Check) -> str:
    if not check.register:
        said = "check: the register has no entry of this rule in that time"
    else:
        said = (
            f"check: the rule in force, replayed: {check.found} of {check.register} register "
            f"entries found"
        )
        if check.found:
            minutes = -(-check.within // MINUTE)
            said += f", opening within {minutes} min" if minutes else ", opening in the same minute"
        if check.not_found:
            said += f"; {len(check.not_found)} not"
    if check.others:
        said += f"; {check.others} under earlier revisions are not compared"
    return said


def _not_found(check: Check, zone: tzinfo) -> list[Sequence[str]]:
    return [
        (
            f"{utc(one.opened_at).astimezone(zone):%d/%m %H:%M}",
            named(one.account_code, one.account_id),
            " ".join(filter(None, (one.cuc, one.code))),
            one.why,
        )
        for one in check.not_found[:_WHYS_LISTED]
    ]
