"""One alarm that cannot be evaluated says so in its own row, and stops no other."""

import unicodedata

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.alarms import alarms, fail_events_before, names, of, shown
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker


def outcome(tracker: Tracker, name: str) -> tuple[str, str | None]:
    alarm = shown(tracker, name)
    return alarm["last_run_status"], alarm["last_error"]


@pytest.fixture
def events(segware: Simulator) -> None:
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E130", count=50)


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    "rule",
    [
        "--accounts 1950,9999 --value 1",
        "--accounts 9999 --group-by account --operator '<' --value 1",
        "--accounts 1950,9999 --source detections --of default --value 1",
    ],
)
def test_an_account_of_its_list_is_unknown(tracker: Tracker, rule: str) -> None:
    alarms(tracker, f"create broken {rule}")
    alarms(tracker, "create sound --value 50")
    scan = tracker.scan(exit_code=1)
    unknown = "Segware knows no account with the code 9999"
    assert scan["errors"] == [f"alarm broken: {unknown}"]
    assert names(scan["opened"]) == ["default", "default", "sound", "sound"]
    assert outcome(tracker, "broken") == ("error", unknown)
    assert outcome(tracker, "sound") == outcome(tracker, "default") == ("ok", None)
    assert (shown(tracker, "broken")["runs"], shown(tracker, "sound")["runs"]) == (1, 1)
    alarms(tracker, "edit broken --accounts 1950")
    tracker.scan()
    assert outcome(tracker, "broken") == ("ok", None)


