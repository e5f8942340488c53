"""What an alarm may be, and in which order alarms are evaluated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.problems import ENGLISH, PORTUGUESE, words
from events_tracker.base.times import DAY, SECOND
from events_tracker.decisions.alarms.rules import (
    detect_alike,
    evaluation_order,
    holds_at_zero,
    problems,
)
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.model.alarms import GROUP_FIELDS, Alarm, Definition, EmailOptions, Operator
from tests.support.world import NOON

DEFAULT = Alarm("default", "default", "environment", Definition(), NOON)
OTHERS = {"default": DEFAULT}


def alarm(id_: str = "a", of: str | None = None, **rule: object) -> Alarm:
    """An alarm, over the detections of another if ``of`` is given."""
    source = {"source": "detections", "source_alarm_id": of} if of else {}
    return Alarm(id_, id_, "database", Definition(**source, **rule), NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operator", "value", "zero"),
    [
        (Operator.LESS, 1, True),
        (Operator.LESS, 0, False),
        (Operator.AT_MOST, 0, True),
        (Operator.EQUAL, 0, True),
        (Operator.EQUAL, 1, False),
        (Operator.AT_LEAST, 1, False),
        (Operator.AT_LEAST, 0, True),
        (Operator.MORE, 0, False),
    ],
)
def test_what_holds_where_nothing_happens(operator: Operator, value: int, zero: bool) -> None:
    assert holds_at_zero(Definition(operator=operator, value=value)) is zero
    # One code's own value is enough.
    rule = Definition(operator=operator, value=9 if operator.rises else 0, values={"E1": value})
    assert holds_at_zero(replace(rule, values={"E1": value})) is (
        zero or operator.holds(0, rule.value)
    )


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Definition(window=10 * SECOND), "the shortest window"),
        (Definition(window=31 * DAY), "the longest window"),
        (Definition(value=1), "the smallest value of >="),
        (Definition(operator=Operator.MORE, value=0), "more than none is one or more"),
        (Definition(value=2**53), "the largest whole number that JSON keeps"),
        (Definition(codes=("E" * 16,), cucs=("C" * 32,)), "the longest code and CUC"),
        (Definition(group_by=()), "one group for all"),
        (Definition(group_by=("code",), values={"E130": 3}), "values with code in the grouping"),
        (
            Definition(operator=Operator.LESS, value=1, group_by=("account",), accounts=("1",)),
            "what is missing, of an explicit list",
        ),
        (Definition(condition="unique", field="occurrence"), "different occurrences"),
        (Definition(source="detections", source_alarm_id="default"), "over default's detections"),
    ],
)
def test_what_is_at_the_limit_is_allowed(rule: Definition, why: str) -> None:
    assert problems(Alarm("a", "a", "database", rule, NOON), OTHERS) == [], why


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Definition(window=10 * SECOND - 1), "shorter than the shortest window"),
        (Definition(window=31 * DAY + 1), "longer than the longest window"),
        (Definition(value=0), "always holds"),
        (Definition(value=2**53 + 1), "JSON would round it"),
        (Definition(codes=("E" * 17,)), "longer than any code"),
        (Definition(codes=("",)), "no code"),
        (Definition(codes=("E 130",)), "a space"),
        (Definition(codes=("e130",)), "no code has small letters"),
        (Definition(cucs=("A*",)), "a wildcard"),
        (Definition(codes=("E130",), values={"E131": 3}), "a value of what does not count"),
        (Definition(codes=("E\u00a0130",)), "a space that is not ASCII's"),
        (Definition(codes=("E130\u200b",)), "nobody sees what follows"),
        (Definition(cucs=("C" * 33,)), "longer than any CUC"),
        (Definition(group_by=("account", "account")), "twice"),
        (Definition(group_by=("account",), values={"E130": 3}), "which code?"),
        (Definition(operator=Operator.LESS, value=1, group_by=("account",)), "whose?"),
        (
            Definition(
                operator=Operator.LESS, value=1, accounts=("1",), group_by=("account", "cuc")
            ),
            "of which CUCs?",
        ),
        (
            Definition(operator=Operator.LESS, value=1, accounts=("1",), group_by=()),
            "one group for all is no list",
        ),
        (
            Definition(operator=Operator.EQUAL, values={"E1": 0}, group_by=("account", "code")),
            "one code's own value holds at zero",
        ),
        (Definition(condition="unique"), "of what?"),
        (Definition(field="code"), "count counts events"),
        (Definition(source="detections"), "whose?"),
        (Definition(source="detections", source_alarm_id="gone"), "nobody's"),
        (Definition(source_alarm_id="default"), "events are of nobody"),
    ],
)  # fmt: skip
def test_what_is_beyond_is_one_problem(rule: Definition, why: str) -> None:
    (problem,) = problems(Alarm("a", "a", "database", rule, NOON), OTHERS)
    said = {words(problem, language, str.upper) for language in (ENGLISH, PORTUGUESE)}
    assert (len(said), "{" in "".join(said)) == (2, False), why


@pytest.mark.parametrize(
    ("wrong", "english", "portuguese"),
    [
        (
            Definition(group_by=("zone",)),
            "write one of account, company, cuc, code",
            "escreva um destes: account, company, cuc, code",
        ),
        (
            Definition(group_by=("account",), values={"E130": 3}),
            "numbers of single codes need code in [group_by]",
            "números por código precisam de code em [group_by]",
        ),
        (
            Definition(window=1),
            "write a whole number and s, m, h or d (2h), from 10s to 31d",
            "escreva um número inteiro e s, m, h ou d (2h), de 10s a 31d",
        ),
    ],
)
def test_a_problem_is_told_in_two_languages(
    wrong: Definition, english: str, portuguese: str
) -> None:
    (problem,) = problems(Alarm("a", "a", "database", wrong, NOON), OTHERS)
    assert words(problem, ENGLISH, "[{}]".format) == english
    assert words(problem, PORTUGUESE, "[{}]".format) == portuguese


def test_a_problem_says_at_which_field_it_is() -> None:
    wrong = replace(
        alarm(codes=("E13*",), value=0),
        name="a*",
        priority="urgent",
        email=EmailOptions(to=("nobody",)),
    )
    found = {problem.field: problem.given for problem in problems(wrong, OTHERS)}
    assert found == {
        "name": "a*",
        "priority": "urgent",
        "email_to": "nobody",
        "codes": "E13*",
        "value": None,
    }


@pytest.mark.parametrize(
    "address",
    ["central", "a@b@c", "a b@c.example", "a@b.example;c@d.example", "<a@b.example>", "a\n@b.c"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    for email in (EmailOptions(to=(address,)), EmailOptions(cc=(address,))):
        assert len(problems(replace(alarm(), email=email), OTHERS)) == 1


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_what_an_alarm_may_be(name: str) -> None:
    template = TEMPLATES[name]
    rule = template.definition
    made = replace(alarm(), definition=rule, priority=template.priority)
    found = problems(replace(made, description=template.explanation), OTHERS)
    assert bool(found) is bool(template.needs)
    listed = replace(made, definition=replace(rule, accounts=("1950",)))
    assert problems(listed, OTHERS) == []


@given(of=st.lists(st.none() | st.integers(0, 5), min_size=6, max_size=6))
def test_a_cycle_is_found_wherever_it_is_and_nothing_else_is_called_one(
    of: list[int | None],
) -> None:
    alarms = {
        str(n): alarm(str(n), None if source is None else str(source))
        for n, source in enumerate(of)
    }
    for id_, each in alarms.items():
        reached = [id_]
        while (source := alarms[reached[-1]].definition.source_alarm_id) and len(reached) < 9:
            reached.append(source)
        found = [p for p in problems(each, alarms) if p.key == "counts_itself"]
        assert bool(found) is (len(reached) == 9)


@given(
    of=st.lists(st.integers(0, 9), max_size=9),
    mixed=st.permutations(range(10)),
)
def test_each_alarm_comes_after_the_one_whose_detections_it_counts(
    of: list[int], mixed: list[int]
) -> None:
    # Each counts one that was made before it; the first one counts events.
    alarms = [alarm("0")]
    for number, earlier in enumerate(of, start=1):
        alarms.append(alarm(str(number), str(earlier % number)))
    given_in = [alarms[place] for place in mixed if place < len(alarms)]
    ordered = [each.id for each in evaluation_order(given_in)]
    assert sorted(ordered) == sorted(each.id for each in alarms[1:])
    for each in alarms[1:]:
        source = each.definition.source_alarm_id
        assert source == "0" or ordered.index(source or "") < ordered.index(each.id)


def test_an_alarm_whose_source_is_not_evaluated_is_evaluated_all_the_same() -> None:
    assert [each.id for each in evaluation_order([alarm("a", "gone")])] == ["a"]


@given(
    codes=st.lists(st.sampled_from(("E1", "E2", "E3")), unique=True),
    group_by=st.lists(st.sampled_from(GROUP_FIELDS), unique=True),
    data=st.data(),
)
def test_the_order_of_a_list_means_nothing_but_its_items_do(
    codes: list[str], group_by: list[str], data: st.DataObject
) -> None:
    one = Definition(codes=tuple(codes), group_by=tuple(group_by))
    other = Definition(
        codes=tuple(data.draw(st.permutations(codes))),
        group_by=tuple(data.draw(st.permutations(group_by))),
    )
    assert detect_alike(one, other)
    assert not detect_alike(one, replace(other, codes=(*other.codes, "E9")))
    assert not detect_alike(one, replace(other, accounts=("E9",)))
