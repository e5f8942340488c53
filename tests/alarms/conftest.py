"""Alarms of people's own, on a database that `tracker init` has made with the default settings."""

from collections.abc import Callable
from typing import Any

import pytest

from events_tracker.storage.session import Session

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something else happen just before the next writing transaction begins."""
    write = Session.write

    def prepare(happens: Callable[[], object]) -> None:
        def interrupted(self: Session, order: Any, work: Any) -> Any:
            monkeypatch.setattr(Session, "write", write)
            happens()
            return write(self, order, work)

        monkeypatch.setattr(Session, "write", interrupted)

    return prepare
