"""When an open alert is over, why, and whom a code means."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.decisions.detection.clearing import ambiguous, freed_by, in_words, reason
from events_tracker.model.alerts import Observation, Standing, Trigger
from events_tracker.model.filters import Filter
from tests.support.values import GROUP, alert
from tests.support.world import NOON

OPEN = Standing(
    register_id="r1",
    muted=False,
    revision=2,
    observed_at=NOON,
    below_since=None,
    alarm_revision=2,
    alarm_enabled=True,
)
BELOW_FOR_TEN = replace(OPEN, below_since=NOON - 10 * MINUTE)


def test_what_still_holds_is_not_over() -> None:
    assert reason(OPEN, clear_after=0) is None


@pytest.mark.parametrize(
    ("clear_after", "why"), [(0, "below"), (10 * MINUTE, "below"), (10 * MINUTE + 1, None)]
)
def test_what_was_below_for_long_enough_is_over(clear_after: int, why: str | None) -> None:
    assert reason(BELOW_FOR_TEN, clear_after) == why


@pytest.mark.parametrize(
    ("heard_at", "told"),
    [
        (None, "below"),
        (NOON - 10 * MINUTE, "below"),
        (NOON - 10 * MINUTE - 1, "below; nothing heard since 08:49"),
        (NOON - 13 * HOUR, "below; nothing heard since 20/11 20:00"),
    ],
)
def test_what_was_silent_once_it_was_below_says_since_when(heard_at: int | None, told: str) -> None:
    standing = replace(BELOW_FOR_TEN, heard_at=heard_at)
    assert in_words("below", standing, NOON, ZoneInfo("America/Sao_Paulo")) == told
    assert in_words("disabled", standing, NOON, ZoneInfo("America/Sao_Paulo")) == "disabled"


def test_what_one_scan_saw_below_is_over_at_once_only_without_a_wait() -> None:
    just_seen = replace(OPEN, below_since=NOON)
    assert reason(just_seen, clear_after=0) == "below"
    assert reason(just_seen, clear_after=1) is None


def test_what_was_muted_waits_for_the_scan_that_sees_it_below() -> None:
    assert reason(replace(BELOW_FOR_TEN, muted=True), clear_after=0) is None


@pytest.mark.parametrize(
    ("alarm_revision", "enabled", "why"),
    [
        (None, True, "deleted"),
        (None, False, "deleted"),
        (3, True, "redefined"),
        (3, False, "redefined"),
        (2, False, "disabled"),
    ],
)
@pytest.mark.parametrize("muted", [False, True])
def test_what_became_of_its_alarm_ends_it_though_it_holds(
    alarm_revision: int | None, enabled: bool, why: str, muted: bool
) -> None:
    changed = replace(OPEN, alarm_revision=alarm_revision, alarm_enabled=enabled, muted=muted)
    assert reason(changed, clear_after=10 * MINUTE) == why


@given(below=st.integers(0, 10_000), wait=st.integers(0, 10_000), more=st.integers(0, 10_000))
def test_a_longer_wait_never_ends_an_alert_sooner(below: int, wait: int, more: int) -> None:
    seen = replace(OPEN, below_since=NOON - below)
    if reason(seen, wait) is None:
        assert reason(seen, wait + more) is None


@pytest.mark.parametrize(
    ("muted", "holds", "freed"),
    [(True, False, ["r1"]), (True, True, []), (False, False, []), (False, True, [])],
)
def test_only_a_muted_group_that_was_seen_below_is_freed(
    muted: bool, holds: bool, freed: list[str]
) -> None:
    trigger = Trigger("a1", "k", "r1", 1, GROUP, 60, 60, 1, NOON, None, muted)
    assert freed_by([Observation(trigger, holds, 10, 60)]) == freed


TWINS = [
    alert("r1", account_id=7, company_id=3, company="Sentinela"),
    alert("r2", account_id=8, company_id=5, company="Vigia", trade_name=None),
]


def test_a_code_of_two_companies_is_ambiguous() -> None:
    clients = ["Padaria São José of Sentinela", "unnamed of Vigia"]
    assert ambiguous(Filter(account="1950"), TWINS) == {"1950": clients}


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(code="E130"),
        Filter(account="19*"),
        Filter(account="1950", company="Vigia"),
        Filter(account="1950", company="*"),
    ],
)
def test_a_wildcard_or_a_company_says_that_all_are_meant(wanted: Filter) -> None:
    assert ambiguous(wanted, TWINS) == {}


def test_several_alerts_of_one_client_are_not_ambiguous() -> None:
    same = [alert("r1", code="E130"), alert("r2", code="E131")]
    assert ambiguous(Filter(account="1950"), same) == {}
    moved = [alert("r1"), alert("r2", account_id=99)]
    assert ambiguous(Filter(account="1950"), moved) == {}, "a company has a code once"


def test_accounts_whose_company_is_not_known_yet_may_be_of_different_ones() -> None:
    unknown = [
        alert("r1", account_id=7, company_id=None, company=None),
        alert("r2", account_id=8, company_id=None, company=None),
    ]
    client = "Padaria São José of a company not known yet"
    assert ambiguous(Filter(account="1950"), unknown) == {"1950": [client, client]}
