"""What alarms count, compared with a naive count of one event after the other."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import HOUR, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.counting import compared
from events_tracker.decisions.detection.counts import by_start, tally_of, together
from events_tracker.decisions.detection.exceptions import Excepted, codes_of, concerned, excepted
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.reasons import NotCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.model.alarms import GROUP_FIELDS, Alarm, Definition, Operator
from events_tracker.model.directory import Account, Directory, Organization
from events_tracker.model.exceptions import AccountException
from events_tracker.model.groups import Group
from events_tracker.model.readings import EventKind, Segment, Tally
from tests.support.world import NOON

ACCOUNTS = (1, 2, 3, 4, 5)
CODES = ("E130", "E131", "E301")
CUCS = (None, "ALR", "ALI")
CODE_OF = {1: "1950", 2: "2207", 3: "1950", 4: "3046", 5: None}
"""Two accounts share a code, in two companies; Segware does not know the fifth."""
COMPANY_OF = {1: 11, 2: 12, 3: 14, 4: None, 5: None}
COMPANY_NAMES = {11: "Sentinela", 12: "Sentinela", 14: "Vigia Sul"}
DIRECTORY = Directory(
    {
        id_: Account(id_, CODE_OF[id_], f"Loja {id_}", COMPANY_OF[id_], None, id_ != 5, NOON, "/v5")
        for id_ in ACCOUNTS
    },
    {id_: Organization(id_, name, True, NOON, "/v1") for id_, name in COMPANY_NAMES.items()},
)

ALARM = Alarm("a1", "doors", "database", Definition(), NOON)

KINDS = st.builds(
    EventKind,
    st.sampled_from(ACCOUNTS),
    st.sampled_from(CUCS),
    st.sampled_from(CODES),
    st.sampled_from((None, "o1", "o2", "o3")),
)
EVENTS = st.lists(KINDS, max_size=40)
NEVER = st.builds(
    NeverCounted,
    codes=st.frozensets(st.sampled_from(CODES), max_size=1),
    injected=st.frozensets(
        st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(CODES)), max_size=2
    ),
    occurrences=st.frozensets(st.sampled_from(("o1", "o2")), max_size=1),
    only=st.none() | st.frozensets(st.sampled_from(ACCOUNTS)),
)
SOME_CODES = st.lists(st.sampled_from(CODES), unique=True, max_size=2).map(tuple)
SOME_CUCS = st.lists(st.sampled_from(("ALR", "ALI")), unique=True, max_size=2).map(tuple)
SOME_ACCOUNTS = st.lists(st.sampled_from(("1950", "2207", "3046")), unique=True, max_size=2).map(
    tuple
)
SOME_COMPANIES = st.lists(
    st.sampled_from(("Sentinela", "Vigia Sul", "Nobody's")), unique=True, max_size=2
).map(tuple)
GROUPINGS = st.lists(st.sampled_from(GROUP_FIELDS), unique=True).map(tuple)
EXCEPTIONS = st.dictionaries(
    st.sampled_from(("1950", "2207", "3046", "9999")), st.none() | st.integers(0, 4)
)
"""Values of single accounts by their codes; None: not counted."""
CONDITIONS = st.sampled_from(
    [("count", None), *(("unique", field) for field in ("account", "code", "cuc", "occurrence"))]
)


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Any alarm over events: any filters, grouping and condition; some hold where nothing is."""
    condition, of = draw(CONDITIONS)
    found = Definition(
        codes=draw(SOME_CODES),
        cucs=draw(SOME_CUCS),
        accounts=draw(SOME_ACCOUNTS),
        companies=draw(SOME_COMPANIES),
        group_by=draw(GROUPINGS),
        condition=condition,
        field=of,
    )
    if found.group_by == ("account",) and found.accounts and draw(st.booleans()):
        return Definition(
            codes=found.codes,
            cucs=found.cucs,
            accounts=found.accounts,
            companies=found.companies,
            group_by=("account",),
            condition=condition,
            field=of,
            operator=Operator.LESS,
            value=1,
        )
    return found


