"""Tables on a real terminal: what matters is unbroken at any width, and nothing vanishes unsaid."""

import re

import pytest

from events_tracker.base.times import MINUTE
from events_tracker.commands.fitting import fit
from events_tracker.commands.tables import Column
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Simulator
from tests.support.engines import connected, on_sqlite
from tests.support.terminal import Terminal, on_terminal
from tests.support.world import CONDOMINIO, FARMACIA, PADARIA, Console

TIME = r"\d{2}/\d{2} \d{2}:\d{2}"
WHOLE_TIME = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}-03:00"
CLEAR = ("clear", "--dry-run", "--force", "--code", "*", "--reason", "x")


@pytest.fixture
def three(console: Console, segware: Simulator) -> None:
    """Three open alerts, of clients with long names."""
    segware.add_account(PADARIA, "1950", "Padaria 日本 " + "São José " * 12, 11, 501)
    for account, code in ((PADARIA, "E130"), (CONDOMINIO, "1130"), (FARMACIA, "E131")):
        segware.add_events(wall_clock_ms() - MINUTE, account, code, count=60)
    assert console("init").exit_code == 0
    assert console("scan").exit_code == 0


@pytest.mark.parametrize("command", [("history",), CLEAR, ("notifications",), ("report",)])
@on_sqlite
@pytest.mark.usefixtures("three")
def test_account_event_count_and_times_are_whole_at_any_width(
    console: Console, command: tuple[str, ...]
) -> None:
    for columns in (20, 40, 60, 80, 100, 400):
        shown = on_terminal(console, columns, *command)
        for account, code in (("1950", "E130"), ("2207", "1130"), ("3046", "E131")):
            line = rf"^{TIME}.*\b{account}\b.*\b{code}\b[a-z …]* +60\b"
            for text in [line] if columns >= 80 else [rf"\b{account}\b", rf"\b{code}\b"]:
                assert re.search(text, shown, re.MULTILINE), (columns, text)
        times = f"{TIME}|{WHOLE_TIME}".replace(" ", r"\s+")
        assert len(re.findall(times, shown)) >= 3, columns
        assert len(re.findall(r"\b60\b", shown)) >= 3, columns


@on_sqlite
@pytest.mark.usefixtures("three")
def test_what_is_left_out_is_said_and_wide_shows_it(console: Console) -> None:
    shown = on_terminal(console, 80, "history")
    assert "Times are those of America/Sao_Paulo." in shown
    assert re.search(
        r"^Not shown: [^.]*Company, Group[^.]*; --wide\s+shows all\.$", shown, re.MULTILINE
    )
    assert "Why cleared" not in shown, "nothing in it is missed"
    assert re.search(r"\bE130 +60\b", shown), "a meaning takes no room from what matters more"
    wide = on_terminal(console, 80, "history", "--wide")
    assert re.search(r"\bE130 burglary +60\b", wide)
    assert "Vigia Sul Segurança Eletrônica" in wide
    assert "Padaria 日本 " + "São José " * 11 + "São José" in wide
    assert "Not shown" not in wide


@on_sqlite
@pytest.mark.usefixtures("three")
def test_what_is_open_is_told_with_its_count_and_state_by_now(
    console: Console, segware: Simulator
) -> None:
    segware.add_events(wall_clock_ms() - 5_000, PADARIA, "E130", count=18)
    assert console("scan").exit_code == 0
    for columns in (80, 120, 200):
        shown = on_terminal(console, columns, "history", "--open")
        assert re.search(rf"^{TIME}.*\b1950\b.*\bE130\b[a-z …]* +60 +78 +going on", shown, re.M)
        assert re.search(rf"^{TIME}.*\b2207\b.*\b1130\b[a-z …]* +60 +60 +going on", shown, re.M)
        assert re.search(r"^As of the scan \d+ s ago\.$", shown, re.MULTILINE)
    coloured = on_terminal(console, 80, "history", "--open", colours=True)
    assert "\x1b[31mgoing on" in coloured
    segware.clear_events()
    segware.add_events(wall_clock_ms() - 5_000, PADARIA, "E130", count=45)
    assert console("scan", "--full", TRACKER_CLEAR_BELOW="80%").exit_code == 0
    swinging = on_terminal(console, 80, "history", "--open")
    assert re.search(r"\b1950\b.*\bE130\b[a-z …]* +60 +45 +above clear line", swinging)
    assert max(map(len, swinging.splitlines())) <= 80
    status = on_terminal(console, 80, "status", colours=True)
    assert "\x1b[32mok" in status
    # A detail that takes further lines leaves cells empty beside it.
    folded = on_terminal(console, 60, "status", colours=True, errors=True)
    assert "\x1b[32mok" in folded
    assert re.search(r"^ {10,}\S", folded, re.MULTILINE)
    assert "unexpected" not in folded
    assert "\x1b" not in on_terminal(console, 80, "history", "--open", colours=True, TERM="dumb")
    console.environ["NO_COLOR"] = "1"
    assert "\x1b" not in on_terminal(console, 80, "history", "--open", colours=True)


