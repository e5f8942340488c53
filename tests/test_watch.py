"""The tracker watches itself: without good scans its own alarm opens, once, and clears again."""

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import CHATPRO, injection, texts, webhook, whatsapp
from tests.support.deliveries import statuses
from tests.support.engines import on_sqlite, sql
from tests.support.world import TestClock, Tracker, open_alert


@pytest.fixture(autouse=True)
def start(initialised: None, tracker: Tracker, segware: Simulator) -> None:
    """All channels but e-mail are on, and one scan was good."""
    tracker.environ |= whatsapp(segware) | webhook(segware) | injection()
    tracker.scan()


def test_it_opens_once_is_told_but_not_injected_and_clears_when_scans_are_good_again(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.fail_always("/v1/events", Reply(500))
    for _ in range(15):
        tracker.clock.advance(MINUTE)
        tracker.scan(exit_code=1)
        assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(1)
    assert tracker.notify()["sent"] == 2
    for _ in range(3):
        tracker.clock.advance(MINUTE)
        tracker.scan(exit_code=1)
        assert tracker.clear()["cleared"] == []
        assert tracker.notify()["deliveries"] == []
    (alert,) = tracker.history("--open")
    assert (alert["alarm"], alert["quantity"], alert["threshold"]) == ("tracker", 15, 15)
    segware.heal()
    tracker.clock.advance(MINUTE)
    tracker.scan()
    assert tracker.notify()["sent"] == 2
    (alert,) = tracker.history()
    assert alert["clear_reason"] == "below"
    assert statuses(tracker) == {
        (kind, channel): "sent"
        for kind in ("opened", "cleared")
        for channel in ("whatsapp", "webhook")
    }
    assert texts(segware) == [
        "*MONITOR DE EVENTOS SEM LEITURA*\n\nNenhuma leitura completa dos eventos há 15 minutos.",
        "*MONITOR DE EVENTOS LENDO DE NOVO*\n\n"
        "Leituras completas de novo, depois de 19 minutos sem nenhuma.",
    ]
    assert segware.count("/v3/events/alarm") == 0
    assert tracker.notify()["deliveries"] == []


def test_it_grows_with_the_outage(tracker: Tracker, segware: Simulator) -> None:
    for _ in range(10):
        tracker.clock.advance(60 * MINUTE)
        tracker.notify()
    (alert,) = tracker.history("--open")
    assert (alert["quantity"], alert["highest"]) == (60, 600)
    tracker.clock.advance(10 * MINUTE)
    tracker.scan()
    tracker.notify()
    (alert,) = tracker.history()
    assert (alert["quantity"], alert["highest"], alert["clear_reason"]) == (60, 610, "below")


@pytest.mark.parametrize("apart", [10 * MINUTE, 90_000, -90_000, -10 * MINUTE])
def test_two_hosts_tell_of_one_outage_once_whatever_their_clocks(
    tracker: Tracker, segware: Simulator, apart: int
) -> None:
    host = Tracker(tracker.environ, tracker.folder, TestClock(tracker.clock.now() + apart))
    for minute in range(39):
        for turn in (tracker, host):
            turn.clock.advance(MINUTE)
        (tracker, host)[minute % 2].notify()
    for minute in range(20):
        tracker.scan()
        (tracker, host)[minute % 2].notify()
        for turn in (tracker, host):
            turn.clock.advance(MINUTE)
    (entry,) = tracker.history()
    assert entry["clear_reason"] == "below"
    assert len(texts(segware)) == 2


def test_it_opens_again_the_next_time(tracker: Tracker) -> None:
    for _ in range(2):
        tracker.clock.advance(16 * MINUTE)
        tracker.notify()
        tracker.scan()
        tracker.notify()
    assert len(tracker.history("--alarm", "tracker")) == 2


def test_a_scan_that_read_a_part_is_not_a_good_one(tracker: Tracker, segware: Simulator) -> None:
    segware.limit = 10
    tracker.clock.advance(16 * MINUTE)
    segware.add_events(tracker.clock.now(), 7, "E130", count=11)
    tracker.scan(exit_code=1)
    tracker.notify()
    assert len(tracker.history("--alarm", "tracker")) == 1


def test_before_the_first_good_scan_the_time_counts_from_init(
    tracker: Tracker, database: str
) -> None:
    sql(database, "UPDATE scan_state SET good_until = NULL")
    tracker.clock.advance(15 * MINUTE)
    tracker.notify()
    assert tracker.history() == []
    tracker.clock.advance(1)
    tracker.notify()
    assert len(tracker.history("--alarm", "tracker")) == 1


@on_sqlite
def test_how_long_is_a_setting(tracker: Tracker) -> None:
    tracker.environ["TRACKER_STALE_AFTER"] = "1h"
    tracker.clock.advance(60 * MINUTE)
    tracker.notify()
    assert tracker.history() == []
    tracker.clock.advance(1)
    tracker.notify()
    assert len(tracker.history()) == 1


@on_sqlite
def test_scans_neither_observe_nor_list_it(tracker: Tracker, segware: Simulator) -> None:
    tracker.clock.advance(16 * MINUTE)
    tracker.notify()
    open_alert(tracker, segware)
    scan = tracker.scan()
    assert (len(scan["ongoing"]), scan["below"]) == (1, [])


@on_sqlite
def test_a_dry_run_does_not_open_it(tracker: Tracker) -> None:
    tracker.clock.advance(16 * MINUTE)
    tracker.notify("--dry-run")
    assert tracker.history() == []


@on_sqlite
def test_with_every_channel_off_it_is_in_the_register_all_the_same(tracker: Tracker) -> None:
    for switch in ("WHATSAPP_ENABLED", "WEBHOOK_ENABLED", "SEGWARE_ALARM_ENABLED"):
        tracker.environ[switch] = "false"
    tracker.clock.advance(16 * MINUTE)
    tracker.notify()
    (notice,) = tracker.notifications()
    assert (notice["alarm"], notice["priority"], notice["deliveries"]) == ("tracker", "high", [])


@on_sqlite
def test_a_channel_that_is_down_is_told_when_it_is_back(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.clock.advance(16 * MINUTE)
    segware.fail(CHATPRO, Reply(503))
    tracker.notify(exit_code=1)
    tracker.clock.advance(MINUTE)
    assert tracker.notify()["sent"] == 1
