"""The webhook: an ALERT with its kind, signed."""

import hashlib
import hmac

import pytest

from events_tracker.base import limits
from events_tracker.base.times import MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Handler, Reply, Simulator, json_reply
from tests.support.channels import WEBHOOK, WEBHOOK_SECRET, called, webhook
from tests.support.deliveries import attempts
from tests.support.engines import on_sqlite
from tests.support.world import NOON, Tracker, let_it_be_over, open_alert, open_alerts

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def on(tracker: Tracker, segware: Simulator, initialised: None) -> None:
    tracker.environ |= webhook(segware)


def test_the_body_is_the_alert_with_its_kind_before_it(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    tracker.notify()
    let_it_be_over(tracker, segware)
    tracker.notify()
    opened, cleared = called(segware)
    (entry,) = tracker.history()
    assert cleared == {"kind": "cleared", **entry}
    nothing_yet = {"kind": "opened", "cleared_at": None, "clear_reason": None}
    assert opened == {**cleared, **nothing_yet, "heard_at": opened["heard_at"]}
    assert list(opened) == ["kind", *entry]


def test_the_signature_is_the_hmac_of_timestamp_and_body(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    tracker.notify()
    (request,) = segware.received(WEBHOOK)
    timestamp = request.header("X-Tracker-Timestamp")
    assert timestamp == str(NOON // 1000)
    signed = f"{timestamp}.".encode() + request.body
    expected = hmac.new(WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert request.header("X-Tracker-Signature") == f"sha256={expected}"
    assert request.header("Content-Type") == "application/json"


def test_the_delivery_is_named_the_same_on_retries(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    segware.fail(WEBHOOK, faults.lose_answer)
    (delivery,) = tracker.notify(exit_code=1)["deliveries"]
    tracker.clock.advance(MINUTE)
    tracker.notify()
    first, second = segware.received(WEBHOOK)
    assert first.header("X-Tracker-Delivery") == delivery["id"]
    assert second.header("X-Tracker-Delivery") == delivery["id"]
    assert first.header("X-Tracker-Timestamp") != second.header("X-Tracker-Timestamp")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_given_up_after_a_few_attempts(
    tracker: Tracker, segware: Simulator, status: int
) -> None:
    open_alert(tracker, segware)
    elsewhere = {"Location": f"{segware.url}/webhook/elsewhere"}
    segware.fail_always(WEBHOOK, Reply(status, headers=elsewhere))
    said = f"webhook: the webhook sent us to another address ({status}); redirects are not followed"
    for fate in ("will be tried again", "will be tried again", "failed"):
        assert tracker.notify(exit_code=1)["errors"] == [f"{said} ({fate})"]
        tracker.clock.advance(5 * MINUTE)
    assert tracker.notify()["deliveries"] == []
    assert segware.count("/webhook/elsewhere") == 0


def test_a_redirect_that_passes_costs_nothing(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    segware.fail(WEBHOOK, Reply(302))
    tracker.notify(exit_code=1)
    tracker.clock.advance(MINUTE)
    assert tracker.notify()["sent"] == 1


def test_one_that_breaks_off_once_is_told_of_the_rest(tracker: Tracker, segware: Simulator) -> None:
    open_alerts(tracker, segware, 3)
    segware.fail(WEBHOOK, faults.lose_answer)
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("pending", 1): 1, ("sent", 1): 2}


def test_one_that_never_answers_is_tried_again_later(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_alert(tracker, segware)
    monkeypatch.setattr(limits, "READ_SECONDS", 0.2)
    segware.fail(WEBHOOK, faults.slow(30))
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("pending", 1): 1}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Content-Length: 9\r\n\r\ntaken", id="breaks off"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="is no chunk"),
        pytest.param(b"Content-Type: application/json\r\n\r\n[1", id="is no JSON"),
        pytest.param(b'Content-Type: application/json\r\n\r\n{"id": {}}', id="has no id"),
        pytest.param(b"Content-Encoding: gzip\r\n\r\nnot gzip", id="is not what it says"),
    ],
)
def test_a_success_in_the_status_line_is_enough_whatever_its_body_does(
    tracker: Tracker, segware: Simulator, body: bytes
) -> None:
    def answer(handler: Handler) -> None:
        handler.connection.sendall(b"HTTP/1.1 200 OK\r\n" + body)
        handler.close_connection = True

    open_alert(tracker, segware)
    segware.fail(WEBHOOK, answer)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 1): 1}


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_success_whose_body_never_ends_holds_up_nobody(
    kind: str, tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RECEIPT_SECONDS", 0.2)

    def answer(handler: Handler) -> None:
        handler.connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
        handler.close_connection = True
        handler.pause(30)

    open_alert(tracker, segware)
    segware.fail(WEBHOOK, answer)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 1): 1}


@pytest.mark.parametrize(
    ("body", "kept"),
    [({"id": "evt-1"}, "evt-1"), ({"id": 17}, "17"), ({"id": "x" * 201}, None), ({}, None)],
)
def test_the_id_that_the_receiver_answers_is_kept(
    body: dict[str, object], kept: str | None, tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    segware.fail(WEBHOOK, json_reply(200, body))
    tracker.notify()
    assert tracker.notifications()[0]["deliveries"][0]["provider_id"] == kept


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("http://hooks.example/x", False),
        ("http://10.0.0.5/x", False),
        ("https://hooks.example/x", True),
        ("http://localhost:8080/x", True),
        ("http://[::1]:8080/x", True),
    ],
)
def test_only_this_machine_may_be_told_without_tls(tracker: Tracker, url: str, right: bool) -> None:
    result = tracker("notify", WEBHOOK_URL=url)
    assert result.exit_code == (0 if right else 2)
    assert "hooks.example" not in result.stderr
