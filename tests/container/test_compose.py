"""The compose file: a newcomer's one command, and what runs in production."""

import os
import re
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.container.engine import DATABASE, IMAGE, ROOT, Engine

COMPOSE = str(Path(sysconfig.get_path("scripts")) / "podman-compose")
PROJECT = "tracker-of-a-test"
TOLD = re.compile(r"To sign in: (.+), with the password (\S+)")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Project:
    """What a folder's compose file brings up, with one profile or without."""

    engine: Engine
    folder: Path
    profiles: Sequence[str]
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        shutil.copy(ROOT / "compose.yaml", self.folder)
        self.folder.chmod(0o755)
        self.engine.environ |= {"DATABASE_IMAGE": DATABASE, "WEB_PORT": str(self.port)}

    def __call__(self, *words: str) -> "subprocess.CompletedProcess[str]":
        named = (COMPOSE, "-p", PROJECT, *(f"--profile={profile}" for profile in self.profiles))
        return self.engine.run(*named, *words, cwd=self.folder)

    def container(self, service: str) -> str:
        return f"{PROJECT}_{service}_1"

    def says(self, service: str, wanted: str) -> str:
        """Wait until a service said something; returns all that it said."""
        until = time.monotonic() + 90
        while True:
            logs = self.engine.podman("logs", self.container(service))
            if wanted in (said := logs.stdout + logs.stderr):
                return said
            assert time.monotonic() < until, self("logs").stdout
            time.sleep(0.2)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answers(self, *wanted: int) -> None:
        """Wait until the pages answer, with one of these statuses if any is given."""
        # Podman's names can be out of reach for half a minute after a container has ended, and with
        # them the database.
        until = time.monotonic() + 150
        while True:
            try:
                status = requests.get(self.url("/health"), timeout=10).status_code
            except (requests.ConnectionError, requests.Timeout):
                status = 0
            if status in wanted or (status and not wanted):
                return
            assert time.monotonic() < until, self("logs").stdout
            time.sleep(0.2)

    def is_healthy(self, service: str) -> None:
        """Ask until it is, as an orchestrator does: not each answer is there in time."""
        asked = ("podman", "healthcheck", "run", self.container(service))
        until = time.monotonic() + 90
        while (
            done := subprocess.run(
                asked, env=self.engine.environ, capture_output=True, text=True, timeout=240
            )
        ).returncode:
            assert time.monotonic() < until, done.stdout + done.stderr + self("logs").stdout
            time.sleep(0.2)


def up(engine: Engine, folder: Path, *profiles: str) -> Iterator[Project]:
    project, before = Project(engine, folder, profiles), what_there_is(engine)
    project("up", "--detach", "--no-build")
    try:
        yield project
    finally:
        project("down", "--volumes", "--timeout", "5")
    assert what_there_is(engine) == before


def what_there_is(engine: Engine) -> set[str]:
    """Containers, networks and volumes."""
    kinds = (("ps", "--all"), ("network", "ls"), ("volume", "ls"))
    return {name for kind in kinds for name in engine.podman(*kind, "--quiet").stdout.split()}


def test_production_runs_by_its_own_settings_as_soon_as_there_are_some(
    engine: Engine, tmp_path: Path
) -> None:
    for project in up(engine, tmp_path):
        for service in ("init", "worker", "web"):
            (line, *_) = project.says(service, "\n").splitlines()
            assert line.startswith("error: there is no .env beside compose.yaml: ")
        write_settings(tmp_path)
        project.says("init", "The database is ")
        project.says("worker", "scan: ")
        project.answers(503)
        running = ("inspect", "--format", "{{.ImageName}} {{.Config.Env}}")
        said = engine.podman(*running, project.container("worker")).stdout
        assert said.startswith(IMAGE)
        assert "SEGWARE_TOKEN" not in said
        project("stop")
        for service in ("init", "worker", "web"):
            state = ("inspect", "--format", "{{.State.ExitCode}}", project.container(service))
            assert engine.podman(*state).stdout.strip() == "0"


def write_settings(folder: Path) -> None:
    """Write settings that do without a database server, for the image's user alone."""
    made = folder / "made"
    made.write_text(
        "DATABASE_URL=sqlite:////data/events_tracker.db\n"
        "SEGWARE_URL=http://127.0.0.1:9\n"
        "SEGWARE_TOKEN='made-up-$HOME'\n"
        'WEB_SECRET="thirty-two bytes, with quotes and $"\n'
    )
    os.chown(made, -1, 10001)
    made.chmod(0o640)
    made.rename(folder / ".env")


@pytest.fixture(scope="module")
def dev(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The whole system, as for a newcomer who has no settings."""
    engine.make_database()
    yield from up(engine, tmp_path_factory.mktemp("dev"), "dev")


def invited(dev: Project) -> Mapping[str, str]:
    """Who may sign in, as it is printed once the database is there."""
    found = TOLD.search(dev.says("newcomer", "To sign in: "))
    assert found is not None
    return {"name": found[1], "password": found[2]}


def test_a_newcomer_finds_an_alert_on_the_page_that_the_worker_opened(dev: Project) -> None:
    dev.answers(200)
    person = requests.Session()
    headers = {"Origin": dev.url("")}
    entered = person.post(dev.url("/sign-in"), invited(dev), headers=headers, timeout=30)
    assert entered.status_code == 200, entered.text
    until = time.monotonic() + 150
    while ">1950<" not in (page := person.get(dev.url("/alerts"), timeout=30)).text:
        assert time.monotonic() < until, (page.text, dev("logs").stdout)
        time.sleep(0.5)
    assert requests.get(dev.url("/health"), timeout=30).json() == {"status": "ok"}
    for service in ("worker", "web"):
        dev.is_healthy(service)


def test_a_program_finds_it_too_and_the_pages_reach_segware(dev: Project) -> None:
    dev.answers(200)
    words = ("tracker", "token", "--for", invited(dev)["name"])
    token = dev.engine.podman("exec", dev.container("web"), *words).stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    alerts = requests.get(dev.url("/api/v1/alerts"), headers=headers, timeout=30).json()["alerts"]
    assert "1950" in {alert["account_code"] for alert in alerts}
    rule = {"codes": ["E130"], "value": 20, "window": 7200}
    seen = requests.post(
        dev.url("/api/v1/alarms/preview"), json=rule, headers=headers, timeout=60
    ).json()
    assert "1950" in {alert["account_code"] for alert in seen["now"]}


def test_what_it_runs_may_do_nothing_but_its_work(dev: Project) -> None:
    for service in ("worker", "web"):
        looked = dev.engine.podman(
            *("inspect", "--format"),
            "{{.HostConfig.ReadonlyRootfs}} {{.EffectiveCaps}} {{.HostConfig.SecurityOpt}}"
            " {{.Config.User}}",
            dev.container(service),
        )
        assert looked.stdout.strip() == "true [] [no-new-privileges] 10001:10001"
