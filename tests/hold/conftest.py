"""Holds start with a database that `tracker init` has made, and three channels that are on."""

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.support.channels import injection, webhook, whatsapp
from tests.support.world import Tracker


@pytest.fixture(autouse=True)
def start(initialised: None, tracker: Tracker, segware: Simulator) -> None:
    """Every test here starts after `tracker init`, and does not mind that no scan runs for days."""
    tracker.environ |= whatsapp(segware) | webhook(segware) | injection()
    tracker.environ["TRACKER_STALE_AFTER"] = "31d"
