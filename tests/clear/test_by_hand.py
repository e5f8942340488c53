"""`clear --force` closes by hand, and the group stays silent until it has been quiet."""

import getpass

import pytest

from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import webhook
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import CONDOMINIO, PADARIA, Tracker, open_alert

FORCE = ("--force", "--account", "1950", "--reason", "technician on site")


def test_it_records_why_and_who(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    open_alert(tracker, segware, CONDOMINIO)
    tracker.clock.advance(MINUTE)
    result = tracker.clear(*FORCE)
    (cleared,) = result["cleared"]
    assert result["kept"] == 1
    assert cleared["account_code"] == "1950"
    assert cleared["clear_reason"] == f"forced: technician on site (by {getpass.getuser()})"
    assert cleared["cleared_at"] == "2026-11-21T12:01:00.000Z"
    assert tracker.history("--account", "1950") == [cleared]
    assert [notice["kind"] for notice in tracker.notifications("--account", "1950")] == [
        "cleared",
        "opened",
    ]


def test_the_muted_group_is_in_none_of_the_lists_and_does_not_open_again(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    tracker.clear(*FORCE)
    for _ in range(3):
        tracker.clock.advance(MINUTE)
        segware.add_events(tracker.clock.now(), PADARIA, "E130", count=5)
        for options in (["--dry-run"], []):
            scan = tracker.scan(*options)
            assert (scan["opened"], scan["ongoing"], scan["below"]) == ([], [], [])
        cleared = tracker.clear()
        assert (cleared["cleared"], cleared["kept"]) == ([], 0)
        again = tracker.clear(*FORCE, exit_code=1)
        assert (again["cleared"], again["errors"]) == ([], ["nothing open matches account 1950"])
    assert tracker.history("--open") == []
    assert len(tracker.notifications()) == 2
    assert sql(database, "SELECT muted FROM triggers") == [(1,)]


def test_once_quiet_it_is_forgotten_without_a_word_and_a_new_breach_opens_again(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ |= webhook(segware)
    first = open_alert(tracker, segware)
    tracker.clear(*FORCE)
    before = tracker.history()
    tracker.clock.advance(2 * HOUR + 1)
    scan = tracker.scan()
    assert (scan["opened"], scan["ongoing"], scan["below"]) == ([], [], [])
    assert tracker.clear("--dry-run")["cleared"] == []
    assert tracker.clear()["cleared"] == []
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(0,)]
    assert tracker.history() == before
    assert len(tracker.notifications()) == 2
    tracker.clock.advance(MINUTE)
    second = open_alert(tracker, segware)
    assert second != first
    assert [alert["register_id"] for alert in tracker.history("--open")] == [second]


def test_a_muted_group_is_free_as_soon_as_one_scan_saw_it_quiet(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "1h"
    open_alert(tracker, segware)
    tracker.clear(*FORCE)
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(0,)]
    assert len(tracker.notifications()) == 2, "it goes without a word"


def test_a_breach_after_the_quiet_opens_without_waiting_for_a_clear(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    tracker.clear(*FORCE)
    tracker.clock.advance(2 * HOUR + 1)
    tracker.scan()
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware)
    assert len(tracker.history()) == 2


def test_what_was_below_when_it_was_closed_is_not_muted_and_the_next_breach_opens(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "1h"
    first = open_alert(tracker, segware)
    tracker.clock.advance(2 * HOUR + 1)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=49)
    tracker.scan()
    foreseen = tracker.clear(*FORCE, "--dry-run")
    assert foreseen == {**tracker.clear(*FORCE), "dry_run": True}
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(0,)]
    tracker.clock.advance(MINUTE)
    segware.add_events(tracker.clock.now(), PADARIA, "E130")
    (opened,) = tracker.scan()["opened"]
    assert opened["register_id"] != first
    assert [notice["kind"] for notice in tracker.notifications()] == ["opened", "cleared", "opened"]


def test_of_several_only_what_still_breaches_is_muted(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware, CONDOMINIO)
    tracker.clock.advance(2 * HOUR + 1)
    open_alert(tracker, segware)
    everything = ("--force", "--alarm", "default", "--reason", "x")
    assert len(tracker.clear(*everything)["cleared"]) == 2
    assert sql(database, "SELECT account_id, muted FROM triggers") == [(PADARIA, 1)]
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=60)
    (opened,) = tracker.scan()["opened"]
    assert opened["account_code"] == "2207"


