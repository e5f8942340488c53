"""The pages and the API, served over loopback by the real server, as a browser or program asks."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from events_tracker.app.app import App
from events_tracker.web import context, passwords
from events_tracker.web.server import Server
from events_tracker.web.site import make_site
from tests.support.engines import sql
from tests.support.people import quick_passwords
from tests.support.world import NOON, Tracker

__all__ = ["quick_passwords"]

SECRET = "not-a-secret-but-long-enough-for-one"
ANA, PASSWORD = "Ana Lima", "trovoada-2026"


@dataclass
class Site:
    """A server, and one browser that asks it. ``get`` and ``post`` follow no redirects."""

    url: str
    browser: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> requests.Response:
        """Post as a form of ours does."""
        headers = {"Origin": self.url, **options.pop("headers", {})}
        return self.ask("POST", path, data=data, headers=headers, **options)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.browser.request(
            method, self.url + path, timeout=30, allow_redirects=False, **options
        )

    def sign_in(self, name: str = ANA, password: str = PASSWORD) -> requests.Response:
        return self.post("/sign-in", {"name": name, "password": password})

    def another(self) -> "Site":
        """The same server, asked by another browser."""
        return Site(self.url)


def serve(tracker: Tracker) -> Iterator[Site]:
    """Serve a tracker's database as long as the test goes on."""
    app = App(
        environ=tracker.environ,
        folder=tracker.folder,
        clock=tracker.clock,
        shared_env_file=tracker.shared_env_file,
    )
    served = make_site(app, app.settings())
    server = Server(served, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.port}")
    finally:
        server.end()
        thread.join()
        context.of(served).close()


def add_ana(database_url: str) -> None:
    """Let Ana sign in."""
    sql(
        database_url,
        "INSERT INTO people (name, password, session_key, added_at, password_at) "
        f"VALUES ('{ANA}', '{passwords.hashed(PASSWORD)}', '{'0' * 32}', {NOON}, {NOON})",
    )


@pytest.fixture
def web(tracker: Tracker) -> Tracker:
    """The tracker, its database made, with one person: Ana."""
    tracker.environ["WEB_SECRET"] = SECRET
    assert tracker("init").exit_code == 0
    add_ana(tracker.environ["DATABASE_URL"])
    return tracker


@pytest.fixture
def site(web: Tracker) -> Iterator[Site]:
    """The server, asked by a browser in which nobody is signed in."""
    yield from serve(web)


@pytest.fixture
def ana(site: Site) -> Site:
    """The server, asked by a browser in which Ana is signed in."""
    assert site.sign_in().status_code == 303
    return site


def text_of(page: requests.Response) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text)).strip()
