"""exceptions: people make, change and end them, and their time ends them; nothing else changes."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.text import REASON_WIDTH, did_you_mean, nearest
from events_tracker.base.times import Instant
from events_tracker.decisions.alarms.names import find
from events_tracker.decisions.alarms.rules import exception_problems
from events_tracker.decisions.detection.clearing import REDEFINED
from events_tracker.decisions.detection.exceptions import codes_of, compared_anew
from events_tracker.model.alarms import Alarm
from events_tracker.model.alerts import Trigger
from events_tracker.model.exceptions import BY_ITSELF, AccountException
from events_tracker.model.runs import Numbers, Run
from events_tracker.passes.ending import close_marked

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Change(Struct, frozen=True):
    """One account's exception as it was and as it is, and how many alerts that closed.

    ``after`` is None where it was ended; the same as ``before`` where nothing had to be changed.
    """

    alarm: Alarm
    before: AccountException | None
    after: AccountException | None
    closed: int


class ExceptionEditor(Struct, frozen=True):
    """Makes, changes and ends exceptions for somebody, at a time; raises UsageError if it cannot.

    ``switched_on`` are the channels that are on: what a change closes is told there.
    """

    now: Instant
    host: str
    who: str
    switched_on: Collection[str]

    def make(
        self,
        store: "Store",
        name: str,
        account_code: str,
        value: int | None,
        ends_at: Instant | None,
        reason: str,
    ) -> Change:
        """Give one account a value of its own, None for not counting it, in place of any before.

        ``ends_at``: the first moment at which it holds no more; None: until somebody ends it.
        """
        if ends_at is not None and ends_at <= self.now:
            raise UsageError("an exception that ends before it begins changes nothing")
        # What cannot be is refused before a transaction begins, and once more within it.
        _possible(store.read(lambda rows: find(rows.alarms.all(), name)), value)
        id_ = new_id(self.now)

        def write(rows: "Rows", pass_id: str) -> Change:
            alarm = _possible(find(rows.alarms.all(), name), value)
            before = _of_account(rows.exceptions.of_alarm(alarm.id), account_code)
            after = AccountException(
                id_, alarm.id, account_code, value, ends_at, reason, self.now, self.who
            )
            if before is not None and _alike(before, after):
                return Change(alarm, before, before, 0)
            if before is not None:
                rows.exceptions.end([before.id], self.now, self.who)
            rows.exceptions.add(after)
            return Change(alarm, before, after, self._close(rows, alarm, before, after, pass_id))

        return self._write(store, write)

    def end(
        self, store: "Store", name: str, account_code: str, reason: str | None = None
    ) -> Change:
        """Let the account be as all others; a reason stands behind the one that there was."""
        store.read(lambda rows: _standing(rows, name, account_code))

        def write(rows: "Rows", pass_id: str) -> Change:
            alarm, before = _standing(rows, name, account_code)
            if reason is not None:
                said = f"{before.reason} (ended: {reason})"
                rows.exceptions.explain(before.id, said[:REASON_WIDTH])
            rows.exceptions.end([before.id], self.now, self.who)
            return Change(alarm, before, None, self._close(rows, alarm, before, None, pass_id))

        return self._write(store, write)

    def _close(
        self,
        rows: "Rows",
        alarm: Alarm,
        before: AccountException | None,
        after: AccountException | None,
        pass_id: str,
    ) -> int:
        """Close the account's open alerts that are compared with another value from now on."""
        one = after or before
        mine = [] if one is None else _triggers_of(rows, one, rows.triggers.all())
        register_ids = compared_anew(alarm.definition, mine, before, after)
        rows.triggers.mark(register_ids, pass_id)
        if not register_ids:
            return 0
        return len(close_marked(rows, pass_id, self.now, REDEFINED, self.switched_on))

    def _write(self, store: "Store", work: Callable[["Rows", str], Change]) -> Change:
        run = Run(new_id(self.now), "alarm except", self.host, self.now)

        def write(rows: "Rows") -> tuple[Change, Numbers]:
            change = work(rows, run.id)
            return change, {"closed": change.closed}

        return store.write(run, write)


def _possible(alarm: Alarm, value: int | None) -> Alarm:
    problems = exception_problems(alarm.definition, value)
    if problems:
        raise Refused(problems)
    return alarm


def _standing(rows: "Rows", name: str, account_code: str) -> tuple[Alarm, AccountException]:
    """Read an alarm and an account's exception. Raises UsageError with the nearest if none is."""
    alarm = find(rows.alarms.all(), name)
    exceptions = rows.exceptions.of_alarm(alarm.id)
    found = _of_account(exceptions, account_code)
    if found is None:
        near = nearest(account_code, [one.account_code for one in exceptions])
        raise UsageError(
            f"the alarm {alarm.name!r} has no exception for the account {account_code}"
            + did_you_mean(near, str)
        )
    return alarm, found


def _of_account(
    exceptions: Sequence[AccountException], account_code: str
) -> AccountException | None:
    return next((one for one in exceptions if one.account_code == account_code), None)


def _alike(one: AccountException, other: AccountException) -> bool:
    same = one.value == other.value and one.ends_at == other.ends_at
    return same and one.reason == other.reason


class Expired(Struct, frozen=True):
    """Exceptions whose time is over, and the register ids of the alerts that end with them."""

    exceptions: Sequence[AccountException]
    closing: Collection[str]

    def left(self, triggers: Sequence[Trigger]) -> list[Trigger]:
        """Choose the triggers that stay."""
        return [trigger for trigger in triggers if trigger.register_id not in self.closing]


def expired(
    rows: "Rows", alarms: Sequence[Alarm], triggers: Sequence[Trigger], at: Instant
) -> Expired:
    """Find what is over by a moment, among these triggers and living alarms; reads only."""
    over = [one for one in rows.exceptions.standing() if not one.holds_at(at)]
    living = {alarm.id: alarm for alarm in alarms}
    closing: set[str] = set()
    for exception in over:
        # What a deleted alarm has open, `clear` closes.
        if exception.alarm_id in living:
            mine = _triggers_of(rows, exception, triggers)
            rule = living[exception.alarm_id].definition
            closing |= set(compared_anew(rule, mine, exception, None))
    return Expired(over, closing)


def end(
    rows: "Rows", found: Expired, pass_id: str, now: Instant, switched_on: Collection[str]
) -> None:
    """End the exceptions whose time is over, and close what ends with them."""
    rows.exceptions.end([one.id for one in found.exceptions], now, BY_ITSELF)
    if found.closing:
        rows.triggers.mark(sorted(found.closing), pass_id)
        close_marked(rows, pass_id, now, REDEFINED, switched_on)


def _triggers_of(
    rows: "Rows", exception: AccountException, triggers: Sequence[Trigger]
) -> list[Trigger]:
    """Choose the triggers of an exception's alarm and of the accounts of its code."""
    code = exception.account_code
    known = codes_of(rows.directory.accounts_by_code([code]).values())
    ids = {id_ for id_, own in known if own == code}
    return [
        trigger
        for trigger in triggers
        if trigger.alarm_id == exception.alarm_id and trigger.group.account_id in ids
    ]
