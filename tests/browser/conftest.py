"""The pages in a real browser: Debian's Chromium, driven by playwright.

Whatever a page writes to the browser's console, and every error of its scripts, fails its test.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import PATH, launched
from tests.support.engines import skip
from tests.support.people import add
from tests.support.world import Tracker
from tests.web.conftest import ANA, PASSWORD, SECRET, Site, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

BRUNO = "Bruno Reis"
WIDE, PHONE = 1280, 390
PATIENCE = 20_000
"""Milliseconds to wait for what a page is to show."""
EVERYBODY = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
"""With JavaScript and without."""

if find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test beside this file."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One browser for all tests; what it shows is each test's own."""
    if not Path(PATH).exists():
        skip(f"no browser: apt-get install --no-install-recommends chromium brings {PATH}")
    from playwright.sync_api import expect

    # Beside other tests a machine may be slow.
    expect.set_options(timeout=PATIENCE)
    with launched() as browser:
        yield browser


@pytest.fixture
def database(tmp_path: Path) -> str:
    """SQLite alone: what the database says is tested elsewhere."""
    return f"sqlite:///{tmp_path / 'tracker.db'}"


@pytest.fixture
def site(tracker: Tracker) -> Iterator[Site]:
    """The pages of a database in which Ana and Bruno may sign in."""
    tracker.environ["WEB_SECRET"] = SECRET
    assert tracker("init").exit_code == 0
    for name in (ANA, BRUNO):
        add(tracker, name, PASSWORD)
    yield from serve(tracker)


@dataclass
class Visitors:
    """Opens pages for people, each in a browser profile of their own."""

    browser: "Browser"
    site: Site
    expected: set[int] = field(default_factory=set)
    """Statuses of answers that the browser may complain of."""
    complaints: list[str] = field(default_factory=list)
    profiles: "list[BrowserContext]" = field(default_factory=list)

    def nobody(
        self,
        *,
        width: int = WIDE,
        dark: bool = False,
        language: str = "pt-BR",
        scripts: bool = True,
    ) -> "Page":
        """Open a profile in which nobody is signed in."""
        profile = self.browser.new_context(
            base_url=self.site.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            # Colours that are on their way to others are nobody's to judge.
            reduced_motion="reduce",
            locale=language,
            java_script_enabled=scripts,
        )
        profile.set_default_timeout(PATIENCE)
        self.profiles.append(profile)
        page = profile.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def person(
        self,
        name: str = ANA,
        *,
        width: int = WIDE,
        dark: bool = False,
        language: str = "pt-BR",
        scripts: bool = True,
    ) -> "Page":
        """Open a profile and sign somebody in, as people do."""
        page = self.nobody(width=width, dark=dark, language=language, scripts=scripts)
        page.goto("/sign-in")
        self.fill_in(page, name)
        page.wait_for_url("**/alerts")
        return page

    def fill_in(self, page: "Page", name: str = ANA, password: str = PASSWORD) -> None:
        """Fill in the form that is shown, and send it."""
        page.locator("#name").fill(name)
        page.locator("#password").fill(password)
        page.locator("#password").press("Enter")

    def _listen(self, message: "ConsoleMessage") -> None:
        refused = any(
            f"responded with a status of {status} " in message.text for status in self.expected
        )
        if not refused:
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def visitors(chromium: "Browser", site: Site) -> Iterator[Visitors]:
    """Whoever looks at the pages; nothing that they open may complain."""
    coming = Visitors(chromium, site)
    yield coming
    for profile in coming.profiles:
        profile.close()
    assert coming.complaints == []
