"""Alerts as rows for people."""

from collections.abc import Sequence
from datetime import tzinfo

from events_tracker.base.problems import ENGLISH
from events_tracker.base.times import Instant, local, short
from events_tracker.commands.tables import Column
from events_tracker.messages.causes import name
from events_tracker.messages.codes import code_alone, explained
from events_tracker.messages.names import account, client, company
from events_tracker.model.alerts import Alert, Situation
from events_tracker.model.notes import Note

_GOING_ON = "going on"
ALARM = Column("Alarm", rank=7, least=8)
NAME = Column("Name", rank=2, least=12)
COMPANY = Column("Company", rank=6, least=12)
EVENT = Column("Event", bare=code_alone)
COUNT = Column("Count", is_number=True)
CAUSE = Column("Cause", rank=4, least=8)
_WHO = (
    Column("Account"),
    NAME,
    COMPANY,
    Column("Group", rank=8, least=12),
    Column("CUC", rank=3),
    EVENT,
)
_NOW = Column("Now", is_number=True)
_THRESHOLD = Column("Threshold", rank=5, is_number=True)
OPEN_COLUMNS = (ALARM, *_WHO, COUNT, _THRESHOLD)
HISTORY_COLUMNS = (
    Column("Opened", is_time=True),
    Column("Cleared", is_time=True),
    ALARM,
    *_WHO,
    COUNT,
    Column("Highest", rank=4, is_number=True),
    _THRESHOLD,
    Column("Why cleared", rank=9, least=20, wraps=True),
    CAUSE,
    Column("Register id", rank=10),
    Column("Hold", rank=11),
)
OPEN_NOW_COLUMNS = (
    Column("Opened", is_time=True),
    ALARM,
    *_WHO,
    COUNT,
    _NOW,
    Column("State", colour=lambda text: "red" if text == _GOING_ON else "yellow"),
    Column("Highest", rank=4, is_number=True),
    _THRESHOLD,
    CAUSE,
    Column("Register id", rank=10),
    Column("Hold", rank=11),
)
STAYING_COLUMNS = (
    *_WHO,
    _NOW,
    _THRESHOLD,
    ALARM,
    Column("Why it stays open", least=24, wraps=True),
)
NOTE_COLUMNS = (
    Column("Noted", is_time=True),
    Column("By", least=8),
    Column("Note", least=20, wraps=True),
)


def open_rows(alerts: Sequence[Alert]) -> list[list[str]]:
    """Write rows of what is open: of which alarm, who, what, how many."""
    return [[alert.alarm, *_who(alert), count(alert), _threshold(alert)] for alert in alerts]


def history_row(alert: Alert, zone: tzinfo) -> list[str]:
    """Write an entry's row: when, who, what, how many, its end. Times in ``zone``, with offset."""
    return [
        local(alert.opened_at, zone),
        "open" if alert.cleared_at is None else local(alert.cleared_at, zone),
        alert.alarm,
        *_who(alert),
        count(alert),
        str(alert.highest),
        _threshold(alert),
        alert.clear_reason or "",
        cause(alert),
        alert.id or "",
        alert.hold_id or "",
    ]


def open_now_row(alert: Alert, standing: Situation, now: Instant, zone: tzinfo) -> list[str]:
    """Write an open alert's row: as :func:`history_row`, with its count and state by now."""
    return [
        local(alert.opened_at, zone),
        alert.alarm,
        *_who(alert),
        count(alert),
        "" if standing.quantity is None else str(standing.quantity),
        _state(alert, standing, now, zone),
        str(alert.highest),
        _threshold(alert),
        cause(alert),
        alert.id or "",
        alert.hold_id or "",
    ]


def staying_row(alert: Alert, quantity: int, why: str) -> list[str]:
    """Write the row of an alert that stays open: who, how many by now, and why."""
    return [*_who(alert), str(quantity), _threshold(alert), alert.alarm, why]


def _state(alert: Alert, standing: Situation, now: Instant, zone: tzinfo) -> str:
    """Say whether it goes on; also of what would not open any more, but is not over either."""
    if standing.below_since is not None:
        return f"below since {short(standing.below_since, now, zone)}"
    quantity = standing.quantity
    if quantity is None or alert.operator.holds(quantity, alert.threshold):
        return _GOING_ON
    return "above clear line"


def note_row(note: Note, zone: tzinfo) -> list[str]:
    """Write a note's row: when, who, what. Times in ``zone``, with offset."""
    taken_over = "took it over: " if note.acknowledge else ""
    return [
        local(note.written_at, zone),
        note.written_by,
        taken_over + " ".join(note.text.splitlines()),
    ]


def event(code: str | None) -> str:
    """Write a code with what it means beside it."""
    return "" if code is None else explained(code, ENGLISH)


def cause(alert: Alert) -> str:
    """Write what it usually comes from, in a word; nothing where nobody knows."""
    return "" if alert.cause is None else name(alert.cause, ENGLISH)


def _who(alert: Alert) -> list[str]:
    """Write whose alert it is."""
    return [
        account(alert),
        client(alert),
        company(alert),
        alert.client_group or "",
        alert.cuc or "",
        event(alert.code),
    ]


def count(alert: Alert) -> str:
    """Write how many an alert counted; at least so many where not all was read."""
    return f"≥ {alert.quantity}" if alert.partial else str(alert.quantity)


def _threshold(alert: Alert) -> str:
    return f"{alert.operator.value} {alert.threshold}"
