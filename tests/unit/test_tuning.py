"""What is told of replayed rules: figures, grades, and the check beside the register."""

from zoneinfo import ZoneInfo

import pytest

from events_tracker.base.errors import Refused
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.decisions.detection.exceptions import NOBODY, Excepted
from events_tracker.decisions.tuning.check import Known, check
from events_tracker.decisions.tuning.figures import figures
from events_tracker.decisions.tuning.variants import Lists, around, as_tried, variants
from events_tracker.model.alarms import Alarm, Clearing, Definition, Operator
from events_tracker.model.alerts import Alert
from events_tracker.model.groups import Group
from events_tracker.model.hours import Hour, KeptCounts
from events_tracker.model.tuning import Episode, Grade, Rule

START = 1_795_219_200_000
MONTH = Span(START, START + 30 * DAY - 1)
AT_ONCE = Clearing(0)


def alarm(**fields: object) -> Alarm:
    return Alarm("a", "a", "database", Definition(**fields), START)  # type: ignore[arg-type]


def episode(at: int, length: int | None = HOUR, account: int = 1) -> Episode:
    ended_at = None if length is None else START + at + length
    return Episode(Group(account, None, "ALR", "E130"), START + at, 50, ended_at)


def test_without_lists_the_rules_are_the_present_one_and_its_neighbours() -> None:
    def values(value: int) -> list[int]:
        return [rule.value for rule in variants(alarm(value=value), AT_ONCE, Lists())]

    assert values(50) == [25, 33, 50, 75, 100]
    assert values(1) == [1, 2], "none is 0, and none is there twice"
    # The rule in force is among those that are listed, whatever is listed.
    rules = variants(alarm(value=50), AT_ONCE, Lists(windows=(HOUR,), clear_below=(80,)))
    assert rules == [Rule(HOUR, 50, Clearing(0, 80)), Rule(2 * HOUR, 50, AT_ONCE)]


def test_a_curve_goes_about_the_value_as_typed_and_over_the_one_in_force_where_that_is_near() -> (
    None
):
    few = alarm(value=0, operator=Operator.AT_MOST, accounts=("1950",), group_by=("account",))
    assert around(alarm(value=50), AT_ONCE, None) == [25, 33, 42, 50, 62, 75, 100, 150]
    assert around(alarm(value=50), AT_ONCE, 20) == [20, 25, 33, 42, 50, 62, 75, 100, 150]
    assert around(alarm(value=50), AT_ONCE, 400) == around(alarm(value=50), AT_ONCE, None)
    assert around(alarm(value=1), AT_ONCE, None) == [1, 2, 3], "none is 0, and none is there twice"
    assert around(few, AT_ONCE, None) == [0, 1, 2, 3]


def test_values_of_single_codes_go_along_with_the_value() -> None:
    own = alarm(value=50, values={"E130": 30, "E602": 1})
    tried = as_tried(own, Rule(HOUR, 75, Clearing(MINUTE, 80)))
    assert tried.definition.values == {"E130": 45, "E602": 2}
    assert (tried.clear_after, tried.clear_below) == (MINUTE, 80)
    assert as_tried(own, Rule(HOUR, 50, AT_ONCE)).definition.values == own.definition.values


def test_what_no_alarm_can_be_is_not_tried() -> None:
    few = alarm(value=3, operator=Operator.LESS)
    with pytest.raises(Refused, match="clear"):
        variants(few, AT_ONCE, Lists(clear_below=(80,)))
    with pytest.raises(Refused, match="from 10s to 31d"):
        variants(alarm(), AT_ONCE, Lists(windows=(400 * DAY,)))


def test_figures_are_those_of_the_span_alone() -> None:
    found = figures(
        [
            episode(-HOUR, 2 * HOUR),  # from before the span: only its end is told in it
            episode(2 * HOUR),
            episode(4 * HOUR, None, account=2),
            *(episode(5 * HOUR, account=number) for number in range(10, 25)),
            episode(5 * HOUR + MINUTE, 26 * HOUR),
            episode(20 * DAY),
        ],
        MONTH,
        ["whatsapp", "segware", "email"],
        digest_over=20,
    )
    assert (found.alerts, found.alerts_per_day, found.accounts) == (19, 0.63, 17)
    assert found.reopened == round(1 / 19, 4), "an hour after an end; two and a minute are too long"
    assert found.most_in_10_minutes == 16
    # Fifteen end an hour later: two of the 4,320 stretches have more than ten messages.
    assert (found.spans_over_10, found.messages_per_10_minutes) == (round(2 / 4320, 4), 0.01)
    assert found.stale_per_day == round(2 / 30, 2)
    assert found.top10_share == round(12 / 19, 4)
    assert found.grade is Grade.GREEN


def test_a_digest_is_one_message_and_an_injection_tells_no_end() -> None:
    storm = [episode(HOUR, account=number) for number in range(30)]

    def most(channel: str, digest_over: int = 5) -> int:
        return figures(storm, MONTH, [channel], digest_over).most_in_10_minutes

    assert [most(one) for one in ("whatsapp", "email", "webhook", "segware")] == [1, 1, 30, 30]
    assert most("whatsapp", 30) == 30
    day = Span(START, START + DAY - 1)
    sent = [figures(storm, day, [one], 100).messages_per_10_minutes for one in ("segware", "email")]
    assert sent == [round(30 / 144, 2), round(60 / 144, 2)]