@pytest.mark.usefixtures("events")
def test_the_alarm_whose_detections_it_counts_was_deleted(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create source --value 50")
    alarms(tracker, "create broken --source detections --of source --group-by account --value 1")
    alarms(tracker, "create chained --source detections --of broken --value 1")
    assert len(of("broken", tracker.scan()["opened"])) == 2
    alarms(tracker, "delete source")
    deleted = "the alarm whose detections it counts was deleted"
    foreseen = tracker.scan("--dry-run", exit_code=1)
    scan = tracker.scan(exit_code=1)
    assert scan["errors"] == foreseen["errors"] == [f"alarm broken: {deleted}"]
    assert outcome(tracker, "broken") == ("error", deleted)
    assert outcome(tracker, "default") == ("ok", None)
    assert len(of("broken", scan["ongoing"])) == 2
    assert (scan["below"], names(tracker.clear()["cleared"])) == ([], ["source", "source"])
    assert shown(tracker, "broken")["of"] is None
    assert "detections of an alarm that was deleted" in tracker("alarms", "show", "broken").stdout


def test_a_long_window_that_was_not_read_blinds_no_short_one(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create short --window 1h --value 2")
    alarms(tracker, "create long --window 3d --value 2")
    alarms(tracker, "create 'long and many' --window 3d --value 5")
    alarms(tracker, "create silent --window 3d --group-by account --accounts 3046 "
                    "--operator '<' --value 1")  # fmt: skip
    segware.add_events(NOON, PADARIA, "E401", count=2)
    segware.add_events(NOON - 30 * HOUR, PADARIA, "E401", count=3)
    fail_events_before(segware, NOON - 2 * HOUR)
    scan = tracker.scan(exit_code=1)
    assert {a["alarm"]: (a["quantity"], a["partial"]) for a in scan["opened"]} == {
        "short": (2, False),
        "long": (2, True),
    }
    assert outcome(tracker, "short") == outcome(tracker, "default") == ("ok", None)
    for name in ("long", "long and many", "silent"):
        status, error = outcome(tracker, name)
        assert status == "partial"
        assert "/v1/events answered 500" in (error or "")
    segware.heal()
    tracker.clock.advance(MINUTE)
    assert names(tracker.scan()["opened"]) == ["long and many", "silent"]


def test_short_alarms_are_seen_below_while_long_ones_stay_as_they_are(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create short --window 1h --value 2")
    alarms(tracker, "create long --window 3h --value 2")
    segware.add_events(NOON, PADARIA, "E401", count=2)
    assert names(tracker.scan()["opened"]) == ["long", "short"]
    tracker.clock.advance(4 * HOUR)
    fail_events_before(segware, tracker.clock.now() - 2 * HOUR)
    scan = tracker.scan(exit_code=1)
    assert (names(scan["ongoing"]), names(scan["below"])) == (["long"], ["short"])
    assert names(tracker.clear()["cleared"]) == ["short"]


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("rule", "routes"),
    [
        ("--accounts 1950", "/v5/accounts /v1/accounts"),
        ("--group-by company", "/v5/accounts"),
        ("--companies 'Sentinela Monitoramento'", "/v5/accounts /v1/accounts"),
        ("--companies 'Sentinela Monitoramento'", "/v1/company"),
    ],
)
def test_what_its_filters_need_to_know_was_not_answered(
    tracker: Tracker, segware: Simulator, rule: str, routes: str
) -> None:
    """Not knowing whose the events are, the alarm must not say that there are none."""
    alarms(tracker, f"create needy --value 50 {rule}")
    for route in routes.split():
        segware.fail_always(route, json_reply(500, {}))
    scan = tracker.scan(exit_code=1)
    assert names(scan["opened"]) == ["default", "default"]
    status, error = outcome(tracker, "needy")
    assert (status, "are missing yet" in (error or "")) == ("error", True)
    assert outcome(tracker, "default") == ("ok", None)
    segware.heal()
    tracker.clock.advance(MINUTE)
    assert "needy" in names(tracker.scan()["opened"])


def test_with_nothing_to_evaluate_a_scan_is_at_peace(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "disable default")
    segware.add_events(NOON, PADARIA, "E130", count=99)
    assert tracker.scan()["opened"] == []
    alarms(tracker, "create again --source detections --of default --value 1")
    assert tracker.scan()["opened"] == []


PREMISES = {PADARIA: "1950", CONDOMINIO: "2207"}
LISTED = "--accounts 1950,2207"
OF_BOTH = "--companies 'Sentinela Monitoramento,Vigia Sul Segurança Eletrônica'"


@pytest.fixture
def one_fails(segware: Simulator) -> None:
    """Account 99 cannot be looked up, ever; of all others everything is known."""
    segware.add_events(NOON, PADARIA, "E401", count=60)
    segware.add_events(NOON, 99, "E401")
    segware.fail_always("/v5/accounts/99", json_reply(500, {}))


@pytest.mark.usefixtures("one_fails")
@pytest.mark.parametrize(
    ("rule", "opened"),
    [
        (f"{LISTED} --value 50", [("1950", 60)]),
        (f"{OF_BOTH} --value 50", [("1950", 60)]),
        ("--group-by account,company --operator '>' --value 50", [("1950", 60)]),
        ("--group-by company --value 50", [(None, 60)]),
        (f"{OF_BOTH} --group-by '' --value 50", [(None, 60)]),
        (f"{LISTED} --condition unique --field code --value 1", [("1950", 1)]),
        (f"{LISTED} --group-by account --operator '<' --value 5", [("2207", 0)]),
    ],
)
def test_an_account_that_cannot_be_looked_up_stops_no_alarm_for_the_others(
    tracker: Tracker, rule: str, opened: list[tuple[str | None, int]]
) -> None:
    alarms(tracker, f"create needy --codes E401 {rule}")
    scan = tracker.scan(exit_code=1)
    found = [(alert["account_code"], alert["quantity"]) for alert in of("needy", scan["opened"])]
    assert found == opened
    partial = [alert["partial"] for alert in of("needy", scan["opened"])]
    assert partial == ["<" not in rule]
    assert outcome(tracker, "needy")[0] == "partial"
    assert "alarm needy: facts about 1 accounts are missing yet" in scan["errors"]


@pytest.mark.usefixtures("one_fails")
@pytest.mark.parametrize(
    "rule",
    [
        f"{OF_BOTH} --group-by code --operator '=' --value 60",
        "--group-by company --operator '=' --value 60",
    ],
)
def test_but_what_more_events_could_end_is_not_concluded(tracker: Tracker, rule: str) -> None:
    alarms(tracker, f"create needy --codes E401 {rule}")
    assert tracker.scan(exit_code=1)["opened"] == []
    assert outcome(tracker, "needy")[0] == "error"


@pytest.mark.usefixtures("one_fails")
def test_the_others_are_seen_below_and_nobody_who_may_not_be(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.heal()
    segware.add_account(99, "9900", "Hotel Maré", 11)
    segware.add_events(NOON, 99, "E401", count=60)
    alarms(tracker, f"create needy --codes E401 --value 50 {OF_BOTH}")
    alarms(tracker, f"create total --codes E401 --value 50 --group-by company {OF_BOTH}")
    assert names(tracker.scan()["opened"]) == ["needy", "needy", "total"]
    tracker.clock.advance(24 * HOUR)
    segware.add_account(99, "9900", "Hotel Maré", 77)
    segware.fail_always("/v1/company/77", json_reply(500, {}))
    for account in (99, CONDOMINIO):
        segware.add_events(tracker.clock.now(), account, "E401")
    scan = tracker.scan(exit_code=1)
    assert [alert["account_code"] for alert in scan["below"]] == ["1950"]
    tracker.clock.advance(10 * MINUTE)
    tracker.scan(exit_code=1)
    (cleared,) = tracker.clear()["cleared"]
    assert (cleared["alarm"], cleared["account_code"]) == ("needy", "1950")


def test_a_silent_account_whose_company_is_not_known_is_no_stranger(
    tracker: Tracker, segware: Simulator
) -> None:
    """It is on the list, and may be of the company: no alarm for it, and no end of one either."""
    rule = "--accounts 1950,2207 --group-by account --operator '<' --value 1"
    alarms(tracker, f"create silent {rule} {OF_BOTH} --codes E602")
    assert len(tracker.scan()["opened"]) == 2
    tracker.clock.advance(24 * HOUR)
    segware.add_account(PADARIA, "1950", "Padaria São José", 77)
    segware.fail_always("/v1/company/77", json_reply(500, {}))
    scan = tracker.scan(exit_code=1)
    assert (len(scan["ongoing"]), scan["below"]) == (2, [])


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("source", ["", "--source detections --of default"])
@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Sentinela Monitoramentos", "Sentinela Monitoramento"),
        ("SENTINELA MONITORAMENTO", "Sentinela Monitoramento"),
        ("Vigia Sul Seguranca Eletronica", "Vigia Sul Segurança Eletrônica"),
        ("Zebra", None),
    ],
)
def test_a_company_of_its_list_is_unknown(
    tracker: Tracker, source: str, name: str, near: str | None
) -> None:
    alarms(tracker, f"create broken --value 1 --companies '{name}' --group-by account {source}")
    unknown = f"Segware knows no company called {name!r}"
    unknown += f": did you mean {near!r}?" if near else ""
    for _ in range(3):
        scan = tracker.scan(exit_code=1)
        assert scan["errors"] == [f"alarm broken: {unknown}"]
        assert outcome(tracker, "broken") == ("error", unknown)
        assert outcome(tracker, "default") == ("ok", None)
        tracker.clock.advance(MINUTE)
    assert names(tracker.history()) == ["default", "default"]
    alarms(tracker, "edit broken --companies 'Sentinela Monitoramento'")
    assert tracker.scan()["errors"] == []


def test_a_company_that_is_silent_or_written_in_another_encoding_is_known(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_company(11, unicodedata.normalize("NFD", "Sentinela  Proteção "))
    alarms(tracker, "create quiet --value 1 --companies 'Sentinela Proteção'")
    alarms(tracker, "create other --value 1 --companies 'Vigia Sul Segurança Eletrônica'")
    assert tracker.scan()["errors"] == []
    segware.add_events(NOON, PADARIA, "E401")
    assert names(tracker.scan()["opened"]) == ["quiet"]


@pytest.mark.parametrize("what", ["no list", "no companies"])
def test_where_not_all_companies_can_be_known_none_is_called_unknown(
    tracker: Tracker, segware: Simulator, what: str
) -> None:
    if what == "no list":
        segware.forbidden.add("/v1/accounts")
    else:
        segware.unlisted_fields = {"companyId"}
        for number in range(30):
            segware.add_account(1001 + number, str(6001 + number), f"Cliente {number}", 14)
    alarms(tracker, "create far --value 1 --companies 'Sentinela Monitoramento'")
    for _ in range(2):
        assert outcome_of_scan(tracker) == "ok"
    segware.add_events(NOON, PADARIA, "E401")
    segware.add_events(NOON, CONDOMINIO, "E401")
    assert [alert["account_code"] for alert in of("far", tracker.scan()["opened"])] == ["1950"]


def outcome_of_scan(tracker: Tracker) -> str:
    """What became of the alarm `far` in a scan, if that may have failed."""
    tracker("scan")
    return outcome(tracker, "far")[0]


@pytest.mark.parametrize("of_each", [1, 2])
def test_detections_of_which_the_company_is_not_known_yet_belong_to_none(
    tracker: Tracker, segware: Simulator, of_each: int
) -> None:
    """Two of each company are four in all, but no company has four of them."""
    alarms(tracker, f"create storm --source detections --of default --value {2 * of_each}")
    alarms(tracker, "edit storm --group-by company")
    for number in range(2 * of_each):
        company = 11 if number % 2 else 14
        segware.add_account(1001 + number, str(6001 + number), f"Cliente {number}", company)
        segware.add_events(NOON, 1001 + number, "E130", count=60)
    segware.fail_always("/v5/accounts", json_reply(500, {}))
    segware.fail_always("/v1/accounts", json_reply(500, {}))
    assert names(tracker.scan(exit_code=1)["opened"]) == ["default"] * 2 * of_each
    assert outcome(tracker, "storm")[0] == "partial"
    segware.heal()
    tracker.clock.advance(MINUTE)
    assert tracker.scan()["opened"] == []
    assert outcome(tracker, "storm")[0] == "ok"
    for number in range(of_each):
        segware.add_account(2001 + number, str(7001 + number), f"Cliente {number}", 11)
        segware.add_events(tracker.clock.now(), 2001 + number, "E130", count=60)
    (storm,) = of("storm", tracker.scan()["opened"])
    assert (storm["company"], storm["quantity"]) == ("Sentinela Monitoramento", 2 * of_each)


def test_detections_of_an_account_that_segware_does_not_know_belong_to_no_company_for_good(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create storm --source detections --of default --value 2 --group-by company")
    for code in ("E130", "E131"):
        segware.add_events(NOON, 77, code, count=60)
    assert names(tracker.scan()["opened"]) == ["default", "default", "storm"]
    assert outcome(tracker, "storm")[0] == "ok"
    tracker.clock.advance(2 * HOUR + 1)
    assert names(tracker.scan()["below"]) == ["default", "default", "storm"]
