"""Alarms over the detections of another: what they count is entries of the register."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import HOUR, Span
from events_tracker.decisions.detection.detections import evaluate
from events_tracker.model.alarms import GROUP_FIELDS, Alarm, Definition, Operator
from events_tracker.model.alerts import Alert
from events_tracker.model.directory import Directory
from events_tracker.model.exceptions import AccountException
from events_tracker.model.groups import Group
from tests.support.world import NOON

WINDOW = Span(NOON - HOUR, NOON)
ENTRY = Alert(
    id="r1",
    alarm_id="a1",
    alarm="doors",
    revision=1,
    priority="medium",
    operator=Operator.AT_LEAST,
    threshold=50,
    group_key="k",
    account_id=7,
    account_code="1950",
    trade_name="Padaria São José",
    company_id=11,
    company="Sentinela",
    client_group_id=None,
    client_group=None,
    cuc="ALR",
    code="E130",
    quantity=60,
    highest=60,
    partial=False,
    period_started_at=NOON - HOUR,
    period_ended_at=NOON,
    opened_at=NOON,
)


def entry(**more: object) -> Alert:
    return replace(ENTRY, **more)


def groups(rule: Definition, *entries: Alert) -> dict[Group, int]:
    alarm = Alarm("a2", "again", "database", rule, NOON)
    return dict(evaluate(alarm, entries, WINDOW, whole=True, directory=Directory()).numbers.items())


@pytest.mark.parametrize(
    ("opened_at", "counts"),
    [
        (NOON - HOUR - 1, False),
        (NOON - HOUR, True),
        (NOON - HOUR + 1, True),
        (NOON, True),
        (NOON + 1, False),
    ],
)
def test_both_ends_of_the_window_belong_to_it(opened_at: int, counts: bool) -> None:
    found = groups(Definition(group_by=()), entry(opened_at=opened_at))
    assert found == ({Group(): 1} if counts else {})


@pytest.mark.parametrize(
    "rule",
    [
        Definition(codes=("E130",)),
        Definition(cucs=("ALR",)),
        Definition(accounts=("1950",)),
        Definition(companies=("Sentinela",)),
    ],
)
def test_each_filter_lets_its_own_pass_and_nothing_else(rule: Definition) -> None:
    other = entry(
        account_id=8, account_code="2207", company_id=14, company="Vigia", cuc="ALI", code="E131"
    )
    nothing = entry(
        account_id=None, account_code=None, company_id=None, company=None, cuc=None, code=None
    )
    assert groups(rule, ENTRY, other, nothing) == {Group(7, None, "ALR", "E130"): 1}


def test_the_entries_are_told_as_what_was_counted() -> None:
    alarm = Alarm("a2", "again", "database", Definition(group_by=("account",)), NOON)
    entries = [ENTRY, ENTRY, entry(code="E131"), entry(account_id=8)]
    counted = evaluate(alarm, entries, WINDOW, whole=True, directory=Directory()).counted(
        [Group(7)]
    )
    assert {(c.account_id, c.cuc, c.code): c.number for c in counted[Group(7)]} == {
        (7, "ALR", "E130"): 2,
        (7, "ALR", "E131"): 1,
    }


@pytest.mark.parametrize("whole", [True, False])
def test_it_is_as_whole_as_what_it_counts(whole: bool) -> None:
    alarm = Alarm("a2", "again", "database", Definition(), NOON)
    assert evaluate(alarm, [ENTRY], WINDOW, whole, Directory()).whole is whole


ENTRIES = st.lists(
    st.builds(
        entry,
        account_id=st.sampled_from((None, 7, 8)),
        company_id=st.sampled_from((None, 11, 14)),
        cuc=st.sampled_from((None, "ALR", "ALI")),
        code=st.sampled_from((None, "E130", "E131")),
        opened_at=st.integers(WINDOW.start - 2, WINDOW.end + 2),
    ),
    max_size=30,
)


@given(entries=ENTRIES, own=st.none() | st.integers(1, 4), by_code=st.booleans())
def test_excepted_accounts_are_not_counted_or_compared_with_their_own_values(
    entries: list[Alert], own: int | None, by_code: bool
) -> None:
    entries = [
        replace(one, account_code=None if one.account_id is None else f"c{one.account_id}")
        for one in entries
    ]
    rule = Definition(group_by=("account", "code") if by_code else ("account",), value=2)
    alarm = Alarm("a2", "again", "database", rule, NOON)
    exception = AccountException("e1", "a2", "c7", own, None, "escola", NOON, "ana")
    seen = evaluate(alarm, entries, WINDOW, True, Directory(), [exception])
    others = groups(rule, *(one for one in entries if own is not None or one.account_id != 7))
    assert dict(seen.numbers.items()) == others
    assert set(seen.holding) == {
        group
        for group, number in others.items()
        if number >= (own if group.account_id == 7 and own is not None else 2)
    }


@given(
    entries=ENTRIES,
    codes=st.lists(st.sampled_from(("E130", "E131")), unique=True).map(tuple),
    group_by=st.lists(st.sampled_from(GROUP_FIELDS), unique=True).map(tuple),
    field=st.sampled_from((None, "account", "code", "cuc")),
)
def test_what_is_measured_is_what_a_naive_count_finds(
    entries: list[Alert], codes: tuple[str, ...], group_by: tuple[str, ...], field: str | None
) -> None:
    numbers: Counter[Group] = Counter()
    values: dict[Group, set[object]] = {}
    for one in entries:
        if not WINDOW.start <= one.opened_at <= WINDOW.end or (codes and one.code not in codes):
            continue
        of: dict[str, object] = {
            "account": one.account_id,
            "company": one.company_id,
            "cuc": one.cuc,
        }
        of["code"] = one.code
        group = Group(*(of[name] if name in group_by else None for name in GROUP_FIELDS))  # type: ignore[arg-type]
        numbers[group] += 1
        values.setdefault(group, set()).update({of.get(field or "")} - {None})
    rule = Definition(
        codes=codes, group_by=group_by, condition="unique" if field else "count", field=field
    )
    expected = {g: len(different) for g, different in values.items()} if field else dict(numbers)
    assert groups(rule, *entries) == expected
