"""Clearing starts with a database that `tracker init` has made with the default settings."""

import pytest

from tests.notify.kept import database, initialised, kept

__all__ = ["database", "initialised", "kept"]


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""
