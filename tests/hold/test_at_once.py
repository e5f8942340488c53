"""Eight hosts at the end of a hold: one receipt, whoever is first."""

from dataclasses import replace

from events_tracker.base.times import HOUR
from events_tracker.simulator.simulator import Simulator
from tests.reliability.processes import Process, gate, run
from tests.support.channels import called, injected, texts
from tests.support.engines import sql
from tests.support.world import Tracker, let_it_be_over, open_alert

HOSTS = 8


def test_eight_hosts_tell_one_receipt_between_them(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    made = tracker("hold", "1950", "--for", "4h", "--reason", "x", "--format", "json").json
    open_alert(tracker, segware, code="E130")
    let_it_be_over(tracker, segware)
    open_alert(tracker, segware, code="E131")
    tracker.clock.advance(2 * HOUR)
    with gate() as closed:
        hosts = [Process(run(replace(tracker), ("notify",)), closed) for _ in range(HOSTS)]
    results = [host.end().result for host in hosts]
    assert [result and (result.exit_code, result.stderr) for result in results] == [(0, "")] * HOSTS
    (text,) = texts(segware)
    _, _, *lines = text.splitlines()
    entries = sql(database, f"SELECT id FROM register_entries WHERE hold_id = '{made['id']}'")
    assert len(lines) == len(entries) == 2
    assert injected(segware) == ["1950"]
    assert sorted(body["kind"] for body in called(segware)) == ["cleared", "opened", "opened"]
    assert sql(database, "SELECT DISTINCT status FROM deliveries ORDER BY status") == [
        ("sent",),
        ("superseded",),
    ]
