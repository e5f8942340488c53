"""A group of which one member takes the writes: what the others say, and what becomes of a pass
when another one is elected."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from events_tracker.base import limits
from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.reliability import invariants
from tests.reliability.clusters import NODES, SinglePrimary, cluster, database, nodes
from tests.reliability.crash_stories import done
from tests.reliability.crowds import Held, PatientClock, patience
from tests.reliability.processes import Process, run
from tests.reliability.proxy import Proxy
from tests.support.channels import WEBHOOK, webhook
from tests.support.world import PADARIA, Tracker

__all__ = ["cluster", "database", "nodes", "patience"]

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(300),
    pytest.mark.parametrize("cluster", ["single_primary"], indirect=True),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_secondary_can_be_read_and_says_where_to_write(
    tracker: Tracker,
    segware: Simulator,
    cluster: SinglePrimary,
    nodes: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LOST_DATABASE_SECONDS", 0.5)
    (primary,) = cluster.primaries()
    secondary = next(node for node in NODES if node != primary)
    tracker.environ["DATABASE_URL"] = nodes[primary - 1]
    done(tracker, "init")
    segware.add_events(tracker.clock.now() - MINUTE, PADARIA, "E130", count=60)
    done(tracker, "scan")
    tracker.environ["DATABASE_URL"] = nodes[secondary - 1]
    # At once: reads wait for what the primary has committed.
    assert len(tracker("history", "--format", "json").json) == 1
    for command in ("scan", "init"):
        result = tracker(command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith(
            f"error: the database at mysql://127.0.0.1:{urlsplit(nodes[secondary - 1]).port} is "
            "read-only: it is a secondary, or out of its group; let DATABASE_URL name the primary ("
        )


def test_passes_go_on_with_the_primary_that_is_elected(
    tracker: Tracker, segware: Simulator, cluster: SinglePrimary, nodes: list[str]
) -> None:
    (primary,) = cluster.primaries()
    # What a router or a floating address does.
    router = Proxy(("127.0.0.1", urlsplit(nodes[primary - 1]).port or 0))
    address = urlsplit(nodes[0])
    tracker.environ |= webhook(segware) | {
        "DATABASE_URL": address._replace(netloc=f"tracker@127.0.0.1:{router.port}").geturl()
    }
    done(tracker, "init")
    segware.add_events(tracker.clock.now() - MINUTE, PADARIA, "E130", count=60)
    with Held(segware, 1) as held:
        patient = replace(tracker, clock=PatientClock(tracker.clock.now()))
        scan = Process(run(patient, ("scan", "--format", "json")))
        held.all_have_come()
        cluster.kill(primary)
        # The next one is not elected yet: for some seconds it takes no writes.
        successor = cluster.successor(primary)
        router.server = ("127.0.0.1", urlsplit(nodes[successor - 1]).port or 0)
    result = scan.end().result
    assert result is not None
    assert result.exit_code == 0, result.stderr
    assert len(result.json["opened"]) == 1
    assert cluster.primaries(successor) == [successor]
    done(tracker, "notify")
    done(tracker, "scan")
    survivor = nodes[successor - 1]
    assert invariants.broken(survivor) == []
    assert invariants.unsettled(survivor) == []
    assert [request.json()["kind"] for request in segware.received(WEBHOOK)] == ["opened"]
    router.close()
