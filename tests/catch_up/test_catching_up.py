"""After missed scans an alarm that catches up is evaluated over what they left out."""

from collections import Counter

import pytest

from events_tracker.base.times import HOUR, MINUTE, iso
from events_tracker.simulator.simulator import Handler, Simulator, json_reply
from tests.support.alarms import alarms, fail_events_before, names, of, shown
from tests.support.channels import INJECTION, WEBHOOK, injection, webhook
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, NOON, PADARIA, TestClock, Tracker, furnish

_ON = {
    "WHATSAPP_ENABLED": "true",
    "CHATPRO_INSTANCE_ID": "one",
    "CHATPRO_TOKEN": "chat-secret",
    "CHATPRO_RECIPIENT": "5511999990000",
}


def _prepared(tracker: Tracker, segware: Simulator, *options: str) -> None:
    """An alarm that was evaluated at noon, and catches up."""
    furnish(segware)
    segware.chatpro_token = "chat-secret"
    tracker.environ.update(_ON, CHATPRO_URL=segware.url)
    assert tracker("init").exit_code == 0
    created = tracker(
        "alarms", "create", "night", "--codes", "E130", "--value", "10", "--window", "1h",
        "--catch-up", *options,
    )  # fmt: skip
    assert created.exit_code == 0, created.stderr
    assert tracker("alarms", "disable", "default").exit_code == 0
    assert tracker("scan").exit_code == 0


