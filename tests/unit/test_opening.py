"""What a scan opens and observes, from windows that were read whole and others."""

import pytest
from msgspec.structs import replace

from events_tracker.base.times import HOUR, Span
from events_tracker.decisions.detection.counting import Evaluation, compared
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.decisions.detection.numbers import numbers_of
from events_tracker.decisions.detection.opening import Plan, decide, met_silence, why_not
from events_tracker.decisions.detection.reasons import NotOpening
from events_tracker.model.alarms import Alarm, Definition, Operator
from events_tracker.model.alerts import Trigger
from events_tracker.model.groups import Group
from tests.support.world import NOON

GROUP = Group(7, None, "ALR", "E130")
ALARM = Alarm("a1", "doors", "database", Definition(value=50), NOON)


def evaluation(alarm: Alarm, quantity: int, *, whole: bool = True) -> Evaluation:
    """What the alarm saw: the one group with so many events, or no group at all."""
    numbers = numbers_of({GROUP: quantity} if quantity else {})
    window = Span(NOON - 2 * HOUR, NOON)
    return compared(alarm, window, whole, numbers, lambda wanted: dict.fromkeys(wanted, ()))


def trigger(alarm_id: str, highest: int) -> Trigger:
    """The group is open in this alarm."""
    key = GROUP.key(ALARM.definition.group_by)
    return Trigger(
        alarm_id, key, "r1", 1, GROUP, highest, highest, 1, NOON, below_since=None, muted=False
    )


def plan(
    quantity: int,
    *,
    operator: Operator = Operator.AT_LEAST,
    whole: bool = True,
    open_with: int | None = None,
) -> Plan:
    """The plan for one group with so many events, open before with this highest or not."""
    alarm = replace(ALARM, definition=replace(ALARM.definition, operator=operator))
    before = [] if open_with is None else [trigger(alarm.id, open_with)]
    return decide([evaluation(alarm, quantity, whole=whole)], before)


@pytest.mark.parametrize("whole", [True, False])
def test_a_count_that_reaches_the_value_opens_even_from_a_partial_read(whole: bool) -> None:
    (opening,) = plan(50, whole=whole).openings
    assert (opening.group, opening.quantity) == (GROUP, 50)
    assert opening.partial is not whole


@pytest.mark.parametrize("operator", [Operator.LESS, Operator.AT_MOST, Operator.EQUAL])
def test_where_more_events_could_end_the_condition_a_partial_read_opens_nothing(
    operator: Operator,
) -> None:
    quantity = 50 if operator is Operator.EQUAL else 10
    assert len(plan(quantity, operator=operator).openings) == 1
    assert plan(quantity, operator=operator, whole=False).openings == []


def test_what_is_open_is_not_opened_but_observed() -> None:
    found = plan(60, open_with=55)
    assert found.openings == []
    (seen,) = found.observations
    assert (seen.holds, seen.quantity, seen.highest) == (True, 60, 60)


@pytest.mark.parametrize("quantity", [49, 0])
def test_a_whole_read_sees_what_is_below(quantity: int) -> None:
    (seen,) = plan(quantity, open_with=55).observations
    assert (seen.holds, seen.quantity, seen.highest) == (False, quantity, 55)


@pytest.mark.parametrize("quantity", [49, 0])
def test_a_partial_read_sees_nothing_as_below(quantity: int) -> None:
    assert plan(quantity, open_with=55, whole=False).observations == []


def test_a_partial_read_still_sees_a_count_that_holds() -> None:
    (seen,) = plan(80, open_with=55, whole=False).observations
    assert (seen.holds, seen.quantity, seen.highest) == (True, 80, 80)


def test_the_highest_is_the_lowest_where_the_operator_looks_down() -> None:
    (seen,) = plan(3, operator=Operator.LESS, open_with=5).observations
    assert (seen.holds, seen.highest) == (True, 3)
    (seen,) = plan(60, operator=Operator.LESS, open_with=5).observations
    assert (seen.holds, seen.highest) == (False, 5)


def test_another_alarms_trigger_does_not_count() -> None:
    found = decide([evaluation(ALARM, 60)], [trigger("another", 60)])
    assert (len(found.openings), found.observations) == (1, [])


@pytest.mark.parametrize(
    ("fetched", "before", "met", "silence"),
    [
        (0, 1_000, False, True),
        (0, 999, False, False),
        (0, 1_000, True, False),
        (1, 1_000, False, False),
    ],
)
def test_silence(fetched: int, before: int, met: bool, silence: bool) -> None:
    assert met_silence(fetched, before, met, 1_000) is silence


@pytest.mark.parametrize(
    ("quantity", "operator", "whole", "is_open", "reason"),
    [
        (49, Operator.AT_LEAST, True, None, NotOpening.BELOW_VALUE),
        (0, Operator.AT_LEAST, True, None, NotOpening.BELOW_VALUE),
        (50, Operator.AT_LEAST, True, False, NotOpening.OPEN),
        (50, Operator.AT_LEAST, True, True, NotOpening.MUTED),
        (10, Operator.LESS, False, None, NotOpening.PARTIAL_READING),
        (50, Operator.AT_LEAST, False, None, None),
    ],
)
def test_what_opens_nothing_has_a_named_reason(
    quantity: int,
    operator: Operator,
    whole: bool,
    is_open: bool | None,
    reason: NotOpening | None,
) -> None:
    alarm = replace(ALARM, definition=replace(ALARM.definition, operator=operator))
    before = None if is_open is None else replace(trigger(alarm.id, 60), muted=is_open)
    seen = evaluation(alarm, quantity, whole=whole)
    assert why_not(seen, GROUP, before) is reason
    opened = [o.group for o in decide([seen], [] if before is None else [before]).openings]
    assert opened == ([GROUP] if reason is None else [])


def test_an_account_with_a_value_of_its_own_is_opened_and_observed_by_it() -> None:
    own = Excepted(values={GROUP.account_id or 0: 60})
    for quantity, reason in ((59, NotOpening.BELOW_VALUE), (60, None)):
        numbers = numbers_of({GROUP: quantity})
        seen = compared(
            ALARM,
            Span(NOON - 2 * HOUR, NOON),
            True,
            numbers,
            lambda wanted: dict.fromkeys(wanted, ()),
            excepted=own,
        )
        assert why_not(seen, GROUP, None) is reason
        found = decide([seen], [])
        assert [o.threshold for o in found.openings] == ([] if reason else [60])
        (observed,) = decide([seen], [trigger(ALARM.id, 70)]).observations
        assert observed.holds is (reason is None)
