"""What holds for every page: nobody is kept out, nothing is wider than a phone, little is sent."""

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from events_tracker.base.times import HOUR
from events_tracker.simulator.simulator import Simulator
from tests.browser.conftest import PHONE, WIDE, Visitors
from tests.support.world import Tracker, open_alerts

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

LONG_NAME = "panico_de_madrugada_em_condominios_verticais_e_lojas_de_rua_60"
"""A word that no line of a phone has room for."""
MOST_BYTES, MOST_REQUESTS = 120_000, 3


@pytest.fixture
def paths(site: object, tracker: Tracker, segware: Simulator) -> list[str]:
    """Every page, with something on it: what is open, what is over, notes, alarms, errors."""
    over, *_ = open_alerts(tracker, segware, 4)
    tracker.clock.advance(HOUR)
    ids = [over]
    assert tracker("clear", "--force", "--account", "5001", "--reason", "visita").exit_code == 0
    open_, *_ = [alert["register_id"] for alert in tracker.history("--open")]
    assert tracker("note", open_, "a caminho", "--acknowledge").exit_code == 0
    ids.append(open_)
    assert tracker("alarms", "create", LONG_NAME, "--template", "panic-storm").exit_code == 0
    assert tracker("alarms", "edit", LONG_NAME, "--value", "3").exit_code == 0
    school = ("--account", "5002", "--value", "200", "--reason", "escola")
    assert tracker("alarms", "except", "default", *school).exit_code == 0
    visit = ("--account", "5003", "--for", "7d", "--long", "--reason", "técnico no local")
    assert tracker("hold", *visit).exit_code == 0
    tracker.scan()
    return [
        "/alerts",
        "/alerts?state=all&priority=medium",
        "/alerts?state=muted",
        "/alerts?account=5999",
        "/alerts?since=never",
        *(f"/alerts/{id_}" for id_ in ids),
        "/accounts/5002",
        "/accounts/5999",
        "/report",
        "/report?since=never",
        "/report?until=2026-01-02",
        "/alarms",
        f"/alarms/{LONG_NAME}",
        "/alarms/default",
        f"/alarms/{LONG_NAME}/delete",
        "/alarms/default/exceptions",
        "/alarms/new?template=missing-test",
        "/holds?account=5002&code=E130",
        "/holds?state=all",
        "/nowhere",
    ]


def faults(page: "Page") -> dict[str, str]:
    """What axe-core finds wrong on the page that is shown, wide and narrow, light and dark."""
    wrong = {}
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong[f"{page.url} {width}"] = "wider than the screen"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page)
            if found.violations_count:
                wrong[f"{page.url} {width} {scheme}"] = found.generate_report()
    return wrong


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_every_page_is_for_everybody(visitors: Visitors, paths: list[str], language: str) -> None:
    visitors.expected |= {400, 404}
    page = visitors.nobody(language=language)
    page.goto("/sign-in")
    wrong = faults(page)
    visitors.fill_in(page)
    page.wait_for_url("**/alerts")
    for path in paths:
        page.goto(path)
        wrong |= faults(page)
    assert wrong == {}, "\n".join(f"{where}: {what}" for where, what in wrong.items())


def test_every_page_is_light(visitors: Visitors, paths: list[str]) -> None:
    visitors.expected |= {400, 404}
    page = visitors.person()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    heavy = {}
    for path in paths:
        answers.clear()
        page.goto(path, wait_until="networkidle")
        sizes = [len(answer.body()) for answer in answers if answer.url.startswith("http")]
        if len(sizes) > MOST_REQUESTS or sum(sizes) > MOST_BYTES:
            heavy[path] = sizes
    assert heavy == {}
