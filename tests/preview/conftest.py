"""What every test of previews begins with, and how one asks for a preview."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from events_tracker.app.app import App
from events_tracker.app.previews import Previews
from events_tracker.model.previews import Preview
from tests.support.world import Tracker

Ask = Callable[..., Preview]


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""


@pytest.fixture
def previews() -> Previews:
    """What a server keeps between previews."""
    return Previews()


@pytest.fixture
def app(tracker: Tracker) -> Iterator[App]:
    """What one thread of a server has open."""
    app = App(
        environ=tracker.environ, folder=tracker.folder, clock=tracker.clock, shared_env_file=None
    )
    yield app
    app.close()


@pytest.fixture
def ask(app: App, previews: Previews) -> Ask:
    """`ask(codes="E130", value="20")`, as typed; `ask("doors", value="3")`, an alarm as changed."""

    def asked(name: str | None = None, /, **given: Any) -> Preview:
        settings = app.settings(needs_segware=True)
        return previews.preview(app, settings, given, name)

    return asked
