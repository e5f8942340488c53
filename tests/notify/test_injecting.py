"""Alarm events in Segware: at most once, and never counted by the tracker itself."""

from typing import Any

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Handler, Reply, Response, Simulator
from tests.support.channels import INJECTION, injected, injection
from tests.support.deliveries import attempts, statuses
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Tracker, open_alert, open_alerts


@pytest.fixture(autouse=True)
def injecting(tracker: Tracker) -> None:
    tracker.environ |= injection()


def test_the_event_has_the_fields_that_segware_wants(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker.notify()
    (request,) = segware.received(INJECTION)
    text = (
        "EXCESSO DE EVENTOS | ALR E130 | Quantidade: 60 | 21/11/2026 07:00:00 - 21/11/2026 09:00:00"
    )
    assert request.json() == {
        "events": [
            {
                "account": "1950",
                "auxiliary": "0",
                "code": "E702",
                "companyId": 11,
                "complement": text,
                "eventId": "167681000",
                "eventLog": text,
                "partition": "000",
                "protocolType": "CONTACT_ID",
            }
        ]
    }
    assert request.header("Authorization") == f"Bearer {segware.token}"


@on_sqlite
def test_each_field_of_the_event_is_a_setting(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= {
        "SEGWARE_ALARM_CODE": "E799",
        "SEGWARE_ALARM_EVENT_ID": "42",
        "SEGWARE_ALARM_PARTITION": "001",
        "SEGWARE_ALARM_AUXILIARY": "7",
        "SEGWARE_ALARM_PROTOCOL": "SIA",
    }
    open_alert(tracker, segware)
    tracker.notify()
    (event,) = segware.received(INJECTION)[0].json()["events"]
    fields = ("code", "eventId", "partition", "auxiliary", "protocolType")
    assert [event[field] for field in fields] == ["E799", "42", "001", "7", "SIA"]


def in_window(scan: dict[str, Any]) -> int:
    """How many events a scan knew of, whether it read or remembered them."""
    events = scan["events"]
    return int(events["fetched"] + events.get("remembered", 0))


def no_answer(handler: Handler) -> None:
    """Take the event, and say nothing for longer than anybody waits."""
    handler.normal_reply()
    handler.pause(30)


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        pytest.param(faults.lose_answer, 1, id="the answer was lost"),
        pytest.param(faults.truncate, 1, id="the answer was cut"),
        pytest.param(faults.reset, 0, id="the connection was reset"),
        pytest.param(faults.hang_up, 0, id="the connection was closed"),
        pytest.param(no_answer, 1, id="no answer in time"),
        pytest.param(Reply(500), 0, id="500"),
        pytest.param(Reply(502), 0, id="502"),
        pytest.param(Reply(504), 0, id="504"),
    ],
)
@on_sqlite
def test_what_may_have_been_taken_is_uncertain_and_never_repeated_by_itself(
    tracker: Tracker,
    segware: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    answer: Response,
    taken: int,
) -> None:
    open_alert(tracker, segware)
    segware.fail(INJECTION, answer)
    with monkeypatch.context() as impatient:
        impatient.setattr("events_tracker.base.limits.READ_SECONDS", 0.3)
        told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("uncertain", 1): 1}
    assert told["uncertain"] == 1
    for _ in range(3):
        tracker.clock.advance(HOUR)
        assert tracker.notify()["deliveries"] == []
    assert segware.count(INJECTION) == 1
    tracker.environ["TRACKER_CODES"] = "*"
    tracker("init")
    found = tracker.scan("--dry-run", "--at", "2026-11-21T12:00:00Z")
    assert in_window(found) == 60 + taken


def test_an_answer_that_was_lost_is_uncertain_and_the_event_is_there_once(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    segware.fail(INJECTION, faults.lose_answer)
    tracker.notify(exit_code=1)
    tracker.clock.advance(HOUR)
    assert tracker.notify()["deliveries"] == []
    assert statuses(tracker) == {("opened", "segware"): "uncertain"}
    (row,) = sql(database, "SELECT injected_code, claim, lease_until FROM deliveries")
    assert row == ("E702", None, None)
    assert in_window(tracker.scan()) == 61


@on_sqlite
@pytest.mark.parametrize("answer", [Reply(429), Reply(503)], ids=["429", "503"])
def test_what_was_certainly_not_taken_is_tried_again(
    tracker: Tracker, segware: Simulator, answer: Reply
) -> None:
    open_alert(tracker, segware)
    segware.fail(INJECTION, answer)
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("pending", 1): 1}
    tracker.clock.advance(MINUTE)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 1}
    assert injected(segware) == ["1950"]


