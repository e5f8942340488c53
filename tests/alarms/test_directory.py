"""Filters and groupings cost no request once the accounts are known."""

from collections import Counter

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.alarms import alarms, names, of, shown
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker


def look_ups(segware: Simulator) -> Counter[str]:
    """Requests by path, without those for events; forgotten afterwards."""
    found = Counter(request.path for request in segware.requests)
    del found["/v1/events"]
    segware.requests.clear()
    return found


@pytest.fixture
def everything(tracker: Tracker, segware: Simulator) -> None:
    """Alarms that filter and group by whatever the directory knows; events of two accounts."""
    alarms(tracker, "create a --accounts 1950 --value 2")
    alarms(tracker, "create b --group-by company --value 2")
    alarms(tracker, "create c --companies 'Sentinela Monitoramento' --value 2")
    alarms(tracker, "create d --group-by account --accounts 1950,2207 --operator '<' --value 1")
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E401", count=2)


@pytest.mark.usefixtures("everything")
def test_an_account_that_appears_for_the_first_time_is_looked_up_once(
    tracker: Tracker, segware: Simulator
) -> None:
    assert names(tracker.scan()["opened"]) == ["a", "b", "b", "c"]
    assert look_ups(segware) == {
        "/v5/accounts/7": 1,
        "/v5/accounts/8": 1,
        "/v1/company/11": 1,
        "/v1/company/14": 1,
        "/v1/clientGroups": 1,
    }
    segware.add_events(NOON, FARMACIA, "E401")
    tracker.scan()
    assert look_ups(segware) == {"/v5/accounts/9": 1}


@pytest.mark.usefixtures("everything")
def test_a_steady_scan_asks_for_nothing_but_events(tracker: Tracker, segware: Simulator) -> None:
    tracker.scan()
    look_ups(segware)
    for _ in range(3):
        tracker.clock.advance(5 * MINUTE)
        segware.add_events(tracker.clock.now(), PADARIA, "E401")
        tracker.scan()
    assert not look_ups(segware)


@pytest.mark.usefixtures("everything")
def test_what_is_known_is_read_again_after_a_day(tracker: Tracker, segware: Simulator) -> None:
    tracker.scan()
    look_ups(segware)
    tracker.clock.advance(24 * HOUR)
    segware.add_account(PADARIA, "1950", "Padaria São José", 14)
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(tracker.clock.now(), account, "E401", count=2)
    scan = tracker.scan()
    assert look_ups(segware)["/v5/accounts/7"] == 1
    assert [alert["quantity"] for alert in of("b", scan["ongoing"])] == [4]
    # It is the other company's now.
    assert [alert["quantity"] for alert in of("c", scan["below"])] == [0]


@pytest.mark.usefixtures("everything")
def test_an_account_that_is_listed_but_silent_is_read_again_after_a_day(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create e --group-by account --accounts 3046 --operator '<' --value 1")
    assert [a["account_code"] for a in of("e", tracker.scan()["opened"])] == ["3046"]
    tracker.clock.advance(24 * HOUR)
    segware.add_account(FARMACIA, "3047", "Farmácia Santa Luzia", 11)
    look_ups(segware)
    tracker.scan(exit_code=1)
    assert shown(tracker, "e")["last_error"] == "Segware knows no account with the code 3046"
    assert look_ups(segware)["/v5/accounts/9"] == 1


def test_a_code_that_nobody_has_is_looked_for_in_the_list_of_all_accounts_hourly(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create new --accounts 7700 --group-by account --operator '<' --value 1")
    for _ in range(4):
        tracker.scan(exit_code=1)
        tracker.clock.advance(15 * MINUTE - 1)
    assert look_ups(segware)["/v1/accounts"] == 1
    segware.add_account(77, "7700", "Hotel Maré", 11)
    tracker.clock.at = NOON + HOUR
    assert names(tracker.scan()["opened"]) == ["new"]
    assert look_ups(segware)["/v1/accounts"] == 1


def test_the_list_is_asked_for_again_at_once_where_it_failed(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create quiet --accounts 3046 --group-by account --operator '<' --value 1")
    segware.fail_always("/v1/accounts", json_reply(500, {}))
    errors = tracker.scan(exit_code=1)["errors"]
    assert any(error.startswith(f"{segware.url}/v1/accounts answered 500") for error in errors)
    segware.heal()
    tracker.clock.advance(MINUTE)
    assert names(tracker.scan()["opened"]) == ["quiet"]


def test_where_the_list_is_not_allowed_it_is_asked_for_hourly(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.forbidden.add("/v1/accounts")
    alarms(tracker, "create quiet --accounts 3046 --group-by account --operator '<' --value 1")
    for _ in range(3):
        tracker.scan(exit_code=1)
        tracker.clock.advance(MINUTE)
    assert look_ups(segware)["/v1/accounts"] == 1


def test_an_account_of_an_event_is_not_looked_for_in_the_list(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create a --accounts 1950 --value 2")
    segware.add_events(NOON, PADARIA, "E401", count=2)
    assert names(tracker.scan()["opened"]) == ["a"]
    assert look_ups(segware)["/v1/accounts"] == 0


def test_accounts_that_segware_does_not_know_are_asked_for_hourly(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create b --group-by company --value 9")
    for minute in (0, 20, 40, 59):
        tracker.clock.at = NOON + minute * MINUTE
        segware.add_events(tracker.clock.now(), 77, "E401")
        tracker.scan()
    assert look_ups(segware) == {"/v5/accounts/77": 1}
    tracker.clock.at = NOON + HOUR
    tracker.scan()
    assert look_ups(segware) == {"/v5/accounts/77": 1}


def test_alarms_without_such_filters_look_nobody_up(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create c --group-by code --value 9")
    alarms(tracker, "create d --codes E602 --group-by company --value 9")
    segware.add_events(NOON, PADARIA, "E401")
    tracker.scan()
    assert not look_ups(segware)
