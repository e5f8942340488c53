"""Explanations start with a database that `tracker init` has made with the default settings."""

import pytest


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""
