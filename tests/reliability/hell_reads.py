"""Everything that the tracker reads of Segware: how each read comes about, and what may follow."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from events_tracker.base.times import HOUR
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import dump, sql
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Result, Tracker

IGNORED = 77
"""A user whose closed occurrences do not count."""
UNTOUCHED = ("triggers", "register_entries", "notifications", "deliveries")
"""The tables that a scan which could not read leaves as they were."""


@dataclass(frozen=True)
class Read:
    """One route. ``ask`` is the command that reads it once ``prepare`` was called.

    ``lacks``: the field of the alert that opens all the same without what this route tells; None
    where nothing changes as long as it cannot be read. ``recovered`` asserts that it could be read.
    """

    route: str
    prepare: Callable[[Tracker, Simulator], None]
    recovered: Callable[[Tracker], None]
    ask: tuple[str, ...] = ("scan", "--format", "json")
    lacks: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)


def _in_the_middle(tracker: Tracker, segware: Simulator) -> None:
    """One alert is open and about to fall below, another one is about to open."""
    segware.add_events(tracker.clock.now(), FARMACIA, "E602", count=1_000)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 1
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=60)


def _went_on(tracker: Tracker) -> None:
    scan = tracker.scan()
    assert [alert["account_id"] for alert in scan["opened"]] == [CONDOMINIO]
    assert [alert["account_id"] for alert in scan["below"]] == [PADARIA]


def _hidden(tracker: Tracker, segware: Simulator) -> None:
    """Half of the events of the account about to open belong to an occurrence that is ignored."""
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = str(IGNORED)
    _in_the_middle(tracker, segware)
    now = tracker.clock.now()
    segware.add_occurrence(now, "O-1", IGNORED)
    segware.add_events(now, FARMACIA, "E130", count=60, occurrence_id="O-1")


def _about_to_open(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)


def _complete(tracker: Tracker) -> None:
    """The alert that opened without it has it now, and was opened and told of once."""
    scan = tracker.scan()
    assert (scan["opened"], len(scan["ongoing"])) == ([], 1)
    (entry,) = tracker.history()
    assert [entry[name] for name in ("account_code", "trade_name", "company", "client_group")] == [
        "1950",
        "Padaria São José",
        "Sentinela Monitoramento",
        "Rede Boa Mesa",
    ]
    assert len(tracker.notifications()) == 1


def _by_code(tracker: Tracker, segware: Simulator) -> None:
    """An alarm names an account by its code, which only the list of accounts can explain."""
    rule = "--accounts 3046 --group-by account --operator < --value 1 --codes E602 --window 1h"
    result = tracker("alarms", "create", "no test", *rule.split())
    assert result.exit_code == 0, result.stderr


def _silent(tracker: Tracker) -> None:
    assert [alert["account_code"] for alert in tracker.scan()["opened"]] == ["3046"]


def _healthy(tracker: Tracker) -> None:
    result = tracker("status")
    assert result.exit_code == 0, result.stderr


def _scanned(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    tracker.scan()


READS = {
    "events": Read("/v1/events", _in_the_middle, _went_on),
    "occurrences": Read("/v2/occurrences", _hidden, _went_on),
    "account": Read(
        "/v5/accounts",
        _about_to_open,
        _complete,
        lacks=("account_code", "trade_name", "company", "client_group"),
    ),
    "accounts": Read("/v1/accounts", _by_code, _silent),
    "company": Read("/v1/company", _about_to_open, _complete, lacks=("company",)),
    "client groups": Read("/v1/clientGroups", _about_to_open, _complete, lacks=("client_group",)),
    "status": Read("/v1/system/status", _scanned, _healthy, ask=("status",)),
}


def told_of(read: Read, result: Result) -> list[str]:
    """The lines of an answer's failure; asserts that there is nothing else, such as a traceback."""
    lines = result.stderr.splitlines()
    assert all(line.startswith("error: ") and len(line) < 300 for line in lines), result.stderr
    return lines


def state(database: str) -> dict[str, list[tuple[Any, ...]]]:
    """What must not change."""
    rows = dump(database)
    good = {"good": sql(database, "SELECT good_until, good_events FROM scan_state")}
    return {table: rows[table] for table in UNTOUCHED} | good
