"""`tracker run` in processes of its own: how it begins, goes on and ends."""

import signal
import time
from pathlib import Path

import pytest

from events_tracker.simulator.simulator import Simulator
from tests.reliability.crowds import Held
from tests.support.channels import CHATPRO, whatsapp
from tests.support.engines import on_sqlite, sql
from tests.support.world import PADARIA, Console, Tracker
from tests.worker.resident import resident

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def swinging(segware: Simulator) -> None:
    """An account that has reached the threshold by now."""
    segware.add_events(time.time_ns() // 1_000_000 - 60_000, PADARIA, "E130", count=60)


@pytest.mark.usefixtures("initialised")
def test_it_scans_tells_and_goes_on_until_it_is_ended(
    console: Console, segware: Simulator, database: str
) -> None:
    console.environ |= whatsapp(segware)
    with resident(console, "--every", "1s") as worker:
        worker.read_on("scan: 60 events, opened 1")
        worker.read_on("notify: 1 sent")
        worker.read_on("scan: 60 events, opened 0, 1 open before")
        worker.stop()
    assert segware.count(CHATPRO) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("initialised")
def test_while_it_waits_a_signal_ends_it_at_once(console: Console, number: signal.Signals) -> None:
    with resident(console, "--every", "1h") as worker:
        worker.read_on("scan: 60 events, opened 1")
        worker.signal(number)
        result = worker.end()
    assert result.exit_code == 0
    assert result.stderr.endswith(" INFO run: ended\n")


@pytest.mark.usefixtures("initialised")
def test_a_signal_lets_the_pass_under_way_end_and_no_other_begin(
    console: Console, segware: Simulator, database: str
) -> None:
    console.environ |= whatsapp(segware)
    with Held(segware, 1) as held, resident(console) as worker:
        held.all_have_come()
        worker.signal(signal.SIGTERM)
        worker.read_on("ending after the pass under way")
        held.go()
        result = worker.end()
    assert result.exit_code == 0
    assert "scan: 60 events, opened 1" in result.stderr
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(1,)]
    assert segware.count(CHATPRO) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.usefixtures("initialised")
def test_a_second_signal_ends_it_at_once_and_loses_nothing(
    console: Console, segware: Simulator, database: str, number: signal.Signals, code: int
) -> None:
    with Held(segware, 1) as held, resident(console) as worker:
        held.all_have_come()
        worker.signal(number)
        worker.read_on("a second signal")
        worker.signal(number)
        assert worker.end().exit_code == code
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(0,)]
    assert console("scan").exit_code == 0
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(1,)]


def test_a_database_that_is_made_later_is_used_from_then_on(console: Console) -> None:
    with resident(console, "--every", "1s") as worker:
        worker.read_on("scan: there is no database yet: run `tracker init` to make it")
        assert console("init").exit_code == 0
        worker.read_on("scan: 60 events, opened 1")
        worker.stop()


def test_without_settings_it_names_all_that_is_wrong_and_does_not_begin(tracker: Tracker) -> None:
    del tracker.environ["SEGWARE_TOKEN"]
    result = tracker("run", TRACKER_WINDOW="soon", EMAIL_ENABLED="true")
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert [line.split()[3] for line in lines] == [
        *("TRACKER_WINDOW", "SEGWARE_TOKEN", "SMTP_URL", "EMAIL_FROM", "EMAIL_TO"),
    ]


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ("0s", "'0s' is not between 1s and 1h"),
        ("2h", "'2h' is not between 1s and 1h"),
        ("often", "'often': write a whole number"),
    ],
)
def test_it_is_told_how_often_in_words_that_can_be(tracker: Tracker, every: str, said: str) -> None:
    result = tracker("run", "--every", every)
    assert result.exit_code == 2
    assert said in result.stderr


def test_changed_settings_are_in_force_from_the_next_round_on_and_broken_ones_never(
    console: Console, database: str, tmp_path: Path
) -> None:
    first, second = console.environ.pop("DATABASE_URL"), f"sqlite:///{tmp_path / 'second.db'}"
    settings = tmp_path / ".env"
    settings.write_text(f"DATABASE_URL={first}\n")
    settings.chmod(0o600)
    assert console("init").exit_code == 0
    assert console("init", DATABASE_URL=second).exit_code == 0
    with resident(console, "--every", "1s") as worker:
        worker.read_on("scan: 60 events, opened 1")
        settings.write_text(f"DATABASE_URL={second}\nTRACKER_WINDOW=soon\nEMAIL_ENABLED=true\n")
        for name in ("TRACKER_WINDOW", "SMTP_URL", "EMAIL_FROM", "EMAIL_TO"):
            worker.read_on(f"settings: {name}")
        worker.read_on("settings: until that is mended, the settings that were read before stay")
        worker.read_on("scan: 60 events, opened 0, 1 open before")
        settings.write_text(f"DATABASE_URL={second}\n")
        worker.read_on("settings: they changed, and the new ones are in force")
        worker.read_on("settings: recovered after ")
        worker.read_on("scan: 60 events, opened 1")
        folder = Path(f"/proc/{worker.process.pid}/fd")
        opened = {str(file.readlink()) for file in folder.iterdir() if file.exists()}
        assert str(tmp_path / "second.db") in opened
        assert str(tmp_path / "tracker.db") not in opened
        worker.stop()