@dataclass
class Naive:
    """One alarm, event by event, with no thought for speed."""

    definition: Definition
    never: NeverCounted
    exceptions: Mapping[str, int | None] = field(default_factory=dict)

    def takes(self, event: EventKind) -> bool:
        rule, never = self.definition, self.never
        if event.code in never.codes or (event.account_id, event.code) in never.injected:
            return False
        if event.occurrence in never.occurrences:
            return False
        if never.only is not None and event.account_id not in never.only:
            return False
        if rule.codes and event.code not in rule.codes:
            return False
        if rule.cucs and event.cuc not in rule.cucs:
            return False
        return self.takes_account(event.account_id)

    def takes_account(self, id_: int) -> bool:
        rule, code = self.definition, CODE_OF[id_]
        if rule.accounts and code not in rule.accounts:
            return False
        if code is not None and self.exceptions.get(code, 0) is None:
            return False
        company = COMPANY_OF[id_]
        name = None if company is None else COMPANY_NAMES[company]
        return not rule.companies or name in rule.companies

    def group(self, event: EventKind) -> Group:
        by = self.definition.group_by
        return Group(
            event.account_id if "account" in by else None,
            COMPANY_OF[event.account_id] if "company" in by else None,
            event.cuc if "cuc" in by else None,
            event.code if "code" in by else None,
        )

    def value(self, event: EventKind) -> object:
        return {
            "account": event.account_id,
            "code": event.code,
            "cuc": event.cuc,
            "occurrence": event.occurrence,
        }[self.definition.field or ""]

    def holds(self, group: Group, number: int) -> bool:
        rule = self.definition
        own = None
        if group.account_id is not None:
            own = self.exceptions.get(CODE_OF[group.account_id] or "")
        return rule.operator.holds(number, rule.value_for(group.code) if own is None else own)

    def measure(self, events: Iterable[EventKind]) -> dict[Group, int]:
        numbers: dict[Group, int] = {}
        values: dict[Group, set[object]] = {}
        for event in events:
            if self.takes(event):
                group = self.group(event)
                numbers[group] = numbers.get(group, 0) + 1
                if self.definition.condition == "unique":
                    of_group = values.setdefault(group, set())
                    if self.value(event) is not None:
                        of_group.add(self.value(event))
        if self.definition.condition == "unique":
            numbers = {group: len(of_group) for group, of_group in values.items()}
        if self.definition.operator is Operator.LESS:
            for id_ in ACCOUNTS:
                if self.takes_account(id_):
                    numbers.setdefault(Group(id_), 0)
        return numbers


def tally_of_events(events: Iterable[EventKind]) -> Tally:
    """Count one event after the other."""
    accounts: dict[tuple[str | None, str], Counter[int]] = {}
    occurrences: dict[tuple[str | None, str], Counter[tuple[int, str]]] = {}
    for account_id, cuc, code, occurrence in events:
        accounts.setdefault((cuc, code), Counter())[account_id] += 1
        if occurrence is not None:
            occurrences.setdefault((cuc, code), Counter())[account_id, occurrence] += 1
    return Tally(accounts, occurrences)


def segments_of(*stretches: Iterable[EventKind]) -> list[Segment]:
    """Stretches of an hour, newest first."""
    return [
        Segment(NOON - (n + 1) * HOUR, NOON - n * HOUR - 1, tally_of_events(events), whole=True)
        for n, events in enumerate(stretches)
    ]


def counts_of(*stretches: Iterable[EventKind], never: NeverCounted = NeverCounted()) -> Tally:  # noqa: B008
    """The countable events of these stretches, newest first, as a scan adds them up."""
    return tally_of(segments_of(*stretches), never)


def measure(definition: Definition, scope: Scope, tally: Tally) -> dict[Group, int]:
    return dict(counting.measure(definition, scope, tally).items())


def scope_of(definition: Definition, counts: Tally, directory: Directory = DIRECTORY) -> Scope:
    found = scoping.scope(definition, counts, directory)
    assert isinstance(found, Scope), found
    return found


@given(definition=definitions(), newer=EVENTS, older=EVENTS, never=NEVER)
def test_what_is_measured_is_what_a_naive_count_finds(
    definition: Definition, newer: list[EventKind], older: list[EventKind], never: NeverCounted
) -> None:
    counts = counts_of(newer, older, never=never)
    measured = measure(definition, scope_of(definition, counts), counts)
    assert measured == Naive(definition, never).measure([*newer, *older])


