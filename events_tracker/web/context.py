"""What every request needs of the program: settings, and a connection for each thread."""

import threading
from dataclasses import replace
from typing import cast

from flask import Flask, current_app, g

from events_tracker.app.app import App
from events_tracker.app.previews import Previews
from events_tracker.app.replays import Replays
from events_tracker.base import limits
from events_tracker.base.times import Instant
from events_tracker.settings import Settings
from events_tracker.storage import Store
from events_tracker.web.rates import Rate

_EXTENSION = "events_tracker"


class Context:
    """One server's settings, clock and connections; each thread has an :class:`App` of its own."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.settings = settings
        self.failed_sign_ins = Rate(limits.SIGN_IN_FAILURES, limits.RATE_SECONDS)
        """By address."""
        self.writes = Rate(limits.WRITES, limits.RATE_SECONDS)
        """By the name of who changes something, on pages or through the API."""
        self.previews = Previews()
        self.replays = Replays()
        self._app = app
        self._threads = threading.local()
        self._opened: list[App] = []

    @property
    def app(self) -> App:
        """The wiring that belongs to the thread that asks; its connections stay open."""
        if not hasattr(self._threads, "app"):
            self._threads.app = replace(
                self._app, longest=limits.REQUEST_SECONDS, _databases={}, _servers={}
            )
            self._opened.append(self._threads.app)
        return cast(App, self._threads.app)

    @property
    def now(self) -> Instant:
        return self._app.clock.now()

    def monotonic(self) -> float:
        return self._app.clock.monotonic()

    def store(self) -> Store:
        """Return this thread's store, for one request: it is checked once. Raises TrackerError."""
        if "store" not in g:
            g.store = self.app.store(self.settings, self.app.deadline(limits.PAGE_SECONDS))
        return cast(Store, g.store)

    def count_write(self, who: str) -> float:
        """Count a change by somebody; return the seconds that they have to wait for it instead."""
        now = self.monotonic()
        seconds = self.writes.wait(who, now)
        if not seconds:
            self.writes.count(who, now)
        return seconds

    def close(self) -> None:
        """Give up every thread's connections, once no request is answered any more."""
        for app in self._opened:
            app.close()


def register(site: Flask, context: Context) -> None:
    """Let the requests of a site find this context."""
    site.extensions[_EXTENSION] = context


def of(site: Flask) -> Context:
    """Return the context of a site."""
    return cast(Context, site.extensions[_EXTENSION])


def here() -> Context:
    """Return the context of the request that is being answered."""
    return of(current_app)
