"""Whatever Segware answers: one clear line, exit code 1, nothing changed, the next scan recovers.

How a scan goes on does not depend on the database here, so one engine is enough.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

import pytest

from events_tracker.base import limits
from events_tracker.base.limits import REQUESTS_IN_FLIGHT
from events_tracker.base.times import HOUR, MINUTE, SECOND, utc
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Handler, Reply, Simulator, json_reply
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

pytestmark = on_sqlite

EVENTS = "http://127.0.0.1/v1/events"
ON_THE_WAY = " (trouble on Segware's side or on the way there; if it lasts, call their support)"
UNEXPECTED = " (is SEGWARE_URL right? if it is and this lasts, call Segware's support)"
THEIRS = " (trouble on Segware's side; if it lasts, call their support)"


@pytest.fixture(autouse=True)
def in_the_middle(tracker: Tracker, segware: Simulator, initialised: None) -> None:
    """One alert is open and about to fall below, another one is about to open."""
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 1
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=60)
    segware.requests.clear()


def _once(said: str) -> str:
    """The error without how many slices it cost, and without the simulator's port."""
    return re.sub(r" \(asked \d+ times\)\n$", "\n", re.sub(r"(127\.0\.0\.1):\d+", r"\1", said))


def _asked(segware: Simulator) -> Counter[str]:
    """How often each slice was asked for."""
    return Counter(request.query["startDate"] for request in segware.received("/v1/events"))


@dataclass
class Survives:
    """Asserts that a scan fails with one line, changes nothing, and that the next one recovers."""

    tracker: Tracker
    segware: Simulator
    database: str

    def __call__(self, *messages: str) -> None:
        before = self._state()
        result = self.tracker("scan", "--format", "json")
        assert result.exit_code == 1
        assert _once(result.stderr) in [f"error: {message}\n" for message in messages]
        assert result.json["errors"] == [result.stderr.removeprefix("error: ").strip()]
        assert (result.json["opened"], result.json["below"]) == ([], [])
        assert [alert["account_id"] for alert in result.json["ongoing"]] == [PADARIA]
        assert self._state() == before
        assert self.segware.token not in result.stdout + result.stderr
        self.segware.heal()
        self.tracker.clock.speed = 1.0
        scan = self.tracker.scan()
        assert [alert["account_id"] for alert in scan["opened"]] == [CONDOMINIO]
        assert [alert["account_id"] for alert in scan["below"]] == [PADARIA]

    def _state(self) -> list[list[tuple[Any, ...]]]:
        tables = ("triggers", "register_entries", "notifications", "scan_state")
        return [sql(self.database, f"SELECT * FROM {table}") for table in tables]


@pytest.fixture
def survives(tracker: Tracker, segware: Simulator, database: str) -> Survives:
    return Survives(tracker, segware, database)


def test_a_refused_token(survives: Survives, segware: Simulator) -> None:
    segware.fail_always("/v1/events", json_reply(401, {"messageKey": "unauthorized"}))
    survives(
        "http://127.0.0.1 refused the token (401): it is wrong or has expired; "
        "set a new one in SEGWARE_TOKEN, then try `tracker status`"
    )


def test_a_missing_right_names_the_route(survives: Survives, segware: Simulator) -> None:
    segware.fail_always("/v1/events", json_reply(403, {}))
    survives("the token has no right to /v1/events (403): ask Segware to allow this route")


def test_after_a_refusal_nothing_more_is_asked(tracker: Tracker, segware: Simulator) -> None:
    segware.token = "another"
    segware.limit = 10
    tracker.scan(exit_code=1)
    assert segware.count() <= REQUESTS_IN_FLIGHT, "the slices that were under way at once"