@given(definition=definitions(), events=EVENTS, never=NEVER)
def test_every_event_is_counted_or_has_a_reason_not_to_be(
    definition: Definition, events: list[EventKind], never: NeverCounted
) -> None:
    counts = counts_of(events, never=never)
    scope, naive = scope_of(definition, counts), Naive(definition, never)
    reasons = Counter(scoping.why_not_counted(event, never, scope) for event in events)
    assert reasons[None] == sum(map(naive.takes, events))
    if definition.condition == "count":
        assert reasons[None] == sum(measure(definition, scope, counts).values())
    assert NotCounted.COMPANY not in reasons or definition.companies
    assert NotCounted.ACCOUNT not in reasons or definition.accounts


@given(definition=definitions(), events=EVENTS)
def test_the_records_of_a_group_are_the_events_that_made_its_number(
    definition: Definition, events: list[EventKind]
) -> None:
    counts, naive = counts_of(events), Naive(definition, NeverCounted())
    groups = {naive.group(event) for event in events if naive.takes(event)}
    wanted = sorted(groups, key=repr)[::2]
    found = counting.counted_in(definition, scope_of(definition, counts), counts)(wanted)
    expected: dict[Group, Counter[tuple[int, str | None, str]]] = {g: Counter() for g in wanted}
    for event in events:
        if naive.takes(event) and naive.group(event) in expected:
            expected[naive.group(event)][event.account_id, event.cuc, event.code] += 1
    assert {
        group: {(c.account_id, c.cuc, c.code): c.number for c in counted}
        for group, counted in found.items()
    } == expected


@given(
    alarms=st.lists(st.tuples(definitions(), st.sampled_from((0, 1, 2)), EXCEPTIONS), max_size=4),
    stretches=st.tuples(EVENTS, EVENTS, EVENTS),
)
def test_an_event_that_several_alarms_count_is_one_event(
    alarms: list[tuple[Definition, int, Mapping[str, int | None]]],
    stretches: tuple[list[EventKind], ...],
) -> None:
    # The window that starts at -2 is the longest: it holds all three stretches.
    windows = {-n: counts_of(*stretches[: n + 1]) for n in (0, 1, 2)}
    scopes = [
        (-n, scope_of(definition, windows[-n]).without(excepted_in(own).never))
        for definition, n, own in alarms
    ]
    expected = sum(
        any(
            Naive(definition, NeverCounted(), own).takes(event) and n >= age
            for definition, n, own in alarms
        )
        for age, events in enumerate(stretches)
        for event in events
    )
    assert counting.total(scopes, windows) == expected


@given(events=EVENTS, more=EVENTS)
def test_a_longer_window_leaves_the_shorter_ones_counts_as_they_were(
    events: list[EventKind], more: list[EventKind]
) -> None:
    shorter, longer = counts_of(events), counts_of(more)
    assert together(shorter, longer) == counts_of([*events, *more])
    assert (shorter, longer) == (counts_of(events), counts_of(more))


@given(stretches=st.lists(EVENTS, max_size=4), never=NEVER)
def test_windows_that_share_their_end_are_those_that_are_counted_one_by_one(
    stretches: list[list[EventKind]], never: NeverCounted
) -> None:
    windows = by_start(segments_of(*stretches), never)
    assert windows == {
        NOON - (n + 1) * HOUR: counts_of(*stretches[: n + 1], never=never)
        for n in range(len(stretches))
    }


@given(events=EVENTS, never=NEVER)
def test_a_tally_without_what_must_not_count_is_that_of_the_other_events(
    events: list[EventKind], never: NeverCounted
) -> None:
    whole = tally_of_events(events)
    left = never.without(whole)
    assert left == tally_of_events(event for event in events if never.why(event) is None)
    assert whole == tally_of_events(events)


@given(definition=definitions(), events=EVENTS, value=st.integers(-1, 4))
@pytest.mark.parametrize("operator", list(Operator))
def test_the_groups_that_hold_are_those_whose_numbers_do(
    definition: Definition, events: list[EventKind], operator: Operator, value: int
) -> None:
    counts = counts_of(events)
    numbers = counting.measure(definition, scope_of(definition, counts), counts)
    rule = replace(definition, operator=operator, value=value, values={"E131": 3})
    holding = numbers.holding(rule)
    assert len(set(holding)) == len(holding)
    assert set(holding) == {
        group
        for group, number in numbers.items()
        if operator.holds(number, rule.value_for(group.code))
    }
    assert all(numbers.get(group) == number for group, number in numbers.items())
    assert bool(numbers) is any(number for _, number in numbers.items())


