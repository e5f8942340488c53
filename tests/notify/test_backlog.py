"""However much waits, and whatever it waits for, what can be told is told, the urgent first."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from events_tracker.storage.statements import load
from tests.support.alarms import alarms
from tests.support.channels import (
    CHATPRO,
    WEBHOOK,
    called,
    email,
    injected,
    injection,
    texts,
    webhook,
    whatsapp,
)
from tests.support.deliveries import (
    attempts,
    between_looking_and_claiming,
    date_ends_before_beginnings,
    statuses,
)
from tests.support.engines import connected, on_sqlite, sql
from tests.support.mailbox import Mailbox
from tests.support.world import NOON, PADARIA, Tracker, let_it_be_over, open_alert, open_alerts


def in_order(calls: list[dict[str, Any]]) -> bool:
    """Whether every alert of these calls was told once to begin, and then once to be over."""
    told: dict[str, list[str]] = {}
    for call in calls:
        told.setdefault(call["register_id"], []).append(call["kind"])
    return all(kinds == ["opened", "cleared"] for kinds in told.values())


def missed(tracker: Tracker, segware: Simulator, groups: int) -> None:
    """What an alarm catches up with: so many breaches, each over when it is found."""
    alarms(tracker, "create night --codes E130 --value 10 --window 1h --catch-up")
    assert tracker("alarms", "disable", "default").exit_code == 0
    tracker.scan()
    for number in range(groups):
        segware.add_account(1001 + number, str(6001 + number), f"Cliente {number}", 11)
        segware.add_events(NOON + 90 * MINUTE, 1001 + number, "E130", count=10)
    tracker.clock.at = NOON + 4 * HOUR
    assert len(tracker.scan()["opened"]) == groups


def ended_by_a_host_that_is_behind(
    tracker: Tracker, segware: Simulator, database: str, count: int
) -> None:
    """Alerts that nobody was told of, with ends that are dated before their beginnings."""
    open_alerts(tracker, segware, count)
    let_it_be_over(tracker, segware)
    date_ends_before_beginnings(database)


def test_what_began_and_ended_at_the_same_moment_is_told_however_much_it_is(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    missed(tracker, segware, 120)
    assert tracker.notify()["sent"] == 240
    assert len(called(segware)) == 240
    assert in_order(called(segware))


@pytest.mark.parametrize("channel", ["whatsapp", "webhook", "email"])
@pytest.mark.parametrize("digest_over", ["10", "99"])
def test_ends_that_are_dated_before_their_beginnings_hold_nothing_up(
    tracker: Tracker,
    segware: Simulator,
    mailbox: Mailbox,
    database: str,
    channel: str,
    digest_over: str,
) -> None:
    tracker.environ |= {
        "whatsapp": whatsapp(segware), "webhook": webhook(segware), "email": email(mailbox.url),
    }[channel] | {"NOTIFY_DIGEST_OVER": digest_over}  # fmt: skip
    ended_by_a_host_that_is_behind(tracker, segware, database, 25)
    assert tracker.notify()["sent"] == 50
    assert in_order(called(segware))
    messages = 1 if digest_over == "10" else 25
    assert len(texts(segware)) == (messages if channel == "whatsapp" else 0)
    assert len(mailbox.letters) == (messages if channel == "email" else 0)


@on_sqlite
@pytest.mark.parametrize(("channel", "messages"), [(whatsapp, 1), (webhook, 2)])
def test_one_at_a_time_gets_to_the_end(
    tracker: Tracker,
    segware: Simulator,
    database: str,
    channel: Callable[[Simulator], dict[str, str]],
    messages: int,
) -> None:
    tracker.environ |= channel(segware)
    ended_by_a_host_that_is_behind(tracker, segware, database, 1)
    for _ in range(messages):
        foreseen = tracker.notify("--dry-run", "--limit", "1")["deliveries"]
        told = tracker.notify("--limit", "1")["deliveries"]
        assert [d["id"] for d in foreseen] == [d["id"] for d in told] != []
    assert tracker.notify()["deliveries"] == []
    assert len(texts(segware)) + len(called(segware)) == messages
    assert set(statuses(tracker).values()) == {"sent"}


def test_what_is_urgent_is_told_first_however_much_came_before_it(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    alarms(tracker, "create door --codes E401 --value 1 --priority high")
    alarms(tracker, "create note --codes E402 --value 1 --priority low")
    segware.add_events(tracker.clock.now(), PADARIA, "E402")
    tracker.scan()
    tracker.clock.advance(MINUTE)
    open_alerts(tracker, segware, 24)
    tracker.clock.advance(MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E401")
    tracker.scan()
    tracker.notify("--limit", "20")
    told = [call["priority"] for call in called(segware)]
    assert told == ["high"] + ["medium"] * 19
    tracker.notify()
    assert [call["priority"] for call in called(segware)][20:] == ["medium"] * 5 + ["low"]


@on_sqlite
def test_injections_that_wait_for_facts_hold_up_no_other(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= injection()
    open_alerts(tracker, segware, 25)
    sql(database, "UPDATE register_entries SET account_code = NULL, company_id = NULL")
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware)
    tracker.notify("--limit", "1")
    assert injected(segware) == ["1950"]


@on_sqlite
def test_what_another_pass_holds_holds_up_no_other(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 25)
    held = tracker.clock.now() + limits.LEASE
    sql(database, f"UPDATE deliveries SET claim = 'x', attempts = 1, lease_until = {held}")
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware)
    assert tracker.notify()["sent"] == 1


@on_sqlite
def test_a_batch_that_others_were_quicker_to_take_does_not_end_the_pass(
    tracker: Tracker, segware: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 25)
    overtaken = between_looking_and_claiming(
        monkeypatch, lambda: tracker.notify("--limit", "20")["sent"]
    )
    assert tracker.notify()["sent"] == 5
    assert overtaken == [20]
    assert len(called(segware)) == 25


@on_sqlite
def test_a_batch_that_is_refused_for_good_does_not_end_the_pass(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 25)
    segware.fail(WEBHOOK, *[Reply(410)] * 20)
    told = tracker.notify(exit_code=1)
    assert (told["failed"], told["sent"]) == (20, 5)


@on_sqlite
def test_a_provider_that_took_nothing_of_a_batch_is_left_alone_until_the_next_pass(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alerts(tracker, segware, 25)
    segware.fail_always(WEBHOOK, Reply(503))
    assert attempts(tracker.notify(exit_code=1)["deliveries"]) == {("pending", 1): 20}
    segware.heal()
    tracker.clock.advance(MINUTE)
    told = tracker.notify("--limit", "5")
    assert attempts(told["deliveries"]) == {("sent", 1): 5}, "what was never tried goes first"


@on_sqlite
def test_much_for_one_channel_does_not_keep_the_others_waiting(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware) | whatsapp(segware)
    open_alerts(tracker, segware, 45)
    tracker.notify()
    assert Counter(request.path for request in segware.received(WEBHOOK)) == {WEBHOOK: 45}
    paths = [r.path for r in segware.received() if r.path in (WEBHOOK, CHATPRO)]
    assert paths.index(CHATPRO) == limits.CLAIMED_SINGLY


@on_sqlite
def test_the_status_says_how_to_see_what_waits_and_how_to_try_what_was_given_up(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ |= webhook(segware)
    open_alert(tracker, segware)
    tracker.clock.advance(16 * MINUTE)

    def advice() -> str:
        checks = tracker("status", "--format", "json").json
        return str(next(c["detail"] for c in checks if c["name"] == "deliveries"))

    assert "1 waiting" in advice()
    assert "notify --dry-run" in advice()
    assert "--retry-failed" not in advice()
    let_it_be_over(tracker, segware)
    segware.fail(WEBHOOK, Reply(410))
    tracker.notify(exit_code=1)
    assert "1 failed" in advice()
    assert "--retry-failed" in advice()


@on_sqlite
@pytest.mark.parametrize("statement", ["deliveries_claimed", "deliveries_foreseen"])
def test_whether_an_end_is_queued_is_looked_up_alert_by_alert(
    database: str, statement: str
) -> None:
    text, values = load("sqlite")[statement].bind({"claim": "x", "values": ["y"]}, "?")
    with connected(database) as connection:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    assert "SEARCH e USING INDEX deliveries_by_register (register_id=?)" in steps
