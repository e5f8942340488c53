"""The list of alerts and one alert, as an operator uses them: by mouse, by keys, on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from events_tracker.simulator.simulator import Simulator
from tests.browser.conftest import BRUNO, EVERYBODY, PHONE, Visitors
from tests.support.world import PADARIA, Tracker, open_alert, open_alerts


@pytest.fixture
def alerts(site: object, tracker: Tracker, segware: Simulator) -> list[str]:
    """Four open alerts, of accounts 5001 to 5004; their ids."""
    return open_alerts(tracker, segware, 4)


def rows(page: Page) -> list[str]:
    """The ids of the alerts that a page lists, from the top."""
    listed = page.locator("tr[data-id]")
    return [str(row.get_attribute("data-id")) for row in listed.all()]


def row(page: Page, account: str) -> Locator:
    """The line of an account's alert in a list."""
    return page.locator("tr[data-id]").filter(has_text=account)


@EVERYBODY
def test_a_filter_is_a_chip_and_an_address_and_can_be_dropped(
    visitors: Visitors, alerts: list[str], scripts: bool
) -> None:
    page = visitors.person(scripts=scripts)
    expect(page.locator("tr[data-id]")).to_have_count(4)
    page.get_by_label("Conta", exact=True).fill("5002")
    page.get_by_label("Conta", exact=True).press("Enter")
    expect(page.locator("tr[data-id]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"[?&]account=5002\b"))
    page.get_by_role("list", name="Filtros em uso").get_by_role("link").click()
    expect(page.locator("tr[data-id]")).to_have_count(4)


def test_a_name_that_nobody_has_leads_to_the_nearest(visitors: Visitors, alerts: list[str]) -> None:
    page = visitors.person()
    page.goto("/alerts?account=5022")
    page.locator(".empty").get_by_role("link").click()
    expect(page.locator("tr[data-id]")).to_have_count(1)


@EVERYBODY
def test_two_are_closed_with_a_reason_which_is_asked_for(
    visitors: Visitors, alerts: list[str], scripts: bool
) -> None:
    visitors.expected.add(422)
    page = visitors.person(scripts=scripts)
    for account in ("5001", "5003"):
        row(page, account).get_by_role("checkbox").check()
    page.locator("#close").click()
    # What was chosen is still chosen where no reason was given.
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator("input[name=ids]:checked")).to_have_count(2)
    page.locator("#reason").fill("técnico no local")
    page.locator("#close").click()
    expect(page.get_by_role("status").first).to_contain_text("2 alertas encerrados")
    expect(page.locator("tr[data-id]")).to_have_count(2)
    page.goto("/alerts?state=closed")
    for account in ("5001", "5003"):
        expect(row(page, account)).to_contain_text("técnico no local")
        expect(row(page, account)).to_contain_text("Ana Lima")


@EVERYBODY
def test_an_alert_is_taken_over_on_a_phone(
    visitors: Visitors, alerts: list[str], scripts: bool
) -> None:
    page = visitors.person(BRUNO, width=PHONE, scripts=scripts)
    row(page, "5002").get_by_role("link").first.click()
    page.locator("#text").fill("ligando para o cliente")
    page.get_by_role("button", name="Assumir").click()
    expect(page.locator("ol.notes li").first).to_contain_text("ligando para o cliente")
    page.goto("/alerts")
    expect(row(page, "5002")).to_contain_text("Bruno Reis")


def test_keys_move_choose_open_and_filter(visitors: Visitors, alerts: list[str]) -> None:
    page = visitors.person()
    first, second, *_ = rows(page)
    here = page.locator("tr.here")
    page.keyboard.press("j")
    expect(here).to_have_attribute("data-id", first)
    page.keyboard.press("j")
    expect(here).to_have_attribute("data-id", second)
    page.keyboard.press("x")
    expect(here.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("x")
    expect(here.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("k")
    expect(here).to_have_attribute("data-id", first)
    page.keyboard.press("/")
    # In a field they are letters like any other.
    page.keyboard.type("jkx/")
    expect(page.get_by_label("Conta", exact=True)).to_have_value("jkx/")
    page.goto("/alerts")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alerts/{first}")


def test_the_list_refreshes_by_itself_but_not_under_somebody_who_chooses(
    visitors: Visitors, alerts: list[str], tracker: Tracker, segware: Simulator
) -> None:
    page = visitors.nobody()
    page.clock.install()
    page.goto("/alerts")
    visitors.fill_in(page)
    expect(page.locator("tr[data-id]")).to_have_count(4)
    open_alert(tracker, segware)
    page.clock.fast_forward(20_000)
    expect(page.locator("tr[data-id]")).to_have_count(5)
    chosen = row(page, "5002").get_by_role("checkbox")
    chosen.check()
    open_alert(tracker, segware, PADARIA, "E131")
    page.clock.fast_forward(60_000)
    expect(chosen).to_be_checked()
    expect(page.locator("tr[data-id]")).to_have_count(5)
    chosen.uncheck()
    page.clock.fast_forward(20_000)
    expect(page.locator("tr[data-id]")).to_have_count(6)


def test_a_server_that_is_gone_is_told_and_coming_back_is_seen(
    visitors: Visitors, alerts: list[str]
) -> None:
    page = visitors.nobody()
    page.clock.install()
    page.goto("/alerts")
    visitors.fill_in(page)
    gone = page.locator("#gone")
    expect(gone).to_be_hidden()
    page.route("**/alerts", lambda route: route.fulfill(status=503, body=""))
    visitors.expected.add(503)
    page.clock.fast_forward(20_000)
    expect(gone).to_be_visible()
    page.unroute("**/alerts")
    page.clock.fast_forward(20_000)
    expect(gone).to_be_hidden()
