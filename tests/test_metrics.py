"""The numbers for Prometheus: what the tables say, in a file that is never half, and on a page."""

import os
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events_tracker.base.errors import OutputError
from events_tracker.base.times import DAY, HOUR, MINUTE, Span
from events_tracker.commands.metrics_file import write
from events_tracker.formats.metrics import metrics_text
from events_tracker.model.metrics import LastScan, Metrics
from events_tracker.model.runs import RunStatus
from events_tracker.reports.metrics import length_of
from events_tracker.simulator.simulator import Simulator, json_reply
from tests.support.alarms import alarms
from tests.support.channels import CHATPRO, webhook, whatsapp
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker

SAMPLE = re.compile(r"(tracker_\w+)(?:\{(.*)\})? (\S+)")
EVENTS = "/v1/events"


def numbers(text: str) -> dict[str, dict[str, float]]:
    """What a text says, by metric and labels as they are written."""
    found: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            found.setdefault(sample[1], {})[sample[2] or ""] = float(sample[3])
    return found


def written(tracker: Tracker, **environ: str) -> str:
    """The file of metrics, as a job of cron writes it."""
    file = tracker.folder / "tracker.prom"
    result = tracker("-q", "status", "--metrics", str(file), **environ)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    return file.read_text(encoding="utf-8")


def live_two_days(tracker: Tracker, segware: Simulator) -> None:
    """Alerts old and new, one told and one not, one muted; a scan that fails, and a gap."""
    tracker.environ |= {**whatsapp(segware), **webhook(segware), "TRACKER_STALE_AFTER": "31d"}
    assert tracker("init").exit_code == 0
    alarms(tracker, "create doors --codes E401 --value 2 --priority high --catch-up")
    alarms(tracker, "create 'one \"or\" two' --codes E999")
    segware.add_events(NOON, PADARIA, "E401", count=3)
    tracker.scan()
    tracker.notify()
    tracker.clock.advance(2 * DAY)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=60)
    segware.add_events(tracker.clock.now(), FARMACIA, "E401", count=2)
    tracker.scan()
    muted = ("--account", "2207", "--reason", "technician on site")
    assert tracker("clear", "--force", *muted).exit_code == 0
    segware.fail_always(CHATPRO, json_reply(503, {}))
    tracker.notify(exit_code=1)
    tracker.clock.advance(5 * MINUTE)
    segware.fail_always(EVENTS, json_reply(503, {}))
    tracker.scan(exit_code=1)
    segware.date_offset = -20


