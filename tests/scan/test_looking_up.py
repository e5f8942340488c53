"""An alert says whose it is: account, company and client group are asked for, but seldom."""

import json
from collections import Counter

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Handler, Simulator, json_reply
from tests.support.alarms import alarms, names, of
from tests.support.engines import sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

FACTS = ("account_id", "account_code", "trade_name", "company", "client_group")
PADARIA_FACTS = (PADARIA, "1950", "Padaria São José", "Sentinela Monitoramento", "Rede Boa Mesa")
UNKNOWN_TO_US = (PADARIA, None, None, None, None)


def facts(alert: dict[str, object]) -> tuple[object, ...]:
    return tuple(alert[name] for name in FACTS)


def look_ups(segware: Simulator) -> Counter[str]:
    """Requests by path, without those for events; forgotten afterwards."""
    found = Counter(request.path for request in segware.requests)
    del found["/v1/events"]
    segware.requests.clear()
    return found


def test_an_alert_tells_account_company_and_client_group(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert [facts(alert) for alert in tracker.scan()["opened"]] == [PADARIA_FACTS]
    assert [facts(alert) for alert in tracker.history()] == [PADARIA_FACTS]


def test_an_account_without_client_group_has_none(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, FARMACIA, "E130", count=60)
    (alert,) = tracker.scan()["opened"]
    assert (alert["company"], alert["client_group"]) == ("Sentinela Monitoramento", None)
    assert look_ups(segware) == {f"/v5/accounts/{FARMACIA}": 1, "/v1/company/11": 1}


def test_each_fact_is_asked_for_once_a_pass(tracker: Tracker, segware: Simulator) -> None:
    segware.add_account(10, "5000", "Papelaria Aurora", 11, 501)
    for account in (PADARIA, FARMACIA, 10):
        for code in ("E130", "E131"):
            segware.add_events(NOON, account, code, count=60)
    assert len(tracker.scan()["opened"]) == 6
    assert look_ups(segware) == {
        "/v5/accounts/7": 1,
        "/v5/accounts/9": 1,
        "/v5/accounts/10": 1,
        "/v1/company/11": 1,
        "/v1/clientGroups": 1,
    }


def test_later_scans_ask_for_no_known_account_again(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    segware.requests.clear()
    tracker.clock.advance(HOUR)
    segware.add_events(tracker.clock.now(), PADARIA, "E131", count=60)
    assert [facts(alert) for alert in tracker.scan()["opened"]] == [PADARIA_FACTS]
    assert not look_ups(segware)


def test_facts_are_refreshed_after_a_day(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    tracker.scan()
    tracker.clock.advance(24 * HOUR)
    segware.add_account(PADARIA, "1950", "Padaria São João", 14)
    segware.add_events(tracker.clock.now(), PADARIA, "E131", count=60)
    (alert,) = tracker.scan()["opened"]
    assert (alert["trade_name"], alert["company"], alert["client_group"]) == (
        "Padaria São João",
        "Vigia Sul Segurança Eletrônica",
        None,
    )


@pytest.mark.parametrize(
    ("route", "asked", "known"),
    [
        ("/v5/accounts", "/v5/accounts", UNKNOWN_TO_US),
        ("/v1/company", "/v1/company", (*PADARIA_FACTS[:3], None, "Rede Boa Mesa")),
        ("/v1/clientGroups", "/v1/clientGroups", (*PADARIA_FACTS[:4], None)),
    ],
)
def test_when_a_look_up_fails_the_alert_opens_with_what_is_known_and_is_completed_later(
    tracker: Tracker,
    segware: Simulator,
    route: str,
    asked: str,
    known: tuple[object, ...],
) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    segware.fail_always(route, json_reply(500, {}))
    scan = tracker.scan(exit_code=1)
    assert [facts(alert) for alert in scan["opened"]] == [known]
    assert scan["errors"] == [
        f"{segware.url}{asked} answered 500"
        " (trouble on Segware's side; if it lasts, call their support)"
    ]
    tracker.clock.advance(MINUTE)
    assert tracker.scan(exit_code=1)["opened"] == []
    segware.heal()
    tracker.clock.advance(MINUTE)
    scan = tracker.scan()
    assert (scan["opened"], [facts(alert) for alert in scan["ongoing"]]) == ([], [PADARIA_FACTS])
    (entry,) = tracker.history()
    assert facts(entry) == PADARIA_FACTS
    segware.requests.clear()
    tracker.scan()
    assert not look_ups(segware)


def test_one_failing_look_up_leaves_the_others_alone(tracker: Tracker, segware: Simulator) -> None:
    for account in (PADARIA, CONDOMINIO, FARMACIA):
        segware.add_events(NOON, account, "E130", count=60)
    segware.fail_always(f"/v5/accounts/{CONDOMINIO}", json_reply(500, {}))
    opened = {alert["account_id"]: alert for alert in tracker.scan(exit_code=1)["opened"]}
    assert opened[CONDOMINIO]["account_code"] is None
    assert opened[PADARIA]["account_code"] == "1950"
    assert opened[FARMACIA]["account_code"] == "3046"


def test_an_account_that_segware_does_not_know_is_no_error_and_asked_for_hourly(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON, 77, "E130", count=60)
    segware.add_events(NOON, 77, "E131", count=60)
    assert {alert["account_code"] for alert in tracker.scan()["opened"]} == {None}
    assert look_ups(segware) == {"/v5/accounts/77": 1}
    for _ in range(6):
        tracker.clock.advance(9 * MINUTE)
        tracker.scan()
    segware.add_events(tracker.clock.now(), 77, "E132", count=60)
    tracker.scan()
    assert not look_ups(segware)
    tracker.clock.advance(6 * MINUTE)
    segware.add_account(77, "7700", "Hotel Maré", 11)
    tracker.scan()
    assert look_ups(segware)["/v5/accounts/77"] == 1
    assert {entry["account_code"] for entry in tracker.history()} == {"7700"}


def many_accounts(segware: Simulator, number: int) -> None:
    for id_ in range(100, 100 + number):
        segware.add_account(id_, str(9_000 + id_), f"Loja {id_}", 11, 501)
        segware.add_events(NOON, id_, "E130", count=50)


def test_more_than_twenty_unknown_accounts_are_read_from_the_list(
    tracker: Tracker, segware: Simulator
) -> None:
    many_accounts(segware, 21)
    opened = tracker.scan()["opened"]
    assert {alert["trade_name"] for alert in opened} == {f"Loja {id_}" for id_ in range(100, 121)}
    assert {alert["company"] for alert in opened} == {"Sentinela Monitoramento"}
    assert look_ups(segware) == {"/v1/accounts": 1, "/v1/company/11": 1, "/v1/clientGroups": 1}


def test_of_a_list_that_was_a_short_cut_only_what_was_asked_for_is_kept(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    many_accounts(segware, 21)
    for number in range(5):
        segware.add_account(900 + number, f"90{number}", "Quiet", 11, 501)
    tracker.scan()
    kept = {id_ for (id_,) in sql(database, "SELECT account_id FROM accounts")}
    assert len(kept) == 21
    assert kept.isdisjoint(range(900, 905))


def test_what_is_asked_for_after_the_list_was_read_is_kept_as_well(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    """The alarm's companies make it read the list; then what opens is in it already."""
    alarms(tracker, "create storm --codes E130 --group-by company --value 9999")
    many_accounts(segware, 21)
    segware.add_account(900, "900", "Loud", 11, 501)
    segware.add_events(NOON, 900, "E131", count=60)
    assert len(tracker.scan()["opened"]) == 22
    kept = {id_ for (id_,) in sql(database, "SELECT account_id FROM accounts")}
    assert len(kept) == 22
    assert 900 in kept


def test_up_to_twenty_unknown_accounts_are_asked_for_one_by_one(
    tracker: Tracker, segware: Simulator
) -> None:
    many_accounts(segware, 20)
    assert len(tracker.scan()["opened"]) == 20
    found = look_ups(segware)
    assert (found["/v1/accounts"], sum(found.values())) == (0, 22)


def test_the_list_may_come_in_an_envelope(tracker: Tracker, segware: Simulator) -> None:
    segware.content_envelope = True
    many_accounts(segware, 21)
    assert {alert["company"] for alert in tracker.scan()["opened"]} == {"Sentinela Monitoramento"}
    assert look_ups(segware)["/v1/accounts"] == 1


@pytest.mark.parametrize("first", [0, 1])
def test_the_list_may_come_in_pages(tracker: Tracker, segware: Simulator, first: int) -> None:
    def paged(handler: Handler) -> None:
        every = json.loads(handler.normal_reply().body)
        at = (int(handler.received.query.get("page", first)) - first) * 10
        page = {"content": every[at : at + 10], "hasNextPage": at + 10 < len(every)}
        handler.send(json_reply(200, page))

    segware.fail_always("/v1/accounts", paged)
    many_accounts(segware, 25)
    opened = tracker.scan()["opened"]
    assert len({alert["account_code"] for alert in opened}) == 25
    found = look_ups(segware)
    assert sum(found.values()) == found["/v1/accounts"] + 2 == 3 + first + 2


@pytest.mark.parametrize("field", ["companyId", "accountCode", "tradeName", "clientGroupId"])
def test_a_list_without_a_field_is_completed_one_by_one(
    tracker: Tracker, segware: Simulator, field: str
) -> None:
    segware.unlisted_fields = {field}
    many_accounts(segware, 21)
    opened = tracker.scan()["opened"]
    assert {alert["company"] for alert in opened} == {"Sentinela Monitoramento"}
    assert all(None not in facts(alert) for alert in opened)
    assert sum(look_ups(segware).values()) == 1 + 21 + 2


def test_where_the_list_is_not_allowed_accounts_are_asked_for_one_by_one(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.forbidden.add("/v1/accounts")
    many_accounts(segware, 21)
    scan = tracker.scan()
    assert {alert["company"] for alert in scan["opened"]} == {"Sentinela Monitoramento"}
    assert scan["errors"] == []


def test_look_ups_of_one_pass_are_bounded_and_the_rest_follows(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOOK_UPS_PER_PASS", 10)
    segware.forbidden.add("/v1/accounts")
    many_accounts(segware, 25)
    assert len(tracker.scan()["opened"]) == 25
    assert sum(look_ups(segware).values()) <= 12
    for _ in range(3):
        tracker.scan()
    assert {facts(entry)[2] for entry in tracker.history()} == {
        f"Loja {id_}" for id_ in range(100, 125)
    }
    assert {entry["company"] for entry in tracker.history()} == {"Sentinela Monitoramento"}


GONE = json_reply(404, {})
BY_COMPANY = "create sentinela --value 50 --window 7d --companies 'Sentinela Monitoramento'"


@pytest.mark.parametrize("route", [f"/v5/accounts/{PADARIA}", "/v1/company/11"])
def test_what_was_known_is_not_gone_before_segware_has_said_so_twice_an_hour_apart(
    tracker: Tracker, segware: Simulator, route: str
) -> None:
    alarms(tracker, f"{BY_COMPANY} --group-by account")
    segware.add_events(NOON, PADARIA, "E401", count=60)
    assert names(tracker.scan()["opened"]) == ["sentinela"]
    tracker.clock.advance(24 * HOUR)
    segware.fail_always(route, GONE)
    for minutes in (0, 1, 30, 28):
        tracker.clock.advance(minutes * MINUTE)
        segware.requests.clear()
        assert names(tracker.scan()["ongoing"]) == ["sentinela"]
        assert segware.count(route) == (1 if minutes == 0 else 0)
    tracker.clock.advance(MINUTE)
    scan = tracker("scan", "--format", "json").json
    if "company" in route:
        assert "knows no company called 'Sentinela Monitoramento'" in scan["errors"][0]
    else:
        assert names(scan["below"]) == ["sentinela"]


def test_what_was_missing_once_and_is_there_again_was_never_gone(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, f"{BY_COMPANY} --group-by account")
    segware.add_events(NOON, PADARIA, "E401", count=60)
    tracker.scan()
    for _ in range(3):
        tracker.clock.advance(24 * HOUR)
        segware.fail(f"/v5/accounts/{PADARIA}", GONE)
        assert names(tracker.scan()["ongoing"]) == ["sentinela"]
        tracker.clock.advance(HOUR)
        assert names(tracker.scan()["ongoing"]) == ["sentinela"]
    assert len(tracker.history()) == 1


def test_a_list_without_companies_makes_nothing_forgotten(
    tracker: Tracker, segware: Simulator
) -> None:
    """Neither of the accounts that are asked for, nor of all the others that it tells."""
    alarms(tracker, f"{BY_COMPANY} --group-by account --codes E401")
    segware.add_events(NOON, PADARIA, "E401", count=60)
    assert names(tracker.scan()["opened"]) == ["sentinela"]
    segware.unlisted_fields = {"companyId"}
    segware.fail_always("/v5/accounts", json_reply(500, {}))
    for day in range(2):
        tracker.clock.advance(25 * HOUR * day + MINUTE)
        for id_ in range(100, 130):
            segware.add_account(id_ + 100 * day, str(9_000 + id_), f"Loja {id_}", 11)
            segware.add_events(tracker.clock.now(), id_ + 100 * day, "E130", count=50)
        for _ in range(2):
            tracker.clock.advance(MINUTE)
            scan = tracker.scan(exit_code=1)
            assert "sentinela" in names(scan["ongoing"])
            assert "alarm sentinela" not in "".join(scan["errors"])


def test_nor_does_it_make_those_forgotten_that_nobody_asked_for(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create sentinela --value 50 --window 1h --codes E401")
    alarms(tracker, "edit sentinela --companies 'Sentinela Monitoramento'")
    segware.add_events(NOON, PADARIA, "E401", count=60)
    assert names(tracker.scan()["opened"]) == ["sentinela"]
    tracker.clock.advance(2 * HOUR)
    segware.unlisted_fields = {"companyId"}
    many_accounts(segware, 25)
    segware.add_events(tracker.clock.now(), FARMACIA, "E130")
    assert len(tracker.scan()["opened"]) == 25
    segware.fail_always("/v5/accounts", json_reply(500, {}))
    segware.add_events(tracker.clock.now(), PADARIA, "E401", count=70)
    assert [alert["quantity"] for alert in of("sentinela", tracker.scan()["ongoing"])] == [70]
