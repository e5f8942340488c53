"""The clear line and the wait, by the real commands: what swings is one alert."""

import random
from fractions import Fraction
from typing import Any

from events_tracker.base.times import HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.alarms import alarms
from tests.support.engines import on_sqlite
from tests.support.world import PADARIA, Tracker, open_alert

pytestmark = on_sqlite


def _swing(tracker: Tracker, segware: Simulator, *counts: int) -> list[str]:
    """Let so many events be in the window, scan after scan; what became of it each time."""
    became = []
    for count in counts:
        segware.clear_events()
        segware.add_events(tracker.clock.now(), PADARIA, "E130", count=count)
        found = tracker.scan("--full")
        state = next((name for name in ("opened", "ongoing", "below") if found[name]), "nothing")
        became.append("cleared" if tracker.clear()["cleared"] else state)
        tracker.clock.advance(MINUTE)
    return became


def test_as_it_comes_49_50_49_is_one_alert(tracker: Tracker, segware: Simulator) -> None:
    del tracker.environ["TRACKER_CLEAR_AFTER"]
    assert _swing(tracker, segware, 49, 50, 49, 50, 49) == [
        "nothing", "opened", "below", "ongoing", "below",
    ]  # fmt: skip
    assert _swing(tracker, segware, *[0] * 10) == [*["below"] * 9, "cleared"]


def test_at_once_each_swing_is_an_alert(tracker: Tracker, segware: Simulator) -> None:
    assert _swing(tracker, segware, 50, 49, 50, 49) == ["opened", "cleared"] * 2


def test_above_its_line_it_goes_on_and_below_it_is_over(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_CLEAR_BELOW"] = "80%"
    became = _swing(tracker, segware, 49, 50, 49, 40, 50, 40, 39, 49)
    assert became == ["nothing", "opened", *["ongoing"] * 4, "cleared", "nothing"]
    (entry,) = tracker.history()
    assert (entry["highest"], entry["threshold"], entry["clear_reason"]) == (50, 50, "below")


def test_the_summary_and_a_dry_run_say_it_by_the_line(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_CLEAR_BELOW"] = "80%"
    open_alert(tracker, segware)
    for count, said in ((40, "1 going on, 0 below"), (39, "0 going on, 1 below")):
        segware.clear_events()
        segware.add_events(tracker.clock.now(), PADARIA, "E130", count=count)
        foreseen = tracker("scan", "--full", "--dry-run").stdout
        assert ("Open, but below the clear line: 1 alert." in foreseen) is (count == 39)
        assert f"Open before: {said} the clear line and not cleared yet." in (
            tracker("scan", "--full").stdout
        )


def test_what_was_closed_by_hand_stays_silent_down_to_its_line(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_CLEAR_BELOW"] = "80%"
    open_alert(tracker, segware)
    tracker.clear("--force", "--account", "1950", "--reason", "seen")
    assert _swing(tracker, segware, 45, 50, 39, 50) == ["nothing"] * 3 + ["opened"]


class _Recount:
    """One alarm's alerts by account, counted anew without a thought for how scans do it."""

    def __init__(self, below: int, after: int, values: dict[str, int]) -> None:
        self.below, self.after, self.values = below, after, values
        self.quiet: dict[str, int | None] = {}

    def look(self, counts: dict[str, int], at: int) -> tuple[set[str], set[str], set[str]]:
        """Return what goes on, what opens and what is over."""
        goes_on, over = set(), set()
        opens = {code for code in counts if counts[code] >= self.values[code]} - self.quiet.keys()
        for code, since in list(self.quiet.items()):
            if counts[code] >= Fraction(self.values[code] * self.below, 100):
                self.quiet[code] = None
                goes_on.add(code)
                continue
            self.quiet[code] = since = at if since is None else since
            if at - since >= self.after:
                del self.quiet[code]
                over.add(code)
        self.quiet.update(dict.fromkeys(opens, None))
        return goes_on, opens, over


def test_any_number_of_accounts_live_by_their_lines(tracker: Tracker, segware: Simulator) -> None:
    """Windows lie side by side, so that a window's count is what was sent in its minute."""
    dice, codes = random.Random(3), [str(5001 + number) for number in range(20)]
    for number, code in enumerate(codes):
        segware.add_account(101 + number, code, f"Cliente {code}", 11)
    tracker.environ |= {
        "TRACKER_WINDOW": "59s",
        "TRACKER_THRESHOLD": "10",
        "TRACKER_CLEAR_BELOW": "75%",
        "TRACKER_CLEAR_AFTER": "1m",
    }
    assert tracker("init").exit_code == 0
    alarms(tracker, "create own --window 59s --value 13 --clear-below 34% --clear-after 0m")
    alarms(tracker, "except own --account 5001 --value 9 --reason small")
    own = dict.fromkeys(codes, 13) | {"5001": 9}
    expected = {
        "default": _Recount(75, MINUTE, dict.fromkeys(codes, 10)),
        "own": _Recount(34, 0, own),
    }
    opened = 0
    for minute in range(24):
        tracker.clock.advance(60 * SECOND)
        counts = {code: dice.choice((0, 3, 4, 5, 7, 8, 9, 10, 13, 14)) for code in codes}
        for number, code in enumerate(codes):
            segware.add_events(tracker.clock.now(), 101 + number, "E130", count=counts[code])
        if minute % 8 == 5:
            segware.fail_always("/v1/events", Reply(500))
            tracker.scan(exit_code=1)
            segware.heal()
            assert tracker.clear()["cleared"] == [], "nobody saw anything"
            continue
        foreseen, found = tracker.scan("--dry-run"), tracker.scan()
        cleared = tracker.clear()["cleared"]
        for name, recount in expected.items():
            goes_on, opens, over = recount.look(counts, minute * MINUTE)
            assert _of(found["opened"], name) == opens
            assert _of(found["ongoing"], name) == goes_on
            assert _of(cleared, name) == over
            opened += len(opens)
        for part in ("opened", "ongoing", "below"):
            assert [_but_id(a) for a in foreseen[part]] == [_but_id(a) for a in found[part]]
    assert opened > 60


def _of(alerts: list[dict[str, Any]], alarm: str) -> set[str]:
    return {alert["account_code"] for alert in alerts if alert["alarm"] == alarm}


def _but_id(alert: dict[str, Any]) -> dict[str, Any]:
    return alert | {"register_id": None, "opened_at": None}


def test_an_alarms_own_wait_counts_for_it_alone(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create slow --codes E130 --value 60 --window 2h --clear-after 1h")
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 2
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    assert [alert["alarm"] for alert in tracker.clear()["cleared"]] == ["default"]
    tracker.clock.advance(HOUR)
    tracker.scan()
    assert [alert["alarm"] for alert in tracker.clear(TRACKER_CLEAR_AFTER="9h")["cleared"]] == [
        "slow"
    ]