def test_each_number_is_the_answer_to_the_same_question_asked_of_the_tables(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    live_two_days(tracker, segware)
    now = tracker.clock.now()
    found = numbers(written(tracker))

    def asked(question: str) -> dict[str, float]:
        """Numbers by labels, of a question whose last column is the number."""
        return {",".join(map(str, row[:-1])): float(row[-1]) for row in sql(database, question)}

    def said(metric: str) -> dict[str, float]:
        """The same of a metric; what is nothing is left out."""
        samples = found[f"tracker_{metric}"].items()
        values = {",".join(re.findall(r'="((?:[^"\\]|\\.)*)"', labels)): n for labels, n in samples}
        return {labels.replace('\\"', '"'): n for labels, n in values.items() if n}

    assert said("passes") == asked(
        f"SELECT pass, status, COUNT(*) FROM runs WHERE started_at >= {now - HOUR} "
        "GROUP BY pass, status"
    )
    assert {"scan,error", "scan,ok", "clear,ok"} <= said("passes").keys()
    assert said("open_alerts") == asked(
        "SELECT alarm_name, priority, COUNT(*) FROM register_entries WHERE cleared_at IS NULL "
        "GROUP BY alarm_name, priority"
    )
    assert found["tracker_open_alerts"]['alarm="one \\"or\\" two",priority="medium"'] == 0
    stale = f"cleared_at IS NULL AND opened_at < {now - DAY}"
    assert found["tracker_open_alerts_stale"] == asked(
        f"SELECT COUNT(*) FROM register_entries WHERE {stale}"
    )
    assert found["tracker_open_alerts_stale"][""] == 1
    assert said("alerts_opened_total") == asked(
        "SELECT alarm_name, COUNT(*) FROM register_entries GROUP BY alarm_name"
    )
    assert found["tracker_muted_groups"] == asked("SELECT SUM(muted) FROM triggers") == {"": 1}
    assert said("deliveries") == asked(
        f"SELECT channel, status, COUNT(*) FROM deliveries WHERE created_at >= {now - DAY} "
        "GROUP BY channel, status"
    )
    assert {"whatsapp,pending", "webhook,sent"} <= said("deliveries").keys()
    waiting = f"SELECT channel, ({now} - MIN(due_at)) / 1000.0 FROM deliveries"
    assert said("oldest_due_delivery_seconds") == asked(
        f"{waiting} WHERE status = 'pending' AND due_at <= {now} GROUP BY channel"
    )
    assert said("oldest_due_delivery_seconds").keys() == {"whatsapp"}
    missed = asked("SELECT SUM(ended_at - started_at) / 1000.0 FROM gaps")
    assert found["tracker_gap_seconds"] == missed
    assert missed[""] > 0
    good = "tracker_last_good_scan_timestamp_seconds"
    assert found[good] == asked("SELECT good_until / 1000.0 FROM scan_state")
    version, schema = next(iter(found["tracker_build_info"])).split(",")
    assert version.startswith('version="')
    assert asked("SELECT MAX(version) FROM schema_migrations")[""] == float(schema[8:-1])
    assert found["tracker_holds"] == {"": 0}
    assert found["tracker_segware_up"] == {"": 0}
    assert "tracker_clock_skew_seconds" not in found, "nobody said what time it is"
    assert found["tracker_scan_requests"][""] > 0


@on_sqlite
def test_what_scans_recorded_of_segware_is_told_for_an_hour(
    tracker: Tracker, segware: Simulator, initialised: None
) -> None:
    assert numbers(written(tracker))["tracker_last_good_scan_timestamp_seconds"] == {"": 0}
    segware.date_offset = -20
    segware.add_events(NOON, PADARIA, "E130", count=7)
    summary = tracker.scan()
    found = numbers(written(tracker))
    assert found["tracker_segware_up"] == {"": 1}
    assert 19 <= found["tracker_clock_skew_seconds"][""] <= 21
    assert found["tracker_window_events"] == {"": 7}
    assert found["tracker_scan_requests"] == {"": summary["requests"]}
    tracker.clock.advance(HOUR + 1)
    found = numbers(written(tracker))
    assert "tracker_segware_up" not in found
    assert "tracker_window_events" not in found
    assert found["tracker_last_good_scan_timestamp_seconds"] == {"": NOON / 1000}


@on_sqlite
def test_the_counter_never_falls_but_to_zero(
    tracker: Tracker, segware: Simulator, initialised: None
) -> None:
    def opened() -> float:
        return numbers(written(tracker))["tracker_alerts_opened_total"]['alarm="default"']

    tracker.environ |= {"TRACKER_STALE_AFTER": "31d", "TRACKER_REGISTER_RETENTION": "1d"}
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E130", count=60)
    tracker.scan()
    assert opened() == 2
    tracker.clock.advance(3 * HOUR)
    tracker.scan()
    tracker.clear()
    tracker.clock.advance(100 * DAY)
    assert '"register_entries": 2' in tracker("purge", "--format", "json").stdout
    assert opened() == 2, "what is forgotten happened nevertheless"
    assert tracker("init", TRACKER_THRESHOLD="51").exit_code == 0
    assert opened() == 0


@on_sqlite
def test_a_database_that_is_away_leaves_the_file_to_age(
    tracker: Tracker, initialised: None
) -> None:
    before = written(tracker)
    tracker.clock.speed = 100
    file = tracker.folder / "tracker.prom"
    away = tracker(
        "-q", "status", "--metrics", str(file), DATABASE_URL="mysql://root@127.0.0.1:1/tracker"
    )
    assert away.exit_code == 1
    assert "the database at mysql://127.0.0.1:1 cannot be reached" in away.stderr
    assert file.read_text(encoding="utf-8") == before
    assert [found.name for found in tracker.folder.glob("tracker.prom*")] == ["tracker.prom"]


@on_sqlite
def test_the_command_says_where_the_metrics_are_and_takes_no_other_format(
    tracker: Tracker, initialised: None
) -> None:
    result = tracker("status", "--metrics", "tracker.prom")
    file = tracker.folder / "tracker.prom"
    assert (result.exit_code, result.stdout) == (0, f"The metrics are in {file}.\n")
    refused = tracker("status", "--metrics", "other.prom", "--format", "json")
    assert refused.exit_code == 2
    assert "--metrics writes Prometheus's format: leave --format out" in refused.stderr
    assert not (tracker.folder / "other.prom").exists()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a disk that is full: the rest of a longer file is not taken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_is_replaced_as_a_whole_for_all_to_read(tmp_path: Path) -> None:
    file = tmp_path / "tracker.prom"
    left_behind = tmp_path / f"tracker.prom.{os.getpid()}"
    left_behind.write_text("half", encoding="utf-8")
    before = os.umask(0o077)
    try:
        write(file, "tracker_holds 0\n", "ana")
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o644
    with files_of_at_most(4096), pytest.raises(OutputError) as full:
        write(file, "x" * 5000, "ana")
    assert str(full.value) == (
        f"{file} was not written, and is as it was: File too large; its folder must be there, "
        "have room, and be one that ana may write in"
    )
    assert file.read_text(encoding="utf-8") == "tracker_holds 0\n"
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_a_file_of_metrics_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory; its folder must be there"):
        write(tmp_path / "none" / "tracker.prom", "", "ana")
    with pytest.raises(OutputError, match="/dev/null is no file: name one that may be replaced"):
        write(Path("/dev/null"), "", "ana")
    link = tmp_path / "link.prom"
    link.symlink_to("real.prom")
    write(link, "tracker_holds 0\n", "ana")
    assert link.is_symlink()
    assert (tmp_path / "real.prom").is_file()


def test_labels_are_escaped_and_what_nobody_knows_is_left_out() -> None:
    text = metrics_text(
        Metrics(
            version="1",
            schema=1,
            good_until=None,
            token_expires=1_500,
            last_scan=LastScan(RunStatus.OK, 1, 2, 3),
            passes={},
            open_alerts=[],
            opened={'a\\b"c\nd': 1},
            muted=0,
            holds=0,
            deliveries={},
            oldest_due={},
            gap=0,
        )
    )
    assert '\ntracker_alerts_opened_total{alarm="a\\\\b\\"c\\nd"} 1\n' in text
    assert "\ntracker_token_expiry_timestamp_seconds 1.5\n" in text
    assert "\ntracker_window_events 3\n" in text
    for unknown in ("segware_up", "clock_skew", "passes", "deliveries"):
        assert unknown not in text


def test_time_that_several_alarms_missed_counts_once() -> None:
    assert length_of([]) == 0
    assert length_of([Span(50, 60), Span(0, 10), Span(5, 20), Span(6, 7), Span(60, 61)]) == 31
