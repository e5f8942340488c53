"""What is too old or was refused is given up, and may be tried once more by hand."""

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import (
    CHATPRO,
    INJECTION,
    WEBHOOK,
    called,
    injected,
    injection,
    texts,
    webhook,
    whatsapp,
)
from tests.support.deliveries import attempts, statuses
from tests.support.engines import on_sqlite
from tests.support.world import Tracker, let_it_be_over, open_alert


def test_what_was_never_tried_expires_when_it_is_too_old(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    tracker.clock.advance(24 * HOUR)
    assert tracker.notify("--dry-run")["deliveries"] == []
    assert tracker.notify()["deliveries"] == []
    assert statuses(tracker) == {("opened", "whatsapp"): "expired"}
    assert texts(segware) == []


@on_sqlite
def test_just_before_that_age_it_is_still_delivered(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    tracker.clock.advance(24 * HOUR - 1)
    assert tracker.notify()["sent"] == 1


@on_sqlite
def test_the_age_is_a_setting(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware) | {"NOTIFY_MAX_AGE": "1h"}
    open_alert(tracker, segware)
    tracker.clock.advance(HOUR)
    tracker.notify()
    assert statuses(tracker) == {("opened", "whatsapp"): "expired"}


def test_what_was_tried_in_vain_has_failed_when_it_is_too_old(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(500))
    tracker.notify(exit_code=1)
    tracker.clock.advance(24 * HOUR)
    tracker.notify()
    (notice,) = tracker.notifications()
    (delivery,) = notice["deliveries"]
    assert (delivery["status"], delivery["error"]) == ("failed", "ChatPro answered 500")


def test_retry_failed_tries_failed_expired_and_uncertain_once_more(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware) | injection()
    open_alert(tracker, segware)
    segware.fail(WEBHOOK, Reply(400))
    segware.fail(INJECTION, faults.reset)
    tracker.notify(exit_code=1)
    tracker.environ |= whatsapp(segware)
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, 8)
    tracker.clock.advance(24 * HOUR)
    tracker.notify()
    by_status = [
        (notice["account_code"], delivery["channel"], delivery["status"])
        for notice in tracker.notifications()
        for delivery in notice["deliveries"]
    ]
    assert sorted(by_status) == [
        ("1950", "segware", "uncertain"),
        ("1950", "webhook", "failed"),
        ("2207", "segware", "expired"),
        ("2207", "webhook", "expired"),
        ("2207", "whatsapp", "expired"),
    ]
    foreseen = tracker.notify("--retry-failed", "--dry-run")
    assert attempts(foreseen["deliveries"]) == {("pending", 1): 2, ("pending", 0): 3}
    told = tracker.notify("--retry-failed")
    assert attempts(told["deliveries"]) == {("sent", 2): 2, ("sent", 1): 3}
    assert (len(texts(segware)), len(called(segware))) == (1, 2)
    assert sorted(injected(segware)) == ["1950", "2207"]
    assert tracker.notify("--retry-failed")["deliveries"] == []


def test_what_fails_once_more_is_given_up_at_once(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail_always(CHATPRO, Reply(400))
    tracker.notify(exit_code=1)
    segware.heal()
    segware.fail(CHATPRO, Reply(503))
    told = tracker.notify("--retry-failed", exit_code=1)
    assert attempts(told["deliveries"]) == {("failed", 2): 1}
    tracker.clock.advance(HOUR)
    assert tracker.notify()["deliveries"] == []


@on_sqlite
def test_retry_failed_keeps_to_the_channels_that_are_named(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(400))
    segware.fail(WEBHOOK, Reply(400))
    tracker.notify(exit_code=1)
    tracker.notify("--retry-failed", "--channel", "webhook")
    assert statuses(tracker) == {("opened", "webhook"): "sent", ("opened", "whatsapp"): "failed"}


@on_sqlite
def test_what_is_over_when_it_is_tried_once_more_is_told_to_be_over(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    segware.fail(CHATPRO, Reply(400))
    tracker.notify(exit_code=1)
    let_it_be_over(tracker, segware)
    tracker.notify()
    tracker.notify("--retry-failed")
    (text,) = texts(segware)
    assert text.startswith("*ABERTO E JÁ ENCERRADO*")


def test_an_end_that_is_refused_by_itself_has_failed_and_may_be_tried_once_more(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= whatsapp(segware)
    open_alert(tracker, segware)
    tracker.notify()
    let_it_be_over(tracker, segware)
    segware.fail(CHATPRO, Reply(400))
    tracker.notify(exit_code=1)
    assert statuses(tracker) == {("opened", "whatsapp"): "sent", ("cleared", "whatsapp"): "failed"}
    tracker.notify("--retry-failed")
    assert texts(segware)[1].startswith("*ENCERRADO: EXCESSO DE EVENTOS*")
