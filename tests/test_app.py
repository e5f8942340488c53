"""What has an entry of its own, a worker or a page, runs the passes without the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events_tracker.app import editing, passes, reports
from events_tracker.app.app import App
from events_tracker.app.test_message import send_test
from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.decisions.alarms.templates import TEMPLATES
from events_tracker.model.filters import Filter
from events_tracker.model.health import Health
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import texts, whatsapp
from tests.support.engines import on_sqlite
from tests.support.world import NOON, PADARIA, TestClock


@pytest.fixture
def app(
    environ: dict[str, str], segware: Simulator, tmp_path: Path, clock: TestClock
) -> Iterator[App]:
    """One use of the program, with WhatsApp switched on and a database that is ready."""
    app = App(
        environ={**environ, **whatsapp(segware)},
        folder=tmp_path,
        clock=clock,
        shared_env_file=None,
    )
    passes.init(app, app.settings())
    yield app
    app.close()


def test_the_passes_run_one_after_the_other_with_settings_alone(
    app: App, segware: Simulator, clock: TestClock
) -> None:
    settings = app.settings()
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)
    assert [alert.account_code for alert in passes.scan(app, settings).opened] == ["1950"]
    assert [told.status for told in passes.notify(app, settings).deliveries] == ["sent"]
    assert passes.clear(app, settings, Filter()).kept == 1
    nobody_chose = passes.clear(app, settings, Filter(), forced="repaired", ids=[])
    assert (nobody_chose.closed, nobody_chose.kept) == (0, 1)
    by_hand = passes.clear(
        app, settings, Filter(account="1950"), forced="repaired", by="Ana", lists=True
    )
    assert [alert.clear_reason for alert in by_hand.cleared] == ["forced: repaired (by Ana)"]
    passes.notify(app, settings)
    assert [text.splitlines()[0] for text in texts(segware)] == [
        "*EXCESSO DE EVENTOS*",
        "*ENCERRADO: EXCESSO DE EVENTOS*",
    ]
    clock.advance(100 * 24 * HOUR)
    assert passes.purge(app, settings)["notifications"] == 2


def test_a_dry_run_has_the_same_summary_and_changes_nothing(app: App, segware: Simulator) -> None:
    settings = app.settings()
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)
    foreseen = passes.scan(app, settings, dry_run=True)
    done = passes.scan(app, settings)
    assert [a.quantity for a in foreseen.opened] == [a.quantity for a in done.opened] == [60]
    assert passes.notify(app, settings, dry_run=True).count("pending") == 1
    assert texts(segware) == []


def test_whoever_asks_for_a_channel_that_is_off_reads_it_in_the_summary(app: App) -> None:
    summary = passes.notify(app, app.settings(), channels=["email", "whatsapp"])
    assert summary.notes == ["the channel email is off; its deliveries are left alone"]


def test_an_alarm_is_made_and_changed_from_texts(app: App) -> None:
    settings = app.settings()
    store = app.store(settings, app.deadline(60))
    editor = editing.editor(app, settings, by="Ana", comment="trial")
    panic = editor.create(store, {"name": "panic", "value": "3"}, TEMPLATES["panic-storm"])
    assert (panic.definition.value, panic.priority, panic.created_by) == (3, "high", "Ana")
    change = editor.edit(store, "panic", {"name": "storm", "window": "5m"})
    assert (change.before.revision, change.alarm.revision, change.alarm.name) == (1, 2, "storm")
    assert change.changed
    assert not editor.edit(store, "storm", {"name": "storm", "window": "5m"}).changed
    with pytest.raises(Refused) as refused:
        editor.edit(store, "storm", {"window": "soon", "priority": "urgent"})
    assert {problem.field for problem in refused.value.problems} == {"window", "priority"}
    with pytest.raises(UsageError, match="1001 characters"):
        editing.editor(app, settings, comment="x" * 1001)


@on_sqlite
def test_status_finds_each_thing_and_raises_none(app: App, segware: Simulator) -> None:
    segware.token = "another"
    found = {check.name: check.health for check in reports.status(app, app.settings())}
    assert (found["settings"], found["database"]) == (Health.OK, Health.OK)
    assert found["segware"] is Health.PROBLEM


@on_sqlite
def test_a_test_message_is_sent_without_the_command_line(app: App, segware: Simulator) -> None:
    send_test(app, app.settings(), "whatsapp")
    assert len(texts(segware)) == 1
    with pytest.raises(UsageError, match="set SMTP_URL, EMAIL_FROM, EMAIL_TO"):
        send_test(app, app.settings(), "email")


@on_sqlite
def test_passes_that_follow_one_another_open_nothing_anew(
    app: App, segware: Simulator, clock: TestClock
) -> None:
    def files_after_a_round() -> int:
        clock.advance(MINUTE)
        settings = app.settings()
        passes.scan(app, settings)
        passes.clear(app, settings, Filter())
        passes.notify(app, settings)
        return len(list(Path("/proc/self/fd").iterdir()))

    first = files_after_a_round()
    assert {files_after_a_round() for _ in range(5)} == {first}
