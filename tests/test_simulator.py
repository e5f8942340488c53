"""The simulated Segware keeps to what is known of the real one, over real HTTP."""

import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Handler, Reply, Simulator, json_reply
from events_tracker.simulator.world import (
    HOUR,
    JUST_BELOW,
    STUCK_PANEL,
    SWINGING_ZONE,
    TWO_CUCS,
    Event,
    demo_world,
    uniform_events,
)

NOON = 1_795_262_400_000
AUTHORIZED = {"Authorization": "Bearer demo-token"}
ALARM = {
    "account": "1950",
    "auxiliary": "0",
    "code": "E702",
    "companyId": 12,
    "complement": "excesso",
    "eventId": "167681000",
    "eventLog": "excesso",
    "partition": "000",
    "protocolType": "CONTACT_ID",
}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(now=lambda: NOON) as running:
        yield running


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(AUTHORIZED)
        yield session


def events(
    simulator: Simulator, session: requests.Session, start: str, end: str, **query: str
) -> requests.Response:
    period = {"startDate": f"2026-11-21T{start}Z", "endDate": f"2026-11-21T{end}Z"}
    return session.get(f"{simulator.url}/v1/events", params=period | query, timeout=5)


def test_both_bounds_are_included(simulator: Simulator, session: requests.Session) -> None:
    for offset, code in ((-1, "E001"), (0, "E002"), (5, "E003"), (6, "E004")):
        simulator.add_events(NOON + offset, 7, code)
    answer = events(simulator, session, "12:00:00.000", "12:00:00.005")
    assert [event["code"] for event in answer.json()] == ["E002", "E003"]
    assert events(simulator, session, "13:00:00.000", "13:00:00.000").json() == []


def test_an_event_on_the_wire(simulator: Simulator, session: requests.Session) -> None:
    simulator.add_events(NOON, 7, "E130", "ALI", occurrence_id="81")
    simulator.add_events(NOON, 7, "E130", None)
    simulator.add_raw_event(NOON, ["not", {"an": "event"}])
    answer = events(simulator, session, "12:00:00.000", "12:00:00.000")
    whole, without_cuc, raw = answer.json()
    assert {
        "accountId": 7,
        "code": "E130",
        "cuc": "ALI",
        "occurrenceId": "81",
    }.items() <= whole.items()
    assert len(whole) >= 12
    assert "cuc" not in without_cuc
    assert without_cuc["occurrenceId"] is None
    assert raw == ["not", {"an": "event"}]
    assert answer.headers["Content-Type"].startswith("application/json")


def test_more_than_the_limit_is_refused(simulator: Simulator, session: requests.Session) -> None:
    simulator.limit = 3
    simulator.add_events(NOON, 7, "E130", count=3)
    assert len(events(simulator, session, "12:00:00.000", "12:00:00.000").json()) == 3
    simulator.add_events(NOON, 7, "E130")
    answer = events(simulator, session, "12:00:00.000", "12:00:00.000")
    assert (answer.status_code, answer.json()["messageKey"]) == (400, "registers_over_limit")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("12:00:00", "12:00:01.000"),
        ("12:00:00.000", "12:00:00.000+00:00"),
        ("25:00:00.000", "12:00:00.000"),
        ("12:00:00.001", "12:00:00.000"),
    ],
)
def test_a_bad_period_is_refused_even_without_permission(
    simulator: Simulator, session: requests.Session, start: str, end: str
) -> None:
    simulator.forbidden.add("/v1/events")
    assert events(simulator, session, start, end).status_code == 400


def test_tokens_and_permissions(simulator: Simulator, session: requests.Session) -> None:
    simulator.forbidden.add("/v1/companies")
    assert session.get(f"{simulator.url}/v1/companies", timeout=5).status_code == 403
    assert session.get(f"{simulator.url}/v1/clientGroups", timeout=5).json() == []
    simulator.token = "another"
    answer = session.get(f"{simulator.url}/v1/system/status", timeout=5)
    assert (answer.status_code, answer.json()["messageKey"]) == (401, "unauthorized")


def test_the_directory(simulator: Simulator, session: requests.Session) -> None:
    def get(path: str) -> Any:
        answer = session.get(simulator.url + path, timeout=5)
        return answer.json() if answer.ok else answer.status_code

    simulator.add_account(31, "1950", "Padaria São José", 12)
    simulator.add_company(12, "Sentinela")
    simulator.add_client_group(5, "Rede Boa Mesa")
    account = get("/v5/accounts/31")
    assert account["accountCode"] == "1950"
    assert account["tradeName"] == "Padaria São José"
    assert account["clientGroupId"] is None
    assert get("/v1/accounts") == [account]
    assert get("/v1/company/12") == {"id": 12, "tradeName": "Sentinela"}
    assert get("/v1/companies") == [{"id": 12, "tradeName": "Sentinela"}]
    assert get("/v1/clientGroups") == [{"id": 5, "name": "Rede Boa Mesa"}]
    assert [get(path) for path in ("/v5/accounts/1950", "/v1/company/1", "/v1/x")] == [404] * 3
    simulator.content_envelope = True
    simulator.unlisted_fields.add("companyId")
    (listed,) = get("/v1/accounts")["content"]
    assert account.keys() - listed.keys() == {"companyId"}