@on_sqlite
@pytest.mark.usefixtures("three")
def test_a_narrow_terminal_gets_a_card_an_entry_with_everything_in_it(console: Console) -> None:
    shown = on_terminal(console, 40, "history")
    cards = shown.split("\n\n")
    assert len(cards) == 3
    (card,) = [card for card in cards if "2207" in card]
    for text in ("Account:     2207", "Event:       1130", "Count:       60", "Administradora"):
        assert text in card


@on_sqlite
@pytest.mark.usefixtures("three")
def test_one_entry_that_does_not_fit_is_a_card(console: Console) -> None:
    shown = on_terminal(console, 80, "history", "--account", "2207")
    assert "Company:     Vigia Sul Segurança Eletrônica\n" in shown
    assert re.search(rf"^Opened:      {WHOLE_TIME}$", shown, re.MULTILINE)


@on_sqlite
@pytest.mark.usefixtures("three")
def test_a_file_gets_every_column_whole(console: Console) -> None:
    printed = console("history", COLUMNS="40").stdout
    assert "Padaria 日本 " + "São José " * 11 + "São José" in printed
    assert "Vigia Sul Segurança Eletrônica" in printed
    assert len(printed.splitlines()) == 4


@on_sqlite
@pytest.mark.usefixtures("three")
def test_alarms_are_listed_with_whole_names_and_times(console: Console) -> None:
    console("alarms", "create", "portas-a-noite", "--value", "3")
    shown = on_terminal(console, 80, "alarms", "list")
    assert re.search(r"^portas-a-noite +enabled ", shown, re.MULTILINE)
    assert re.search(rf"^default +enabled .*{TIME} +ok +3$", shown, re.MULTILINE)


COLUMNS = (Column("a"), Column("b", rank=1, least=5), Column("c", rank=2), Column("d", least=4))


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        (100, {0: 10, 1: 10, 2: 10, 3: 10}),
        (46, {0: 10, 1: 10, 2: 10, 3: 10}),
        (45, {0: 10, 1: 9, 2: 10, 3: 10}),
        (35, {0: 10, 1: 5, 2: 10, 3: 4}),
        (34, {0: 10, 1: 10, 3: 10}),
        (23, {0: 10, 1: 5, 3: 4}),
        (22, {0: 10, 3: 10}),
        (16, {0: 10, 3: 4}),
        (15, None),
    ],
)
def test_names_are_narrowed_first_then_the_least_important_columns_go(
    room: int, widths: dict[int, int] | None
) -> None:
    assert fit(COLUMNS, dict.fromkeys(range(4), 10), room) == widths


@on_sqlite
def test_versions_are_whole_at_any_width(console: Console) -> None:
    assert console("init").exit_code == 0
    said = ("--by", "Maria das Graças", "--comment", "too late with 5, said the night shift")
    assert console("alarms", "create", "doors", "--value", "5").exit_code == 0
    changes = ("--value", "3", "--codes", "E401,E402,E403", "--window", "45m")
    assert console("alarms", "edit", "doors", *changes, *said).exit_code == 0
    for columns in (40, 80, 120):
        _, _, shown = on_terminal(console, columns, "alarms", "show", "doors").partition("Versions")
        assert max(map(len, shown.splitlines())) <= columns
        words = set(shown.split())
        assert {"Maria", "Graças", "E401,", "E402,", "E403;", "45m", "night", "shift"} <= words
        if columns >= 80:
            assert re.search(rf"^ +2  {TIME}", shown, re.MULTILINE)


@on_sqlite
@pytest.mark.usefixtures("three")
def test_closing_by_hand_says_what_it_would_close_and_asks(console: Console) -> None:
    force = ("clear", "--force", "--reason", "x")
    for answer in ("n\n", "\n"):
        shown = on_terminal(console, 80, *force, "--code", "E13*", errors=True, answer=answer)
        assert "Would close 2, 1 stay open." in shown
        assert re.search(r"^As of the scan \d+ s ago\.\nClose 2 by hand\? \[y/N\]", shown, re.M)
        assert len(re.findall(r"\b(?:1950|3046)\b", shown)) == 2, "both accounts are named"
        assert "Nothing was changed." in shown
        assert "Closed" not in shown
    assert "Closed 2, 1 stay open." in on_terminal(
        console, 80, *force, "--code", "E13*", answer="y\n"
    )
    nothing = on_terminal(console, 80, *force, "--code", "E13*", errors=True, answer="y\n")
    assert nothing.endswith("error: nothing open matches code E13*\n")
    assert "[y/N]" not in nothing
    assert on_terminal(console, 80, *force, "--code", "1130", "--yes", answer="").startswith(
        "Closed 1, 0 stay open."
    )


