"""Exceptions: which an alarm can have, which are in force, and what a change makes different."""

import pytest
from msgspec.structs import replace

from events_tracker.base.times import MINUTE
from events_tracker.decisions.alarms.rules import exception_problems
from events_tracker.decisions.detection.exceptions import compared_anew, doubts, in_force
from events_tracker.model.alarms import Alarm, Definition, Operator, Source
from events_tracker.model.alerts import Trigger
from events_tracker.model.directory import Account
from events_tracker.model.exceptions import AccountException
from events_tracker.model.groups import Group
from tests.support.world import NOON

RULE = Definition(group_by=("account", "code"), value=50, values={"E130": 30})
ALARM = Alarm("a1", "doors", "database", RULE, NOON)
ACCOUNT = Account(7, "1950", "Padaria", 11, None, True, NOON, "/v5")


def exception(value: int | None, ends_at: int | None = None, **more: object) -> AccountException:
    return replace(
        AccountException("e1", "a1", "1950", value, ends_at, "escola", NOON, "ana"), **more
    )


def trigger(code: str) -> Trigger:
    """An open alert of the account, by its code."""
    group = Group(7, None, None, code)
    key = group.key(RULE.group_by)
    return Trigger("a1", key, code, 1, group, 60, 60, 1, NOON, below_since=None, muted=False)


@pytest.mark.parametrize(
    ("rule", "value", "key"),
    [
        (RULE, None, None),
        (RULE, 1, None),
        (RULE, 2**53, None),
        (RULE, 2**53 + 1, "number"),
        (RULE, -1, "number"),
        (RULE, 0, "always_holds"),
        (replace(RULE, operator=Operator.MORE), 0, None),
        (replace(RULE, operator=Operator.LESS), 0, "never_holds"),
        (replace(RULE, operator=Operator.EQUAL), 0, "holds_at_zero"),
        (replace(RULE, operator=Operator.EQUAL), 1, None),
        (
            Definition(group_by=("account",), accounts=("1950",), operator=Operator.EQUAL, value=5),
            0,
            None,
        ),
        (
            Definition(group_by=("account",), accounts=("1950",), operator=Operator.LESS, value=1),
            9,
            None,
        ),
        (
            replace(RULE, source=Source.DETECTIONS, operator=Operator.EQUAL),
            0,
            "absence_of_detections",
        ),
        (
            Definition(
                source=Source.DETECTIONS,
                group_by=("account",),
                accounts=("1950",),
                operator=Operator.EQUAL,
            ),
            0,
            "absence_of_detections",
        ),
        (Definition(group_by=("company", "code")), 5, "exception_without_account"),
        (Definition(group_by=("company", "code")), None, None),
    ],
)
def test_an_alarm_can_have_an_exception_if_the_rule_that_results_can_be(
    rule: Definition, value: int | None, key: str | None
) -> None:
    found = exception_problems(rule, value)
    assert [(one.field, one.key) for one in found] == ([("value", key)] if key else [])


@pytest.mark.parametrize(
    ("one", "at", "holds"),
    [
        (exception(60), NOON, True),
        (exception(60, NOON + 1), NOON, True),
        (exception(60, NOON), NOON, False),
        (exception(60, ended_at=NOON), NOON, False),
        (exception(60, alarm_id="a2"), NOON, False),
        (exception(0), NOON, False),
    ],
)
def test_in_force_is_what_is_not_over_and_what_the_rule_can_have(
    one: AccountException, at: int, holds: bool
) -> None:
    assert in_force([one], ALARM, at) == ((one,) if holds else ())


@pytest.mark.parametrize(
    ("before", "after", "closed"),
    [
        (None, exception(50), ["E130"]),
        (None, exception(30), ["E131"]),
        (None, exception(None), ["E130", "E131"]),
        (exception(30), None, ["E131"]),
        (exception(60), exception(60, NOON + MINUTE, reason="x"), []),
        (exception(60), exception(61), ["E130", "E131"]),
        (exception(None), exception(None, NOON + MINUTE), []),
        (exception(None), exception(30), ["E130", "E131"]),
        # What the rule cannot have was never applied.
        (exception(0), None, []),
        (exception(0), exception(30), ["E131"]),
    ],
)
def test_what_is_compared_with_another_value_is_closed_and_nothing_else(
    before: AccountException | None, after: AccountException | None, closed: list[str]
) -> None:
    triggers = [trigger("E130"), trigger("E131")]
    assert compared_anew(RULE, triggers, before, after) == closed


def test_an_exception_that_makes_no_difference_is_told_with_the_reason() -> None:
    said = "alarm doors: its exception for 1950 does not apply: "
    assert doubts([ALARM], [exception(60)], [ACCOUNT], NOON) == []
    gone = "no account is known by that code"
    assert doubts([ALARM], [exception(60)], [], NOON) == [said + gone]
    assert doubts([ALARM], [exception(60)], [replace(ACCOUNT, known=False)], NOON) == [said + gone]
    assert doubts([ALARM], [exception(60, NOON)], [], NOON) == []
    (why,) = doubts([ALARM], [exception(0)], [ACCOUNT], NOON)
    assert why == said + ">= 0 always holds: compare with 1 or more"
