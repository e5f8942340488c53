"""The image: what is in it, who runs it, and how it ends."""

import json
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.container.engine import BASE, IMAGE, ROOT, Engine

LOCKED = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges")
ALONE = ("run", "--rm", "--network=none", *LOCKED)
SECRET = "a-secret-of-a-test-that-is-long-enough"
SEGWARE = {"SEGWARE_URL": "http://127.0.0.1:8490", "SEGWARE_TOKEN": "demo-token"}


def python(engine: Engine, program: str) -> str:
    """What a program prints in a container."""
    return engine.podman(*ALONE, "--entrypoint", "python", IMAGE, "-c", program).stdout


@contextmanager
def running(engine: Engine, *words: str, **environ: str) -> Iterator[str]:
    """A container that goes on, by its id; it is gone afterwards."""
    named = [f"--env={name}={value}" for name, value in environ.items()]
    network = () if words[0].startswith("--network=") else ("--network=none",)
    made = engine.podman("run", "--detach", *network, *LOCKED, *named, *words)
    try:
        yield made.stdout.strip()
    finally:
        engine.podman("rm", "--force", "--volumes", "--time=0", made.stdout.strip())


def logged(engine: Engine, container: str, wanted: str) -> None:
    """Wait until a container said something."""
    until = time.monotonic() + 60
    while wanted not in (said := engine.podman("logs", container)).stdout + said.stderr:
        assert time.monotonic() < until, said.stdout + said.stderr
        time.sleep(0.1)


def test_hadolint_has_nothing_to_say(engine: Engine) -> None:
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    assert engine.run(str(hadolint), "Dockerfile").stdout == ""


def test_it_adds_little_to_its_base(engine: Engine) -> None:
    added = engine.size(IMAGE) - engine.size(BASE)
    assert added < 120e6, f"{added / 1e6:.0f} MB"


def test_the_demo_needs_nothing(engine: Engine) -> None:
    told = engine.podman(*ALONE, IMAGE, "demo").stdout
    assert "Opened: 4 alerts." in told


def test_it_has_a_user_of_its_own_and_no_more_than_what_runs(engine: Engine) -> None:
    looked = python(
        engine,
        "import json, os, pathlib, importlib.util as i; print(json.dumps({"
        "'who': [os.getuid(), os.getgid(), os.stat('/data').st_uid],"
        "'pip': i.find_spec('pip') is not None, 'web': i.find_spec('flask') is not None,"
        "'left': [str(p) for p in map(pathlib.Path, ('/source', '/pip'))"
        " if p.exists()]}))",
    )
    assert json.loads(looked) == {
        "who": [10001, 10001, 10001],
        "pip": False,
        "web": True,
        "left": [],
    }


def test_its_versions_are_those_that_were_tested(engine: Engine) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    tested = {line for line in lines if "==" in line and not line.startswith("#")}
    found = python(
        engine,
        "from importlib.metadata import distributions as d\n"
        "for one in d(path=[p for p in __import__('sys').path if 'events-tracker' in p]):\n"
        " print(f\"{one.name.lower().replace('_', '-')}=={one.version}\")",
    )
    assert set(found.split()) - tested == {f"events-tracker=={version(engine)}"}


def version(engine: Engine) -> str:
    return engine.podman(*ALONE, IMAGE, "--version").stdout.split()[1]


def test_its_labels_say_what_it_is(engine: Engine) -> None:
    labels = json.loads(
        engine.podman("image", "inspect", "--format", "{{json .Labels}}", IMAGE).stdout
    )
    assert labels["org.opencontainers.image.title"] == "Events Tracker"
    assert labels["org.opencontainers.image.licenses"] == "MIT"


@pytest.mark.parametrize(("command", "missing"), [([], "SEGWARE_TOKEN"), (["web"], "WEB_SECRET")])
def test_without_settings_it_says_in_one_line_what_is_missing(
    engine: Engine, command: list[str], missing: str
) -> None:
    refused = engine.podman("--log-level=fatal", *ALONE, IMAGE, *command, fails=True)
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert f"{missing} is " in line


def test_the_settings_that_somebody_has_are_not_replaced(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / ".env").touch()
    tmp_path.chmod(0o755)
    lent = (f"--volume={tmp_path}:/settings:ro", "--workdir=/settings", "--entrypoint=python")
    words = ("--log-level=fatal", *ALONE, *lent, IMAGE, "/opt/events-tracker/newcomer.py")
    told = engine.podman(*words)
    assert told.stdout == ""
    assert told.stderr == (
        "note: worker and pages go by the .env beside compose.yaml, not by the simulated Segware;"
        " move it away to see that one\n"
    )


def test_settings_of_the_environment_need_no_file(engine: Engine) -> None:
    given = [f"--env={name}={value}" for name, value in SEGWARE.items()]
    program = ("--entrypoint=python", IMAGE, "/opt/events-tracker/begin.py")
    begun = engine.podman(*ALONE, *given, *program, "init")
    assert "The database is ready" in begun.stdout


def test_secrets_come_from_files_and_a_signal_ends_the_pages(
    engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "web").write_text(f"{SECRET}\n", encoding="utf-8")
    (tmp_path / "web").chmod(0o444)
    tmp_path.chmod(0o755)
    lent = f"--volume={tmp_path}:/run/secrets:ro"
    with running(engine, lent, IMAGE, "web", WEB_SECRET_FILE="/run/secrets/web") as pages:
        logged(engine, pages, "Serving on http://0.0.0.0:8480")
        healthy = ("exec", pages, "python", "/opt/events-tracker/healthy.py", "web")
        assert engine.podman(*healthy).stdout == "well\n"
        ends_well(engine, pages)


@pytest.fixture
def kept(engine: Engine) -> Iterator[str]:
    """The option that lends a container a volume, which is gone afterwards."""
    name = engine.podman("volume", "create").stdout.strip()
    yield f"--volume={name}:/data"
    engine.podman("volume", "rm", "--force", name)


def test_the_worker_is_as_healthy_as_its_scans_and_a_signal_ends_it(
    engine: Engine, kept: str
) -> None:
    engine.podman(*ALONE, kept, IMAGE, "init")
    with running(engine, kept, IMAGE, **SEGWARE) as lonely:
        logged(engine, lonely, "scan: ")
        said = engine.podman("healthcheck", "run", lonely, fails=True)
        assert said.returncode == 1
    with running(engine, IMAGE, "demo", "--serve", "--port=8490") as segware:
        logged(engine, segware, f"SEGWARE_URL={SEGWARE['SEGWARE_URL']}")
        with running(engine, f"--network=container:{segware}", kept, IMAGE, **SEGWARE) as worker:
            logged(engine, worker, "scan: ")
            engine.podman("healthcheck", "run", worker)
            ends_well(engine, worker)


def ends_well(engine: Engine, container: str) -> None:
    """Stop it as docker does: SIGTERM, which process 1 has to mind by itself."""
    engine.podman("stop", "--time=60", container)
    # Who has to be killed after that minute ends with another code.
    state = engine.podman("inspect", "--format", "{{.State.ExitCode}}", container)
    assert state.stdout.strip() == "0"