@pytest.mark.parametrize(
    ("every", "length", "at_once", "grade"),
    [
        (20 * MINUTE, MINUTE, 1, Grade.GREEN),  # two messages in twenty minutes
        (19 * MINUTE, MINUTE, 1, Grade.AMBER),
        (10 * MINUTE, MINUTE, 1, Grade.AMBER),
        (9 * MINUTE, MINUTE, 1, Grade.RED),
        (DAY, MINUTE, 6, Grade.GREEN),  # 30 of 4,320 stretches are over ten
        (DAY // 2, MINUTE, 6, Grade.AMBER),
        (DAY, 25 * HOUR, 4, Grade.GREEN),
        (DAY, 25 * HOUR, 5, Grade.AMBER),
    ],
)
def test_grades(every: int, length: int, at_once: int, grade: Grade) -> None:
    alerts = [
        episode(at, length, account)
        for at in range(0, 30 * DAY, every)
        for account in range(at_once)
    ]
    assert figures(alerts, MONTH, ["whatsapp"], 100).grade is grade
    shorter = Span(START + MINUTE, MONTH.end)
    assert figures(alerts, shorter, ["whatsapp"], 100).grade is None


def entry(at: int, **fields: object) -> Alert:
    given: dict[str, object] = {
        "id": f"r{at}", "alarm_id": "a", "alarm": "a", "revision": 1, "priority": "medium",
        "operator": Operator.AT_LEAST, "threshold": 50, "group_key": "k", "account_id": 1,
        "account_code": "1950", "trade_name": None, "company_id": 11, "company": None,
        "client_group_id": None, "client_group": None, "cuc": "ALR", "code": "E130",
        "quantity": 50, "highest": 50, "partial": False,
        "period_started_at": START + at - 2 * HOUR, "period_ended_at": START + at,
        "opened_at": START + at,
    }  # fmt: skip
    return Alert(**{**given, **fields})  # type: ignore[arg-type]


def test_the_check_finds_entries_and_says_why_others_are_not_there() -> None:
    minutes = [Span(at, at + MINUTE - 1) for at in range(START, START + DAY, MINUTE)]
    missing = range(START + 3 * HOUR, START + 4 * HOUR)
    stretches = [one for one in minutes if one.start not in missing and one.end <= START + DAY]
    stretches = [one for one in stretches if one.start < START + 20 * HOUR]
    stretches.append(Span(START + 20 * HOUR, START + 21 * HOUR - 1))
    kept = KeptCounts(Span(START, START + 21 * HOUR - 1), [Hour(START, stretches)])
    scans = {one.start for one in minutes} - {START + 9 * HOUR}

    def why(*entries: Alert, replayed: tuple[Episode, ...] = (), own: Excepted = NOBODY) -> str:
        known = Known(kept, scans, own, ZoneInfo("America/Sao_Paulo"))
        found = check(Definition(), entries, 3, replayed, known)
        assert (found.register, found.others) == (len(entries), 3)
        assert found.found + len(found.not_found) == len(entries)
        return found.not_found[-1].why if found.not_found else f"within {found.within}"

    at = 12 * HOUR
    assert why(entry(at), replayed=(episode(at - 2 * MINUTE),)) == f"within {2 * MINUTE}"
    assert why(entry(at), replayed=(episode(at + 5 * MINUTE),)) == "it opens 5 min later"
    assert why(entry(at), entry(at + MINUTE), replayed=(episode(at),)) == (
        "fewer events are kept than it counted"
    ), "each alert of the replay stands for one entry"
    assert why(entry(at), replayed=(episode(at - HOUR, None),)) == (
        "in the replay the one before it is still open"
    )
    assert why(entry(at, period_ended_at=START + at - HOUR)) == "it was caught up on later"
    assert why(entry(4 * HOUR)) == "60 minutes missing on 21/11"
    assert why(entry(21 * HOUR - MINUTE)) == "60 minutes coarse on 21/11"
    assert why(entry(9 * HOUR)) == "the scan that opened it had not read all"
    assert why(entry(at), own=Excepted((), frozenset({1}))) == "its account has an exception now"
    assert why(entry(4 * HOUR, threshold=30)) == "it was compared with 30 then"
    own = Excepted((), frozenset(), {1: 200})
    assert why(entry(4 * HOUR), own=own) == "its account has an exception now"
    assert why(entry(4 * HOUR, threshold=200), own=own) == "60 minutes missing on 21/11"
    by_hand = entry(at - HOUR, clear_reason="forced: técnico (by Ana)")
    assert why(by_hand, entry(at), replayed=(episode(at - HOUR, None),)) == (
        "the one before it was closed by hand on 21/11"
    )
    assert why(entry(at)) == "fewer events are kept than it counted"
