"""Alarms that hold where nothing comes: one group for each account of an explicit list."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.alarms import alarms, shown
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

TESTS = "create test --template missing-test --accounts 1950,2207"


def test_an_account_is_missed_opened_once_and_cleared_when_it_is_heard_of(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, TESTS)
    segware.add_events(NOON - 24 * HOUR, CONDOMINIO, "E602")
    (opened,) = tracker.scan()["opened"]
    assert (opened["account_code"], opened["trade_name"]) == ("1950", "Padaria São José")
    assert (opened["company"], opened["client_group"]) == (
        "Sentinela Monitoramento",
        "Rede Boa Mesa",
    )
    assert (opened["operator"], opened["threshold"], opened["quantity"]) == ("<", 1, 0)
    assert opened["records"] == []
    tracker.clock.advance(MINUTE)
    scan = tracker.scan()
    assert (scan["opened"], [alert["quantity"] for alert in scan["ongoing"]]) == ([], [0])
    segware.add_events(tracker.clock.now(), PADARIA, "E602", count=3)
    (below,) = tracker.scan()["below"]
    assert (below["quantity"], below["highest"]) == (3, 0)
    (cleared,) = tracker.clear()["cleared"]
    assert (cleared["account_code"], cleared["clear_reason"][:5]) == ("1950", "below")


def test_an_account_that_falls_silent_is_missed_when_its_last_event_leaves_the_window(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, TESTS)
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON - 24 * HOUR, account, "E602")
    segware.add_events(NOON + HOUR, CONDOMINIO, "1602")
    tracker.clock.advance(HOUR)
    assert tracker.scan()["opened"] == []
    tracker.clock.advance(1)
    assert [alert["account_code"] for alert in tracker.scan()["opened"]] == ["1950"]


def test_no_answer_is_no_silence(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, TESTS)
    segware.fail_always("/v1/events", json_reply(500, {}))
    assert tracker.scan(exit_code=1)["opened"] == []
    segware.heal()
    assert len(tracker.scan()["opened"]) == 2


@pytest.mark.parametrize("before", [True, False])
def test_part_of_an_answer_is_no_silence_either(
    tracker: Tracker, segware: Simulator, before: bool
) -> None:
    """An overfull millisecond may hold the very event that is missed."""
    if not before:
        alarms(tracker, TESTS)
    segware.limit = 10
    segware.add_events(NOON - 20 * HOUR, PADARIA, "E130", count=11)
    if before:
        alarms(tracker, TESTS)
    assert tracker.scan(exit_code=1)["opened"] == []
    told = shown(tracker, "test")
    assert told["last_run_status"] == "partial"
    assert "holds more than one answer may carry" in told["last_error"]


def test_an_account_is_missed_in_every_company_that_has_its_code(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_account(10, "1950", "Bar do Zé", 14)
    alarms(tracker, TESTS)
    opened = tracker.scan()["opened"]
    assert {alert["trade_name"] for alert in opened} == {
        "Padaria São José",
        "Bar do Zé",
        "Condomínio Edifício Aurora",
    }


@pytest.mark.parametrize("unlisted", [set(), {"companyId"}])
def test_the_list_may_be_narrowed_to_a_company_of_accounts_never_heard_of(
    tracker: Tracker, segware: Simulator, unlisted: set[str]
) -> None:
    segware.unlisted_fields = unlisted
    alarms(tracker, f"{TESTS} --companies 'Sentinela Monitoramento'")
    assert [alert["account_code"] for alert in tracker.scan()["opened"]] == ["1950"]


def test_an_account_that_left_the_list_is_not_missed_any_more(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, f"{TESTS} --companies 'Sentinela Monitoramento'")
    assert [alert["account_code"] for alert in tracker.scan()["opened"]] == ["1950"]
    segware.add_account(PADARIA, "1950", "Padaria São José", 14)
    tracker.clock.advance(25 * HOUR)
    assert [alert["account_code"] for alert in tracker.scan()["below"]] == ["1950"]
    assert len(tracker.clear()["cleared"]) == 1
