"""A rule replayed over kept counts: what looking at every group at every look comes to."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

import pytest

from events_tracker.base.times import HOUR, MINUTE, Instant, Span
from events_tracker.decisions.detection import counting
from events_tracker.decisions.detection.counting import Counted
from events_tracker.decisions.detection.detections import evaluate
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.lives import Lives
from events_tracker.decisions.detection.scope import Scope
from events_tracker.decisions.tuning.detected import entries, tracks_of
from events_tracker.decisions.tuning.looks import Looks, middle
from events_tracker.decisions.tuning.replay import replay
from events_tracker.decisions.tuning.tracks import tracks
from events_tracker.model.alarms import Alarm, Clearing, Definition, Operator
from events_tracker.model.directory import Account, Directory, Organization
from events_tracker.model.groups import Group
from events_tracker.model.hours import Hour, KeptCounts
from events_tracker.model.readings import Pair, Tally
from events_tracker.model.tuning import Episode

BEGIN = 1_000_000 * HOUR
PAIRS: Sequence[Pair] = [("ALR", "E130"), ("ALR", "1130"), (None, "E130"), ("BEM", "R130")]
NEVER = NeverCounted(frozenset({"E702"}), frozenset({(3, "1130")}))

KNOWN = Directory(
    {
        id_: Account(id_, f"195{id_}", "Loja", 10 if id_ < 3 else 20, None, True, BEGIN, "/v5")
        for id_ in range(1, 6)
    },
    {id_: Organization(id_, f"Empresa {id_}", True, BEGIN, "/v1") for id_ in (10, 20)},
    all_companies=True,
)


def _hour(rng: random.Random, start: Instant, lost: float) -> Hour:
    """Some minutes; now and then one is missing, or a stretch longer than a minute."""
    stretches, at = [], start
    while at < start + HOUR:
        length = min(rng.choice([1, 1, 1, 1, 1, 1, 7]) * MINUTE, start + HOUR - at)
        if rng.random() >= lost:
            stretches.append(Span(at, at + length - 1))
        at += length
    pairs = [*PAIRS, ("ALR", "E702")]
    lines = sorted(
        {
            (rng.randint(1, 4), rng.randrange(len(pairs)), rng.randrange(len(stretches)))
            for _ in range(rng.choice([0, 10, 60]))
        }
    )
    return Hour(
        start,
        stretches,
        pairs,
        [account for account, _, _ in lines],
        [pair for _, pair, _ in lines],
        [stretch for _, _, stretch in lines],
        [rng.randint(1, 4) for _ in lines],
        {place: 1 for place in range(len(lines)) if rng.random() < 0.05},
    )


def _rule(rng: random.Random) -> Definition:
    if rng.random() < 0.25:
        return Definition(
            accounts=("1950",),
            codes=rng.choice([(), ("E130",)]),
            group_by=("account",),
            operator=rng.choice([Operator.LESS, Operator.AT_MOST, Operator.EQUAL]),
            value=rng.randint(1, 4),
            window=rng.choice([20, 45]) * MINUTE,
        )
    field = rng.choice([None, None, "account", "code", "cuc"])
    return Definition(
        codes=rng.choice([(), ("E130", "1130")]),
        cucs=rng.choice([(), ("ALR",)]),
        group_by=tuple(
            name for name in ("account", "company", "cuc", "code") if rng.random() < 0.5
        ),
        condition="unique" if field else "count",
        field=field,
        operator=rng.choice([Operator.AT_LEAST, Operator.MORE]),
        value=rng.randint(1, 4 if field else 25),
        values=rng.choice([{}, {"E130": 6}]),
        window=rng.choice([15, 40, 90]) * MINUTE,
    )


def _scope(rng: random.Random, rule: Definition) -> Scope:
    listed = tuple(sorted(rng.sample(range(1, 6), 3))) if rule.accounts else ()
    companies = {1: 10, 2: 10, 3: None, 4: 20} if "company" in rule.group_by else None
    counted = frozenset(listed or companies or ()) or None
    scope = Scope(
        frozenset(rule.codes),
        frozenset(rule.cucs),
        accounts=counted,
        company_of=companies,
        listed=listed,
    )
    return scope.without(frozenset({rng.randint(1, 5)} if rng.random() < 0.3 else ()))


def _recount(
    alarm: Alarm,
    kept: KeptCounts,
    scope: Scope,
    looks: Sequence[Instant],
    excepted: Excepted,
    clearing: Clearing,
) -> Counter[Episode]:
    """Count, compare and decide all groups at every look, as scans do."""
    lives = Lives(alarm, clearing)
    missing = [
        at + MINUTE // 2 for span in kept.missing for at in range(span.start, span.end, MINUTE)
    ]
    lines = [(middle(line.stretch), line) for line in kept.lines()]
    for look in looks:
        window = Span(look - alarm.definition.window, look)
        events: defaultdict[Pair, Counter[int]] = defaultdict(Counter)
        for at, line in lines:
            if window.start <= at <= window.end and line.number > line.closed:
                events[line.cuc, line.code][line.account_id] += line.number - line.closed
        numbers = counting.measure(alarm.definition, scope, NEVER.without(Tally(events)))
        whole = not any(window.start <= at <= window.end for at in missing)
        seen = counting.compared(alarm, window, whole, numbers, _not_asked, excepted=excepted)
        lives.see(seen, look)
    return Counter(lives.episodes())


def _not_asked(wanted: Collection[Group]) -> Mapping[Group, Sequence[Counted]]:
    return dict.fromkeys(wanted, ())


@pytest.mark.parametrize("first", range(0, 160, 40))
def test_a_replay_is_what_looking_at_every_group_at_every_look_comes_to(first: int) -> None:
    opened = ended = 0
    for seed in range(first, first + 40):
        rng = random.Random(seed)
        rule = _rule(rng)
        alarm = Alarm("id", "rule", "database", rule, BEGIN)
        span = Span(BEGIN, BEGIN + rng.randint(2, 5) * HOUR - 1)
        lost = rng.choice([0, 0, 0.02])
        kept = KeptCounts(span, [_hour(rng, at, lost) for at in range(BEGIN, span.end, HOUR)])
        scope = _scope(rng, rule)
        clearing = Clearing(rng.choice([0, 10, 25]) * MINUTE, rng.choice([100, 80]))
        own = {1: rng.randint(1, 8)} if "account" in rule.group_by and rng.random() < 0.3 else {}
        excepted = Excepted(values=own)
        every = rng.choice([1, 5]) * MINUTE
        looks = [
            at + rng.randrange(MINUTE)
            for at in range(span.start, span.end, every)
            if rng.random() < 0.9
        ]
        found = replay(
            alarm,
            tracks(kept, rule, scope, NEVER),
            Looks(looks, kept.missing),
            excepted,
            clearing,
        )
        assert Counter(found) == _recount(alarm, kept, scope, looks, excepted, clearing), seed
        assert [one.opened_at for one in found] == sorted(one.opened_at for one in found)
        opened += len(found)
        ended += sum(one.ended_at is not None for one in found)
    assert opened > ended > 10


def _over_detections(rng: random.Random) -> Definition:
    field = rng.choice([None, "account", "code"])
    return Definition(
        source="detections",
        source_alarm_id="id",
        codes=rng.choice([(), ("E130",)]),
        accounts=rng.choice([(), ("1951", "1952", "1954")]),
        companies=rng.choice([(), ("EMPRESA 10",)]),
        group_by=rng.choice([("account",), ("company",), ("code",), ()]),
        condition="unique" if field else "count",
        field=field,
        operator=Operator.AT_LEAST,
        value=rng.randint(1, 2 if field else 4),
        window=rng.choice([30, 120]) * MINUTE,
    )


@pytest.mark.parametrize("first", range(0, 80, 40))
def test_detections_are_replayed_over_the_replay_of_their_source(first: int) -> None:
    opened = 0
    for seed in range(first, first + 40):
        rng = random.Random(seed)
        rule = Definition(value=rng.randint(3, 8), window=30 * MINUTE)
        source = Alarm("id", "source", "database", rule, BEGIN)
        span = Span(BEGIN, BEGIN + 4 * HOUR - 1)
        lost = rng.choice([0, 0, 0.02])
        kept = KeptCounts(span, [_hour(rng, at, lost) for at in range(BEGIN, span.end, HOUR)])
        at_moments = list(range(span.start, span.end, 2 * MINUTE))
        looks, clearing = Looks(at_moments, kept.missing), Clearing(10 * MINUTE)
        scope = Scope(frozenset(), frozenset())
        by_source = tracks(kept, rule, scope, NeverCounted())
        register = entries(source, replay(source, by_source, looks, Excepted(), clearing), KNOWN)
        over = Alarm("over", "over", "database", _over_detections(rng), BEGIN)
        lives, whole = Lives(over, clearing), looks.next_whole(rule.window)
        for place, at in enumerate(at_moments):
            window = Span(at - over.definition.window, at)
            lives.see(evaluate(over, register, window, whole[place] == place, KNOWN), at)
        found = replay(
            over,
            tracks_of(over.definition, register, frozenset()),
            looks,
            Excepted(),
            clearing,
            known_by=rule.window,
        )
        assert Counter(found) == Counter(lives.episodes()), seed
        opened += len(found)
    assert opened > 15
