"""An alarm's own clear line and wait: how they are set, shown, kept, taken back and refused."""

import pytest

from tests.support.alarms import alarms, listed, shown
from tests.support.engines import on_sqlite
from tests.support.world import Tracker

OWN = ("clear_below", "clear_after")


def test_they_are_the_alarms_own_and_no_new_revision(tracker: Tracker) -> None:
    """On each engine: the rows are new."""
    alarms(tracker, "create doors --value 50")
    alarms(tracker, "edit doors --clear-below 80% --clear-after 30m")
    found = shown(tracker, "doors")
    assert [found[name] for name in OWN] == [80, 1800]
    assert found["revision"] == 1
    assert found["versions"][0]["changed"] == [*OWN]
    assert [found["versions"][0]["alarm"][name] for name in OWN] == [80, 1800]
    alarms(tracker, "edit doors --clear-below '' --clear-after ''")
    assert not {*OWN} & shown(tracker, "doors").keys(), "only where there is one"
    alarms(tracker, "edit doors --restore 2")
    assert [shown(tracker, "doors")[name] for name in OWN] == [80, 1800]
    alarms(tracker, "edit doors --restore 1")
    assert not {*OWN} & shown(tracker, "doors").keys(), "an old version has none"


@on_sqlite
def test_the_card_says_when_it_ends_and_versions_what_changed(tracker: Tracker) -> None:
    alarms(tracker, "create doors --clear-below 80%")
    alarms(tracker, "edit doors --clear-after 1h --clear-below ''")
    card = alarms(tracker, "show doors")
    assert "Ends:        over once that did not hold for 1h\n" in card
    assert "clear below 80% → as in the settings; clear after as in the settings → 1h" in card
    alarms(tracker, "edit doors --clear-below 80%")
    assert "Ends:        over once below 80% of that for 1h\n" in alarms(tracker, "show doors")
    usual = "Ends:        over at the first scan that sees that not hold (as in the settings)\n"
    assert usual in alarms(tracker, "show default")
    tracker.environ |= {"TRACKER_CLEAR_BELOW": "90%"}
    usual = "Ends:        over at the first scan below 90% of that (as in the settings)\n"
    assert usual in alarms(tracker, "show default")


PERCENTAGE = "write a whole percentage from 1% to 100% (80%)"


@on_sqlite
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--clear-below 0%", f"--clear-below is '0%': {PERCENTAGE}"),
        ("--clear-below 101%", f"--clear-below is '101%': {PERCENTAGE}"),
        ("--clear-below 33.5%", f"--clear-below is '33.5%': {PERCENTAGE}"),
        # Forty events, or forty percent?
        ("--clear-below 40", f"--clear-below is '40': {PERCENTAGE}"),
        ("--clear-below=-5%", f"--clear-below is '-5%': {PERCENTAGE}"),
        ("--clear-after soon", "--clear-after is 'soon': write a whole number and s, m, h or d"),
        ("--clear-after 32d", "--clear-after is '32d': write a whole number and s, m, h or d (2h),"
         " from 0m to 31d"),
        (
            "--operator = --value 5 --clear-below 80%",
            "--clear-below is '80%': goes with --operator > or >=: with = there is no clear line",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_option(tracker: Tracker, options: str, said: str) -> None:
    assert said in alarms(tracker, f"create doors {options}", exit_code=2)
    assert [alarm["name"] for alarm in listed(tracker)] == ["default"]


@on_sqlite
def test_a_line_goes_before_the_comparison_that_cannot_have_one(tracker: Tracker) -> None:
    alarms(tracker, "create doors --clear-below 80%")
    assert "--clear-below is '80%': goes with" in alarms(tracker, "edit doors --operator =", 2)
    alarms(tracker, "edit doors --operator = --clear-below ''")
    assert shown(tracker, "doors")["operator"] == "="


@on_sqlite
@pytest.mark.parametrize("option", ["--clear-below 80%", "--clear-after 30m"])
def test_of_default_the_settings_decide(tracker: Tracker, option: str) -> None:
    said = alarms(tracker, f"edit default {option}", exit_code=2)
    assert "set TRACKER_CLEAR_BELOW or TRACKER_CLEAR_AFTER" in said
