"""What cannot be is refused: exit 2, what would be right, and nothing half-written."""

import pytest

from events_tracker.base import limits
from tests.support.alarms import alarms, listed
from tests.support.engines import connected, dump, on_sqlite, sql
from tests.support.world import Console, Tracker, finish

REFUSED = [
    # What is asked for; what the refusal says; why it cannot be.
    ("--priority urgent", "--priority is 'urgent': write one of low, medium, high", "no such"),
    ("--source mail", "--source is 'mail': write one of events, detections", "no such source"),
    ("--of default", "--of: goes with --source detections", "events are of nobody"),
    ("--source detections", "--source: detections needs --of: the alarm whose", "of which alarm?"),
    ("--source detections --of ''", "--source: detections needs --of: the alarm", "of no alarm?"),
    (
        "--source detections --of nobody",
        "--of is 'nobody': there is no alarm of this name",
        "nothing would ever be counted",
    ),
    ("--codes 'E130 E131'", "--codes is 'E130 E131': write codes of", "a space in a code"),
    ("--codes 'E13*'", "--codes is 'E13*': write codes of 1 to", "a wildcard"),
    ("--codes E130,!1950", "write codes of 1 to 16 letters and digits", "a sign in no code"),
    ("--codes '\"E130,E131\"'", "write codes of 1 to 16 letters", "one code in quotes"),
    ("--codes E130,é", "write codes of 1 to 16 letters and digits", "an accent"),
    ("--codes E130,,E131", "write codes of 1 to 16 letters and digits", "something is missing"),
    ("--cucs ALR,x-ray", "write CUCs of 1 to 32 letters and digits", "a dash"),
    ("--accounts 1950,", "--accounts is '1950,': write items with commas", "something is missing"),
    ("--companies '\"A, B'", "one that holds a comma as \"A, B\"", "a quote that does not end"),
    ("--codes E130 --values E131=5", "--values: the number of E131 never applies", "not counted"),
    ("--codes E1234567890123456", "write codes of 1 to 16 letters and digits", "17 characters"),
    ("--cucs 'A LR'", "--cucs is 'A LR': write CUCs of 1 to 32 letters", "a space in a CUC"),
    ("--group-by account,zone", "--group-by is 'zone': write one of account, company", "none"),
    ("--group-by '*'", "--group-by is '*': write one of account, company, cuc", "all, or nothing?"),
    ("--condition sum", "--condition is 'sum': write one of count, unique", "no such condition"),
    ("--condition unique", "--field: unique needs one of account, code, cuc", "of what?"),
    ("--condition unique --field zone", "--field is 'zone': unique needs one of", "no such field"),
    ("--field code", "--field: goes with --condition unique", "count counts events"),
    ("--operator ==", "--operator is '==': write one of <, <=, =, >=, >", "no such operator"),
    ("--operator =>", "--operator is '=>': write one of <, <=, =, >=, >", "turned around"),
    ("--value many", "--value is 'many': write a whole number from 0 to", "no number"),
    ("--value -1", "--value is '-1': write a whole number from 0 to", "below zero"),
    ("--value 1.5", "--value is '1.5': write a whole number from 0 to", "half an event"),
    ("--value 0", ">= 0 always holds: compare with 1 or more", "always"),
    ("--values E130=0", ">= 0 always holds: compare with 1 or more", "always, for one code"),
    ("--values E130=1,E130=2", "--values is 'E130=1,E130=2': write codes", "which of the two?"),
    ("--values E130", "--values is 'E130': write codes with their whole", "no number"),
    ("--values 'E 130=3'", "--values is 'E 130=3': write codes with", "a space"),
    ("--values E130=3 --group-by account", "--values: numbers of single codes need code", "whose?"),
    ("--operator '<' --value 0 --group-by account --accounts 1950", "< 0 never holds", "never"),
    ("--operator '<' --value 5", "it needs --group-by account alone, and in", "of whom?"),
    ("--operator '<=' --value 0 --group-by account", "in --accounts those that should", "whose?"),
    ("--operator = --value 0 --accounts 1950", "it needs --group-by account alone", "codes too"),
    (
        "--operator '<' --value 1 --accounts 1950 --group-by account --source detections "
        "--of default",
        "the absence of detections cannot be an alarm: compare with > or >=",
        "most accounts have none",
    ),
    ("--window 0s", "--window is '0m': write a whole number and s, m, h or d", "no window at all"),
    ("--window 9s", "--window is '9s': write a whole number", "one second too short"),
    ("--window 2678401s", "(2h), from 10s to 31d", "one second too long"),
    ("--window 400d", "--window is '400d': write a whole", "more than a year"),
    ("--window 2", "--window is '2': write a whole number and s, m, h or d", "2 of?"),
    ("--window 1w", "--window is '1w': write a whole number and s, m, h or d", "no weeks"),
    ("--channels pigeon", "--channels is 'pigeon': write one of", "no such channel"),
    ("--channels segware --group-by company", "--channels: leave out segware", "into which?"),
    ("--email-to central", "--email-to is 'central': write plain addresses", "no @"),
    ("--email-to ana@", "--email-to is 'ana@': write plain addresses", "no domain"),
    ("--email-to a@[", "--email-to is 'a@[': write plain addresses", "no header can hold it"),
    ("--email-cc 'a@b.example;c@d.example'", "write plain addresses with commas", "two in one"),
    ("--source detections --of default --condition unique --field occurrence",
     "detections have no occurrences", "they belong to events"),
    (f"--description {'x' * 1001}", "…': write at most 1000 characters", "long"),
    (f"--comment {'x' * 1001}", "the comment has 1001 characters: at most 1000", "long"),
    (f"--email-subject {'x' * 301}", "…': write at most 300 characters", "long"),
    ("--accounts '1950,\udcff'", "--accounts is not a text in UTF-8", "bytes of another encoding"),
    ("--by '\udcff'", "--by is not a text in UTF-8", "bytes of another encoding"),
    ("--colour red", "No such option '--colour'", "unknown field"),
    ("--template nothing", "'nothing' is not one of 'power-failure'", "no such template"),
    ("--enabled=perhaps", "--enabled", "a flag has no value"),
]  # fmt: skip
NAMES = [
    ("", "the name is '': write 1 to 80 characters", "nobody could call it"),
    ("   ", "the name is '   ': write 1 to 80 characters", "nor this"),
    (" doors", "without spaces at the ends", "databases differ in whether it is 'doors'"),
    ("x" * 81, "…': write 1 to 80 characters", "one more than there is room for"),
    ("x" * 300, "…': write 1 to 80 characters", "many more"),
    ("a\nb", "leave out control characters: use letters that can be", "a line break"),
    ("a\x1b[31mb", "leave out control characters", "colours a terminal"),
    ("a\u202eb", "leave out control characters", "turns the direction of writing"),
    ("a\u200bb", "leave out control characters", "looks like ab"),
    ("night\udcff", "write it in UTF-8", "bytes of another encoding"),
    ("do*rs", "leave out *: it stands for anything", "a wildcard where names are searched"),
    ("default", "'default'", "the environment's"),
    ("tracker", "belongs to the built-in alarm: choose another", "the tracker's own"),
]


