"""A dry run may be narrowed to an account, an alarm or a past moment; a real scan may not."""

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.alarms import alarms
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker


@pytest.mark.parametrize("option", [("--at", "1h"), ("--account", "1950"), ("--alarm", "default"),
                                    ("--account", ""), ("--alarm", ""), ("--at", "")])  # fmt: skip
def test_a_scan_that_writes_is_whole(tracker: Tracker, option: tuple[str, str]) -> None:
    result = tracker("scan", *option)
    assert result.exit_code == 2
    assert "go with --dry-run" in result.stderr


def test_one_account_alone_is_evaluated_and_shown(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, FARMACIA, "E130", count=60)
    tracker.scan()
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E130", count=60)
    scan = tracker.scan("--dry-run", "--account", "1950")
    assert [alert["account_code"] for alert in scan["opened"]] == ["1950"]
    assert (scan["ongoing"], scan["below"]) == ([], [])
    assert scan["events"] == {"fetched": 180, "remembered": 0, "counted": 60, "malformed": 0}
    scan = tracker.scan("--dry-run", "--account", "3046")
    assert scan["opened"] == []
    assert [(alert["account_code"], alert["quantity"]) for alert in scan["ongoing"]] == [
        ("3046", 60)
    ]


def test_what_another_account_misses_is_not_shown(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create test --template missing-test --accounts 1950,2207")
    for account in (PADARIA, CONDOMINIO):
        segware.add_events(NOON, account, "E602")
    assert tracker.scan("--dry-run", "--account", "1950")["opened"] == []
    missed = tracker.scan("--dry-run", "--account", "1950", "--at", "1h")["opened"]
    assert [alert["account_code"] for alert in missed] == ["1950"]


def test_alarms_that_do_not_group_by_account_say_nothing_of_one(
    tracker: Tracker, segware: Simulator
) -> None:
    alarms(tracker, "create company --codes E401 --value 5 --group-by company")
    alarms(tracker, "create all --codes E401 --value 5 --group-by ''")
    segware.add_events(NOON, PADARIA, "E401", count=5)
    assert len(tracker.scan()["opened"]) == 2
    result = tracker("scan", "--dry-run", "--account", "1950")
    assert result.stdout.endswith("Would open nothing.\n")
    assert result.stderr == "note: left out, because they do not group by account: all, company\n"


def test_an_account_code_that_nobody_has_is_an_error(tracker: Tracker) -> None:
    for written in ("1955", "1950,1955"):
        result = tracker("scan", "--dry-run", written, "--account", "2207")
        assert (result.exit_code, result.stdout) == (2, "")
        said = "error: Segware lists no account with the code '1955'; did you mean '1950'?\n"
        assert result.stderr == said


def test_several_accounts_are_all_shown(tracker: Tracker, segware: Simulator) -> None:
    for account in (PADARIA, CONDOMINIO, FARMACIA):
        segware.add_events(NOON, account, "E130", count=60)
    for options in (["--account", "1950", "--account", "2207"], ["1950,2207"], ["1950", "2207"]):
        opened = tracker.scan("--dry-run", *options)["opened"]
        assert sorted(alert["account_code"] for alert in opened) == ["1950", "2207"]


def test_a_list_of_accounts_that_fails_is_not_taken_for_an_empty_one(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.fail_always("/v1/accounts", Reply(400, b"no"))
    result = tracker("scan", "--dry-run", "--account", "1950")
    assert result.exit_code == 1
    assert "/v1/accounts" in result.stderr
    assert "lists no account" not in result.stderr


def test_one_alarm_alone_is_evaluated_and_shown(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert len(tracker.scan("--dry-run", "--alarm", "default")["opened"]) == 1


def test_an_alarm_that_does_not_exist_is_refused(tracker: Tracker) -> None:
    result = tracker("scan", "--dry-run", "--alarm", "doors")
    assert result.exit_code == 2
    assert result.stderr == "error: there is no enabled alarm called 'doors'\n"
    result = tracker("scan", "--dry-run", "--alarm", "default", "--alarm", "defualt")
    said = "error: there is no enabled alarm called 'defualt'; did you mean 'default'?\n"
    assert (result.exit_code, result.stderr) == (2, said)


@pytest.mark.parametrize("at", ["2026-11-21T07:00:00", "2026-11-21T10:00Z", "2h"])
def test_a_past_moment_is_evaluated_without_todays_triggers(
    tracker: Tracker, segware: Simulator, at: str
) -> None:
    segware.add_events(NOON - 3 * HOUR, PADARIA, "E130", count=60)
    segware.add_events(NOON, PADARIA, "E130", count=70)
    assert len(tracker.scan()["opened"]) == 1
    past = tracker.scan("--dry-run", "--at", at)
    assert past["window"] == {
        "start": "2026-11-21T08:00:00.000Z",
        "end": "2026-11-21T10:00:00.000Z",
    }
    assert [alert["quantity"] for alert in past["opened"]] == [60]
    assert (past["ongoing"], past["below"]) == ([], [])


def test_a_past_moment_without_events_is_no_silence(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=1_000)
    tracker.scan()
    past = tracker.scan("--dry-run", "--at", "7d")
    assert (past["opened"], past["errors"]) == ([], [])


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("tomorrow", "is not a time: write 2026-11-21T09:00,"),
        ("2026-11-21T09:01", "is in the future"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(tracker: Tracker, at: str, why: str) -> None:
    result = tracker("scan", "--dry-run", "--at", at)
    assert result.exit_code == 2
    assert f"{at!r} {why}" in " ".join(result.stderr.split())


def test_a_past_moment_counts_the_detections_of_then(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create again --source detections --of default --group-by account --value 2")
    for at in (NOON - 9 * HOUR, NOON - 6 * HOUR, NOON):
        tracker.clock.at = at
        segware.add_events(at, PADARIA, "E130", count=60)
        if at == NOON - 9 * HOUR:
            tracker.scan()
            tracker.clock.advance(2 * HOUR + 1)
            tracker.scan()
            tracker.clear()
    alarms(tracker, "edit again --window 12h")
    past = tracker.scan("--dry-run", "--at", "6h")["opened"]
    assert [(alert["alarm"], alert["quantity"]) for alert in past] == [
        ("default", 60),
        ("again", 2),
    ]
    assert {alert["opened_at"] for alert in past} == {"2026-11-21T06:00:00.000Z"}
    while_open = tracker.scan("--dry-run", "--at", "9h")["opened"]
    assert [alert["alarm"] for alert in while_open] == ["default"], "it opened once, not twice"


@pytest.mark.parametrize("at", ["999999d", "0001-01-01"])
def test_a_moment_before_all_events_shows_nothing(tracker: Tracker, at: str) -> None:
    past = tracker.scan("--dry-run", "--at", at)
    assert past["window"]["end"] == "1970-01-01T00:00:00.000Z"
    assert past["opened"] == []


def test_the_same_moment_gives_the_same_answer_later(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=60)
    (opened,) = tracker.scan()["opened"]
    tracker.clock.advance(5 * HOUR)
    (foreseen,) = tracker.scan("--dry-run", "--at", "2026-11-21T09:00:00")["opened"]
    same = ("account_code", "cuc", "code", "quantity", "period_started_at", "period_ended_at")
    assert [foreseen[name] for name in same] == [opened[name] for name in same]