@on_sqlite
@pytest.mark.usefixtures("three")
def test_ending_an_alarm_says_what_that_would_close_and_asks(console: Console) -> None:
    disable = ("alarms", "disable", "default")
    shown = on_terminal(console, 80, *disable, errors=True, answer="n\n")
    assert "The next `clear` would close 3 alerts of the alarm 'default':" in shown
    assert {"1950", "2207", "3046"} <= set(shown.split())
    assert re.search(r"^As of the scan \d+ s ago\.\nDisable the alarm 'default'\?", shown, re.M)
    assert shown.endswith("Nothing was changed.\n")
    said = "The alarm 'default' is disabled; `clear` closes 3 alerts that it has open.\n"
    assert on_terminal(console, 80, *disable, answer="y\n").endswith(said)
    assert "[y/N]" not in on_terminal(console, 80, *disable, answer=""), "it is so already"
    said = "The alarm 'default' is enabled; 3 open alerts were closed as disabled.\n"
    assert on_terminal(console, 80, "alarms", "enable", "default", answer="") == said
    shown = on_terminal(console, 80, *disable, errors=True, answer="n\n")
    assert "Disable the alarm 'default'? [y/N]" in shown, "though nothing is open"
    assert console("alarms", "create", "doors").exit_code == 0
    assert "[y/N]" not in on_terminal(console, 80, "alarms", "disable", "doors", answer="")
    shown = on_terminal(console, 80, "alarms", "delete", "doors", errors=True, answer="n\n")
    assert "Delete the alarm 'doors'? [y/N]" in shown
    deleted = on_terminal(console, 80, "alarms", "delete", "doors", "--yes", answer="")
    assert deleted == "The alarm 'doors' is deleted.\n"


@on_sqlite
@pytest.mark.usefixtures("three")
def test_errors_fold_at_words_on_a_terminal_alone(console: Console) -> None:
    for command in (("history", "22070"), ("clear", "--force"), ("scan", "--at", "the day after")):
        *_, piped = console(*command).stderr.splitlines()
        for columns in (50, 60):
            shown = on_terminal(console, columns, *command, errors=True)
            assert max(map(len, shown.splitlines())) <= columns
            assert shown.split()[-len(piped.split()) :] == piped.split()


@on_sqlite
def test_a_group_of_commands_alone_shows_its_help_as_it_is(console: Console) -> None:
    shown = on_terminal(console, 80, "people", errors=True)
    assert shown.startswith("Usage: tracker people [OPTIONS] COMMAND [ARGS]...\n\n")
    assert "\n  list      List who may sign in" in shown


@on_sqlite
def test_a_database_that_is_locked_is_waited_for_until_somebody_stops_that(
    console: Console, database: str
) -> None:
    assert console("init").exit_code == 0
    with connected(database) as other:
        other.execute("BEGIN IMMEDIATE")
        with Terminal(console, 200, "purge") as terminal:
            terminal.read_up_to(", which another process locks (up to ")
            terminal.type("\x03")
            assert terminal.end().exit_code == 130


@on_sqlite
def test_that_a_database_which_is_away_is_waited_for_is_said_on_a_terminal(
    console: Console,
) -> None:
    with Terminal(console, 80, "history", DATABASE_URL="mysql://u@127.0.0.1:1/t") as terminal:
        terminal.read_up_to("waiting for the database at mysql://127.0.0.1:1 (up to ")


@on_sqlite
def test_what_init_and_purge_did_is_folded_at_words(console: Console) -> None:
    begun = on_terminal(console, 60, "init", SEGWARE_TOKEN="").splitlines()
    # The path is one word, to be copied whole.
    assert begun[-3:] == [
        "Next: set SEGWARE_TOKEN in",
        f"  {console.folder / '.env'},",
        "  then run `tracker status`.",
    ]
    assert on_terminal(console, 60, "purge").splitlines() == [
        "Deleted 0 notifications, 0 deliveries, 0 runs, 0 gaps, 0",
        "  tokens, 0 hours, 0 register entries, 0 notes.",
    ]
