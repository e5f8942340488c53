"""Resident workers: two of them beside cron's commands, and one that lives long."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from events_tracker.simulator.server import Handler
from events_tracker.simulator.simulator import Simulator
from tests.reliability import invariants
from tests.support.channels import called, webhook
from tests.support.engines import sql
from tests.support.world import Console, finish
from tests.worker.resident import resident

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(300)]


def test_two_workers_beside_cron_lose_nothing_and_double_nothing(
    console: Console, segware: Simulator, database: str
) -> None:
    dice = random.Random(5)

    def late(handler: Handler) -> None:
        reply = handler.normal_reply()
        if handler.pause(dice.uniform(0, 0.5)):
            handler.send(reply)

    def cron() -> None:
        started = [console.start(command) for command in ("scan", "clear", "notify")]
        for process in started:
            result = finish(process)
            assert result.exit_code == 0, result.stderr

    # However slow this machine is, what happened is read again by every scan.
    settings = {"TRACKER_THRESHOLD": "5", "TRACKER_CLEAR_AFTER": "0m", "TRACKER_SETTLE": "10m"}
    console.environ |= webhook(segware) | settings
    assert console("init").exit_code == 0
    segware.fail_always("/v1/events", late)
    accounts = range(101, 121)
    with resident(console, "--every", "1s") as one, resident(console, "--every", "1s") as other:
        for account in accounts:
            segware.add_account(account, str(5000 + account), f"Cliente {account}", 11)
            segware.add_events(time.time_ns() // 1_000_000, account, "E130", count=6)
            if account % 5 == 0:
                cron()
        while sql(database, "SELECT COUNT(*) FROM triggers") != [(len(accounts),)]:
            cron()
        segware.clear_events()
        while sql(database, "SELECT COUNT(*) FROM triggers") != [(0,)]:
            cron()
        said = [one.stop(), other.stop()]
    cron()
    assert [*invariants.broken(database), *invariants.unsettled(database)] == []
    assert all("scan: " in text and "failed" not in text for text in said), said
    entries = sql(database, "SELECT account_id FROM register_entries ORDER BY account_id")
    assert entries == [(account,) for account in accounts]
    told = Counter((call["kind"], call["account_code"]) for call in called(segware))
    assert told == Counter(
        (kind, str(5000 + account)) for account in accounts for kind in ("opened", "cleared")
    )


def test_its_memory_stays_level(tmp_path: Path) -> None:
    rounds = 700  # of three passes each
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.resident_memory", str(tmp_path), str(rounds)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    print(f"\nmemory in MiB: {[kib // 1024 for kib in found['memory']]}; told {found['told']}")
    assert found["told"] > 40
    assert max(found["memory"]) <= found["memory"][3] + 4 * 1024
