"""`tracker status`: whoever asks what is wrong is told soon, and all of it."""

import time

import pytest

from events_tracker.base import limits
from events_tracker.simulator import faults
from events_tracker.simulator.server import Fault
from events_tracker.simulator.simulator import Simulator
from tests.alarms.tools import on_sqlite
from tests.support import Tracker

STATUS = "/v1/system/status"


def test_it_waits_less_than_anybody_would_and_less_than_one_read_may_take() -> None:
    assert min(15, limits.READ_SECONDS) > limits.STATUS_ANSWER_SECONDS


@on_sqlite
@pytest.mark.parametrize("fault", [faults.slow(60), faults.drip(60)], ids=["silent", "dripping"])
def test_a_service_that_hangs_is_asked_once_and_everything_else_is_shown(
    tracker: Tracker, segware: Simulator, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATUS_ANSWER_SECONDS", 0.5)
    tracker("init")
    segware.fail_always(STATUS, fault)
    segware.requests.clear()
    began = time.monotonic()
    result = tracker("status")
    assert time.monotonic() - began < 10
    assert segware.count(STATUS) == 1
    assert result.exit_code == 1
    for check in ("settings", "database", "scans", "gaps", "alerts", "deliveries", "token"):
        assert f"\n{check} " in f"\n{result.stdout}"
    assert "error: segware: did not answer before `status` ran out of time" in result.stderr
