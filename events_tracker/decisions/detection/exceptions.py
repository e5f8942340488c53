"""Accounts that an alarm does not count, or compares with values of their own."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from events_tracker.base.problems import ENGLISH, words
from events_tracker.base.times import Instant
from events_tracker.decisions.alarms.rules import exception_problems
from events_tracker.decisions.detection.numbers import Numbers
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.alerts import Trigger
from events_tracker.model.directory import Account
from events_tracker.model.exceptions import AccountException


class Excepted(Struct, frozen=True):
    """The exceptions of one alarm that are in force, and the ids of the accounts they speak of.

    ``never``: accounts that are not counted; ``values``: what others are compared with.
    """

    exceptions: Sequence[AccountException] = ()
    never: frozenset[int] = frozenset()
    values: Mapping[int, int] = field(default_factory=dict)


NOBODY = Excepted()


def in_force(
    exceptions: Iterable[AccountException], alarm: Alarm, at: Instant
) -> tuple[AccountException, ...]:
    """Choose those of an alarm that hold at a moment and that its rule, as it is, can have."""
    return tuple(
        exception
        for exception in exceptions
        if exception.alarm_id == alarm.id
        and exception.holds_at(at)
        and not exception_problems(alarm.definition, exception.value)
    )


def excepted(
    exceptions: Sequence[AccountException], codes: Iterable[tuple[int, str | None]]
) -> Excepted:
    """Find the accounts that exceptions speak of, among accounts by id and code.

    A code that several clients use means all of them.
    """
    of_code = {exception.account_code: exception for exception in exceptions}
    of_account = {id_: of_code[code] for id_, code in codes if code in of_code}
    return Excepted(
        exceptions,
        frozenset(id_ for id_, exception in of_account.items() if exception.value is None),
        {id_: own.value for id_, own in of_account.items() if own.value is not None},
    )


def codes_of(accounts: Iterable[Account]) -> list[tuple[int, str | None]]:
    """List accounts by id and code, without those that Segware does not know."""
    return [(account.id, account.code) for account in accounts if account.known]


def concerned(
    rule: Definition, numbers: Numbers, exceptions: Iterable[AccountException]
) -> set[int]:
    """Collect the accounts for which an exception could make a difference, if they have one.

    ``numbers`` are those of an alarm that groups by account, without regard to exceptions.
    """
    holding = numbers.holding(rule)
    for value in {one.value for one in exceptions if one.value is not None}:
        holding += numbers.holding(replace(rule, value=value, values={}))
    return {group.account_id for group in holding if group.account_id is not None}


def compared_anew(
    rule: Definition,
    triggers: Iterable[Trigger],
    before: AccountException | None,
    after: AccountException | None,
) -> list[str]:
    """List by register id the open alerts of one account that another value is compared with."""
    return [
        trigger.register_id
        for trigger in triggers
        if _value(rule, trigger.group.code, before) != _value(rule, trigger.group.code, after)
    ]


def _value(rule: Definition, code: str | None, exception: AccountException | None) -> int | None:
    """Return the number that an account is compared with; None if it is not counted."""
    if exception is None or exception_problems(rule, exception.value):
        return rule.value_for(code)
    return exception.value


def doubts(
    alarms: Iterable[Alarm],
    exceptions: Collection[AccountException],
    accounts: Iterable[Account],
    at: Instant,
) -> list[str]:
    """Say of exceptions of these alarms, in sentences, why they make no difference as things are.

    ``accounts`` are all that are known.
    """
    if not exceptions:
        return []
    codes = {code for _, code in codes_of(accounts)}
    return [
        f"alarm {alarm.name}: its exception for {one.account_code} does not apply: {why}"
        for alarm in alarms
        for one in exceptions
        if one.alarm_id == alarm.id and one.holds_at(at)
        for why in _why_not(alarm.definition, one, codes)
    ]


def _why_not(
    rule: Definition, exception: AccountException, codes: Collection[str | None]
) -> Iterator[str]:
    for problem in exception_problems(rule, exception.value):
        yield words(problem, ENGLISH, str)
    if exception.account_code not in codes:
        yield "no account is known by that code"