@given(
    definition=definitions(),
    events=EVENTS,
    exceptions=EXCEPTIONS,
    value=st.integers(0, 4),
    never=NEVER,
)
@pytest.mark.parametrize("operator", list(Operator))
def test_excepted_accounts_are_not_counted_or_compared_with_their_own_values(
    definition: Definition,
    events: list[EventKind],
    exceptions: Mapping[str, int | None],
    value: int,
    never: NeverCounted,
    operator: Operator,
) -> None:
    counts, naive = counts_of(events, never=never), Naive(definition, never, exceptions)
    own = excepted_in(exceptions)
    scope = scope_of(definition, counts).without(own.never)
    numbers = counting.measure(definition, scope, counts)
    expected = naive.measure(events)
    assert dict(numbers.items()) == expected
    rule = replace(definition, operator=operator, value=value, values={"E131": 3})
    seen = compared(
        replace(ALARM, definition=rule),
        Span(NOON - HOUR, NOON),
        True,
        numbers,
        counting.counted_in(definition, scope, counts),
        excepted=own,
    )
    naive.definition = rule
    holding = [group for group, number in expected.items() if naive.holds(group, number)]
    assert sorted(seen.holding, key=repr) == sorted(holding, key=repr)
    assert all(
        naive.holds(group, number) is operator.holds(number, seen.value_for(group))
        for group, number in expected.items()
    )
    naive.definition = definition
    of_groups = seen.counted(holding)
    assert sum(c.number for of in of_groups.values() for c in of) == sum(
        naive.takes(event) and naive.group(event) in holding for event in events
    )
    reasons = [scoping.why_not_counted(event, never, scope) for event in events]
    assert [why is None for why in reasons] == [naive.takes(event) for event in events]
    assert NotCounted.EXCEPTED not in reasons or own.never


def test_two_alarms_that_differ_in_their_exceptions_alone_count_what_either_counts() -> None:
    counts = counts_of([EventKind(1, "ALR", "E130", None), EventKind(2, "ALR", "E130", None)])
    everything = scope_of(Definition(), counts)
    one, other = (everything.without(frozenset({id_})) for id_ in (1, 2))
    assert counting.total([(NOON, one)], {NOON: counts}) == 1
    assert counting.total([(NOON, one), (NOON, other)], {NOON: counts}) == 2


def test_what_is_not_known_of_an_account_that_does_not_count_does_not_matter() -> None:
    scope = Scope(frozenset(), frozenset(), frozenset({2}), unknown=frozenset({1, 3}))
    assert scope.without(frozenset({1})).unknown == {3}


def excepted_in(exceptions: Mapping[str, int | None]) -> Excepted:
    """These exceptions, with the accounts that the directory knows by their codes."""
    made = [
        AccountException(code, ALARM.id, code, value, None, "x", NOON, "ana")
        for code, value in exceptions.items()
    ]
    return excepted(made, codes_of(DIRECTORY.accounts.values()))


@given(definition=definitions(), events=EVENTS, exceptions=EXCEPTIONS)
def test_only_accounts_that_are_looked_up_differ_by_their_exceptions(
    definition: Definition, events: list[EventKind], exceptions: Mapping[str, int | None]
) -> None:
    """Whoever is not among the accounts that are looked up opens (or not) with or without one."""
    rule = replace(definition, group_by=("account", "code"), operator=Operator.AT_LEAST, value=3)
    counts = counts_of(events)
    numbers = counting.measure(rule, scope_of(rule, counts), counts)
    own = excepted_in(exceptions)
    differ = {
        group.account_id
        for group, number in numbers.items()
        if (rule.operator.holds(number, 3))
        is not (
            group.account_id not in own.never
            and rule.operator.holds(number, own.values.get(group.account_id or 0, 3))
        )
    }
    assert differ <= concerned(rule, numbers, own.exceptions)


def measured(
    definition: Definition, events: Mapping[EventKind, int], directory: Directory = DIRECTORY
) -> dict[Group, int]:
    counts = counts_of(Counter(events).elements())
    return measure(definition, scope_of(definition, counts, directory), counts)


def test_a_missing_cuc_is_a_value_of_its_own_in_a_grouping() -> None:
    events = {EventKind(1, None, "E130", None): 3, EventKind(1, "ALR", "E130", None): 2}
    assert measured(Definition(group_by=("cuc",)), events) == {
        Group(cuc=None): 3,
        Group(cuc="ALR"): 2,
    }


