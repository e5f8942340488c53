"""Three nodes with one state: whichever node a pass uses, and whatever becomes of it, nothing is
lost and nothing doubled."""

from collections.abc import Iterator

import pytest

from events_tracker.base import limits
from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.reliability import invariants
from tests.reliability.clusters import Cluster, cluster, database, nodes
from tests.reliability.crash_stories import done
from tests.reliability.crowds import CROWD, Crowd, Held, patience
from tests.reliability.invariants import Providers
from tests.reliability.processes import Process, gate, run
from tests.reliability.stage import every_channel
from tests.support.engines import sql
from tests.support.world import PADARIA, Tracker

__all__ = ["cluster", "database", "nodes", "patience"]

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(600),
    # The driver leaves a socket that the server has closed to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def crowd(
    tracker: Tracker, segware: Simulator, cluster: Cluster, nodes: list[str]
) -> Iterator[Crowd]:
    with every_channel(tracker, segware) as mailbox:
        yield Crowd(tracker, segware, Providers(segware, mailbox), nodes, cluster.settle)


def test_a_crowd_on_three_nodes_loses_nothing_and_doubles_nothing(
    crowd: Crowd, cluster: Cluster
) -> None:
    refused = cluster.refused()
    problems = [
        f"round {number}: {problem}"
        for number in range(cluster.rounds)
        for problem in crowd.round()
    ]
    problems += [f"in the end: {problem}" for problem in crowd.over()]
    assert not problems, "\n".join([f"{len(problems)} problems", *problems[:40]])
    assert cluster.refused() > refused


def test_hosts_may_make_the_database_at_once_on_different_nodes(
    tracker: Tracker, cluster: Cluster, nodes: list[str]
) -> None:
    with gate() as closed:
        processes = []
        for address in nodes * 2:
            tracker.environ["DATABASE_URL"] = address
            processes.append(Process(run(tracker, ("init",)), closed))
    results = [process.end().result for process in processes]
    assert [(r.exit_code, r.stderr) for r in results if r] == [(0, "")] * 6
    cluster.settle()
    assert sql(nodes[0], "SELECT name, revision FROM alarms") == [("default", 1)]
    assert sql(nodes[0], "SELECT id, issued, applied FROM fence") == [(1, 0, 0)]
    done(tracker, "scan")


def test_a_host_that_died_while_it_made_the_database_is_replaced(
    tracker: Tracker, nodes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done(tracker, "init")
    sql(nodes[0], "DROP VIEW alerts")
    sql(nodes[0], "DELETE FROM schema_migrations ORDER BY version DESC LIMIT 1")
    sql(nodes[0], "INSERT INTO schema_turn VALUES (1, 'of the dead', 1)")
    tracker.environ["DATABASE_URL"] = nodes[1]
    monkeypatch.setattr(limits, "SCHEMA_TURN_SECONDS", 0.5)
    done(tracker, "init")
    assert sql(nodes[1], "SELECT COUNT(*) FROM schema_turn") == [(0,)]
    done(tracker, "scan")


def test_a_node_that_is_killed_while_they_run_loses_nothing(
    crowd: Crowd, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its passes need not wait for it to come back: they fail, and the next ones do their work.
    monkeypatch.setattr(limits, "LOST_DATABASE_SECONDS", 3.0)
    crowd.tracker.environ["NOTIFY_DIGEST_OVER"] = "99"
    problems: list[str] = []
    failed_notifies = 0
    for number in range(3):
        crowd.move_on()
        with gate() as closed:
            processes = crowd.processes(CROWD, closed)
        cluster.kill(2)
        for place, process in enumerate(processes):
            result = process.end().result
            assert result is not None
            if result.exit_code:
                if place % 3 != 1 or "cannot be reached or was lost" not in result.stderr:
                    problems.append(f"round {number}: {CROWD[place]} ended so: {result}")
                failed_notifies += CROWD[place][0] == "notify"
        cluster.settle()
        problems += [f"round {number}: {what}" for what in invariants.broken(crowd.database)]
        cluster.start()
    problems += crowd.over()
    twice = [problem for problem in problems if problem.startswith("sent twice")]
    # A notify that lost its node after a message had left could not record it.
    assert len(twice) <= 2 * failed_notifies, twice
    assert not any("'segware'" in problem for problem in twice), twice
    rest = [problem for problem in problems if problem not in twice]
    assert not rest, "\n".join([f"{len(rest)} problems", *rest[:40]])


def test_a_node_without_a_majority_changes_nothing_and_is_waited_for(
    crowd: Crowd, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker, segware = crowd.tracker, crowd.segware
    segware.add_events(tracker.clock.now() - MINUTE, PADARIA, "E130", count=60)
    with Held(segware, 1) as held:
        (patient,) = crowd.processes([("scan", "--format", "json")])
        held.all_have_come()
        cluster.kill(2)
        cluster.kill(3)
        cluster.loses_its_majority(1)
        monkeypatch.setattr(limits, "LOST_DATABASE_SECONDS", 1.0)
        for command in ("scan", "clear", "notify"):
            (process,) = crowd.processes([(command,)])
            result = process.end().result
            assert result is not None
            assert (result.exit_code, result.stdout) == (1, "")
            assert result.stderr.startswith("error: the database at mysql://127.0.0.1:")
            assert result.stderr.count("\n") == 1
    cluster.start()
    result = patient.end().result
    assert result is not None
    assert result.exit_code == 0, result.stderr
    assert len(result.json["opened"]) == 1
    cluster.settle()
    assert invariants.broken(crowd.database) == []
    assert crowd.over() == []
