"""Rounds follow one another whatever fails, however long it takes, and what the clock does."""

from pathlib import Path

import pytest

from events_tracker.app import passes
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.server import Handler
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.channels import WEBHOOK, webhook
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, Tracker
from tests.worker.simulated import Clock, Simulated, run

pytestmark = on_sqlite


@pytest.fixture
def environ(tracker: Tracker) -> dict[str, str]:
    assert tracker("init").exit_code == 0
    (tracker.folder / ".env").unlink()
    return tracker.environ


@pytest.fixture
def clock() -> Clock:
    """The worker's clock, by which Segware's is set."""
    return Clock()


def test_a_long_round_is_followed_at_once_and_none_is_made_up_for(
    environ: dict[str, str], tmp_path: Path, segware: Simulator, clock: Clock
) -> None:
    def slowly(handler: Handler) -> None:
        clock.pass_by(170)
        handler.send(handler.normal_reply())

    def before(number: int) -> None:
        if number == 2:
            segware.fail("/v1/events", slowly)

    ending = Simulated(clock, 5, before)
    run(environ, tmp_path, ending)
    assert ending.waits == [60, 60, 0, 60, 60]


def test_a_clock_that_is_set_makes_neither_a_burst_nor_a_stall(
    environ: dict[str, str], tmp_path: Path, segware: Simulator, clock: Clock
) -> None:
    jumps = {2: -3 * HOUR, 4: 24 * HOUR, 5: -21 * HOUR}

    def before(number: int) -> None:
        clock.at += jumps.get(number, 0)

    ending = Simulated(clock, 8, before)
    run(environ, tmp_path, ending)
    assert ending.waits == [60] * 8


def test_it_purges_in_the_first_round_and_then_daily(
    environ: dict[str, str], tmp_path: Path, clock: Clock
) -> None:
    lines = run(environ, tmp_path, Simulated(clock, 50), every=3600)
    assert [line for line in lines if " purge: " in line] == ["DEBUG purge: deleted nothing"] * 3


def test_a_database_that_is_away_for_hours_is_told_of_once_an_hour_and_once_when_it_is_back(
    environ: dict[str, str], tmp_path: Path, clock: Clock
) -> None:
    file, away = tmp_path / "tracker.db", tmp_path / "away.db"

    def before(number: int) -> None:
        if number == 1:
            file.rename(away)
        elif number == 19:
            away.rename(file)

    lines = run(environ, tmp_path, Simulated(clock, 21, before), every=600)
    missing = "there is no database yet: run `tracker init` to make it"
    assert [line for line in lines if not line.startswith(("DEBUG", "INFO"))] == [
        f"ERROR scan: {missing}",
        f"ERROR scan: {missing} (since 09:10, 7 times)",
        f"ERROR scan: {missing} (since 09:10, 13 times)",
        f"WARNING scan: recovered after 3 h: {missing}",
    ]


def test_what_one_pass_fails_with_stops_no_other_and_shows_no_secret(
    environ: dict[str, str],
    tmp_path: Path,
    segware: Simulator,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)

    def broken(*_: object) -> None:
        raise ZeroDivisionError(f"with {environ['SEGWARE_TOKEN']}")

    monkeypatch.setattr(passes, "clear", broken)
    lines = run(environ, tmp_path, Simulated(clock, 1))
    assert lines[0].endswith(" begins, a round every 1m")
    assert lines[1] == "DEBUG settings: as before"
    assert lines[2] == "INFO scan: 60 events, opened 1"
    assert lines[3] == "DEBUG clear: failed"
    assert lines[4].startswith("ERROR clear: unexpected ZeroDivisionError: with ***\n")
    assert lines[5:] == ["DEBUG notify: nothing due", "DEBUG purge: deleted nothing"]


def test_a_secret_that_is_changed_in_its_file_is_in_force_from_the_next_round_on(
    environ: dict[str, str], tmp_path: Path, segware: Simulator, clock: Clock
) -> None:
    file = tmp_path / "token"
    file.write_text("old-token\n")
    del environ["SEGWARE_TOKEN"]
    environ["SEGWARE_TOKEN_FILE"] = str(file)

    def before(number: int) -> None:
        if number == 2:
            file.unlink()
        elif number == 4:
            file.write_text(segware.token)

    lines = run(environ, tmp_path, Simulated(clock, 5, before))
    lost = "SEGWARE_TOKEN_FILE names a file that cannot be read: No such file or directory"
    refused = (
        f"{segware.url} refused the token (401): it is wrong or has expired; "
        "set a new one in SEGWARE_TOKEN, then try `tracker status`"
    )
    assert [line for line in lines if not line.startswith("DEBUG")][1:] == [
        f"ERROR scan: {refused}",
        f"ERROR settings: {lost}",
        "ERROR settings: until that is mended, the settings that were read before stay in force",
        "INFO settings: they changed, and the new ones are in force",
        f"WARNING settings: recovered after 2 min: {lost} (and 1 more)",
        "INFO scan: 0 events, opened 0",
        f"WARNING scan: recovered after 4 min: {refused}",
    ]


def test_what_a_pass_says_to_people_is_said_once(
    environ: dict[str, str], tmp_path: Path, clock: Clock
) -> None:
    settings = tmp_path / ".env"
    settings.write_text("HEARTBEAT_URL=http://127.0.0.1:9/\n")
    settings.chmod(0o644)
    lines = run(environ, tmp_path, Simulated(clock, 5))
    assert [line for line in lines if not line.startswith("DEBUG")][1:3] == [
        f"WARNING settings: {settings} can be read by everybody; chmod 600 {settings}",
        "INFO scan: 0 events, opened 0",
    ]
    assert [line for line in lines if "heartbeat" in line] == [
        "INFO scan: the heartbeat at http://127.0.0.1:9 cannot be reached (connection refused)"
    ]


def test_what_of_segware_lasts_is_told_once_though_its_numbers_differ(
    environ: dict[str, str], tmp_path: Path, segware: Simulator, clock: Clock
) -> None:
    segware.fail_always("/v1/events", Reply(500))

    def before(number: int) -> None:
        if number == 4:
            segware.heal()

    lines = run(environ, tmp_path, Simulated(clock, 6, before))
    said = [line for line in lines if not line.startswith(("DEBUG", "INFO"))]
    assert len(said) == 2
    assert said[0].startswith("ERROR scan: ")
    assert said[1].startswith("WARNING scan: recovered after 4 min: ")


def test_a_channel_that_fails_is_told_of_once_and_recovers_when_it_has_sent(
    environ: dict[str, str], tmp_path: Path, segware: Simulator, clock: Clock
) -> None:
    environ |= webhook(segware)
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)
    segware.fail_always(WEBHOOK, Reply(503))

    def before(number: int) -> None:
        if number == 7:
            segware.heal()

    lines = run(environ, tmp_path, Simulated(clock, 20, before))
    failed = "webhook: the webhook answered 503 (will be tried again)"
    assert [line for line in lines if line.startswith(("ERROR", "WARNING", "INFO notify"))] == [
        "INFO notify: 1 pending",
        f"ERROR notify: {failed}",
        "INFO notify: 1 pending",
        "INFO notify: 1 pending",
        "INFO notify: 1 sent",
        f"WARNING notify: recovered after 8 min: {failed}",
    ]
