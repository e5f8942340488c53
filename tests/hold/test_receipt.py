"""While a hold lasts nobody is told of its account; when it is over, once, of what there was."""

from typing import Any

from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import CHATPRO, called, email, injected, texts
from tests.support.deliveries import statuses
from tests.support.engines import on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import NOON, PADARIA, Tracker, let_it_be_over, open_alert


def hold(tracker: Tracker, *more: str, account: str = "1950", length: str = "4h") -> Any:
    """Hold an account for the technician, in Ana's name; the JSON of the hold."""
    given = ("--account", account, "--for", length, "--reason", "técnico no local", "--by", "Ana")
    result = tracker("hold", *given, "--format", "json", *more)
    assert result.exit_code == 0, result.stderr
    return result.json


def test_one_receipt_at_the_end_tells_what_opened_and_what_of_it_is_over(
    tracker: Tracker, segware: Simulator
) -> None:
    made = hold(tracker)
    over = open_alert(tracker, segware, code="E130")
    let_it_be_over(tracker, segware)
    still = open_alert(tracker, segware, code="E131")
    tracker.clock.advance(2 * HOUR - 2)
    assert tracker.notify()["deliveries"] == []
    assert not [*texts(segware), *called(segware), *injected(segware)]
    assert {d["status"] for n in tracker.notifications() for d in n["deliveries"]} == {
        "held",
        "superseded",
    }
    tracker.clock.advance(1)
    tracker.notify()
    (text,) = texts(segware)
    first, _, *lines = text.splitlines()
    assert first == (
        "*Fim da espera 1950 (técnico no local, Ana, 09:00–13:00): 2 avisos, 1 ainda aberto*"
    )
    assert [line.rpartition(" · ")[2] for line in lines] == ["aberto e encerrado", "aberto"]
    assert injected(segware) == ["1950"], "what is over is not injected any more"
    assert [(body["kind"], body["register_id"]) for body in called(segware)] == [
        ("opened", over),
        ("opened", still),
        ("cleared", over),
    ]
    entries = {entry["register_id"]: entry["hold_id"] for entry in tracker.history()}
    assert entries == {over: made["id"], still: made["id"]}
    tracker.notify()
    assert len(texts(segware)) == 1
    (listed,) = tracker("hold", "--all", "--format", "json").json
    assert (listed["held"], listed["status"], listed["ended_by"]) == (2, "ended", "tracker")


