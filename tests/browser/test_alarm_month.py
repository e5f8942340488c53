"""The curves of the editor: what other values would have done, told as one moves over them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitors
from tests.browser.test_every_page import faults
from tests.support.kept_counts import keep
from tests.support.world import Tracker


@pytest.fixture
def month(site: object, tracker: Tracker) -> str:
    """An alarm whose month is kept; the path of its page."""
    keep(tracker, 31)
    made = tracker("alarms", "create", "rajadas", "--codes", "E130", "--value", "40")
    assert made.exit_code == 0, made.stderr
    return "/alarms/rajadas"


def previewed(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("#value").fill("30")
    page.locator("#preview button[name=preview]").click()
    expect(page.locator("#preview")).to_contain_text("Nos últimos 30 dias")
    expect(page.locator("#preview")).to_contain_text("133,0 alertas por dia")


def test_moving_over_the_curves_and_the_slider_tell_the_numbers_of_one_value(
    visitors: Visitors, month: str
) -> None:
    page = visitors.person()
    previewed(page, month)
    told = page.locator(".slide output")
    expect(told).to_contain_text("≥ 30: 133,0 alertas por dia · 133 contas")
    picture = page.locator(".curves svg")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    picture.hover(position={"x": box["width"] - 5, "y": box["height"] / 2})
    expect(told).to_contain_text("≥ 90: ")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(told).to_contain_text("≥ 15: ")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("≥ 20: 200,0 alertas por dia · 200 contas")
    said = slider.get_attribute("aria-valuetext")
    assert said == told.text_content()
    # What is told is of the curves alone: what was typed stays.
    expect(page.locator("#value")).to_have_value("30")
    page.locator("#preview summary").click()
    assert faults(page) == {}


def test_the_table_says_the_same_on_a_phone_and_without_scripts(
    visitors: Visitors, month: str
) -> None:
    page = visitors.person(width=PHONE, scripts=False)
    previewed(page, month)
    assert page.get_by_role("slider").count() == 0
    page.locator("#preview summary").click()
    row = page.locator(".stops tr", has_text="em vigor")
    expect(row).to_contain_text("100,0")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
