"""Alarms made and changed in a browser: from a template, with a preview, by two people at once."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import BRUNO, EVERYBODY, PHONE, Visitors
from tests.support.world import Tracker
from tests.web.conftest import ANA


@pytest.fixture
def alarm(site: object, tracker: Tracker) -> str:
    """An alarm to change; its name."""
    assert tracker("alarms", "create", "portas", "--codes", "E401", "--value", "20").exit_code == 0
    return "portas"


def stored(tracker: Tracker, name: str) -> dict[str, object]:
    """The alarm as the command line shows it."""
    found: dict[str, object] = tracker("alarms", "show", name, "--format", "json").json
    return found


@EVERYBODY
def test_an_alarm_is_made_from_a_template_after_a_preview(
    visitors: Visitors, tracker: Tracker, scripts: bool
) -> None:
    page = visitors.person(scripts=scripts)
    page.goto("/alarms")
    page.get_by_role("link", name="panic-storm").click()
    page.locator("#name").fill("pânico em série")
    page.locator("#value").fill("7")
    page.locator("#preview button[name=preview]").click()
    expect(page.locator("#preview")).to_contain_text("7")
    expect(page.locator("#name")).to_have_value("pânico em série")
    assert "pânico" not in tracker("alarms", "list").stdout
    page.locator("#comment").fill("botões presos no centro")
    page.locator(".save button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("pânico em série")
    made = stored(tracker, "pânico em série")
    assert (made["value"], made["created_by"]) == (7, ANA)


@EVERYBODY
def test_what_cannot_be_is_told_at_its_field_and_nothing_typed_is_lost(
    visitors: Visitors, alarm: str, tracker: Tracker, scripts: bool
) -> None:
    visitors.expected.add(422)
    page = visitors.person(scripts=scripts, width=PHONE)
    page.goto(f"/alarms/{alarm}")
    page.locator("#window").fill("2 semanas")
    page.locator("#comment").fill("menos avisos")
    page.locator(".save button").click()
    expect(page.locator("#window")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#window")).to_have_value("2 semanas")
    expect(page.locator("#comment")).to_have_value("menos avisos")
    assert stored(tracker, alarm)["window"] == 7_200


@EVERYBODY
def test_of_two_people_who_edit_at_once_the_second_is_told_and_loses_nothing(
    visitors: Visitors, alarm: str, tracker: Tracker, scripts: bool
) -> None:
    visitors.expected.add(409)
    ana, bruno = visitors.person(ANA, scripts=scripts), visitors.person(BRUNO, scripts=scripts)
    for page in (ana, bruno):
        page.goto(f"/alarms/{alarm}")
    ana.locator("#value").fill("30")
    ana.locator(".save button").click()
    expect(ana.get_by_role("status").first).to_be_visible()
    bruno.locator("#value").fill("40")
    bruno.locator("#description").fill("portas que ficam abertas")
    bruno.locator(".save button").click()
    conflict = bruno.locator("#conflict")
    for told in (ANA, "30", "40"):
        expect(conflict).to_contain_text(told)
    expect(bruno.locator("#value")).to_have_value("40")
    expect(bruno.locator("#description")).to_have_value("portas que ficam abertas")
    assert stored(tracker, alarm)["value"] == 30
    # Having seen what it says now, he may go on.
    bruno.locator(".save button").click()
    expect(bruno.get_by_role("status").first).to_be_visible()
    saved = stored(tracker, alarm)
    assert (saved["value"], saved["changed_by"]) == (40, BRUNO)


@EVERYBODY
def test_an_alarm_is_turned_off_and_deleted_after_a_question(
    visitors: Visitors, alarm: str, tracker: Tracker, scripts: bool
) -> None:
    page = visitors.person(scripts=scripts)
    page.goto(f"/alarms/{alarm}")
    page.locator("button[formaction$='/disable']").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert stored(tracker, alarm)["enabled"] is False
    page.locator("a[href$='/delete']").click()
    page.locator("button.danger").click()
    expect(page).to_have_url(f"{visitors.site.url}/alarms?done=deleted")
    assert alarm not in tracker("alarms", "list").stdout
