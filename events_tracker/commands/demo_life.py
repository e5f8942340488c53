"""The demo's past hours and its present: what Segware's accounts and the company's people did."""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from events_tracker.app import editing, passes
from events_tracker.app.app import App
from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE, Duration
from events_tracker.commands.demo_stage import Later, run
from events_tracker.model.filters import Filter, RegisterQuery, State
from events_tracker.reports import history

if TYPE_CHECKING:
    from events_tracker.simulator.living import Life
    from events_tracker.simulator.simulator import Simulator

PERSON = "Ana Lima"
"""Who is signed in to the pages."""
_BY_HAND = "Bruno Reis"
_AUTHOR = "Carla Souza"
_STEP: Duration = 20 * MINUTE
"""How far apart the passes of the past hours are."""


def let_in(app: App, password: str) -> bool:
    """Let the demo's person sign in with this password; returns whether they are new."""
    from events_tracker.passes.people import Keeper
    from events_tracker.web.passwords import hashed

    store = app.store(app.settings(), app.deadline(limits.INIT_SECONDS))
    keeper = Keeper(app.clock.now(), app.host)
    is_new = store.read(lambda rows: rows.people.named(PERSON)) is None
    (keeper.add if is_new else keeper.set_password)(store, PERSON, hashed(password))
    return is_new


def make_alarms(app: App) -> None:
    """Make alarms from templates, and change one of them."""
    for template in ("panic-storm", "power-failure", "slow-runaway"):
        _alarm(app, "create", template, "--template", template)
    _alarm(app, "edit", "panic-storm", "--window", "2m", "--comment", "Dois minutos bastam")


def _alarm(app: App, what: str, name: str, *options: str) -> None:
    run(app, "-q", "alarms", what, name, *options, "--by", _AUTHOR)


class Company:
    """A company with a Segware and a tracker, as time goes by; for one thread at a time."""

    def __init__(self, app: App, segware: "Simulator", life: "Life") -> None:
        self._app = app
        self._segware = segware
        self._life = life
        self._lived_until = app.clock.now()

    def go_on(self) -> None:
        """Let the accounts send what they do by now, and run the passes."""
        now = self._app.clock.now()
        self._segware.add_many(self._life.events(self._lived_until, now))
        self._lived_until = now
        for name in ("scan", "clear", "notify"):
            run(self._app, "-q", name)
        # A demo may go on for days, and nobody looks at what was asked of it.
        self._segware.requests.clear()

    def begin(self) -> None:
        """Make the database, let somebody sign in, and make alarms from templates."""
        run(self._app, "-q", "init")
        # Nobody knows this password: the way in is the link.
        let_in(self._app, secrets.token_urlsafe())
        make_alarms(self._app)

    def past(self, past: Duration, clock: Later) -> Iterator[None]:
        """Let the time up to now go by as it went, a step at a time."""
        for left in range(past - _STEP, -1, -_STEP):
            clock.pass_by(_STEP)
            self.go_on()
            if left == HOUR:
                self._close_by_hand()
            elif left == _STEP:
                self._take_over()
            yield

    def _close_by_hand(self) -> None:
        only = Filter(account=self._life.closed_by_hand)
        settings = self._app.settings()
        passes.clear(
            self._app, settings, only, forced="obra no local, cliente avisado", by=_BY_HAND
        )

    def _take_over(self) -> None:
        settings = self._app.settings()
        wanted = RegisterQuery(Filter(account=self._life.taken_over), state=State.OPEN)
        store = self._app.store(settings, self._app.deadline(limits.PAGE_SECONDS))
        (alert,) = history.slice_of(store, wanted, 1).alerts
        editing.note(
            self._app,
            settings,
            alert.register_id,
            "Técnico a caminho; central reinicia sem parar.",
            acknowledge=True,
            by=_BY_HAND,
        )