@pytest.mark.parametrize(
    ("field", "different", "why"),
    [
        ("account", 2, "accounts 1 and 2"),
        ("code", 2, "E130 and E131"),
        ("cuc", 1, "a missing CUC is no CUC"),
        ("occurrence", 1, "an event without occurrence adds none"),
    ],
)
def test_unique_counts_different_values_and_not_what_is_missing(
    field: str, different: int, why: str
) -> None:
    events = {
        EventKind(1, None, "E130", None): 5,
        EventKind(1, "ALR", "E131", "o1"): 4,
        EventKind(2, "ALR", "E130", "o1"): 3,
    }
    rule = Definition(group_by=(), condition="unique", field=field)
    assert measured(rule, events) == {Group(): different}, why


def test_where_every_value_is_missing_there_are_none() -> None:
    rule = Definition(group_by=("account",), condition="unique", field="cuc")
    assert measured(rule, {EventKind(1, None, "E130", None): 9}) == {Group(1): 0}


def test_one_group_for_all_and_no_group_for_nothing() -> None:
    rule = Definition(group_by=(), codes=("E130",))
    events = {EventKind(id_, "ALR", "E130", None): id_ for id_ in (1, 2, 3)}
    assert measured(rule, events) == {Group(): 6}
    assert measured(rule, {EventKind(1, "ALR", "E131", None): 9}) == {}


def test_an_account_that_segware_does_not_know_belongs_to_no_company() -> None:
    by_company = Definition(group_by=("company",))
    assert measured(by_company, {EventKind(5, None, "E130", None): 2}) == {Group(): 2}
    of_company = Definition(companies=("Sentinela",))
    assert measured(of_company, {EventKind(5, None, "E130", None): 2}) == {}


ONE = Account(1, "1950", "Loja 1", 11, None, True, NOON, "/v5")
UNNAMED = Directory({1: ONE}, {})
INCOMPLETE = Directory({1: Account(1, "1950", "L", None, None, True, NOON, "/v1", False)}, {})
NOTHING = Directory()
MISSING_YET = "facts about 1 accounts are missing yet"


@pytest.mark.parametrize(
    ("rule", "directory", "problem", "why"),
    [
        (Definition(accounts=("1950",)), NOTHING, MISSING_YET, "whose code it is, nobody knows"),
        (Definition(companies=("Sentinela",)), NOTHING, MISSING_YET, "nor whose account it is"),
        (Definition(group_by=("company",)), NOTHING, MISSING_YET, "nor which group it is in"),
        (Definition(group_by=("company",)), INCOMPLETE, MISSING_YET, "the list left it out"),
        (Definition(companies=("Sentinela",)), UNNAMED, MISSING_YET, "11 may be Sentinela or not"),
        (Definition(), NOTHING, None, "ids, CUCs and codes come with the event"),
        (Definition(group_by=("company",)), UNNAMED, None, "grouping is by id, not by name"),
        (Definition(accounts=("1950",)), INCOMPLETE, None, "only its code matters"),
        (
            Definition(accounts=("1950", "7777", "8888")),
            DIRECTORY,
            "Segware knows no account with the code 7777, 8888",
            "a list that names nobody would never find anything",
        ),
    ],
)
def test_an_alarm_that_lacks_a_fact_cannot_be_evaluated(
    rule: Definition, directory: Directory, problem: str | None, why: str
) -> None:
    counts = counts_of([EventKind(1, "ALR", "E130", None)])
    found = scoping.scope(rule, counts, directory)
    assert (found if isinstance(found, str) else None) == problem, why


def test_facts_matter_only_of_accounts_whose_events_could_count() -> None:
    counts = counts_of([EventKind(1, "ALR", "E130", None), EventKind(99, "ALR", "E602", None)])
    rule = Definition(codes=("E130",), group_by=("company",))
    assert measure(rule, scope_of(rule, counts), counts) == {Group(company_id=11): 1}


def test_absence_is_looked_for_in_every_account_of_a_code() -> None:
    rule = Definition(
        codes=("E602",), accounts=("1950",), group_by=("account",), operator=Operator.LESS, value=1
    )
    assert measured(rule, {EventKind(3, None, "E602", None): 2}) == {Group(1): 0, Group(3): 2}
