"""What takes its time here is left out unless asked for with `-m reliability`."""

from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_SAMPLED = ("test_crash", "test_crowd", "test_cluster")
"""These mark what takes long themselves; a sample of each always runs."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this folder's tests before pytest leaves out what is marked."""
    for item in items:
        if _HERE in item.path.parents and not item.path.name.startswith(_SAMPLED):
            item.add_marker(pytest.mark.reliability)
