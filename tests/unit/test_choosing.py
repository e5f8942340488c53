"""Of which groups `explain` speaks where there are more than anybody reads."""

from msgspec.structs import replace

from events_tracker.base.times import HOUR, Span
from events_tracker.decisions.detection.counting import compared
from events_tracker.decisions.detection.numbers import numbers_of
from events_tracker.decisions.explaining.choosing import chosen
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.alerts import Trigger
from events_tracker.model.groups import Group
from tests.support.world import NOON

RULE = Definition(group_by=("account",), value=50)
QUANTITIES = {Group(account): account for account in (10, 20, 30, 48, 60, 70, 80, 90)}
"""So many events of the account that has this number as its id."""
TRIGGER = Trigger("a1", "k", "r1", 1, Group(60), 60, 60, 1, NOON, None, muted=False)


def accounts(most: int | None) -> list[int | None]:
    numbers = numbers_of(QUANTITIES)
    alarm = Alarm("a1", "doors", "database", RULE, NOON)
    evaluation = compared(alarm, Span(NOON - HOUR, NOON), True, numbers, lambda _: {})
    triggers = {
        Group(60): TRIGGER,
        Group(70): replace(TRIGGER, group=Group(70), muted=True),
        Group(80): replace(TRIGGER, group=Group(80)),
    }
    return [group.account_id for group in chosen(QUANTITIES, triggers, evaluation, most)]


def test_what_opens_next_is_open_or_muted_comes_before_what_is_nearest() -> None:
    assert accounts(2) == [90, 80, 48, 30]
    assert accounts(4) == [90, 80, 60, 70, 48, 30, 20, 10]
    assert set(accounts(None)) == {group.account_id for group in QUANTITIES}
