"""Signing in and out, and the language, in a browser."""

from playwright.sync_api import expect

from events_tracker.simulator.simulator import Simulator
from tests.browser.conftest import EVERYBODY, Visitors
from tests.support.world import Tracker, open_alert


@EVERYBODY
def test_in_to_where_one_wanted_to_go_and_out_again(visitors: Visitors, scripts: bool) -> None:
    page = visitors.nobody(scripts=scripts)
    page.goto("/alerts?state=all")
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrar")
    visitors.fill_in(page)
    page.wait_for_url("**/alerts?state=all")
    page.get_by_role("button", name="Sair").click()
    page.wait_for_url("**/sign-in")
    page.goto("/alerts")
    expect(page).to_have_url(f"{visitors.site.url}/sign-in?next=%2Falerts")


def test_a_wrong_password_is_told_beside_what_was_typed(visitors: Visitors) -> None:
    visitors.expected.add(401)
    page = visitors.nobody(language="en")
    page.goto("/sign-in")
    visitors.fill_in(page, password="something else")
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("Ana Lima")
    expect(page.get_by_label("Password")).to_be_focused()


@EVERYBODY
def test_the_language_is_the_browsers_until_somebody_chooses(
    visitors: Visitors, scripts: bool
) -> None:
    page = visitors.person(language="en", scripts=scripts)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/alerts?state=closed")
    page.get_by_role("button", name="Português").click()
    expect(page).to_have_url(f"{visitors.site.url}/alerts?state=closed")
    expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alertas")


def test_what_was_typed_when_the_session_ended_is_there_again(
    visitors: Visitors, tracker: Tracker, segware: Simulator
) -> None:
    id_ = open_alert(tracker, segware)
    page = visitors.person()
    page.goto("/alarms/new")
    page.locator("#name").fill("madrugada")
    page.locator("#value").fill("7")
    page.locator("#priority").select_option("high")
    page.locator("input[name=group_by][value=code]").uncheck()
    page.context.clear_cookies()
    page.locator("#comment").press("Enter")
    visitors.fill_in(page)
    expect(page).to_have_url(f"{visitors.site.url}/alarms/new")
    expect(page.locator("#kept")).to_be_visible()
    expect(page.locator("#name")).to_have_value("madrugada")
    expect(page.locator("#value")).to_have_value("7")
    expect(page.locator("#priority")).to_have_value("high")
    expect(page.locator("input[name=group_by][value=code]")).not_to_be_checked()
    # What was taken is not there again.
    page.locator("#comment").press("Enter")
    page.wait_for_url("**/alarms/madrugada*")
    page.goto("/alarms/new")
    expect(page.locator("#name")).to_have_value("")
    expect(page.locator("#kept")).to_be_hidden()
    # Nor is what is pressed twice sent twice.
    page.goto(f"/alerts/{id_}")
    page.locator("#text").fill("a caminho")
    page.get_by_role("button", name="Assumir").dblclick()
    expect(page.get_by_role("status")).to_be_visible()
    page.reload()
    expect(page.locator("ol.notes > li")).to_have_count(1)
