"""The report of a span for people."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

import click

from events_tracker.base.limits import TABLE_ROWS
from events_tracker.base.problems import ENGLISH
from events_tracker.base.times import Instant, local, rough, utc
from events_tracker.commands.alert_table import EVENT, event, named
from events_tracker.commands.folding import tell
from events_tracker.commands.tables import Column, print_table
from events_tracker.messages.attention import attention_text
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import DeliveryStatus
from events_tracker.model.reports import By, Kind, Offender, Report, Told

_NAME = Column("Name", rank=2, least=12)
_COUNT = Column("Count", is_number=True)
_HIGHEST = Column("Highest", rank=3, is_number=True)
_ALARM = Column("Alarm", rank=7, least=8)
_COMPANY = Column("Company", rank=6, least=12)
_OPEN = (
    Column("Opened", is_time=True),
    Column("For", is_number=True),
    _ALARM,
    Column("Account"),
    _NAME,
    _COMPANY,
    EVENT,
    _COUNT,
    _HIGHEST,
    Column("Told", rank=1, least=14, wraps=True),
)
_OVER = (
    Column("Over", is_time=True),
    Column("Took", is_number=True),
    _ALARM,
    Column("Account"),
    _NAME,
    _COMPANY,
    EVENT,
    _COUNT,
    _HIGHEST,
    Column("Why", rank=1, least=14, wraps=True),
)
_ATTENTION = (Column("Account"), Column("What", least=20, wraps=True))
_HEADINGS = {By.ACCOUNT: "Account", By.COMPANY: "Company", By.GROUP: "Group"}


def print_report(found: Report, by: By, now: Instant, zone: tzinfo) -> None:
    """Print all of it; what is empty has no heading."""
    span = found.span
    times = " – ".join(
        f"{utc(at).astimezone(zone):%d/%m/%Y %H:%M}" for at in (span.start, span.end)
    )
    if found.nothing:
        tell(f"{times}: nothing was open, opened or told; {_scans(found)}.")
        return
    tell(f"{times} ({zone})", bold=True)
    tell(_summary(found))
    _print_attention(found, zone)
    then = "now" if span.end == now else "then"
    if found.open:
        _heading(f"OPEN {then}, the oldest first")
        print_table(_OPEN, [_open_row(one, found, zone) for one in found.open])
        _more(found.is_open - len(found.open))
    if found.over:
        _heading("OVER, the latest first")
        print_table(_OVER, [_over_row(one, zone) for one in found.over])
        _more(found.is_over - len(found.over))
    if found.ranking.worst:
        _heading(f"MOST ALERTS, of {found.opened} that opened")
        _print_ranking(found, by)


def _print_attention(found: Report, zone: tzinfo) -> None:
    """Print what is to be looked at, but for what is stale: what is open begins with that."""
    told = [one for one in found.attention if one.kind is not Kind.STALE]
    if not told:
        return
    _heading("LOOK AT THESE")
    rows = [
        [
            named(one.account_code, one.account_id),
            attention_text(one, found.span.end, zone, ENGLISH),
        ]
        for one in told[:TABLE_ROWS]
    ]
    print_table(_ATTENTION, rows)
    _more(len(told) - len(rows))


def _summary(found: Report) -> str:
    stale = f" ({found.stale} for more than a day)" if found.stale else ""
    load = found.load
    most = f", most {load.most} in ten minutes" if load.messages else ""
    over = f", {load.spans_over_10} times more than 10" if load.spans_over_10 else ""
    messages = "message" if load.messages == 1 else "messages"
    return (
        f"open {found.is_open}{stale} · opened {found.opened} · over {found.is_over} · "
        f"{load.messages} {messages}{most}{over} · {_scans(found)}"
    )


def _scans(found: Report) -> str:
    return f"{found.good_scans} of {found.scans} scans good" if found.scans else "no scan is known"


def _heading(text: str) -> None:
    click.echo()
    click.secho(text, bold=True)


def _more(count: int) -> None:
    if count > 0:
        click.echo(f"{count} more; --format json has all.")


def _open_row(alert: Alert, found: Report, zone: tzinfo) -> list[str]:
    return [
        local(alert.opened_at, zone),
        rough(found.span.end - alert.opened_at),
        *_whose(alert),
        *_counts(alert),
        _told(found.told.get(alert.register_id, ())),
    ]


def _over_row(alert: Alert, zone: tzinfo) -> list[str]:
    over = alert.cleared_at or alert.opened_at
    return [
        local(over, zone),
        rough(over - alert.opened_at),
        *_whose(alert),
        *_counts(alert),
        alert.clear_reason or "",
    ]


def _whose(alert: Alert) -> Sequence[str]:
    return (
        alert.alarm,
        named(alert.account_code, alert.account_id),
        alert.trade_name or "",
        named(alert.company, alert.company_id),
        event(alert.code),
    )


def _counts(alert: Alert) -> Sequence[str]:
    return f"{'≥ ' if alert.partial else ''}{alert.quantity}", str(alert.highest)


def _told(told: Iterable[Told]) -> str:
    """Name the channels, those that did not tell it with what became of it."""
    said = [
        one.channel if one.status == DeliveryStatus.SENT else f"{one.channel} {one.status}"
        for one in told
    ]
    return ", ".join(dict.fromkeys(said)) or "nobody"


def _print_ranking(found: Report, by: By) -> None:
    names = (Column("Name", rank=1, least=12),) if by is By.ACCOUNT else ()
    columns = (
        Column(_HEADINGS[by], least=None if by is By.ACCOUNT else 12),
        *names,
        *(Column(text, is_number=True) for text in ("Alerts", "Share", "Before", "Change")),
    )
    rows = [
        _offender(one, named(one.key, one.account_id) or "none", by) for one in found.ranking.worst
    ]
    if found.ranking.others is not None:
        rows.append(_offender(found.ranking.others, "others", by))
    print_table(columns, rows)


def _offender(one: Offender, key: str, by: By) -> list[str]:
    names = [one.name or ""] if by is By.ACCOUNT else []
    numbers = [str(one.alerts), f"{one.share:.1%}", str(one.before), f"{one.change:+}"]
    return [key, *names, *numbers]