def test_with_dry_run_it_changes_nothing(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    before = dump(database)
    foreseen = tracker.clear(*FORCE, "--dry-run")
    assert dump(database) == before
    assert foreseen == {**tracker.clear(*FORCE), "dry_run": True}


@pytest.mark.parametrize(
    "by",
    [
        ["--account", "19*"],
        ["--company", "Sent*"],
        ["--cuc", "ALR"],
        ["--code", "E130"],
        ["--alarm", "default"],
    ],
)
@on_sqlite
def test_any_filter_chooses(tracker: Tracker, segware: Simulator, by: list[str]) -> None:
    open_alert(tracker, segware)
    assert len(tracker.clear("--force", "--reason", "x", *by)["cleared"]) == 1


def test_a_code_that_two_companies_use_is_refused_with_both_names_until_one_is_named(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    segware.add_account(107, "1950", "Loja\x1b Sul", 14)
    open_alert(tracker, segware)
    open_alert(tracker, segware, 107)
    before = dump(database)
    for options in (FORCE, (*FORCE, "--dry-run"), (*FORCE, "--code", "E130")):
        refused = tracker("clear", *options)
        assert (refused.exit_code, refused.stdout) == (2, "")
        for name in ("Padaria São José of Sentinela Monitoramento",
                     "Loja\\x1b Sul of Vigia Sul Segurança Eletrônica", "--company"):  # fmt: skip
            assert name in refused.stderr
    assert dump(database) == before
    (cleared,) = tracker.clear(*FORCE, "--company", "Vigia*")["cleared"]
    assert cleared["company"] == "Vigia Sul Segurança Eletrônica"
    (cleared,) = tracker.clear(*FORCE)["cleared"]  # what is closed already is meant no longer
    assert cleared["company"] == "Sentinela Monitoramento"


def test_all_companies_are_meant_by_saying_so(tracker: Tracker, segware: Simulator) -> None:
    segware.add_account(107, "1950", "Loja Sul", 14)
    open_alert(tracker, segware)
    open_alert(tracker, segware, 107)
    assert len(tracker.clear(*FORCE, "--company", "*")["cleared"]) == 2


def test_several_alerts_of_one_client_are_not_ambiguous(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    open_alert(tracker, segware, code="E131")
    assert len(tracker.clear(*FORCE)["cleared"]) == 2


def test_closing_means_by_a_text_what_listing_means_by_it(
    tracker: Tracker, segware: Simulator
) -> None:
    names = (
        "50% off_shop!",
        "50x offyshop!",
        "a*b",
        "São João",
        "sao joao",
        "a.b",
        "x",
        "X",
        "[x]",
    )
    for number, name in enumerate(names, 101):
        segware.add_company(number, name)
        segware.add_account(number, f"{number}", name, number)
        segware.add_events(tracker.clock.now(), number, "E130", count=60)
    assert len(tracker.scan()["opened"]) == len(names)
    for text in (
        *names,
        "50*",
        "*!",
        "%*",
        "_*",
        "S*o",
        "a?b*",
        "*",
        "**",
        "*x*",
        "[x*",
        "\\*",
        "*ã*",
    ):
        listed = tracker.history("--company", text)
        chosen = ("--force", "--dry-run", "--reason", "x", "--company", text)
        closed = tracker.clear(*chosen, exit_code=0 if listed else 1)
        assert sorted(alert["account_code"] for alert in closed["cleared"]) == sorted(
            alert["account_code"] for alert in listed
        ), text


@on_sqlite
def test_what_nothing_open_matches_does_not_look_like_success(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware)
    open_alert(tracker, segware, CONDOMINIO)
    tracker.clear("--force", "--account", "2207", "--reason", "x")
    before = dump(database)
    for options, code, error in (
        (["--account", "2207"], 1, "nothing open matches account 2207"),
        (["--account", "1950", "--code", "E131"], 1,
         "nothing open matches account 1950, code E131"),
        (["--account", "9*"], 1, "nothing open matches account 9*"),
        (["--account", "1955"], 2, "no account 1955 is known; did you mean 1950?"),
        (["--account", "x\x1b", "--alarm", "defualt"], 2, "no account x\\x1b is known\n"
         "error: no alarm defualt is known; did you mean default?"),
    ):  # fmt: skip
        for dry_run in ([], ["--dry-run"]):
            refused = tracker("clear", "--force", "--reason", "x", *options, *dry_run)
            assert (refused.exit_code, refused.stdout) == (code, "")
            assert refused.stderr == f"error: {error}\n"
    assert dump(database) == before


@on_sqlite
def test_a_long_reason_is_cut_but_not_who_gave_it(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    (cleared,) = tracker.clear("--force", "--account", "1950", "--reason", "x" * 900)["cleared"]
    assert len(cleared["clear_reason"]) == 400
    assert cleared["clear_reason"].endswith(f"x (by {getpass.getuser()})")
    assert tracker.history() == [cleared]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param(["--force"], "--force needs --reason", id="neither reason nor filter"),
        pytest.param(["--force", "--reason", "x"], "--force needs", id="no filter"),
        pytest.param(["--force", "--account", "1950"], "--force needs", id="no reason"),
        pytest.param(
            ["--force", "--account", "1950", "--reason", "  "], "--force needs", id="empty reason"
        ),
        pytest.param(["--reason", "x"], "--reason goes with --force", id="reason alone"),
        pytest.param(["--reason", ""], "--reason goes with --force", id="empty reason alone"),
    ],
)
@on_sqlite
def test_it_needs_a_reason_and_what_to_close(
    tracker: Tracker, segware: Simulator, database: str, options: list[str], problem: str
) -> None:
    open_alert(tracker, segware)
    before = dump(database)
    result = tracker("clear", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr
    assert dump(database) == before


def by_id(*ids: str) -> tuple[str, ...]:
    chosen = (option for id_ in ids for option in ("--id", id_))
    return ("--force", "--reason", "seen", *chosen)


def test_exactly_the_chosen_ids_are_closed(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    first = open_alert(tracker, segware)
    stays = open_alert(tracker, segware, code="E131")
    second = open_alert(tracker, segware, CONDOMINIO)
    foreseen = tracker.clear(*by_id(second, first), "--dry-run")
    closed = tracker.clear(*by_id(second, first, first))
    assert foreseen == {**closed, "dry_run": True}
    assert [alert["register_id"] for alert in closed["cleared"]] == sorted([first, second])
    assert (closed["kept"], closed["errors"]) == (1, [])
    assert [alert["register_id"] for alert in tracker.history("--open")] == [stays]
    muted = sql(database, "SELECT register_id FROM triggers WHERE muted = 1 ORDER BY register_id")
    assert muted == [(id_,) for id_ in sorted([first, second])]


def test_ids_that_are_not_closed_are_told_and_the_others_are_closed(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    over = open_alert(tracker, segware)
    tracker.clear(*FORCE)
    mine = open_alert(tracker, segware, CONDOMINIO)
    tracker.clock.advance(HOUR)
    tracker.notify(TRACKER_STALE_AFTER="15m")
    (own,) = (alert["register_id"] for alert in tracker.history("--alarm", "tracker"))
    unknown = ("0" * 32, "1950", "x'; --")
    errors = [
        f"{over}: it is over already",
        f"{own}: it is not closed by hand: it ends by itself",
        *(f"{id_}: the register has no such entry" for id_ in unknown),
    ]
    before = dump(database)
    chosen = by_id(over, mine, own, *unknown)
    foreseen = tracker.clear(*chosen, "--dry-run", exit_code=1)
    assert dump(database) == before
    closed = tracker.clear(*chosen, exit_code=1)
    assert foreseen == {**closed, "dry_run": True}
    assert [alert["register_id"] for alert in closed["cleared"]] == [mine]
    assert closed["errors"] == errors
    before = dump(database)
    again = tracker("clear", *by_id(mine))
    assert (again.exit_code, again.stdout.splitlines()[0]) == (1, "Closed 0, 1 stay open.")
    assert again.stderr == f"error: {mine}: it is over already\n"
    assert dump(database) == before


@on_sqlite
def test_it_is_signed_with_the_name_that_is_given(tracker: Tracker, segware: Simulator) -> None:
    for by, environ, signed in (
        (["--by", "Ana"], {"SUDO_USER": "rui"}, "Ana"),
        (["--by", " "], {"SUDO_USER": "rui"}, "rui"),
        ([], {}, getpass.getuser()),
    ):
        chosen = by_id(open_alert(tracker, segware))
        assert tracker("clear", *chosen, *by, **environ).exit_code == 0
        (alert,) = tracker.history("--limit", "1")
        assert alert["clear_reason"] == f"forced: seen (by {signed})"
        tracker.clock.advance(2 * HOUR + 1)
        tracker.scan()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--id", "a", "--account", "1950", "--force", "--reason", "x"], "without other filters"),
        (["--id", "a"], "--id goes with --force"),
        (["--id", "a", "--force"], "--force needs --reason"),
        (["--by", "Ana"], "--by goes with --force"),
        (["--yes"], "--yes goes with --force"),
    ],
)
@on_sqlite
def test_ids_and_names_go_with_closing_by_hand(
    tracker: Tracker, options: list[str], problem: str
) -> None:
    result = tracker("clear", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr
