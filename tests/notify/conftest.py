"""Notifications start with a database that `tracker init` has made with the default settings."""

from collections.abc import Iterator

import pytest

from tests.support.mailbox import Mailbox
from tests.support.world import Tracker


@pytest.fixture(autouse=True)
def start(initialised: None, tracker: Tracker) -> None:
    """Every test here starts after `tracker init`, and does not mind that no scan runs for days."""
    tracker.environ["TRACKER_STALE_AFTER"] = "31d"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server on loopback that takes everything."""
    with Mailbox() as mailbox:
        yield mailbox
