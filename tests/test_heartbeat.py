"""The heartbeat: pinged after each scan, and never a reason for another exit code."""

import pytest

from events_tracker.base import limits
from events_tracker.base.times import MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Handler, Reply, Response, Simulator
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Tracker

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def start(tracker: Tracker, segware: Simulator, initialised: None) -> None:
    tracker.environ["HEARTBEAT_URL"] = f"{segware.url}/heartbeat/0c0ffee0"


def pings(segware: Simulator) -> list[str]:
    return [request.path for request in segware.received("/heartbeat")]


def test_it_is_pinged_after_a_good_scan(tracker: Tracker, segware: Simulator) -> None:
    tracker.scan()
    assert pings(segware) == ["/heartbeat/0c0ffee0"]
    assert segware.requests[-1].path == "/heartbeat/0c0ffee0"


@pytest.mark.parametrize(
    ("address", "path", "query"),
    [
        ("/heartbeat?token=0c0ffee0&msg=up/", "/heartbeat", {"token": "0c0ffee0", "msg": "up/"}),
        ("/heartbeat/?id=0c0ffee0", "/heartbeat/", {"id": "0c0ffee0"}),
    ],
)
def test_a_query_is_kept_and_hears_of_good_scans_alone(
    tracker: Tracker, segware: Simulator, address: str, path: str, query: dict[str, str]
) -> None:
    tracker.environ["HEARTBEAT_URL"] = segware.url + address
    segware.fail("/v1/events", Reply(403))
    assert tracker("scan").exit_code == 1
    assert pings(segware) == []
    tracker.scan()
    (ping,) = segware.received("/heartbeat")
    assert (ping.path, ping.query) == (path, query)


def test_open_alerts_do_not_make_a_scan_bad(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)
    tracker.scan()
    assert pings(segware) == ["/heartbeat/0c0ffee0"]


def test_it_is_told_of_a_bad_scan(tracker: Tracker, segware: Simulator) -> None:
    segware.fail_always("/v1/events", Reply(500))
    tracker.scan(exit_code=1)
    assert pings(segware) == ["/heartbeat/0c0ffee0/fail"]


def test_an_overtaken_scan_says_nothing(tracker: Tracker, segware: Simulator) -> None:
    """The one that overtook it does."""

    def let_another_scan_pass(handler: Handler) -> None:
        tracker("scan")
        handler.send(handler.normal_reply())

    segware.fail("/v1/events", let_another_scan_pass)
    assert tracker.scan()["overtaken"]
    assert pings(segware) == ["/heartbeat/0c0ffee0"]


def test_it_is_told_when_the_database_is_missing(tracker: Tracker, segware: Simulator) -> None:
    result = tracker("scan", DATABASE_URL="sqlite:///nowhere.db")
    assert result.exit_code == 2
    assert pings(segware) == ["/heartbeat/0c0ffee0/fail"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(Reply(404), "answered 404", id="404"),
        pytest.param(Reply(500), "answered 500", id="500"),
        pytest.param(
            Reply(302, headers={"Location": "/heartbeat/elsewhere"}), "answered 302", id="redirect"
        ),
        pytest.param(faults.reset, "broke the connection", id="reset"),
        pytest.param(faults.slow(30), "did not answer within", id="no answer"),
    ],
)
@pytest.mark.parametrize("exit_code", [0, 1])
def test_whatever_becomes_of_it_the_exit_code_is_the_scans(
    tracker: Tracker,
    segware: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    answer: Response,
    words: str,
    exit_code: int,
) -> None:
    if exit_code:
        segware.fail_always("/v1/events", Reply(403))
    if words == "did not answer within":
        monkeypatch.setattr(limits, "READ_SECONDS", 1.0)
    segware.fail("/heartbeat", answer)
    result = tracker("scan")
    assert result.exit_code == exit_code
    assert f"note: the heartbeat at {segware.url} {words}" in result.stderr
    assert "0c0ffee0" not in result.stderr
    assert len(pings(segware)) == 1, "a redirect is not followed"


@pytest.mark.parametrize("command", [["scan", "--dry-run"], ["clear"], ["notify"], ["history"]])
def test_only_a_scan_that_writes_is_told(
    tracker: Tracker, segware: Simulator, command: list[str]
) -> None:
    assert tracker(*command).exit_code == 0
    assert pings(segware) == []
