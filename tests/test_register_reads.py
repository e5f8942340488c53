"""What pages ask of the register: pages of it, one entry with all that was told, and counts."""

from msgspec.structs import replace

from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.model.alerts import Alert, Situation
from events_tracker.model.filters import Filter, Position, RegisterQuery, State
from events_tracker.reports import alarms, history
from events_tracker.reports.alert import told
from events_tracker.simulator.simulator import Simulator
from events_tracker.storage import Store
from tests.support.channels import whatsapp
from tests.support.values import alert
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker, let_it_be_over, open_alert


def entry(number: int, **changes: object) -> Alert:
    """An entry that opened so many minutes after noon, and is over."""
    at = NOON + number * MINUTE
    over = {"opened_at": at, "cleared_at": at + 1, "clear_reason": "below"}
    return alert(f"{number:032x}", **{**over, **changes})


def numbers(alerts: object) -> list[int]:
    assert isinstance(alerts, list | tuple)
    return [int(one.register_id, 16) for one in alerts]


def walked(store: Store, query: RegisterQuery, length: int) -> list[list[int]]:
    """The numbers of the entries, page by page to the last."""
    pages = []
    while True:
        page = history.slice_of(store, query, length)
        pages.append(numbers(page.alerts))
        if page.next is None:
            return pages
        query = replace(query, before=page.next)


def test_pages_follow_one_another_without_a_gap_or_a_repetition(store: Store) -> None:
    at_once = {"opened_at": NOON + 3 * MINUTE}
    entries = [entry(1), entry(2), *(entry(n, **at_once) for n in (3, 4, 5, 6)), entry(7)]
    store.update(lambda rows: rows.register.add(entries))
    assert walked(store, RegisterQuery(), 2) == [[7, 6], [5, 4], [3, 2], [1]]
    assert walked(store, RegisterQuery(), 7) == [[7, 6, 5, 4, 3, 2, 1]]
    assert walked(store, RegisterQuery(until=NOON + 3 * MINUTE), 3) == [[6, 5, 4], [3, 2, 1]]
    assert walked(store, RegisterQuery(since=NOON + 2 * MINUTE), 4) == [[7, 6, 5, 4], [3, 2]]


def test_what_opens_meanwhile_moves_no_page(store: Store) -> None:
    store.update(lambda rows: rows.register.add([entry(n) for n in (1, 2, 3)]))
    first = history.slice_of(store, RegisterQuery(), 1)
    assert first.next == Position(NOON + 3 * MINUTE, f"{3:032x}")
    store.update(lambda rows: rows.register.add([entry(4)]))
    assert walked(store, RegisterQuery(before=first.next), 1) == [[2], [1]]


def test_every_way_of_asking_has_pages(store: Store) -> None:
    entries = [
        entry(1, account_code="2207", alarm_id="doors", alarm="doors"),
        entry(2, priority="high", cleared_at=None, clear_reason=None),
        entry(3, trade_name="Farmácia"),
        entry(4, cleared_at=None, clear_reason=None),
        entry(5, alarm_id="redefined"),
    ]
    store.update(lambda rows: rows.register.add(entries))
    store.update(lambda rows: rows.register.archive("redefined", NOON))
    for query, found in (
        (RegisterQuery(state=State.OPEN), [[4], [2]]),
        (RegisterQuery(state=State.CLOSED), [[3], [1]]),
        (RegisterQuery(archived=True), [[5], [4], [3], [2], [1]]),
        (RegisterQuery(Filter(account="1950")), [[4], [3], [2]]),
        (RegisterQuery(Filter(account="19*")), [[4], [3], [2]]),
        (RegisterQuery(Filter(account="1950"), state=State.CLOSED), [[3]]),
        (RegisterQuery(alarm_id="default"), [[4], [3], [2]]),
        (RegisterQuery(alarm_id="doors"), [[1]]),
        (RegisterQuery(Filter(name="Farm*")), [[3]]),
        (RegisterQuery(Filter(priority="high")), [[2]]),
        (RegisterQuery(Filter(priority="low")), [[]]),
    ):
        assert walked(store, query, 1) == found, query


def test_one_alert_with_all_that_was_told_of_it(
    tracker: Tracker, segware: Simulator, store: Store
) -> None:
    tracker.environ |= whatsapp(segware)
    register_id = open_alert(tracker, segware)
    tracker.notify()
    tracker.clock.advance(MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=10)
    tracker.scan()
    found = told(store, register_id)
    assert found is not None
    assert (found.alert.quantity, found.alert.highest) == (60, 70)
    assert found.situation == Situation(register_id, 70, NOON + MINUTE)
    assert [(d.kind, d.channel, d.status, d.sent_at) for d in found.deliveries] == [
        ("opened", "whatsapp", "sent", NOON)
    ]
    let_it_be_over(tracker, segware)
    found = told(store, register_id)
    assert found is not None
    assert (found.alert.clear_reason, found.alert.highest) == ("below", 70)
    assert found.situation == Situation(register_id)
    assert [(d.kind, d.status) for d in found.deliveries] == [
        ("opened", "sent"),
        ("cleared", "pending"),
    ]
    assert found.notes == []


def test_what_the_register_does_not_know_is_none(store: Store) -> None:
    for register_id in ("", "0" * 32, "x'; --", "%", "é" * 500):
        assert told(store, register_id) is None


def test_how_the_alerts_of_a_page_stand(tracker: Tracker, segware: Simulator, store: Store) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "1h"
    below = open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=49)
    muted = open_alert(tracker, segware, CONDOMINIO)
    tracker.clear("--force", "--account", "2207", "--reason", "seen")
    page = history.slice_of(store, RegisterQuery(), 50).alerts
    now = tracker.clock.now()
    assert history.situations(store, page) == {
        below: Situation(below, 49, now, below_since=now),
        muted: Situation(muted, 60, now, muted=True),
    }
    assert history.situations(store, []) == {}


def test_what_each_alarm_has_open_and_found_lately(
    tracker: Tracker, segware: Simulator, store: Store
) -> None:
    open_alert(tracker, segware)
    open_alert(tracker, segware, CONDOMINIO)
    tracker.clear("--force", "--account", "2207", "--reason", "seen")
    old = {"alarm_id": "doors", "opened_at": NOON - 8 * DAY}
    more = [
        entry(1, **old),
        entry(2, alarm_id="doors"),
        entry(3, alarm_id="redefined"),
        entry(4, alarm_id="gates", opened_at=NOON - 7 * DAY),
    ]
    store.update(lambda rows: rows.register.add(more))
    store.update(lambda rows: rows.register.archive("redefined", NOON))
    assert alarms.activity(store, NOON - 7 * DAY) == {
        "default": alarms.Activity(1, 2),
        "doors": alarms.Activity(0, 1),
        "gates": alarms.Activity(0, 1),
    }