@on_sqlite
@pytest.mark.parametrize(("options", "says", "why"), REFUSED)
def test_an_alarm_that_cannot_be_is_not_created(
    tracker: Tracker, database: str, options: str, says: str, why: str
) -> None:
    before = dump(database)
    refused = alarms(tracker, f"create doors {options}", exit_code=2)
    assert says in " ".join(refused.split()), why
    assert dump(database) == before


@on_sqlite
@pytest.mark.parametrize(("options", "says", "why"), REFUSED[:-3])
def test_an_alarm_cannot_be_made_so_by_an_edit_either(
    tracker: Tracker, database: str, options: str, says: str, why: str
) -> None:
    alarms(tracker, "create doors")
    before = dump(database)
    refused = alarms(tracker, f"edit doors {options}", exit_code=2)
    assert says in " ".join(refused.split()), why
    assert dump(database) == before


@on_sqlite
@pytest.mark.parametrize(("name", "says", "why"), NAMES)
def test_a_name_that_cannot_be_is_refused(
    tracker: Tracker, database: str, name: str, says: str, why: str
) -> None:
    alarms(tracker, "create doors")
    before = dump(database)
    for line in (("create", "--", name), ("edit", "doors", f"--name={name}")):
        result = tracker("alarms", *line)
        assert (result.exit_code, says in result.stderr) == (2, True), (why, result.stderr)
        assert not {"\x1b", "\u202e", "\u200b"} & set(result.stderr)
    assert dump(database) == before


@on_sqlite
def test_everything_that_is_wrong_is_told_at_once(tracker: Tracker) -> None:
    unreadable = alarms(tracker, "create doors --window 2 --value x --operator no", exit_code=2)
    assert len(unreadable.splitlines()) == 3
    wrong = alarms(
        tracker, "create doors --priority x --window 400d --codes 'a b' --channels x", exit_code=2
    )
    assert len(wrong.splitlines()) == 4


def test_the_longest_name_and_the_largest_lists_are_kept_as_they_are(tracker: Tracker) -> None:
    name = "🔔" * 80
    codes = ",".join(f"E{n:015}" for n in range(500))
    assert tracker("alarms", "create", name, "--codes", codes).exit_code == 0
    (found,) = [alarm for alarm in listed(tracker) if alarm["name"] != "default"]
    assert (found["name"], ",".join(found["codes"])) == (name, codes)


def test_names_that_differ_in_case_or_an_accent_are_different(tracker: Tracker) -> None:
    for name in ("portao", "Portao", "portão"):
        assert tracker("alarms", "create", name).exit_code == 0
    names = {alarm["name"] for alarm in listed(tracker)}
    assert names == {"default", "portao", "Portao", "portão"}


