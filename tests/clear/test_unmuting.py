"""Muted groups are seen, and `clear --unmute` lets them open again."""

import getpass

from events_tracker.base.times import MINUTE
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import CONDOMINIO, PADARIA, Tracker, open_alert

FORCE = ("--force", "--account", "1950", "--reason", "técnico (no local)", "--by", "Ana")
SINCE = "1950 ALR E130 default since 09:01 by Ana: técnico (no local)"


def mute(tracker: Tracker, segware: Simulator) -> str:
    """Open and mute the group of account 1950 at 09:01, local time; return its entry's id."""
    id_ = open_alert(tracker, segware)
    tracker.clock.advance(MINUTE)
    tracker.clear(*FORCE)
    return id_


@on_sqlite
def test_the_list_of_what_is_open_ends_with_what_is_muted(
    tracker: Tracker, segware: Simulator
) -> None:
    mute(tracker, segware)
    line = f"muted: 1 group ({SINCE})\n"
    as_of = "As of the scan 60 s ago.\n"
    assert tracker("history", "--open").stdout == f"No alert is open.\n{line}{as_of}"
    open_alert(tracker, segware, CONDOMINIO)
    as_of = "As of the scan 0 s ago.\n"
    assert tracker("history", "--open").stdout.endswith(f"\n{line}{as_of}")
    dry_run = ("scan", "--dry-run", "--account")
    assert f"\nWould open nothing.\n{line}" in tracker(*dry_run, "1950").stdout
    assert "muted" not in tracker(*dry_run, "2207").stdout
    for other in (["--open", "--account", "2207"], []):
        assert "muted" not in tracker("history", *other).stdout
    assert len(tracker.history("--open")) == 1, "JSON has what is open alone"


def test_ended_the_next_scan_opens_what_still_holds_and_the_entry_says_who_ended_it(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    first = mute(tracker, segware)
    before = dump(database)
    foreseen = tracker("clear", "--unmute", "--account", "1950", "--dry-run")
    assert foreseen.stdout == f"Would no longer be muted: 1 group ({SINCE})\n"
    assert dump(database) == before
    unmute = ("clear", "--unmute", "--account", "1950", "--reason", "ele foi embora")
    done = tracker(*unmute, "--format", "json").json
    assert [alert["register_id"] for alert in done["unmuted"]] == [first]
    assert (done["pass"], done["dry_run"], done["kept"], done["errors"]) == ("unmute", False, 0, [])
    assert sql(database, "SELECT COUNT(*) FROM triggers") == [(0,)]
    assert sql(database, "SELECT register_id, written_by, text FROM notes") == [
        (first, getpass.getuser(), "mute ended: ele foi embora")
    ]
    tracker.clock.advance(MINUTE)
    (opened,) = tracker.scan()["opened"]
    assert opened["register_id"] != first
    kinds = [notice["kind"] for notice in tracker.notifications()]
    assert kinds == ["opened", "cleared", "opened"]


@on_sqlite
def test_where_nothing_that_is_meant_is_muted_it_says_what_is(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    open_alert(tracker, segware, CONDOMINIO)
    refused = tracker("clear", "--unmute", "--account", "2207")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "error: nothing muted matches account 2207; nothing is muted\n"
    mute(tracker, segware)
    before = dump(database)
    refused = tracker(
        "clear", "--unmute", "--account", "1959", "--alarm", "defalt", "--code", "e130"
    )
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == (
        "error: no account 1959 is known; did you mean 1950?\n"
        "error: no alarm defalt is known; did you mean default?\n"
    )
    refused = tracker("clear", "--unmute", "--id", "0" * 32, "--format", "json")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.endswith(f"; muted: 1 group ({SINCE})\n")
    assert dump(database) == before


@on_sqlite
def test_only_what_is_meant_is_ended(tracker: Tracker, segware: Simulator, database: str) -> None:
    first = mute(tracker, segware)
    other = open_alert(tracker, segware, CONDOMINIO)
    segware.add_account(107, "1950", "Loja Sul", 14)
    third = open_alert(tracker, segware, 107)
    tracker.clear("--force", "--alarm", "default", "--reason", "x")
    refused = tracker("clear", "--unmute", "--account", "1950")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "belongs to several clients" in refused.stderr
    done = tracker("clear", "--unmute", "--id", other, "--id", first, "--format", "json").json
    assert [alert["register_id"] for alert in done["unmuted"]] == [first, other]
    assert sql(database, "SELECT register_id FROM triggers") == [(third,)]
    assert PADARIA not in (row[0] for row in sql(database, "SELECT account_id FROM triggers"))


@on_sqlite
def test_it_goes_without_force_and_needs_what_to_end(tracker: Tracker) -> None:
    for options in (["--unmute"], ["--unmute", "--force", "--account", "1", "--reason", "x"]):
        refused = tracker("clear", *options)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "--unmute goes without --force, and needs one of" in refused.stderr