LIST_EXPECTED = "where a list was expected"
NOT_WHOLE = "answered something that is not whole JSON"
DEEP = b"[" * 1_000_000 + b"]" * 1_000_000
NO_EVENTS = {
    "HTML": (b"<html><body>Bad gateway</body></html>", "answered an HTML page"),
    "cut off": (b'[{"accountId": 7, "code": "E130"', NOT_WHOLE),
    "no text": (b"\xff\xfe\x00", NOT_WHOLE),
    "empty": (b"", "answered nothing"),
    "null": (b"null", f"answered null {LIST_EXPECTED}"),
    "object": (b'{"content": []}', f"answered an object {LIST_EXPECTED}"),
    "number": (b"5", f"answered a single value {LIST_EXPECTED}"),
    "brackets": (b"[" * 1_000_000, NOT_WHOLE),
    "nested lists": (DEEP, NOT_WHOLE),
    "nested objects": (b'{"a":' * 1_000_000, NOT_WHOLE),
    "nested in an event": (b'[{"accountId": 7, "code": "E130", "x": ' + DEEP + b"}]", NOT_WHOLE),
}


@pytest.mark.parametrize(
    ("body", "what"),
    NO_EVENTS.values(),
    ids=NO_EVENTS,
)
def test_an_answer_that_is_no_list_of_events(
    survives: Survives, segware: Simulator, body: bytes, what: str
) -> None:
    segware.fail_always("/v1/events", Reply(200, body))
    survives(f"{EVENTS} {what}{UNEXPECTED}")


@pytest.mark.parametrize("status", [204, 400, 404, 418, 500, 501])
def test_a_status_that_is_final(survives: Survives, segware: Simulator, status: int) -> None:
    segware.fail_always("/v1/events", Reply(status, b"" if status == 204 else b"{}"))
    answered = f"answered {status}{THEIRS if status >= 500 else UNEXPECTED}"
    survives(
        f"{EVENTS} "
        + ("does not exist (404): is SEGWARE_URL right?" if status == 404 else answered)
    )


@pytest.mark.parametrize("status", [502, 503, 504, 429])
def test_a_passing_status_is_tried_four_times(
    survives: Survives, segware: Simulator, status: int
) -> None:
    segware.fail_always("/v1/events", json_reply(status, {}))
    too_many = (
        " (too many requests: perhaps other programs share the token; ask Segware for its limit)"
    )
    survives(f"{EVENTS} answered {status}{too_many if status == 429 else THEIRS}")
    assert set(_asked(segware).values()) == {4 + 1}, "then by the scan that recovers"


def test_a_passing_status_that_passes_is_no_error(tracker: Tracker, segware: Simulator) -> None:
    segware.fail("/v1/events", Reply(503), Reply(502), faults.hang_up)
    assert len(tracker.scan()["opened"]) == 1
    assert len(tracker.clock.slept) == 3
    assert tracker.clock.slept[0] < tracker.clock.slept[1] * 3 < tracker.clock.slept[2] * 9


def test_retry_after_is_honoured(tracker: Tracker, segware: Simulator) -> None:
    segware.fail("/v1/events", Reply(429, headers={"Retry-After": "7"}))
    assert len(tracker.scan()["opened"]) == 1
    assert tracker.clock.slept == [7.0]


def test_retry_after_may_be_a_date_of_the_servers_own_clock(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.date_offset = 30
    later = format_datetime(utc(tracker.clock.now() + 71 * SECOND), usegmt=True)
    segware.fail("/v1/events", Reply(429, headers={"Retry-After": later}))
    assert len(tracker.scan()["opened"]) == 1
    assert tracker.clock.slept == [41.0]


@pytest.mark.parametrize("told", ["Sat, 21 Nov 2026 09:00:00 GMT", "some day", "-7"])
def test_a_retry_after_that_is_over_or_says_nothing_asks_for_nothing(
    tracker: Tracker, segware: Simulator, told: str
) -> None:
    segware.fail("/v1/events", Reply(429, headers={"Retry-After": told}))
    assert len(tracker.scan()["opened"]) == 1
    (slept,) = tracker.clock.slept
    assert slept <= 1.5 * limits.BACKOFF_SECONDS


def test_a_retry_after_beyond_the_pass_is_not_waited_for(
    survives: Survives, tracker: Tracker, segware: Simulator
) -> None:
    segware.fail_always("/v1/events", Reply(429, headers={"Retry-After": "86400"}))
    survives("http://127.0.0.1 asks us to wait 86400 s, longer than this pass may last")
    assert tracker.clock.slept == []
    assert set(_asked(segware).values()) == {1 + 1}, "then by the scan that recovers"


@pytest.mark.parametrize(
    "fault", [faults.reset, faults.hang_up, faults.truncate], ids=["reset", "closed", "half"]
)
def test_a_broken_connection(
    survives: Survives, segware: Simulator, fault: Callable[[Handler], None]
) -> None:
    segware.fail_always("/v1/events", fault)
    survives(f"{EVENTS} broke the connection before its answer was whole{ON_THE_WAY}")


def test_a_connection_that_is_reset_half_way(survives: Survives, segware: Simulator) -> None:
    def half_then_reset(handler: Handler) -> None:
        reply = handler.normal_reply()
        handler.send_head(reply)
        handler.wfile.write(reply.body[: len(reply.body) // 2])
        handler.wfile.flush()
        faults.reset(handler)

    segware.fail_always("/v1/events", half_then_reset)
    survives(f"{EVENTS} broke the connection before its answer was whole{ON_THE_WAY}")


def test_a_service_that_is_down(survives: Survives, segware: Simulator) -> None:
    segware.stop()
    result = survives.tracker("scan", "--format", "json")
    assert result.exit_code == 1
    assert _once(result.stderr) == (
        f"error: {EVENTS} cannot be reached (connection refused); "
        "check host and port in SEGWARE_URL, then try `tracker status`\n"
    )
    segware.start()
    assert len(survives.tracker.scan()["opened"]) == 1


def test_a_name_that_does_not_exist(tracker: Tracker) -> None:
    result = tracker("scan", SEGWARE_URL="https://segware.invalid")
    assert result.exit_code == 1
    assert _once(result.stderr) == (
        "error: https://segware.invalid/v1/events cannot be reached (name unknown); check host "
        "and port in SEGWARE_URL, and this machine's DNS, then try `tracker status`\n"
    )


def test_a_service_that_does_not_answer(
    survives: Survives, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    segware.fail_always("/v1/events", faults.slow(30))
    with monkeypatch.context() as short:
        short.setattr(limits, "READ_SECONDS", 0.05)
        short.setattr(limits, "READ_ATTEMPTS", 2)
        result = survives.tracker("scan")
    assert result.exit_code == 1
    assert _once(result.stderr).startswith(f"error: {EVENTS} did not answer within ")
    segware.heal()
    assert len(survives.tracker.scan()["opened"]) == 1


def test_a_service_that_answers_byte_by_byte_holds_no_pass_beyond_its_time(
    survives: Survives, tracker: Tracker, segware: Simulator
) -> None:
    tracker.clock.speed = 300.0
    segware.fail_always("/v1/events", faults.drip(0.01))
    survives(
        "the pass ran out of time before all events were read",
        f"{EVENTS} did not answer before the pass ran out of time{ON_THE_WAY}",
    )


def test_a_port_that_speaks_no_tls(tracker: Tracker) -> None:
    with plain_server() as port:
        result = tracker("scan", SEGWARE_URL=f"https://127.0.0.1:{port}")
    assert result.exit_code == 1
    assert _once(result.stderr) == (
        f"error: https://127.0.0.1/v1/events speaks no TLS on port {port}: "
        "an address that begins with https:// needs a port that does\n"
    )


@contextmanager
def plain_server() -> Iterator[int]:
    """A port whose server speaks no TLS."""
    with Simulator() as simulator:
        yield int(simulator.url.rpartition(":")[2])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(survives: Survives, segware: Simulator, status: int) -> None:
    with Simulator() as elsewhere:
        location = f"{elsewhere.url}/v1/events"
        segware.fail_always("/v1/events", Reply(status, headers={"Location": location}))
        survives(f"{EVENTS} sent us to another address; that is never followed: check SEGWARE_URL")
        assert elsewhere.requests == []


def test_a_netrc_entry_does_not_replace_the_token(
    tracker: Tracker, segware: Simulator, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password hers\n")
    monkeypatch.setenv("NETRC", str(netrc))
    tracker.scan()
    assert {request.header("Authorization") for request in segware.requests} == {
        f"Bearer {segware.token}"
    }


def test_a_compressed_answer_is_read(tracker: Tracker, segware: Simulator) -> None:
    body = json.dumps([{"accountId": CONDOMINIO, "code": "E130", "cuc": "ALR"}] * 60).encode()
    segware.clear_events()
    segware.fail("/v1/events", Reply(200, gzip.compress(body), {"Content-Encoding": "gzip"}))
    assert [alert["quantity"] for alert in tracker.scan()["opened"]] == [60]


def test_a_broken_compression(survives: Survives, segware: Simulator) -> None:
    segware.fail_always("/v1/events", Reply(200, b"not gzip", {"Content-Encoding": "gzip"}))
    survives(f"{EVENTS} answered with a body that cannot be decompressed{ON_THE_WAY}")


MALFORMED = {
    "no object": "E130",
    "null": None,
    "a list": [7, "E130"],
    "no account": {"code": "E130"},
    "null account": {"accountId": None, "code": "E130"},
    "named account": {"accountId": "Padaria", "code": "E130"},
    "fraction": {"accountId": 7.5, "code": "E130"},
    "true": {"accountId": True, "code": "E130"},
    "huge account": {"accountId": 10**30, "code": "E130"},
    "no code": {"accountId": 7},
    "number as code": {"accountId": 7, "code": 130},
    "empty code": {"accountId": 7, "code": ""},
    "long code": {"accountId": 7, "code": "E" * 17},
}


@pytest.mark.parametrize("event", MALFORMED.values(), ids=MALFORMED)
def test_malformed_events_are_counted_and_not_fatal(
    tracker: Tracker, segware: Simulator, event: Any
) -> None:
    for _ in range(60):
        segware.add_raw_event(tracker.clock.now(), event)
    scan = tracker.scan()
    assert [(alert["account_id"], alert["quantity"]) for alert in scan["opened"]] == [
        (CONDOMINIO, 60)
    ]
    assert scan["events"] == {"fetched": 120, "remembered": 0, "counted": 60, "malformed": 60}
    assert "60 counted, 60 malformed." in tracker("scan").stdout


@pytest.mark.parametrize(
    "event",
    [
        {"accountId": "7", "code": "E131", "cuc": "ALR"},
        {"accountId": 7, "code": "E131", "cuc": "ALR", "occurrenceId": 1.5, "more": {"x": []}},
    ],
    ids=["digits as account", "odd fields"],
)
def test_unusual_events_count(tracker: Tracker, segware: Simulator, event: Any) -> None:
    for _ in range(60):
        segware.add_raw_event(tracker.clock.now(), event)
    scan = tracker.scan()
    assert {alert["code"]: alert["account_id"] for alert in scan["opened"]} == {
        "E130": CONDOMINIO,
        "E131": PADARIA,
    }
    assert scan["events"]["malformed"] == 0


def test_more_than_half_malformed_is_an_error(survives: Survives, segware: Simulator) -> None:
    odd = b",".join([b'{"id":1}'] * 61)
    event = b'{"accountId":8,"code":"E130","cuc":"ALR"}'
    body = b"[" + odd + b"," + b",".join([event] * 60) + b"]"
    segware.fail_always("/v1/events", Reply(200, body))
    # Every slice is answered alike; how many there are depends on which answer comes first.
    survives(
        *(
            f"{61 * slices} of {121 * slices} events are not what Segware's events look like: "
            "nothing of this answer is used"
            for slices in range(1, 20)
        )
    )


def test_a_failure_between_slices_costs_only_what_was_not_read(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.limit = 100
    now = tracker.clock.now()
    segware.add_events(now - 110 * MINUTE, PADARIA, "E131", count=60)

    def only_the_newest(handler: Handler) -> None:
        newest = handler.received.query["endDate"] == "2026-11-21T14:00:00.001Z"
        handler.send(handler.normal_reply() if newest else json_reply(500, {}))

    segware.fail_always("/v1/events", only_the_newest)
    scan = tracker.scan(exit_code=1)
    assert [_once(error + "\n") for error in scan["errors"]] == [f"{EVENTS} answered 500{THEIRS}\n"]
    assert [(alert["account_id"], alert["partial"]) for alert in scan["opened"]] == [
        (CONDOMINIO, True)
    ]
    assert scan["below"] == []
    segware.heal()
    assert [alert["code"] for alert in tracker.scan()["opened"]] == ["E131"]


@pytest.mark.parametrize(
    "declared", ["iso-8859-1", '"ISO-8859-1"', "windows-1252", "cp1252", "latin1"]
)
def test_an_answer_is_read_in_the_charset_that_it_declares(
    tracker: Tracker, segware: Simulator, declared: str
) -> None:
    account = {"id": CONDOMINIO, "accountCode": "2207", "tradeName": "Condomínio São João"}
    body = json.dumps(account, ensure_ascii=False).encode("latin-1")
    headers = {"Content-Type": f"application/json; charset={declared}"}
    segware.fail_always(f"/v5/accounts/{CONDOMINIO}", Reply(200, body, headers=headers))
    (alert,) = tracker.scan()["opened"]
    assert alert["trade_name"] == "Condomínio São João"


@pytest.mark.parametrize("declared", ["iso-8859-1", "no-such-charset", "hex", "\\", ""])
def test_what_is_utf8_is_read_as_that_whatever_it_declares(
    tracker: Tracker, segware: Simulator, declared: str
) -> None:
    account = {"id": CONDOMINIO, "accountCode": "2207", "tradeName": "Condomínio São João"}
    body = json.dumps(account, ensure_ascii=False).encode()
    headers = {"Content-Type": f"application/json; charset={declared}"}
    segware.fail_always(f"/v5/accounts/{CONDOMINIO}", Reply(200, body, headers=headers))
    (alert,) = tracker.scan()["opened"]
    assert alert["trade_name"] == "Condomínio São João"


def test_events_are_read_in_the_charset_that_they_declare(
    tracker: Tracker, segware: Simulator
) -> None:
    event = {"accountId": CONDOMINIO, "code": "E130", "cuc": "AÇÃ"}
    body = json.dumps([event] * 60, ensure_ascii=False).encode("latin-1")
    headers = {"Content-Type": "application/json;charset=ISO-8859-1"}
    segware.fail("/v1/events", Reply(200, body, headers=headers))
    assert "AÇÃ" in {alert["cuc"] for alert in tracker.scan()["opened"]}


def test_a_scan_that_read_nothing_says_so_and_how_old_is_what_it_lists(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.fail_always("/v1/events", Reply(503))
    window = "2026-11-21 09:00:00-03:00 to 2026-11-21 11:00:00-03:00 (2h)"
    for dry in (False, True):
        failed = tracker("scan", *(["--dry-run"] if dry else []))
        first, *_, last = failed.stdout.splitlines()
        assert failed.exit_code == 1
        later = "" if dry else " Nothing ends because of that; the next scan tries again."
        assert first == f"Nothing could be read of {window}.{later}"
        assert last.startswith("As of the scan 2 h ago (2026-11-21 09:00:00-03:00): this is old")
        assert "nothing." not in failed.stdout, "it does not say that there was nothing to open"
    segware.heal()
    assert tracker("scan").stdout.endswith("\nAs of the scan 0 s ago.\n")
    foreseen = tracker("scan", "--dry-run").stdout
    assert foreseen.endswith("\nAs of 2026-11-21 11:00:00-03:00; nothing was changed.\n")
