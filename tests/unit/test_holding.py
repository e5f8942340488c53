"""Which hold keeps the news of an alert back, and until when one may be."""

from typing import Any

import pytest
from msgspec.structs import replace

from events_tracker.base.times import DAY, HOUR, parse_coming
from events_tracker.decisions.delivery.holding import keeper, problems
from events_tracker.model.holds import Hold
from tests.support.values import ALERT
from tests.support.world import CONDOMINIO, NOON, PADARIA
from tests.unit.test_messages import ZONE

HOLD = Hold(
    id="h1",
    account_id=PADARIA,
    account_code="1950",
    trade_name=None,
    cuc=None,
    code=None,
    alarm_id=None,
    alarm=None,
    starts_at=NOON,
    ends_at=NOON + 4 * HOUR,
    reason="technician there",
    made_by="Ana",
)


@pytest.mark.parametrize(
    ("changes", "at", "keeps"),
    [
        ({}, NOON, True),
        ({}, NOON - HOUR, True),
        ({}, NOON + 4 * HOUR - 1, True),
        ({}, NOON + 4 * HOUR, False),
        ({"ended_at": NOON + HOUR}, NOON + HOUR, False),
        # Let go on a host whose clock is ahead: what comes after that is told at once.
        ({"released_at": NOON + 4 * HOUR}, NOON + 3 * HOUR, False),
        ({"account_id": CONDOMINIO}, NOON, False),
        ({"cuc": "ALR", "code": "E130", "alarm_id": "default"}, NOON, True),
        ({"cuc": "BEM"}, NOON, False),
        ({"code": "E131"}, NOON, False),
        ({"alarm_id": "another"}, NOON, False),
    ],
)
def test_what_a_hold_speaks_of_it_keeps_back_until_it_is_over(
    changes: dict[str, Any], at: int, keeps: bool
) -> None:
    hold = replace(HOLD, **changes)
    assert keeper([hold], ALERT, at) == (hold if keeps else None)


def test_of_several_the_last_to_end_keeps_it() -> None:
    longer = replace(HOLD, id="h0", ends_at=HOLD.ends_at + 1)
    assert keeper([longer, HOLD], ALERT, NOON) == longer
    assert keeper([HOLD], replace(ALERT, account_id=None), NOON) is None


@pytest.mark.parametrize(
    ("length", "is_long", "wrong"),
    [
        (0, False, ["hold_over"]),
        (DAY, False, []),
        (DAY + 1, False, ["hold_long"]),
        (7 * DAY, True, []),
        (7 * DAY + 1, True, ["hold_longest"]),
    ],
)
def test_how_long_it_may_be(length: int, is_long: bool, wrong: list[str]) -> None:
    found = problems(NOON, NOON + length, "why", is_long=is_long)
    assert [problem.key for problem in found] == wrong


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("09:01", HOUR // 60),
        ("09:00", DAY),
        ("06:00", 21 * HOUR),
        ("2026-11-21", 15 * HOUR),
        ("2026-11-21T18:00", 9 * HOUR),
        ("22/11", 39 * HOUR),
        ("20/11", 364 * DAY + 15 * HOUR),
        ("21/11 18:00", 9 * HOUR),
        ("yesterday", -9 * HOUR),
    ],
)
def test_a_time_of_day_is_the_next_one_and_a_day_is_meant_to_its_end(text: str, after: int) -> None:
    assert parse_coming(text, NOON, ZONE) == NOON + after