@pytest.mark.parametrize("line", ["create doors", "edit gates --name doors"])
def test_a_name_that_is_taken_is_refused(tracker: Tracker, database: str, line: str) -> None:
    alarms(tracker, "create doors")
    alarms(tracker, "create gates")
    before = dump(database)
    assert "the name is 'doors': there is an alarm of this name already" in alarms(
        tracker, line, exit_code=2
    )
    assert dump(database) == before


def test_of_several_creates_of_one_name_at_once_one_succeeds(
    tracker: Tracker, console: Console
) -> None:
    processes = [console.start("alarms", "create", "doors", "--by", f"n{n}") for n in range(4)]
    results = [finish(process) for process in processes]
    assert sorted(result.exit_code for result in results) == [0, 2, 2, 2]
    said = {result.stderr for result in results if result.exit_code == 2}
    assert said == {"error: the name is 'doors': there is an alarm of this name already\n"}
    assert [alarm["name"] for alarm in listed(tracker)] == ["default", "doors"]


@on_sqlite
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("edit a --of a", "itself"),
        ("edit a --of b", "each other"),
        ("edit a --of c", "through one between"),
        ("edit base --source detections --of c --group-by account", "from the very bottom"),
    ],
)
def test_alarms_that_would_count_their_own_detections_are_refused(
    tracker: Tracker, database: str, line: str, why: str
) -> None:
    alarms(tracker, "create base")
    for name, of in (("a", "base"), ("b", "a"), ("c", "b")):
        alarms(tracker, f"create {name} --source detections --of {of}")
    before = dump(database)
    assert "the alarm would count its own detections" in alarms(tracker, line, exit_code=2), why
    assert dump(database) == before


@on_sqlite
@pytest.mark.parametrize("verb", ["show", "edit", "enable", "disable", "close", "reopen", "delete"])
def test_an_alarm_that_is_not_there_is_named_with_the_nearest(
    tracker: Tracker, database: str, verb: str
) -> None:
    alarms(tracker, "create 'night panic'")
    before = dump(database)
    said = alarms(tracker, f"{verb} 'nigt panic'", exit_code=2)
    assert said == "error: there is no alarm called 'nigt panic'; did you mean 'night panic'?\n"
    assert dump(database) == before


@on_sqlite
def test_the_nearest_name_is_found_whatever_its_case_and_accents(tracker: Tracker) -> None:
    alarms(tracker, "create Pânico")
    said = alarms(tracker, "show PANICO", exit_code=2)
    assert said == "error: there is no alarm called 'PANICO'; did you mean 'Pânico'?\n"


@on_sqlite
@pytest.mark.parametrize("options", ["--codes E130,e900", "--values E900=5"])
def test_a_code_that_never_counts_is_named_at_once(tracker: Tracker, options: str) -> None:
    tracker.environ["SEGWARE_ALARM_CODE"] = "E900"
    note = "note: E900 never counts: it is SEGWARE_ALARM_CODE\n"
    assert tracker("alarms", "create", "doors", *options.split()).stderr == note
    assert tracker("alarms", "edit", "doors", "--value", "3").stderr == note
    assert tracker("alarms", "edit", "doors", "--codes", "", "--values", "").stderr == ""


@on_sqlite
def test_without_a_database_nothing_is_made(tracker: Tracker) -> None:
    (tracker.folder / "tracker.db").unlink()
    for line in ("list", "create doors", "show default"):
        assert "run `tracker init`" in alarms(tracker, line, exit_code=2)
    assert not (tracker.folder / "tracker.db").exists()


def test_codes_may_be_typed_in_small_letters(tracker: Tracker) -> None:
    alarms(tracker, "create doors --codes e130,E130 --cucs alr --values e130=3")
    (found,) = [alarm for alarm in listed(tracker) if alarm["name"] == "doors"]
    assert (found["codes"], found["cucs"], found["values"]) == (["E130"], ["ALR"], {"E130": 3})


def test_a_comma_in_a_name_is_quoted(tracker: Tracker) -> None:
    both = '"Segurança, Vigilância & Cia Ltda", Sentinela "Sul"'
    assert tracker("alarms", "create", "doors", "--companies", both).exit_code == 0
    (found,) = [alarm for alarm in listed(tracker) if alarm["name"] == "doors"]
    assert found["companies"] == ["Segurança, Vigilância & Cia Ltda", 'Sentinela "Sul"']


@on_sqlite
def test_a_value_that_no_longer_counts_is_no_hindrance_to_the_default_alarms_follow_up(
    tracker: Tracker, database: str
) -> None:
    sql(database, """UPDATE alarms SET thresholds = '{"E777": 5}' WHERE id = 'default'""")
    alarms(tracker, "edit default --priority high")


@on_sqlite
def test_words_that_cannot_be_read_are_refused_while_another_process_writes(
    tracker: Tracker, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms(tracker, "create doors")
    monkeypatch.setattr(limits, "CTRL_C_SECONDS", 0.01)
    tracker.clock.speed = 500.0
    with connected(database) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "--value is 'abc'" in alarms(tracker, "edit doors --value abc", exit_code=2)
        assert "is locked" in alarms(tracker, "edit doors --value 3", exit_code=1)
