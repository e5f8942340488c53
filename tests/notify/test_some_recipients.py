"""An e-mail that some of its recipients take and others refuse: nobody has it twice."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.channels import email
from tests.support.deliveries import attempts, statuses
from tests.support.mailbox import Mailbox
from tests.support.world import PADARIA, Tracker, let_it_be_over, open_alert, open_alerts

ANA, RUI, EVA = "ana@sentinela.example", "rui@sentinela.example", "eva@sentinela.example"
OPENED, CLEARED = "EXCESSO DE EVENTOS", "ENCERRADO"


@pytest.fixture(autouse=True)
def to_three(tracker: Tracker, mailbox: Mailbox) -> None:
    tracker.environ |= email(mailbox.url) | {"EMAIL_TO": f"{ANA},{RUI}", "EMAIL_CC": EVA}


def refused(mailbox: Mailbox, code: int) -> str:
    return f"the mail server {mailbox.address} refused {RUI} ({code}); the others have the message"


def had(mailbox: Mailbox) -> dict[str, list[str]]:
    """The beginnings of the subjects that each recipient got, in their order."""
    found: dict[str, list[str]] = {}
    for letter, recipients in zip(mailbox.letters, mailbox.recipients, strict=True):
        for recipient in recipients:
            found.setdefault(recipient, []).append(str(letter["Subject"]).partition(":")[0])
    return found


def test_one_that_is_refused_for_good_costs_the_others_nothing(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    mailbox.unknown = {RUI}
    open_alert(tracker, segware)
    result = tracker("notify", "--format", "json")
    assert result.exit_code == 0
    assert result.stderr == f"note: email: {refused(mailbox, 550)} (sent)\n"
    (delivery,) = result.json["deliveries"]
    assert (delivery["status"], delivery["error"]) == ("sent", refused(mailbox, 550))
    (kept,) = tracker.notifications("--full")[0]["deliveries"]
    assert (kept["error"], kept["provider_id"]) == (
        refused(mailbox, 550),
        mailbox.letters[0]["Message-ID"],
    )
    assert RUI not in tracker("notifications").stdout
    assert "failed" not in tracker("status").stdout
    tracker.notify("--retry-failed")
    let_it_be_over(tracker, segware)
    tracker.notify()
    assert had(mailbox) == {ANA: [OPENED, CLEARED], EVA: [OPENED, CLEARED]}
    assert statuses(tracker) == {("opened", "email"): "sent", ("cleared", "email"): "sent"}


def test_one_that_is_refused_for_now_is_tried_again_alone(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    mailbox.greylisted = {RUI}
    open_alert(tracker, segware)
    told = tracker.notify(exit_code=1)
    assert told["errors"] == [f"email: {refused(mailbox, 450)} (will be tried again)"]
    assert attempts(told["deliveries"]) == {("pending", 1): 1}
    assert tracker.notify()["deliveries"] == []
    mailbox.greylisted = set()
    mailbox.asked.clear()
    tracker.clock.advance(MINUTE)
    (delivery,) = tracker.notify()["deliveries"]
    assert (delivery["status"], delivery["attempts"], delivery["error"]) == ("sent", 2, None)
    assert mailbox.asked == [RUI]
    assert had(mailbox) == {ANA: [OPENED], EVA: [OPENED], RUI: [OPENED]}
    first, second = mailbox.letters
    assert (first["To"], first["Message-ID"]) == (second["To"], second["Message-ID"])
    let_it_be_over(tracker, segware)
    tracker.notify()
    assert had(mailbox)[RUI] == had(mailbox)[ANA] == [OPENED, CLEARED]


def test_what_was_lost_for_good_is_kept_when_the_rest_has_it(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    mailbox.unknown, mailbox.greylisted = {RUI}, {EVA}
    open_alert(tracker, segware)
    tracker.notify(exit_code=1)
    mailbox.greylisted = set()
    mailbox.asked.clear()
    tracker.clock.advance(MINUTE)
    (delivery,) = tracker.notify()["deliveries"]
    assert (delivery["status"], delivery["error"]) == ("sent", refused(mailbox, 550))
    assert mailbox.asked == [EVA]


@pytest.mark.parametrize("how", ["attempts", "for good", "age", "away"])
def test_a_rest_that_is_given_up_counts_as_sent_and_is_never_sent_to_the_others_again(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox, how: str
) -> None:
    tracker.environ["NOTIFY_MAX_ATTEMPTS"] = "2"
    mailbox.greylisted = {RUI}
    open_alert(tracker, segware)
    tracker.notify(exit_code=1)
    tracker.clock.advance(25 * HOUR if how == "age" else MINUTE)
    if how == "for good":
        mailbox.greylisted, mailbox.unknown = set(), {RUI}
    if how == "away":
        mailbox.stop()
    tracker.notify()
    tracker.notify("--retry-failed")
    (notice,) = tracker.notifications("--full")
    (delivery,) = notice["deliveries"]
    assert delivery["status"] == "sent"
    assert RUI in delivery["error"]
    assert had(mailbox) == {ANA: [OPENED], EVA: [OPENED]}


def test_the_end_waits_for_the_rest_no_longer_than_its_next_attempt(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    open_alert(tracker, segware)
    mailbox.greylisted = {RUI}
    tracker.notify(exit_code=1)
    let_it_be_over(tracker, segware)
    told = tracker.notify(exit_code=1)
    assert {(d["kind"], d["status"]) for d in told["deliveries"]} == {
        ("opened", "sent"),
        ("cleared", "pending"),
    }
    assert had(mailbox)[ANA] == [OPENED, CLEARED]
    mailbox.greylisted = set()
    tracker.clock.advance(MINUTE)
    tracker.notify()
    assert had(mailbox) == {
        ANA: [OPENED, CLEARED],
        EVA: [OPENED, CLEARED],
        RUI: [CLEARED],
    }


def test_if_the_rest_takes_it_then_it_hears_of_opening_and_end_in_this_order(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    open_alert(tracker, segware)
    mailbox.greylisted = {RUI}
    tracker.notify(exit_code=1)
    mailbox.greylisted = set()
    let_it_be_over(tracker, segware)
    tracker.notify()
    assert had(mailbox)[RUI] == had(mailbox)[ANA] == [OPENED, CLEARED]


def test_a_digest_that_some_have_is_sent_as_one_to_the_rest(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    mailbox.greylisted = {RUI}
    open_alerts(tracker, segware, 12)
    told = tracker.notify(exit_code=1)
    assert attempts(told["deliveries"]) == {("pending", 1): 12}
    mailbox.greylisted = set()
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, PADARIA)
    assert attempts(tracker.notify()["deliveries"]) == {("sent", 2): 12, ("sent", 1): 1}
    assert had(mailbox) == {
        recipient: ["12 AVISOS DE EVENTOS", OPENED] for recipient in (ANA, EVA, RUI)
    }


def test_nobody_having_it_all_are_asked_again(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    mailbox.greylisted, mailbox.unknown = {ANA, RUI}, {EVA}
    open_alert(tracker, segware)
    assert attempts(tracker.notify(exit_code=1)["deliveries"]) == {("pending", 1): 1}
    mailbox.greylisted = set()
    tracker.clock.advance(MINUTE)
    (delivery,) = tracker.notify()["deliveries"]
    assert delivery["status"] == "sent"
    assert had(mailbox) == {ANA: [OPENED], RUI: [OPENED]}


def test_the_end_never_overtakes_the_opening_that_the_rest_still_waits_for(
    tracker: Tracker, segware: Simulator, mailbox: Mailbox
) -> None:
    tracker.environ["NOTIFY_DIGEST_OVER"] = "1"
    alarms(tracker, "create door --codes E401 --value 1 --window 5h --priority high")
    open_alert(tracker, segware)
    mailbox.greylisted = {RUI}
    tracker.notify(exit_code=1)
    mailbox.greylisted = set()
    let_it_be_over(tracker, segware)
    segware.add_events(tracker.clock.now(), PADARIA, "E401")
    tracker.scan()
    assert tracker.notify()["sent"] == 3
    assert had(mailbox)[RUI].index(OPENED) < had(mailbox)[RUI].index(CLEARED)