def test_a_breach_in_the_missed_hours_is_found_afterwards_and_is_already_over(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    foreseen = tracker("scan", "--dry-run", "--format", "json").json["opened"]
    scan = tracker("scan", "--format", "json").json
    (found,) = scan["opened"]
    assert found["quantity"] == 10
    assert found["account_code"] == "1950"
    assert found["clear_reason"] == "below"
    assert found["cleared_at"] == found["opened_at"] == found["period_ended_at"]
    assert found["period_started_at"] < iso(NOON + 90 * MINUTE) < found["period_ended_at"]
    assert [{**alert, "register_id": None} for alert in scan["opened"]] == foreseen
    assert scan["ongoing"] == scan["below"] == []
    (entry,) = tracker("history", "--format", "json").json
    assert entry["register_id"] == found["register_id"]


def test_the_next_scan_finds_nothing_more(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    assert len(tracker("scan", "--format", "json").json["opened"]) == 1
    clock.advance(MINUTE)
    again = tracker("scan", "--format", "json").json
    assert again["opened"] == []
    assert len(tracker("history", "--format", "json").json) == 1


def test_an_alarm_that_does_not_catch_up_leaves_it_out(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware, "--no-catch-up")
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    assert tracker("scan", "--format", "json").json["opened"] == []


def test_what_was_found_afterwards_is_told_as_one_digest(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    segware.add_events(NOON + 150 * MINUTE, PADARIA, "E130", count=12)
    clock.advance(4 * HOUR)
    assert len(tracker("scan", "--format", "json").json["opened"]) == 2
    notified = tracker("notify", "--format", "json").json
    assert notified["sent"] == 4, "opened and cleared, of two alerts"
    (message,) = segware.received("/one")
    assert "2 AVISOS" in message.json()["message"]


@on_sqlite
def test_one_alert_that_was_found_afterwards_is_told_with_all_its_facts(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    assert len(tracker.scan()["opened"]) == 1
    tracker.notify()
    (message,) = segware.received("/one")
    text = message.json()["message"]
    assert text.startswith("*ABERTO E JÁ ENCERRADO*")
    assert "*Período Inicial:*" in text


@on_sqlite
def test_that_digest_names_every_alert_once_however_many_they_are(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    for number in range(600):
        segware.add_account(1001 + number, str(6001 + number), f"Cliente {number}", 11)
        segware.add_events(NOON + 90 * MINUTE, 1001 + number, "E130", count=10)
    clock.advance(4 * HOUR)
    assert len(tracker.scan()["opened"]) == 600
    assert tracker.notify()["sent"] == 1200
    (message,) = segware.received("/one")
    assert "600 AVISOS" in message.json()["message"]


def test_a_group_that_was_open_then_is_skipped(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    segware.add_events(NOON, PADARIA, "E130", count=10)
    clock.advance(MINUTE)
    assert len(tracker("scan", "--format", "json").json["opened"]) == 1
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    assert tracker("scan", "--format", "json").json["opened"] == []


def test_at_most_four_windows_are_taken_and_the_rest_is_a_gap_that_status_shows(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    segware.add_events(NOON + 3 * HOUR, PADARIA, "E130", count=10)
    segware.add_events(NOON + 6 * HOUR, PADARIA, "E130", count=10)
    clock.advance(9 * HOUR)
    found = tracker("scan", "--format", "json").json["opened"]
    assert [alert["period_ended_at"] < iso(NOON + 5 * HOUR) for alert in found] == [True]
    checks = {check["name"]: check for check in tracker("status", "--format", "json").json}
    assert checks["gaps"]["health"] == "warning"
    assert "night from 2026-11-21 16:00" in checks["gaps"]["detail"]


def test_a_failed_reading_is_tried_again_by_the_next_scan(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    calls = []

    def missed_stretch_fails(handler: object) -> None:
        calls.append(handler)
        start = handler.received.query["startDate"]  # type: ignore[attr-defined]
        answer = handler.normal_reply()  # type: ignore[attr-defined]
        if start < iso(NOON + 3 * HOUR):
            answer = type(answer)(500, b"", {})
        handler.send(answer)  # type: ignore[attr-defined]

    segware.fail_always("/v1/events", missed_stretch_fails)
    first = tracker("scan", "--format", "json")
    assert first.exit_code == 1
    assert first.json["opened"] == []
    segware.heal()
    clock.advance(MINUTE)
    assert len(tracker("scan", "--format", "json").json["opened"]) == 1


def test_what_an_ignored_user_closed_does_not_count_though_it_began_before(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    _prepared(tracker, segware)
    segware.add_occurrence(NOON - 10 * MINUTE, "one", 31)
    segware.add_events(NOON + 30 * MINUTE, PADARIA, "E130", count=70, occurrence_id="one")
    clock.advance(4 * HOUR)
    assert tracker.scan()["opened"] == []


def test_what_comes_regularly_is_not_missed_in_a_window_that_is_cut_short(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    for minute in range(-60, 200, 20):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E602")
    _prepared(
        tracker, segware, "--codes", "E602", "--accounts", "1950", "--group-by", "account",
        "--operator", "<", "--value", "1",
    )  # fmt: skip
    clock.advance(65 * MINUTE)
    assert tracker.scan()["opened"] == []
    assert tracker.history() == []


def test_a_muted_group_stays_silent_about_what_was_missed(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    for minute in range(0, 300, 5):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130", count=2)
    clock.advance(30 * MINUTE)
    assert len(tracker.scan()["opened"]) == 1
    tracker.clear("--force", "--account", "1950", "--reason", "technician on site")
    clock.advance(4 * HOUR)
    assert tracker.scan("--dry-run")["opened"] == []
    assert tracker.scan()["opened"] == []


def test_a_dry_run_counts_the_detections_that_it_would_catch_up(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    alarms(tracker, "create often --source detections --of night --group-by account --value 2")
    for minute in (90, 150):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    foreseen = tracker.scan("--dry-run")["opened"]
    assert names(foreseen) == ["night", "night", "often"]
    assert names(tracker.scan()["opened"]) == names(foreseen)


def test_what_was_missed_waits_while_the_present_cannot_be_read_whole(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    """Its own hour was read: what is missing, only a longer window of another alarm needs."""
    _prepared(tracker, segware)
    alarms(tracker, "create day --window 24h")
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    fail_events_before(segware, clock.now() - 20 * HOUR)
    assert tracker.scan(exit_code=1)["opened"] == []
    assert shown(tracker, "night")["last_run_status"] == "ok"
    segware.heal()
    clock.advance(MINUTE)
    assert names(tracker.scan()["opened"]) == ["night"]
    clock.advance(MINUTE)
    assert tracker.scan()["opened"] == []


def test_what_was_missed_waits_while_it_is_not_known_what_ignored_users_closed(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = "31"
    _prepared(tracker, segware)
    segware.add_occurrence(NOON + 30 * MINUTE, "one", 31)
    segware.add_events(NOON + 30 * MINUTE, PADARIA, "E130", count=70, occurrence_id="one")
    segware.add_events(NOON + 130 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)

    def only_of_the_past(handler: Handler) -> None:
        early = handler.received.query["startDate"] < iso(NOON - 22 * HOUR)
        handler.send(json_reply(500, {}) if early else handler.normal_reply())

    segware.fail_always("/v2/occurrences", only_of_the_past)
    assert tracker.scan(exit_code=1)["opened"] == []
    segware.heal()
    clock.advance(MINUTE)
    assert [alert["quantity"] for alert in tracker.scan()["opened"]] == [10]


def test_several_alarms_catch_up_each_with_its_own_windows(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware)
    alarms(tracker, "create doors --codes E401 --value 5 --window 2h --catch-up --priority high")
    alarms(tracker, "create idle --codes E130 --value 10 --window 1h --no-catch-up")
    assert tracker("scan").exit_code == 0
    for minute in (30, 150):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130", count=10)
        segware.add_events(NOON + minute * MINUTE, CONDOMINIO, "E401", count=5)
    clock.advance(6 * HOUR)
    foreseen = tracker.scan("--dry-run")["opened"]
    opened = tracker.scan()["opened"]
    assert names(opened) == ["doors", "doors", "night", "night"]
    assert [{**alert, "register_id": None} for alert in opened] == foreseen
    for name, hours in (("doors", 2), ("night", 1)):
        ends = [alert["period_ended_at"] for alert in of(name, tracker.history())]
        wanted = [at + hours * HOUR + 1 for at in (NOON, NOON + 2 * HOUR)]
        assert sorted(ends)[0] == iso(wanted[0])
    assert shown(tracker, "night")["detections"] == shown(tracker, "doors")["detections"] == 2


def test_an_event_between_two_missed_windows_counts_in_one_of_them(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    """The window of noon holds noon itself, and each missed one begins a millisecond later."""
    _prepared(tracker, segware)
    segware.add_events(NOON, PADARIA, "E130", count=4)
    assert tracker.scan()["opened"] == []
    for at in (NOON + 1, NOON + 1 + HOUR):
        segware.add_events(at, PADARIA, "E130", count=6)
    segware.add_events(NOON + 2 + HOUR, PADARIA, "E130", count=4)
    clock.advance(4 * HOUR)
    (found,) = tracker.scan()["opened"]
    assert found["quantity"] == 12, "not the four of noon, and not the four after the hour"


def test_no_more_than_a_day_is_taken_and_the_rest_is_a_gap(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware, "--window", "10h")
    for hour in (11, 23, 26, 34):
        segware.add_events(NOON + hour * HOUR, PADARIA, "E130", count=10)
    clock.advance(72 * HOUR)
    found = tracker.scan()["opened"]
    assert [alert["period_ended_at"] for alert in found] == [
        iso(NOON + 20 * HOUR + 2),
        iso(NOON + 24 * HOUR),
    ]
    checks = {check["name"]: check for check in tracker("status", "--format", "json").json}
    assert "night from 2026-11-22 12:00" in checks["gaps"]["detail"]


def test_nothing_is_injected_for_what_is_over(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    tracker.environ |= injection()
    _prepared(tracker, segware)
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    assert len(tracker.scan()["opened"]) == 1
    tracker.notify()
    assert segware.count(INJECTION) == 0
    told = [d["channel"] for n in tracker.notifications() for d in n["deliveries"]]
    assert told == ["whatsapp", "whatsapp"]


def test_what_the_tracker_injected_is_not_counted_afterwards_either_but_only_from_then_on(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str
) -> None:
    """What it injected under an earlier code; what came of that code before counts as ever."""
    tracker.environ |= injection() | {"SEGWARE_ALARM_CODE": "E777"}
    _prepared(tracker, segware, "--codes", "E777,E602")
    segware.add_events(NOON, PADARIA, "E602", count=10)
    tracker.scan()
    tracker.notify()
    assert segware.count(INJECTION) == 1
    tracker.environ["SEGWARE_ALARM_CODE"] = "E702"
    clock.advance(5 * HOUR)
    tracker.scan()
    tracker.clear()
    segware.add_events(clock.now() + 30 * MINUTE, PADARIA, "E777", count=10)
    clock.advance(4 * HOUR)
    assert [alert["code"] for alert in tracker.scan()["opened"]] == ["E777"]


def test_many_groups_and_all_channels_are_told_once_each_of_both_ends(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    tracker.environ |= webhook(segware)
    _prepared(tracker, segware)
    for number in range(40):
        segware.add_account(1001 + number, str(6001 + number), f"Cliente {number}", 11)
        segware.add_events(NOON + 90 * MINUTE, 1001 + number, "E130", count=10)
    clock.advance(4 * HOUR)
    assert len(tracker.scan()["opened"]) == 40
    for _ in range(10):
        tracker.notify()
        clock.advance(MINUTE)
    told = Counter(
        (d["channel"], n["kind"], d["status"])
        for n in tracker.notifications()
        for d in n["deliveries"]
    )
    kinds = ("opened", "cleared")
    assert told == {(c, kind, "sent"): 40 for c in ("whatsapp", "webhook") for kind in kinds}
    assert len(segware.received(WEBHOOK)) == 80


def test_what_is_known_of_a_missed_window_is_told_at_once_and_the_rest_once_it_is_known(
    tracker: Tracker, segware: Simulator, clock: TestClock
) -> None:
    _prepared(tracker, segware, "--group-by", "account,company")
    for minute in (30, 90):
        for account in (PADARIA, CONDOMINIO):
            segware.add_events(NOON + minute * MINUTE, account, "E130", count=10)
    segware.fail_always(f"/v5/accounts/{CONDOMINIO}", json_reply(500, {}))
    clock.advance(4 * HOUR)
    found = tracker.scan(exit_code=1)["opened"]
    assert [alert["account_code"] for alert in found] == ["1950", "1950"]
    clock.advance(MINUTE)
    assert tracker.scan(exit_code=1)["opened"] == []
    segware.heal()
    clock.advance(MINUTE)
    found = tracker.scan()["opened"]
    assert [alert["account_code"] for alert in found] == ["2207", "2207"]
    clock.advance(MINUTE)
    assert tracker.scan()["opened"] == []
    assert len(tracker.history()) == 4


def test_what_found_nothing_leaves_no_run_of_its_own(
    tracker: Tracker, segware: Simulator, clock: TestClock, database: str
) -> None:
    _prepared(tracker, segware)
    clock.advance(4 * HOUR)
    tracker.scan()
    assert sql(database, "SELECT pass FROM runs WHERE pass = 'catch up'") == []
    segware.add_events(clock.now() + 30 * MINUTE, PADARIA, "E130", count=10)
    segware.add_events(clock.now() + 150 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    assert len(tracker.scan()["opened"]) == 2
    assert sql(database, "SELECT pass FROM runs WHERE pass = 'catch up'") == [("catch up",)]


@pytest.mark.parametrize("after", [0, 1])
def test_a_group_that_was_open_at_a_windows_first_moment_was_open_then(
    tracker: Tracker, segware: Simulator, clock: TestClock, after: int
) -> None:
    """The window of noon ends at noon, the one that is missed begins a millisecond later."""
    _prepared(tracker, segware)
    segware.add_events(NOON, PADARIA, "E130", count=10)
    assert len(tracker.scan()["opened"]) == 1
    clock.advance(1 - after)
    tracker.clear("--force", "--account", "1950", "--reason", "x")
    sql(tracker.environ["DATABASE_URL"], "DELETE FROM triggers")
    segware.add_events(NOON + 30 * MINUTE, PADARIA, "E130", count=10)
    clock.advance(4 * HOUR)
    assert len(tracker.scan()["opened"]) == after
