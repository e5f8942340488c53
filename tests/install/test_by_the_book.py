"""docs/install.md, followed to the letter, makes a server that works: by systemd and by cron."""

import json
import socket
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests

from events_tracker.simulator.simulator import Simulator, json_reply
from tests.install.book import Machine, blocks, machine, until
from tests.support.channels import texts, whatsapp
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, furnish

pytestmark = [pytest.mark.install, pytest.mark.timeout(600)]

SETTINGS = "/etc/events-tracker/.env"
STATE = "/var/lib/events-tracker"
SERVICE, CRON, TIMERS, PAGES, _ = range(5)
"""The blocks of "Run it every minute"."""


@pytest.fixture(scope="module")
def segware() -> Iterator[Simulator]:
    with Simulator() as simulator:
        furnish(simulator)
        yield simulator


@pytest.fixture(scope="module")
def web_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def server(segware: Simulator, web_port: int) -> Iterator[Machine]:
    """Installed with an SQLite database; Ana may use it, Bia may not. Mail lands in /mails."""
    lines = {
        "DATABASE_URL": f"sqlite:///{STATE}/events_tracker.db",
        "SEGWARE_URL": segware.url,
        "WEB_SECRET": "0123456789abcdef" * 4,
        "WEB_PORT": str(web_port),
        **whatsapp(segware),
    }
    with machine() as made:
        made.do("mkdir -m 1777 /mails; useradd ana; useradd bia")
        made.do("printf '#!/bin/sh\\ncat > /mails/$$\\n' > /usr/sbin/sendmail")
        made.do("chmod 755 /usr/sbin/sendmail")
        for block in blocks("A user, its folders, the program"):
            made.do(block)
        made.do(f"sed -i 's/^SEGWARE_TOKEN=/&{segware.token}/' {SETTINGS}")
        made.do("".join(f"echo '{name}={value}' >> {SETTINGS}\n" for name, value in lines.items()))
        _, looks = blocks("Settings and database")
        made.do(looks)
        made.do(*blocks("Who may use it"))
        yield made


def opened(server: Machine) -> list[Any]:
    """What Ana sees, by the code of its account."""
    return [a["account_code"] for a in json.loads(server.do(OPEN, user="ana"))]


OPEN = "cd / && tracker history --open --format json"


def handled(server: Machine, times: int) -> bool:
    """Whether what is told of failures was worked out so many times for scans."""
    ended = "Finished events-tracker-failed@events-tracker@scan.service.service"
    return server.do("journalctl -o cat").count(ended) == times


def mails(server: Machine) -> str:
    return server.do("cat /mails/* 2> /dev/null || true")


def test_the_service_finds_tells_and_ends_when_it_is_told_to(
    server: Machine, segware: Simulator
) -> None:
    segware.add_events(now(), PADARIA, "E130", count=60)
    server.do(blocks("Run it every minute")[SERVICE])
    until(lambda: opened(server) == ["1950"])
    until(lambda: len(texts(segware)) == 1)
    said = server.do("journalctl -u events-tracker.service -o cat")
    assert "warning" not in said, said
    server.do("systemctl stop events-tracker.service")
    ended = server.do("systemctl show events-tracker.service -p Result -p ExecMainStatus")
    assert ended.split() == ["Result=success", "ExecMainStatus=0"]
    assert opened(server) == ["1950"], "with nobody else at work"
    assert (
        server.do(f"stat -c '%U:%G %a' {STATE}/events_tracker.db") == "tracker:events-tracker 660\n"
    )


def test_who_is_not_in_the_group_is_told_whom_to_ask(server: Machine) -> None:
    for command in ("history --open", "init", "history --open"):
        result = server.run(f"cd / && tracker {command}", user="bia")
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith(
            f"error: {SETTINGS} may not be read by you (bia): ask the administrator to add you "
            "to the group events-tracker, "
        )


