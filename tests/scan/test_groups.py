"""What is counted together: events of one account, CUC and code, and nothing else."""

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker


def opened_groups(tracker: Tracker) -> dict[tuple[int, str | None, str], int]:
    return {
        (alert["account_id"], alert["cuc"], alert["code"]): alert["quantity"]
        for alert in tracker.scan()["opened"]
    }


def test_one_account_under_two_cucs_is_two_groups(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", "ALR", count=60)
    segware.add_events(NOON - MINUTE, PADARIA, "E130", "ALI", count=55)
    segware.add_events(NOON - MINUTE, CONDOMINIO, "E130", "ALR", count=30)
    segware.add_events(NOON - MINUTE, CONDOMINIO, "E130", "ALI", count=30)
    assert opened_groups(tracker) == {
        (PADARIA, "ALR", "E130"): 60,
        (PADARIA, "ALI", "E130"): 55,
    }


def test_a_missing_cuc_is_a_group_of_its_own(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", None, count=50)
    segware.add_events(NOON - MINUTE, PADARIA, "E130", "ALR", count=49)
    segware.add_raw_event(NOON - MINUTE, {"accountId": PADARIA, "code": "E130", "cuc": None})
    assert opened_groups(tracker) == {(PADARIA, None, "E130"): 51}
    tracker.clock.advance(MINUTE)
    again = tracker.scan()
    assert again["opened"] == []
    assert [alert["cuc"] for alert in again["ongoing"]] == [None]


def test_codes_and_accounts_are_not_added_up(tracker: Tracker, segware: Simulator) -> None:
    for account in (PADARIA, CONDOMINIO):
        for code in ("E130", "E131", "1130", "1131"):
            segware.add_events(NOON - MINUTE, account, code, count=49)
    assert opened_groups(tracker) == {}


def test_cucs_that_differ_in_case_or_by_a_space_are_different(
    tracker: Tracker, segware: Simulator
) -> None:
    for cuc in ("ALR", "alr", "ALR ", "ÁLR"):
        segware.add_events(NOON - MINUTE, PADARIA, "E130", cuc, count=50)
    assert {cuc for _, cuc, _ in opened_groups(tracker)} == {"ALR", "alr", "ALR ", "ÁLR"}
