"""hold: for a while nobody is told of an account. People make and end holds; `notify` lets go."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.errors import NotFound, Refused, UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.problems import Problem
from events_tracker.base.text import CODE_WIDTH, CUC_WIDTH, is_code, shortened
from events_tracker.base.times import DAY, Instant, Span
from events_tracker.decisions.alarms.names import find_spelled
from events_tracker.decisions.delivery.holding import keeper, problems, reaches
from events_tracker.fetch.directory import LookUp
from events_tracker.model.alerts import Alert
from events_tracker.model.holds import Hold, Listed
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes.client import one_client

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store

_PREVIEWED = 7 * DAY


class Wanted(Struct, frozen=True):
    """A hold as somebody wants it: of one account, until a moment, for a reason.

    ``company`` says whose account it is where several clients use the code. ``cuc``, ``code`` and
    ``alarm`` (by name) narrow it. ``is_long``: it may be longer than a day.
    """

    account: str
    ends_at: Instant
    reason: str
    company: str | None = None
    cuc: str | None = None
    code: str | None = None
    alarm: str | None = None
    is_long: bool = False


class Request(Struct, frozen=True):
    """The order of ``who`` to make a hold now; in a dry run, only to say what it would do."""

    now: Instant
    host: str
    who: str
    wanted: Wanted
    dry_run: bool = False


class Summary(Struct, frozen=True):
    """A hold that was made, or would be, with what it means.

    ``open``: alerts that are open, whose end it keeps back. ``lately``: how many alerts that opened
    in the last 7 days it would have kept back. ``not_held``: names of alarms whose alerts it cannot
    keep back, because they do not group by what it speaks of.
    """

    hold: Hold
    dry_run: bool
    open: Sequence[Alert]
    lately: int
    not_held: Sequence[str]


def make(request: Request, store: "Store", look_up: LookUp) -> Summary:
    """Make a hold, unless it is a dry run; say what it keeps back.

    Raises Refused for what cannot be, UsageError for names that nobody knows and an account code
    that several clients use (SharedCode), SegwareError if it cannot be told whose a code is, and
    StorageError.
    """
    wanted, now = request.wanted, request.now
    if found := _problems(wanted, now):
        raise Refused(found)
    alarm = None
    if wanted.alarm is not None:
        name = wanted.alarm
        alarm = store.read(lambda rows: find_spelled(rows.alarms.all(), name))
    account_id, facts = one_client(wanted.account, wanted.company, store, look_up)
    hold = Hold(
        id=new_id(now),
        account_id=account_id,
        account_code=facts.account_code or wanted.account,
        trade_name=facts.trade_name,
        cuc=wanted.cuc,
        code=wanted.code,
        alarm_id=None if alarm is None else alarm.id,
        alarm=None if alarm is None else alarm.name,
        starts_at=now,
        ends_at=wanted.ends_at,
        reason=wanted.reason.strip(),
        made_by=request.who,
    )
    if alarm is not None and not reaches(hold, alarm):
        raise Refused([Problem("alarm", "hold_alarm", given=alarm.name)])
    summary = _foreseen(hold, store, dry_run=request.dry_run)
    if not request.dry_run:
        _write(request, store, hold)
    return summary


def end(id_: str, store: "Store", now: Instant, host: str, who: str) -> Listed:
    """End a hold by hand, by its id or its beginning: the next `notify` tells what it kept back.

    Raises NotFound if there is no such hold, UsageError if it is over already or several ids begin
    so, StorageError.
    """
    store.read(lambda rows: _active(rows, id_, now))
    run = Run(new_id(now), "hold", host, now)

    def write(rows: "Rows") -> tuple[Listed, Numbers]:
        hold = _active(rows, id_, now)
        rows.holds.end(hold.id, now, who)
        (ended,) = rows.holds.listed([replace(hold, ended_at=now, ended_by=who)])
        return ended, {"ended": 1}

    return store.write(run, write)


def is_due(rows: "Rows", now: Instant) -> bool:
    """Tell whether there is anything to release."""
    over = any(not hold.is_active(now) for hold in rows.holds.standing())
    return over or rows.deliveries.has_let_go(now)


def release(store: "Store", now: Instant, host: str) -> None:
    """Let go of what the holds kept back that are over; on whichever host, however often.

    What another hold speaks of as well, that one keeps back from here on. Raises StorageError.
    """
    if not store.read(lambda rows: is_due(rows, now)):
        return
    run = Run(new_id(now), "release", host, now)

    def write(rows: "Rows") -> tuple[None, Numbers]:
        released = rows.holds.release(now)
        left = rows.holds.standing()
        active = {hold.id for hold in left if hold.is_active(now)}
        for alert, held_by in rows.deliveries.held() if active else ():
            by = None if held_by in active else keeper(left, alert, now)
            if by is not None:
                rows.deliveries.hold_on([alert.register_id], by.id)
                rows.register.hold([alert.register_id], by.id)
        rows.deliveries.let_go(now)
        return None, {"released": released}

    store.write(run, write)


def _problems(wanted: Wanted, now: Instant) -> list[Problem]:
    found = problems(now, wanted.ends_at, wanted.reason, is_long=wanted.is_long)
    for field, text, most in (("cuc", wanted.cuc, CUC_WIDTH), ("code", wanted.code, CODE_WIDTH)):
        if text is not None and not is_code(text, most):
            found.append(Problem(field, "code", {"most": most}, text))
    return found


def _write(request: Request, store: "Store", hold: Hold) -> None:
    run = Run(new_id(request.now), "hold", request.host, request.now)

    def write(rows: "Rows") -> tuple[None, Numbers]:
        rows.holds.add(hold)
        return None, {"made": 1}

    store.write(run, write)


def _foreseen(hold: Hold, store: "Store", *, dry_run: bool) -> Summary:
    def look(rows: "Rows") -> tuple[list[Alert], list[str]]:
        living = [one for one in rows.alarms.all() if one.enabled and one.notify]
        meant = [one for one in living if hold.alarm_id in (None, one.id)]
        told = {one.id for one in meant}
        found = [
            one.alert
            for one in rows.triggers.open_alerts()
            if not one.standing.muted and hold.covers(one.alert) and one.alert.alarm_id in told
        ]
        return found, [one.name for one in meant if not reaches(hold, one)]

    found, not_held = store.read(look)
    before = Span(hold.starts_at - _PREVIEWED, hold.starts_at)
    entries = store.stream(lambda streams: streams.of_account(hold.account_id, before))
    lately = sum(hold.covers(entry) for entry in entries)
    return Summary(hold, dry_run, found, lately, not_held)


def _active(rows: "Rows", id_: str, now: Instant) -> Hold:
    meant = [hold for hold in rows.holds.standing() if id_ and hold.id.startswith(id_)]
    if len(meant) > 1:
        raise UsageError(f"{len(meant)} holds have an id that begins so: write more of it")
    hold = meant[0] if meant else rows.holds.one(id_)
    if hold is None:
        raise NotFound(f"there is no hold with the id {shortened(id_)}: `tracker hold` lists them")
    if not hold.is_active(now):
        raise UsageError(f"this hold is over already, ended by {hold.over_by(now)}")
    return hold