def test_a_refused_connection_is_tried_again(tracker: Tracker, segware: Simulator) -> None:
    open_alerts(tracker, segware, 3)
    segware.stop()
    told = tracker.notify(exit_code=1)
    assert {d["status"] for d in told["deliveries"]} == {"pending"}
    assert len(told["errors"]) == 1
    segware.start()
    tracker.clock.advance(MINUTE)
    assert tracker.notify()["sent"] == 3
    assert sorted(injected(segware)) == ["5001", "5002", "5003"]


@on_sqlite
@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 422])
def test_other_4xx_of_one_event_are_for_good(
    tracker: Tracker, segware: Simulator, status: int
) -> None:
    open_alert(tracker, segware)
    segware.fail(INJECTION, Reply(status))
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("failed", 1): 1}
    assert told["errors"] == [f"segware: Segware answered {status} to the injection (failed)"]
    tracker.clock.advance(HOUR)
    assert tracker.notify()["deliveries"] == []


def test_a_4xx_for_several_is_repeated_singly_and_only_the_guilty_one_fails(
    tracker: Tracker, segware: Simulator
) -> None:
    for account in (101, 102, 103, 104):
        segware.add_account(account, str(4900 + account), f"Cliente {account}", 11)
        segware.add_events(tracker.clock.now(), account, "E130", count=60)
    tracker.scan()
    del segware.accounts[102]
    told = tracker.notify(exit_code=1)
    by_account = {d["account_code"]: (d["status"], d["attempts"]) for d in told["deliveries"]}
    assert by_account == {
        "5001": ("sent", 1),
        "5002": ("failed", 1),
        "5003": ("sent", 1),
        "5004": ("sent", 1),
    }
    assert (told["sent"], told["failed"]) == (3, 1)
    assert [len(r.json()["events"]) for r in segware.received(INJECTION)] == [4, 1, 1, 1, 1]
    assert sorted(injected(segware)) == ["5001", "5003", "5004"]
    tracker.clock.advance(HOUR)
    assert tracker.notify()["deliveries"] == []


@on_sqlite
def test_the_events_of_two_companies_never_share_a_call(
    tracker: Tracker, segware: Simulator
) -> None:
    for account in (PADARIA, CONDOMINIO, FARMACIA):
        segware.add_events(tracker.clock.now(), account, "E130", count=60)
    tracker.scan()
    tracker.notify()
    calls = [
        [(event["companyId"], event["account"]) for event in request.json()["events"]]
        for request in segware.received(INJECTION)
    ]
    assert sorted(sorted(call) for call in calls) == [[(11, "1950"), (11, "3046")], [(14, "2207")]]


def test_an_injection_waits_without_an_attempt_until_account_and_company_are_known(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    segware.fail_always("/v5/accounts", Reply(500))
    segware.fail_always("/v1/accounts", Reply(500))
    (opened,) = tracker.scan(exit_code=1)["opened"]
    assert opened["account_code"] is None
    for _ in range(2):
        assert tracker.notify()["deliveries"] == []
        tracker.clock.advance(MINUTE)
    (notice,) = tracker.notifications()
    assert (notice["deliveries"][0]["status"], notice["deliveries"][0]["attempts"]) == (
        "pending",
        0,
    )
    segware.heal()
    tracker.scan()
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 1): 1}
    assert injected(segware) == ["1950"]


def test_what_was_injected_is_never_counted_not_even_after_another_code_was_set(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= {"TRACKER_CODES": "*", "TRACKER_THRESHOLD": "1"}
    tracker("init")
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=3)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E702", count=3)
    (opened,) = tracker.scan()["opened"]
    assert opened["code"] == "E130"
    tracker.notify()
    tracker.clock.advance(MINUTE)
    assert tracker.scan()["opened"] == []
    tracker.environ["SEGWARE_ALARM_CODE"] = "E799"
    tracker.clock.advance(MINUTE)
    scan = tracker.scan()
    assert [(alert["account_code"], alert["code"]) for alert in scan["opened"]] == [
        ("2207", "E702")
    ], "another's events of the code that was injected are counted from now on"
    assert (in_window(scan), scan["events"]["counted"]) == (7, 6)


def test_an_injection_whose_process_died_during_the_call_is_uncertain(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    lease_until = tracker.clock.now() + 2 * MINUTE
    sql(
        database,
        "UPDATE deliveries SET status = 'sending', claim = 'x', attempts = 1, "
        f"lease_until = {lease_until}",
    )
    assert tracker.notify()["deliveries"] == []
    assert statuses(tracker) == {("opened", "segware"): "pending"}
    tracker.clock.advance(2 * MINUTE + 1)
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("uncertain", 1): 1}
    assert told["errors"] == [
        "segware: the process ended before Segware's answer was recorded (uncertain)"
    ]
    assert tracker.notify()["deliveries"] == []
    assert segware.count(INJECTION) == 0
