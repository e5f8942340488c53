"""When an account was last heard: by scans at opening and ever after, and by `clear` for good."""

import random

from events_tracker.base.times import MINUTE, SECOND, iso
from events_tracker.simulator.simulator import Reply, Simulator
from events_tracker.simulator.wire import parse_time
from tests.support.alarms import alarms
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Tracker

ACCOUNTS = (PADARIA, CONDOMINIO, FARMACIA)


class _Recount:
    """What came of each account, by the world's own list, and in which slices that were asked for.

    ``newest``: the moment of its newest event, ``end``: the end of the newest slice that had any,
    ``now``: the same of the last scan alone. What the tracker injects is in none of them.
    """

    def __init__(self, segware: Simulator) -> None:
        self._segware = segware
        self._events: list[tuple[int, int]] = []
        self.newest: dict[int, int] = {}
        self.end: dict[int, int] = {}
        self.now: dict[int, int] = {}

    def add(self, at: int, account: int, code: str, count: int) -> None:
        self._segware.add_events(at, account, code, count=count)
        if count and code != "E702":
            self._events.append((at, account))

    def look(self) -> None:
        self.now = {}
        for request in self._segware.received("/v1/events"):
            start, end = (parse_time(request.query[name]) for name in ("startDate", "endDate"))
            for at, account in self._events:
                if request.status == 200 and start <= at <= end:
                    self.now[account] = max(end, self.now.get(account, 0))
                    self.end[account] = max(end, self.end.get(account, 0))
                    self.newest[account] = max(at, self.newest.get(account, 0))
        self._segware.requests.clear()


def test_it_is_the_end_of_the_newest_slice_with_any_event_that_is_not_ours(
    initialised: None, tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create short --window 10m --value 12 --operator >= --clear-after 0m")
    alarms(tracker, "create all --group-by company,code --codes * --value 20 --window 10m")
    tracker.environ |= {"TRACKER_WINDOW": "25m", "TRACKER_CLEAR_AFTER": "2m"}
    tracker.environ["TRACKER_THRESHOLD"] = "25"
    assert tracker("init").exit_code == 0
    tracker.scan()
    dice, recount = random.Random(9), _Recount(segware)
    heard: dict[str, int] = {}
    silent = companies = 0
    for minute in range(60):
        tracker.clock.advance(MINUTE)
        now = tracker.clock.now()
        for account in ACCOUNTS:
            if (minute // 12 + account) % 3:
                at = now - dice.choice((0, 1, 30 * SECOND, 4 * MINUTE))
                recount.add(at, account, "E130", dice.randrange(5))
            if dice.random() < 0.1:
                recount.add(now - dice.randrange(MINUTE), account, "R130", 1)
            recount.add(now, account, "E702", 1)
        if minute % 17 == 9:
            segware.fail_always("/v1/events", Reply(500))
            tracker.scan(exit_code=1)
            segware.heal()
            continue
        foreseen, found = tracker.scan("--dry-run"), tracker.scan()
        recount.look()
        for part in ("opened", "ongoing", "below"):
            assert [a["heard_at"] for a in foreseen[part]] == [a["heard_at"] for a in found[part]]
        for alert in found["opened"]:
            if (account := alert["account_id"]) is not None:
                heard[alert["register_id"]] = end = parse_time(alert["heard_at"])
                assert recount.newest[account] <= end <= recount.end[account]
        for alert in [*found["ongoing"], *found["below"], *tracker.clear()["cleared"]]:
            id_, account = alert["register_id"], alert["account_id"]
            if account is None:
                assert alert["heard_at"] is None
                companies += 1
                continue
            heard[id_] = max(heard[id_], recount.now.get(account, 0))
            assert alert["heard_at"] == iso(heard[id_])
            silent += "nothing heard" in (alert["clear_reason"] or "")
    in_register = {e["register_id"]: e["heard_at"] for e in tracker.history()}
    assert in_register.items() >= {id_: iso(end) for id_, end in heard.items()}.items()
    assert len(heard) > 10
    assert silent > 1
    assert companies > 3