def test_what_others_may_do(server: Machine) -> None:
    """Nobody but the tracker's user holds the locks; not even the group changes the settings."""
    for user, command in {
        "bia": f"ls {STATE}",
        "ana": f"flock {STATE}/locks/scan true",
        "tracker": f"echo >> {SETTINGS}",
    }.items():
        assert "Permission denied" in server.run(command, user=user).stderr


def test_each_pass_is_a_unit_that_a_timer_starts(server: Machine, segware: Simulator) -> None:
    segware.add_events(now(), CONDOMINIO, "E130", count=60)
    for name in ("scan", "clear", "notify", "purge"):
        server.do(f"systemctl start events-tracker@{name}.service")
    assert sorted(opened(server)) == ["1950", "2207"]
    assert len(texts(segware)) == 2
    server.do(blocks("Run it every minute")[TIMERS])
    timers = server.do("systemctl list-units --plain --no-legend 'events-tracker@*.timer'")
    assert timers.count(" active waiting ") == 4, timers
    server.do("systemctl stop 'events-tracker@*.timer'")
    assert mails(server) == ""


def test_the_pages_are_served(server: Machine, web_port: int) -> None:
    server.do(blocks("Run it every minute")[PAGES])

    def answer() -> int:
        try:
            return requests.get(f"http://127.0.0.1:{web_port}/", timeout=5).status_code
        except requests.ConnectionError:
            return 0

    assert until(answer) == 200
    server.do("systemctl disable --now events-tracker-web.service")


def test_a_service_that_stays_down_is_told_by_mail(server: Machine) -> None:
    server.do(f"cp {SETTINGS} /tmp/kept; echo TRACKER_WINDOW=soon >> {SETTINGS}")
    server.run("systemctl start events-tracker.service")
    assert "Subject: events-tracker.service failed on " in until(lambda: mails(server))
    assert "TRACKER_WINDOW is 'soon'" in mails(server)
    server.do(f"cat /tmp/kept > {SETTINGS}; rm /mails/*")


def test_a_pass_that_goes_on_failing_is_told_by_one_mail(
    server: Machine, segware: Simulator
) -> None:
    segware.fail_always("/v1/events", json_reply(401, {"messageKey": "unauthorized"}))
    for times in range(1, 4):
        assert server.run("systemctl start events-tracker@scan.service").returncode != 0
        until(partial(handled, server, times))
    segware.heal()
    server.do("systemctl start events-tracker@scan.service")
    told = mails(server)
    assert told.count("Subject: events-tracker@scan.service failed on ") == 1
    assert "401" in told
    server.do("rm /mails/*")


def test_cron_does_every_pass_and_mails_nothing(server: Machine, segware: Simulator) -> None:
    segware.add_events(now(), FARMACIA, "E130", count=60)
    server.do("tracker alarms create doors --codes E130 --window 2h --value 1")
    server.do("tracker -q scan")
    server.do("tracker alarms disable doors")
    segware.add_account(10, "4118", "Auto Posto Bandeirante", 11)
    segware.add_events(now(), 10, "E131", count=60)
    before = len(texts(segware))
    server.do(blocks("Run it every minute")[CRON])
    server.do("systemctl start cron.service")
    until(lambda: "4118" in opened(server))  # it scanned
    until(lambda: len(texts(segware)) > before)  # it notified
    until(lambda: '"doors"' not in server.do(OPEN, user="ana"))  # it cleared
    server.do("systemctl stop cron.service")
    assert server.do(f"ls {STATE}/locks").split() == ["clear", "notify", "scan"]
    assert mails(server) == ""


def test_uninstalling_leaves_nothing(server: Machine) -> None:
    server.do(*blocks("Uninstall", "docs/operate.md"))
    assert server.do("find /etc /opt /var /usr/local -xdev -name '*events-tracker*'") == ""
    assert server.run("id tracker || getent group events-tracker").returncode != 0
    assert server.do("systemctl list-units --all --plain --no-legend 'events-tracker*'") == ""


def now() -> int:
    return time.time_ns() // 1_000_000
