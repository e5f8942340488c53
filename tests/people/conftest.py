"""People and tokens, on a database that `tracker init` has made."""

import pytest

from tests.support.people import quick_passwords

__all__ = ["quick_passwords"]

SECRET = "0f1e2d3c-what-tests-sign-their-tokens-with"


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""
