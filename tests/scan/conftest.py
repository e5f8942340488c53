"""Scans start with a database that `tracker init` has made with the default settings."""

import pytest

from tests.support import Tracker


@pytest.fixture(autouse=True)
def initialised(tracker: Tracker) -> None:
    assert tracker("init").exit_code == 0