def test_occurrences_of_a_closer(simulator: Simulator, session: requests.Session) -> None:
    for number, closer in (("81", 31), ("82", None), ("83", 32)):
        simulator.add_occurrence(NOON, number, closer)
    period = {"startDate": "2026-11-21T12:00:00.000Z", "endDate": "2026-11-21T12:00:00.000Z"}
    url = f"{simulator.url}/v2/occurrences"
    found = session.get(url, params=period | {"occurrenceClosingUserId": "31"}, timeout=5)
    assert found.json() == [{"id": "81", "closingPersonId": 31}]
    assert {"id": "82"} in session.get(url, params=period, timeout=5).json()


def test_an_injected_event_comes_back(simulator: Simulator, session: requests.Session) -> None:
    simulator.add_account(30, "1950", "same code, another company", 11)
    simulator.add_account(31, "1950", "Padaria São José", 12)
    url = f"{simulator.url}/v3/events/alarm"
    assert session.post(url, json={"events": [ALARM, ALARM]}, timeout=5).status_code == 200
    found = events(simulator, session, "12:00:00.000", "12:00:00.000").json()
    assert [(event["accountId"], event["code"]) for event in found] == [(31, "E702")] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "9"},
        {"companyId": "12"},
        {"code": None},
        {"account": 1950},
        {"dateTime": "yesterday"},
    ],
)
def test_one_bad_event_spoils_the_injection(
    simulator: Simulator, session: requests.Session, wrong: dict[str, Any]
) -> None:
    simulator.add_account(31, "1950", "Padaria São José", 12)
    body = {"events": [ALARM, ALARM | wrong]}
    answer = session.post(f"{simulator.url}/v3/events/alarm", json=body, timeout=5)
    assert answer.status_code == 400
    assert events(simulator, session, "12:00:00.000", "12:00:00.000").json() == []


def test_whatsapp_and_webhook_are_recorded(simulator: Simulator) -> None:
    url = f"{simulator.url}/inst-1/api/v1/send_message?instance_id=inst-1"
    raw = {"Authorization": simulator.chatpro_token}

    def send(number: str, headers: dict[str, str]) -> requests.Response:
        body = {"number": number, "message": "*oi*"}
        return requests.post(url, json=body, headers=headers, timeout=5)

    sent = send("120363041-1@g.us", raw)
    assert (sent.status_code, sent.json()["status"]) == (201, True)
    assert sent.json()["resposeMessage"].keys() == {"id", "timestamp"}
    simulator.unknown_numbers.add("5511999990000")
    assert send("5511999990000", raw).status_code == 400
    assert send("nobody", raw).status_code == 400
    assert (
        send("5511999990001", {"Authorization": f"Bearer {raw['Authorization']}"}).status_code
        == 401
    )
    requests.post(f"{simulator.url}/webhook", data=b"{}", headers={"X-Tracker-A": "1"}, timeout=5)
    assert [request.status for request in simulator.received("/inst-1")] == [201, 400, 400, 401]
    assert simulator.requests[0].json()["message"] == "*oi*"
    assert simulator.requests[0].query == {"instance_id": "inst-1"}
    (hook,) = simulator.received("/webhook")
    assert (hook.method, hook.body, hook.header("x-tracker-a"), hook.status) == (
        "POST",
        b"{}",
        "1",
        200,
    )
    assert simulator.count() == 5


def test_faults_come_in_order_then_it_is_as_before(
    simulator: Simulator, session: requests.Session
) -> None:
    def status() -> int:
        return session.get(f"{simulator.url}/v1/companies", timeout=5).status_code

    def teapot(handler: Handler) -> None:
        handler.send(Reply(418))

    simulator.fail("/v1/comp", Reply(503, b"", {"Retry-After": "1"}), teapot)
    simulator.fail_always("/v1/companies", json_reply(500, {}))
    assert [status() for _ in range(4)] == [503, 418, 500, 500]
    simulator.heal()
    assert status() == 200
    assert [request.status for request in simulator.requests] == [503, 0, 500, 500, 200]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.reset, requests.ConnectionError),
        (faults.lose_answer, requests.ConnectionError),
        (faults.hang_up, requests.ConnectionError),
        (faults.truncate, requests.exceptions.ChunkedEncodingError),
        (faults.drip(0.3), requests.ConnectionError),
        (faults.slow(0.3), requests.ReadTimeout),
    ],
)
def test_connections_break_as_asked(
    simulator: Simulator, session: requests.Session, fault: Any, error: type[Exception]
) -> None:
    simulator.add_company(12, "Sentinela")
    simulator.fail("/", fault)
    with pytest.raises(error):
        session.get(f"{simulator.url}/v1/companies", timeout=0.1)
    assert session.get(f"{simulator.url}/v1/companies", timeout=5).ok


