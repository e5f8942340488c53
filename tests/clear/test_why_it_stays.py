"""A dry run says of what stays open why, in the words of `explain`, and counts what was meant."""

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import dump, on_sqlite
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Tracker

pytestmark = on_sqlite


def _counts(tracker: Tracker, segware: Simulator, **counts: int) -> None:
    """Let so many events of each account be in the window, and scan it a minute later."""
    tracker.clock.advance(MINUTE)
    segware.clear_events()
    accounts = {"padaria": PADARIA, "condominio": CONDOMINIO, "farmacia": FARMACIA}
    for name, count in counts.items():
        segware.add_events(tracker.clock.now(), accounts[name], "E130", count=count)
    tracker.scan("--full")


def _told(tracker: Tracker, *options: str) -> tuple[str, str]:
    """Return the first line and the whole of what a dry run says, its blanks drawn together."""
    lines = tracker("clear", "--dry-run", *options).stdout.splitlines()
    return lines[0], "\n".join(" ".join(line.split()) for line in lines)


def test_it_says_why_and_counts_what_was_asked_about(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= {"TRACKER_CLEAR_AFTER": "10m", "TRACKER_CLEAR_BELOW": "80%"}
    _counts(tracker, segware, padaria=137, condominio=60, farmacia=60)
    _counts(tracker, segware, padaria=137, condominio=45, farmacia=12)
    before = dump(database)
    whys = {
        "1950": "137 >= 50 default not over: 137 ≥ 50",
        "2207": "45 >= 50 default not over: 45 is above its clear line, 80 % of 50",
        "3046": "12 >= 50 default below since 09:02; over at 09:12, if it stays below",
    }
    for account, why in whys.items():
        first, told = _told(tracker, account)
        assert first == f"Would close 0, 1 stay open for account {account}."
        assert why in told
        assert len(told.splitlines()) == 4, "and nothing of the others"
        explained = tracker("explain", account).stdout
        assert why.partition(" default ")[2] in " ".join(explained.split())
    first, told = _told(tracker)
    assert first == "Would close 0, 3 stay open."
    assert all(why in told for why in whys.values())
    assert tracker.clear("--dry-run", "--account", "1950")["kept"] == 3, "JSON counts all"
    assert dump(database) == before
    real = tracker("clear", "--account", "1950").stdout.splitlines()
    assert real[0] == "Closed 0, 1 stay open for account 1950."
    tracker.clear("--force", "--account", "1950", "--reason", "técnico", "--by", "Ana")
    first, told = _told(tracker, "1950")
    assert first == "Would close 0, 0 stay open for account 1950."
    assert "\nmuted: 1 group (1950 ALR E130 default since 09:02 by Ana: técnico)\n" in told


def test_what_the_last_scan_could_not_see_says_so(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create long --codes E130 --value 40 --window 12h")
    _counts(tracker, segware, padaria=60)
    # What cannot be read lies in the window of the one alarm alone.
    segware.clear_events()
    segware.limit = 70
    segware.add_events(tracker.clock.now() - 3 * HOUR, FARMACIA, "E131", count=71)
    tracker.clock.advance(MINUTE)
    tracker.scan("--full", exit_code=1)
    first, told = _told(tracker, "1950", "--alarm", "default,long")
    assert first == "Would close 1, 1 stay open for account 1950, alarm default,long."
    assert "60 >= 40 long not observed since 09:01: what was not read whole ends nothing" in told
