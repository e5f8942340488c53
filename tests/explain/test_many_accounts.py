"""`explain` without an account: what an alarm sees of all, and all alarms of a company's."""

from typing import Any

from events_tracker.base.limits import EXPLAINED_GROUPS
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker, open_alert


def explained(tracker: Tracker, *args: str, exit_code: int = 0) -> Any:
    result = tracker("explain", "--format", "json", *args)
    assert result.exit_code == exit_code, result.stderr
    assert result.json["account"] is None
    return result.json


def keys(one: Any) -> list[str]:
    return [reason["key"] for reason in one["reasons"]]


def test_an_alarm_says_what_is_open_muted_and_nearest_to_opening(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware, CONDOMINIO)
    tracker("clear", "--force", "--account", "2207", "--reason", "technician")
    open_alert(tracker, segware)
    for number in range(EXPLAINED_GROUPS + 2):
        segware.add_account(100 + number, str(5000 + number), f"Cliente {number}", 11)
        segware.add_events(NOON, 100 + number, "E130", count=1 + number)
    segware.add_events(NOON, PADARIA, "R130", count=40)
    found = explained(tracker, "--alarm", "default")
    (alarm,) = found["alarms"]
    nearest = [str(5000 + number) for number in reversed(range(2, EXPLAINED_GROUPS + 2))]
    shown = [(group["account_code"], group["state"]) for group in alarm["groups"]]
    assert shown == [
        ("1950", "open"),
        ("2207", "muted"),
        *((code, "below") for code in nearest),
    ]
    assert alarm["more_groups"] == 2
    padaria = alarm["groups"][0]
    assert (padaria["trade_name"], padaria["company"]) == (
        "Padaria São José",
        "Sentinela Monitoramento",
    )
    assert padaria["next"]["over_at"]
    assert sum(bucket["count"] for bucket in padaria["buckets"]) == 60
    assert (alarm["counted"], alarm["fetched"]) == (175, 215)
    assert [(one["code"], one["count"]) for one in alarm["not_counted"]] == [("R130", 40)]
    assert found["fetched"] == 215
    assert (alarm["last_run_status"], keys(alarm)) == ("ok", [])
    text = tracker("explain", "--alarm", "default").stdout
    assert "  last run 0 s ago: ok\n" in text
    assert "  1950 Padaria São José · E130 ALR burglary  60  " in text
    assert "  and 2 more: of all the 10 that matter most are shown; `tracker history --op" in text


def test_a_company_is_all_alarms_views_of_its_accounts(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create storm --group-by company --condition unique --field account --value 2")
    alarms(tracker, "create codes --group-by code --value 90")
    for account in (PADARIA, FARMACIA, CONDOMINIO):
        segware.add_events(NOON, account, "E130", count=20)
    tracker.scan()
    result = tracker("explain", "--company", "sentinela*")
    assert result.stdout.startswith("All accounts of Sentinela Monitoramento\n")
    assert "left out, because they do not group by account or company: codes" in result.stderr
    default, storm = explained(tracker, "--company", "sentinela*")["alarms"]
    assert {group["account_code"] for group in default["groups"]} == {"1950", "3046"}
    assert (default["counted"], default["fetched"]) == (40, 40)
    (group,) = storm["groups"]
    assert (group["company"], group["account_code"]) == ("Sentinela Monitoramento", None)
    assert (group["quantity"], group["state"]) == (2, "open")
    assert group["next"]["below_at"]
    (codes,) = explained(tracker, "--alarm", "codes")["alarms"]
    (group,) = codes["groups"]
    assert (group["code"], group["quantity"], group["account_code"]) == ("E130", 60, None)
    assert group["next"]["opens_with"] == 30
    refused = tracker("explain", "--company", "Monitoramento")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "error: no company 'Monitoramento' is known; did you mean 'Sentinela Monitoramento'?\n",
    )


@on_sqlite
def test_what_holds_for_an_alarm_as_a_whole(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create off --codes E401 --value 5 --disabled")
    alarms(tracker, "create there --companies 'Coruja' --value 5")
    segware.add_events(NOON, PADARIA, "E130", count=49)
    tracker.scan(exit_code=1)
    # What is wrong with another alarm is no answer to who asks about this one.
    (off,) = explained(tracker, "--alarm", "off")["alarms"]
    assert (keys(off), off["groups"]) == (["alarm_disabled"], [])
    (there,) = explained(tracker, "--alarm", "there", exit_code=1)["alarms"]
    assert keys(there) == ["alarm_error"]
    assert "Segware knows no company called 'Coruja'" in there["reasons"][0]["text"]
    alarms(tracker, "delete there")
    tracker.clock.advance(3 * HOUR)
    segware.add_events(tracker.clock.now() - MINUTE, PADARIA, "E602")
    (quiet,) = explained(tracker, "--alarm", "default")["alarms"]
    assert (keys(quiet), quiet["groups"]) == (["below_value"], [])
    assert "nothing counts and nothing is open" in tracker("explain", "--alarm", "default").stdout
    segware.fail_always("/v1/events", Reply(500, b"no"))
    tracker.clock.advance(HOUR)
    (unread,) = explained(tracker, "--alarm", "default", exit_code=1)["alarms"]
    assert keys(unread) == ["partial_reading"]