def test_the_end_of_what_was_told_before_waits_for_the_receipt_too(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    tracker.notify()
    made = hold(tracker)
    let_it_be_over(tracker, segware)
    assert tracker.notify()["deliveries"] == []
    ended = tracker("hold", "--end", made["id"][:12], "--by", "Rui")
    assert ended.exit_code == 0
    assert ended.stdout == "The hold of 1950 is over: the next `notify` tells of 1 alert.\n"
    tracker.notify()
    _, receipt = texts(segware)
    first, _, line = receipt.splitlines()
    assert first == (
        "*Fim da espera 1950 (técnico no local, Ana, 09:00–11:00): 1 aviso, nenhum ainda aberto*"
    )
    assert line.endswith(" · encerrado")
    assert injected(segware) == ["1950"]
    (entry,) = tracker.history()
    assert entry["hold_id"] == made["id"]


@on_sqlite
def test_nothing_held_no_message(tracker: Tracker, segware: Simulator) -> None:
    hold(tracker, "--code", "E401")
    hold(tracker, account="2207")
    open_alert(tracker, segware)
    tracker.notify()
    assert len(texts(segware)) == 1, "neither hold speaks of it"
    tracker.clock.advance(5 * HOUR)
    assert tracker.notify()["deliveries"] == []


@on_sqlite
def test_of_overlapping_holds_the_later_end_wins(tracker: Tracker, segware: Simulator) -> None:
    first = hold(tracker, length="2h")
    register_id = open_alert(tracker, segware)
    tracker.clock.advance(HOUR)
    second = hold(tracker, length="3h")
    tracker.clock.advance(HOUR)
    assert tracker.notify()["deliveries"] == [], "the other one still holds it"
    assert tracker.history()[0]["hold_id"] == second["id"] != first["id"]
    tracker.clock.advance(2 * HOUR)
    tracker.notify()
    (text,) = texts(segware)
    assert "(técnico no local, Ana, 10:00–13:00): 1 aviso, 1 ainda aberto" in text
    assert called(segware)[0]["register_id"] == register_id


@on_sqlite
def test_a_receipt_has_all_its_attempts_however_long_the_hold_was(
    tracker: Tracker, segware: Simulator
) -> None:
    hold(tracker, "--long", length="3d")
    open_alert(tracker, segware)
    tracker.clock.advance(3 * DAY)
    segware.fail_always(CHATPRO, Reply(503))
    tracker.notify(exit_code=1)
    segware.heal()
    tracker.clock.advance(MINUTE)
    tracker.notify()
    (text,) = texts(segware)
    assert "(técnico no local, Ana, 21/11 09:00–24/11 09:00): 1 aviso, 1 ainda aberto" in text


@on_sqlite
def test_a_dry_run_tells_what_the_next_notify_lets_go(tracker: Tracker, segware: Simulator) -> None:
    hold(tracker)
    open_alert(tracker, segware)
    assert tracker.notify("--dry-run")["deliveries"] == []
    tracker.clock.advance(4 * HOUR)
    foreseen = [d["id"] for d in tracker.notify("--dry-run")["deliveries"]]
    assert len(foreseen) == 3
    assert [d["id"] for d in tracker.notify()["deliveries"]] == foreseen


@on_sqlite
def test_what_a_hold_kept_back_that_is_gone_is_told(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    hold(tracker)
    open_alert(tracker, segware)
    sql(database, "DELETE FROM holds")
    tracker.notify()
    assert len(texts(segware)) == len(called(segware)) == 1
    assert set(statuses(tracker).values()) == {"sent"}


@on_sqlite
def test_what_catching_up_finds_of_a_held_account_waits_as_well(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker("alarms", "edit", "default", "--catch-up")
    tracker.scan()
    segware.add_events(NOON + HOUR, PADARIA, "E130", count=60)
    tracker.clock.advance(5 * HOUR)
    hold(tracker)
    tracker.scan()
    (entry,) = tracker.history()
    assert entry["cleared_at"] is not None
    assert tracker.notify()["deliveries"] == []
    tracker.clock.advance(4 * HOUR)
    tracker.notify()
    (text,) = texts(segware)
    assert text.splitlines()[-1].endswith("aberto e encerrado")


@on_sqlite
def test_what_is_held_is_not_purged_however_old(tracker: Tracker, segware: Simulator) -> None:
    hold(tracker, "--long", length="7d")
    open_alert(tracker, segware)
    let_it_be_over(tracker, segware)
    tracker.clock.advance(6 * DAY)
    short = {"TRACKER_RETENTION": "1d", "TRACKER_REGISTER_RETENTION": "2d"}
    assert tracker("purge", **short).exit_code == 0
    tracker.clock.advance(DAY)
    tracker.notify()
    (text,) = texts(segware)
    assert ": 1 aviso, nenhum ainda aberto" in text


@on_sqlite
def test_in_english_and_by_letter(tracker: Tracker, segware: Simulator) -> None:
    with Mailbox() as mailbox:
        tracker.environ |= email(mailbox.url) | {"TRACKER_LANGUAGE": "en", "EMAIL_SUBJECT": "Alert"}
        hold(tracker)
        for code in ("E130", "E131"):
            open_alert(tracker, segware, code=code)
        tracker.clock.advance(4 * HOUR)
        tracker.notify()
        (letter,) = mailbox.letters
    about = "End of the hold 1950 (técnico no local, Ana, 09:00–13:00): 2 alerts, 2 still open"
    assert letter["Subject"] == about
    body = letter.get_body(("plain",))
    assert body is not None
    first, _, *lines = body.get_content().splitlines()
    assert first == about
    assert [line.rpartition(" · ")[2] for line in lines] == ["opened", "opened"]
