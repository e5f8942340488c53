"""The report of a span for people."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

import click

from events_tracker.base.limits import TABLE_ROWS
from events_tracker.base.problems import ENGLISH
from events_tracker.base.text import many
from events_tracker.base.times import MINUTE, Instant, local, rough, short, utc
from events_tracker.commands.alert_table import (
    ALARM,
    CAUSE,
    COMPANY,
    COUNT,
    EVENT,
    NAME,
    cause,
    count,
    event,
)
from events_tracker.commands.folding import tell
from events_tracker.commands.tables import Column, print_table
from events_tracker.formats.report import name
from events_tracker.messages.attention import attention_text
from events_tracker.messages.names import account, client, company, named
from events_tracker.model.alerts import Alert
from events_tracker.model.deliveries import DeliveryStatus
from events_tracker.model.reports import By, Kind, MostEvents, Offender, Ranking, Report, Told

_ALERT = (
    ALARM,
    Column("Account"),
    NAME,
    COMPANY,
    EVENT,
    COUNT,
    Column("Highest", rank=3, is_number=True),
    CAUSE,
)
_OPEN = (
    Column("Opened", is_time=True),
    Column("For", is_number=True),
    *_ALERT,
    Column("Told", rank=1, least=14, wraps=True),
)
_OVER = (
    Column("Over", is_time=True),
    Column("Took", is_number=True),
    *_ALERT,
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
    if found.most_alerts.worst:
        _heading(f"MOST ALERTS, of {found.opened} that opened")
        _print_ranking(found, found.most_alerts, by)
    click.echo()
    if found.most_events is not None:
        _print_most_events(found, found.most_events, by, zone)
    else:
        tell(_kept(found, zone))


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
    return (
        f"open {found.is_open}{stale} · opened {found.opened} · over {found.is_over} · "
        f"{many(load.messages, 'message')}{most}{over} · {_scans(found)}"
    )


def _scans(found: Report) -> str:
    return f"{found.good_scans} of {found.scans} scans good" if found.scans else "no scan is known"


def _heading(text: str) -> None:
    click.echo()
    click.secho(text, bold=True)


def _more(number: int) -> None:
    if number > 0:
        click.echo(f"{number} more; --format json has all.")


def _open_row(alert: Alert, found: Report, zone: tzinfo) -> list[str]:
    return [
        local(alert.opened_at, zone),
        rough(found.span.end - alert.opened_at),
        *_alert(alert),
        _told(found.told.get(alert.register_id, ())),
    ]


def _over_row(alert: Alert, zone: tzinfo) -> list[str]:
    over = alert.cleared_at or alert.opened_at
    return [
        local(over, zone),
        rough(over - alert.opened_at),
        *_alert(alert),
        alert.clear_reason or "",
    ]


def _alert(alert: Alert) -> Sequence[str]:
    return (
        alert.alarm,
        account(alert),
        client(alert),
        company(alert),
        event(alert.code),
        count(alert),
        str(alert.highest),
        cause(alert),
    )


def _told(told: Iterable[Told]) -> str:
    """Name the channels, those that did not tell it with what became of it."""
    said = [
        one.channel if one.status == DeliveryStatus.SENT else f"{one.channel} {one.status}"
        for one in told
    ]
    return ", ".join(said) or "nobody"


def _print_most_events(found: Report, most: MostEvents, by: By, zone: tzinfo) -> None:
    total = most.ranking.total
    click.secho(
        f"MOST EVENTS, of {total:,} up to {short(most.until, found.span.end, zone)}", bold=True
    )
    _print_ranking(found, most.ranking, by)
    if most.missing:
        tell(f"No counts are kept of {rough(most.missing * MINUTE)} of it.")
    if most.missing_before is None:
        tell("No counts are kept of the span before.")
    elif most.missing_before:
        tell(f"No counts are kept of {rough(most.missing_before * MINUTE)} of the span before.")


def _kept(found: Report, zone: tzinfo) -> str:
    """Say why nobody knows who sent the most events."""
    if found.kept_from is None:
        return "Kept counts: none yet."
    return (
        f"Kept counts: from {short(found.kept_from, found.span.end, zone)} on, none of this span."
    )


def _print_ranking(found: Report, ranking: Ranking, by: By) -> None:
    of_events = ranking is not found.most_alerts
    names = (Column("Name", rank=1, least=12),) if by is By.ACCOUNT else ()
    headings = ("Events" if of_events else "Alerts", "Share", "Before", "Change")
    columns = (
        Column(_HEADINGS[by], least=None if by is By.ACCOUNT else 12),
        *names,
        *(Column(text, is_number=True) for text in headings),
        *((Column("Alerts", rank=2, is_number=True),) if of_events else ()),
    )
    rows = [_offender(one, _key(one, found, by), found, by) for one in ranking.worst]
    if ranking.others is not None:
        rows.append(_offender(ranking.others, "others", found, by))
    print_table(columns, [row if of_events else row[:-1] for row in rows])


def _key(one: Offender, found: Report, by: By) -> str:
    id_ = one.whose if isinstance(one.whose, int) else None
    return named(name(one, found, by), id_) or "none"


def _offender(one: Offender, key: str, found: Report, by: By) -> list[str]:
    _, trade_name = found.names.get(one.whose, (None, None))
    names = [trade_name or ""] if by is By.ACCOUNT else []
    before = "" if one.before is None else str(one.before)
    change = "" if one.change is None else f"{one.change:+}"
    return [key, *names, str(one.number), f"{one.share:.1%}", before, change, str(one.alerts)]
