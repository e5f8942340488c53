"""The exceptions of an alarm that a scan evaluates: the accounts that they speak of."""

from collections.abc import Callable, Sequence

from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.exceptions import (
    NOBODY,
    Excepted,
    codes_of,
    concerned,
    excepted,
)
from events_tracker.decisions.detection.numbers import Numbers
from events_tracker.fetch.directory import LookUp
from events_tracker.model.alarms import Definition
from events_tracker.model.exceptions import AccountException
from events_tracker.model.readings import Tally


def resolve(
    rule: Definition,
    exceptions: Sequence[AccountException],
    tally: Tally,
    numbers: Callable[[], Numbers],
    look_up: LookUp,
) -> Excepted:
    """Find the accounts that the exceptions of an alarm over events speak of.

    Another client may use an excepted code: accounts for which it would make a difference are
    looked up. ``numbers`` measures without regard to exceptions.
    """
    if not exceptions:
        return NOBODY
    if "account" in rule.group_by:
        look_up.know(concerned(rule, numbers(), exceptions))
    else:
        look_up.know(scoping.accounts_of_interest(rule, tally))
    return excepted(exceptions, codes_of(look_up.directory().accounts.values()))