def test_an_answer_can_be_lost_after_the_deed(
    simulator: Simulator, session: requests.Session
) -> None:
    simulator.add_account(31, "1950", "Padaria São José", 12)
    simulator.fail("/v3/events/alarm", faults.lose_answer)
    with pytest.raises(requests.ConnectionError, match="reset"):
        session.post(f"{simulator.url}/v3/events/alarm", json={"events": [ALARM]}, timeout=5)
    assert len(events(simulator, session, "12:00:00.000", "12:00:00.000").json()) == 1


def test_the_clock_and_the_latency_can_be_wrong(
    simulator: Simulator, session: requests.Session
) -> None:
    simulator.date_offset = 3_600
    simulator.latency = 0.05
    began = time.monotonic()
    answer = session.get(f"{simulator.url}/v1/system/status", timeout=5)
    assert time.monotonic() - began >= 0.05
    ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - simulator.now() / 1000
    assert ahead == pytest.approx(3_600, abs=5)


def test_it_stops_at_once_and_starts_again_on_its_port(
    simulator: Simulator, session: requests.Session
) -> None:
    url = f"{simulator.url}/v1/system/status"
    assert session.get(url, timeout=5).ok
    began = time.monotonic()
    simulator.stop()
    assert time.monotonic() - began < 3
    with pytest.raises(requests.ConnectionError):
        session.get(url, timeout=5)
    simulator.start()
    assert session.get(url, timeout=5).ok


def test_the_demo_world_is_the_same_each_time_and_tells_its_story() -> None:
    world = demo_world(NOON)
    assert world == demo_world(NOON)
    assert len({account.id for account in world.accounts}) == 400
    assert len({account.account_code for account in world.accounts}) == 400
    assert all(str(account.id) != account.account_code for account in world.accounts)
    times = [event.at_ms for event in world.events]
    assert times == sorted(times)
    assert times[-1] <= NOON
    recent = Counter(
        (event.account_id, event.cuc, event.code)
        for event in world.events
        if event.at_ms >= NOON - 2 * HOUR
        and event.code[1:] in ("130", "131")
        and event.code[0] in "E1"
    )
    loud = {group: count for group, count in recent.items() if count >= 49}
    assert loud == {
        (world.account(SWINGING_ZONE).id, "ALR", "E130"): 140,
        (world.account(STUCK_PANEL).id, "ALR", "1130"): 500,
        (world.account(JUST_BELOW).id, "ALR", "E130"): 49,
        (world.account(TWO_CUCS).id, "ALR", "E131"): 64,
        (world.account(TWO_CUCS).id, "ALI", "E131"): 53,
    }


def test_events_added_out_of_order_are_served_in_order(
    simulator: Simulator, session: requests.Session
) -> None:
    spread = list(uniform_events(demo_world(NOON), NOON, 1_000))
    simulator.add_many(reversed(spread[500:]))
    simulator.add_many(spread[:500])
    simulator.add_many([Event(NOON - HOUR, 1, "E999")])
    found = events(simulator, session, "10:00:00.000", "12:00:00.000").json()
    assert len(found) == 1_001
    assert [event["accountId"] for event in found if event["code"] != "E999"] == [
        event.account_id for event in spread
    ]


def test_it_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "events_tracker.simulator.simulator", "--events", "1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().strip()
            answer = requests.get(f"{url}/v1/accounts", headers=AUTHORIZED, timeout=5)
            assert len(answer.json()) == 400
            # Kept alive, small answers must not wait for the client's delayed acknowledgements.
            with requests.Session() as session:
                session.headers.update(AUTHORIZED)
                took = []
                for _ in range(25):
                    began = time.monotonic()
                    session.get(f"{url}/v1/system/status", timeout=5)
                    took.append(time.monotonic() - began)
                # Linux delays them by 40 ms, but for the first of a connection.
                assert min(took[-5:]) < 0.035
        finally:
            process.terminate()


def test_only_loopback_is_listened_on(simulator: Simulator) -> None:
    port = int(simulator.url.rsplit(":", 1)[1])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=1)
