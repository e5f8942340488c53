"""Somebody changes an alarm while a scan is reading: what is stored when it writes decides."""

from collections.abc import Callable, Iterator

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Handler, Simulator
from tests.support.alarms import alarms, names, of, shown
from tests.support.channels import webhook, whatsapp
from tests.support.world import CONDOMINIO, NOON, PADARIA, Tracker

While = Callable[..., None]


@pytest.fixture(autouse=True)
def start(initialised: None, tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware) | webhook(segware)


@pytest.fixture
def while_reading(tracker: Tracker, segware: Simulator) -> Iterator[While]:
    """Run `tracker alarms`, line by line, while the next scan waits for its first answer."""
    failures: list[BaseException] = []

    def prepare(*lines: str) -> None:
        once = iter([lines])

        def answer(handler: Handler) -> None:
            # Slices are asked for side by side: the first one takes it all.
            for line in next(once, ()):
                try:
                    alarms(tracker, line)
                except BaseException as error:
                    failures.append(error)
            handler.send(handler.normal_reply())

        segware.fail_always("/v1/events", answer)

    yield prepare
    assert not failures, failures[0]


def told(tracker: Tracker) -> list[tuple[str, str]]:
    """What is to be told on which channel, by alarm."""
    return sorted(
        (notice["alarm"], delivery["channel"])
        for notice in tracker.notifications()
        for delivery in notice["deliveries"]
    )


def present(tracker: Tracker, segware: Simulator) -> None:
    """The alarm `night` is about to open over events of now."""
    segware.add_events(tracker.clock.now(), PADARIA, "E401", count=10)


def past(tracker: Tracker, segware: Simulator) -> None:
    """The alarm `night` missed four hours, and something in them."""
    assert tracker.scan()["opened"] == []
    segware.add_events(NOON + 90 * MINUTE, PADARIA, "E401", count=10)
    tracker.clock.advance(4 * HOUR)


BOTH = pytest.mark.parametrize("when", [present, past])
CREATE = "create night --codes E401 --value 10 --window 1h --catch-up"


@BOTH
@pytest.mark.parametrize(
    "line",
    ["disable night", "delete night", "edit night --value 9", "edit night --codes E401,E402"],
)
def test_what_is_not_to_be_detected_any_more_is_not(
    tracker: Tracker,
    segware: Simulator,
    while_reading: While,
    when: Callable[[Tracker, Simulator], None],
    line: str,
) -> None:
    alarms(tracker, CREATE)
    when(tracker, segware)
    while_reading(line)
    assert tracker.scan()["opened"] == []
    assert (tracker.history("--archived"), told(tracker)) == ([], [])
    segware.heal()
    tracker.clock.advance(MINUTE)
    opened = tracker.scan()["opened"]
    assert names(opened) == (["night"] if "edit" in line else []), "by the new rule"


@BOTH
@pytest.mark.parametrize("change", ["--value 11", "--value 9", "--never"])
def test_an_exception_that_was_made_meanwhile_is_for_the_next_scan(
    tracker: Tracker,
    segware: Simulator,
    while_reading: While,
    when: Callable[[Tracker, Simulator], None],
    change: str,
) -> None:
    alarms(tracker, CREATE)
    when(tracker, segware)
    while_reading(f"except night --account 1950 {change} --reason escola")
    assert tracker.scan()["opened"] == []
    segware.heal()
    tracker.clock.advance(MINUTE)
    assert [one["threshold"] for one in tracker.scan()["opened"]] == [9] * (change == "--value 9")


@BOTH
def test_nobody_is_told_once_nobody_is_to_be_told(
    tracker: Tracker,
    segware: Simulator,
    while_reading: While,
    when: Callable[[Tracker, Simulator], None],
) -> None:
    alarms(tracker, CREATE)
    when(tracker, segware)
    while_reading("edit night --no-notify")
    assert names(tracker.scan()["opened"]) == ["night"]
    assert told(tracker) == []
    assert "opened" in [notice["kind"] for notice in tracker.notifications()]


@BOTH
def test_it_is_told_where_and_how_it_is_to_be_told_by_now(
    tracker: Tracker,
    segware: Simulator,
    while_reading: While,
    when: Callable[[Tracker, Simulator], None],
) -> None:
    alarms(tracker, CREATE)
    when(tracker, segware)
    while_reading("edit night --name dusk --priority high --channels webhook")
    (found,) = tracker.scan()["opened"]
    assert (found["alarm"], found["priority"]) == ("dusk", "high")
    (entry,) = tracker.history()
    assert (entry["alarm"], entry["priority"]) == ("dusk", "high")
    assert set(told(tracker)) == {("dusk", "webhook")}


def test_what_catches_up_no_more_does_not(
    tracker: Tracker, segware: Simulator, while_reading: While
) -> None:
    alarms(tracker, CREATE)
    past(tracker, segware)
    while_reading("edit night --no-catch-up")
    assert tracker.scan()["opened"] == []


def test_what_starts_afresh_has_missed_nothing(
    tracker: Tracker, segware: Simulator, while_reading: While
) -> None:
    """Disabled and enabled again within the reading: its revision is the same."""
    alarms(tracker, CREATE)
    past(tracker, segware)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E401", count=10)
    while_reading("disable night", "enable night")
    opened = tracker.scan()["opened"]
    assert [alert["account_id"] for alert in opened] == [CONDOMINIO]


@pytest.mark.parametrize(
    ("line", "opened", "to"),
    [
        ("disable again", [], []),
        ("delete again", [], []),
        ("edit again --value 2", [], []),
        ("edit again --no-notify", ["again"], []),
        ("edit again --name often --channels webhook", ["often"], [("often", "webhook")]),
    ],
)
def test_the_same_goes_for_alarms_over_detections(
    tracker: Tracker,
    segware: Simulator,
    while_reading: While,
    line: str,
    opened: list[str],
    to: list[tuple[str, str]],
) -> None:
    alarms(tracker, "create night --codes E401 --value 10 --no-notify")
    alarms(tracker, "create again --source detections --of night --value 1 --group-by account")
    present(tracker, segware)
    while_reading(line)
    assert names(tracker.scan()["opened"]) == sorted(["night", *opened])
    assert told(tracker) == to


def test_another_scan_has_caught_up_meanwhile(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, CREATE)
    past(tracker, segware)
    other: list[str] = []
    once = iter([tracker.scan])

    def first(handler: Handler) -> None:
        for scan in once:
            segware.heal()
            other.extend(names(scan()["opened"]))
        handler.send(handler.normal_reply())

    segware.fail_always("/v1/events", first)
    assert tracker.scan()["opened"] == []
    assert other == names(tracker.history()) == ["night"]
    assert shown(tracker, "night")["detections"] == 1
    assert len(of("night", tracker.history())) == 1
