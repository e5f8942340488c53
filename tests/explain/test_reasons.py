"""Each reason that `explain` may give, where it holds."""

from datetime import UTC
from typing import Any

from events_tracker.base.problems import ENGLISH, PORTUGUESE
from events_tracker.base.times import HOUR, MINUTE, iso
from events_tracker.messages.reasons import _WORDS, reason_text
from events_tracker.model.explanations import Reason
from events_tracker.simulator.service import wall_clock_ms
from events_tracker.simulator.simulator import Reply, Simulator
from tests.support.alarms import alarms
from tests.support.channels import CHATPRO, email, whatsapp
from tests.support.engines import on_sqlite
from tests.support.terminal import on_terminal
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Console, Tracker, open_alert

pytestmark = on_sqlite


def explained(tracker: Tracker, *args: str, exit_code: int = 0, **environ: str) -> Any:
    result = tracker("explain", "1950", "--format", "json", *args, **environ)
    assert result.exit_code == exit_code, result.stderr
    return result.json


def group(found: Any, alarm: str = "default") -> Any:
    """The first group of an alarm."""
    return next(one for one in found["alarms"] if one["alarm"] == alarm)["groups"][0]


def said(found: Any, alarm: str = "default") -> dict[str, str]:
    """The reasons of that group, each with its sentence."""
    return {reason["key"]: reason["text"] for reason in group(found, alarm)["reasons"]}


def test_both_languages_say_every_reason() -> None:
    assert set(_WORDS[ENGLISH]) == set(_WORDS[PORTUGUESE])
    facts = Reason("waiting_for_facts")
    said = "what the alarm needs to know of the account is not known yet"
    assert reason_text(facts, NOON, UTC, ENGLISH) == said
    before_any = Reason("no_scan_since", {"since": None})
    said = "no scan since the beginning has seen it: the next one opens it"
    assert reason_text(before_any, NOON, UTC, ENGLISH) == said


def test_too_few_and_another_spelling(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=48)
    segware.add_events(NOON, PADARIA, "1130", count=30)
    tracker.scan()
    found = explained(tracker)
    assert (group(found)["state"], group(found)["next"]["opens_with"]) == ("below", 2)
    assert said(found) == {
        "below_value": "2 more would open it",
        "other_spelling": "the other spelling of this code is a group of its own: 78 together",
    }


def test_what_more_events_do_not_open(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create quiet --group-by account --accounts 1950 --operator '<' --value 1")
    alarms(tracker, "create three --operator = --value 3")
    alarms(tracker, "create over --operator '>' --value 5")
    segware.add_events(NOON, PADARIA, "E130", count=4)
    tracker.scan()
    found = explained(tracker)
    for alarm, wanted in {
        "quiet": "it opens when it is < 1; it is 4",
        "three": "it opens when it is = 3; it is 4",
        "over": "2 more would open it",
    }.items():
        assert said(found, alarm) == {"below_value": wanted}
    text = tracker("explain", "1950").stdout
    for wanted in ("not open: < 1 needed", "not open: = 3 needed", "not open: > 5 needed"):
        assert wanted in text


def test_what_is_not_counted(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create here --accounts 2207 --value 5")
    alarms(tracker, "create there --companies 'Vigia Sul Segurança Eletrônica' --value 5")
    alarms(tracker, "create alr --cucs ALR --value 5")
    alarms(tracker, "create but --codes '' --value 5")
    alarms(tracker, "except but --account 1950 --never --reason tested")
    alarms(tracker, "create off --codes E401 --value 5 --disabled")
    segware.add_events(NOON, PADARIA, "E401", cuc="USR", count=200)
    found = explained(tracker)
    assert {alarm["alarm"]: list(said(found, alarm["alarm"])) for alarm in found["alarms"]} == {
        "default": ["code_not_counted"],
        "here": ["account_not_listed"],
        "there": ["company_not_listed"],
        "alr": ["cuc_not_counted"],
        "but": ["account_excepted"],
        "off": ["alarm_disabled"],
    }
    assert {group(found, alarm["alarm"])["state"] for alarm in found["alarms"]} == {"quiet"}


def test_what_no_event_would_open(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create here --accounts 2207 --value 5")
    alarms(tracker, "create there --companies 'Vigia Sul Segurança Eletrônica' --value 5")
    alarms(tracker, "create mine --companies 'Sentinela Monitoramento' --accounts 1950 --value 5")
    alarms(tracker, "create codes --codes E130,E131 --values E131=3 --value 9")
    alarms(tracker, "create own --value 5")
    alarms(tracker, "except own --account 1950 --value 70 --reason school")
    alarms(tracker, "except default --account 1950 --never --reason tested")
    segware.add_events(NOON, FARMACIA, "E602")
    tracker.scan()
    found = explained(tracker)
    assert {
        alarm["alarm"]: (list(said(found, alarm["alarm"])), one["value"], one["next"]["opens_with"])
        for alarm in found["alarms"]
        for one in alarm["groups"]
    } == {
        "default": (["account_excepted"], 50, None),
        "here": (["account_not_listed"], 5, None),
        "there": (["company_not_listed"], 5, None),
        "mine": (["below_value"], 5, 5),
        "codes": (["below_value"], 9, 3),
        "own": (["below_value"], 70, 70),
    }


def test_closed_by_hand(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker("clear", "--force", "--account", "1950", "--reason", "technician", "--by", "Ana")
    found = explained(tracker)
    assert group(found)["state"] == "muted"
    assert "Ana: technician" in said(found)["muted"]


def test_not_over_and_then_below(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "10m"
    open_alert(tracker, segware)
    tracker.clock.advance(MINUTE)
    tracker.scan()
    found = explained(tracker)
    assert said(found) == {"holds": "not over: 60 ≥ 50"}
    below_at, over_at = (group(found)["next"][key] for key in ("below_at", "over_at"))
    assert below_at < over_at
    tracker.clock.advance(2 * HOUR)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=45)
    tracker.scan()
    found = explained(tracker, TRACKER_CLEAR_BELOW="80%")
    assert said(found)["above_clear_line"].endswith("45 is above its clear line, 80 % of 50")
    found = explained(tracker)
    assert list(said(found)) == ["waiting"]
    assert group(found)["next"]["over_at"] >= over_at


def test_what_an_exception_opened_is_over_with_it(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ["TRACKER_CLEAR_AFTER"] = "10m"
    alarms(
        tracker, "except default --account 1950 --value 10 --until 2026-11-21T09:30 --reason tested"
    )
    segware.add_events(NOON, PADARIA, "E130", count=20)
    tracker.scan()
    over_at = group(explained(tracker))["next"]["over_at"]
    assert over_at == iso(NOON + 31 * MINUTE)
    tracker.clock.advance(31 * MINUTE)
    tracker.scan()
    (entry,) = tracker.history()
    assert entry["clear_reason"] == "redefined"
    assert entry["cleared_at"] >= over_at


def test_what_could_not_be_read(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(3 * HOUR)
    segware.fail_always("/v1/events", Reply(500, b"no"))
    found = explained(tracker, exit_code=1)
    assert list(said(found)) == ["partial_reading", "not_observed_since"]
    assert group(found)["next"] == {"opens_with": None, "below_at": None, "over_at": None}
    assert found["errors"]


def test_no_scan_yet_and_settings_that_differ(tracker: Tracker, segware: Simulator) -> None:
    segware.add_events(NOON, PADARIA, "E130", count=60)
    found = explained(tracker, TRACKER_THRESHOLD="70")
    assert group(found)["state"] == "open"
    assert group(found)["alert"] is None
    assert "the next one opens it" in said(found)["no_scan_since"]
    assert "TRACKER_THRESHOLD" in said(found)["settings_differ"]


def test_who_was_told_and_who_not(tracker: Tracker, segware: Simulator) -> None:
    tracker.environ |= whatsapp(segware)
    segware.fail_always(CHATPRO, Reply(503, b"later"))
    open_alert(tracker, segware)
    tracker("notify")
    found = explained(tracker)
    (delivery,) = group(found)["deliveries"]
    assert (delivery["channel"], delivery["status"]) == ("whatsapp", "pending")
    assert "whatsapp is tried again at" in said(found)["retry_at"]
    segware.heal()
    tracker.clock.advance(HOUR)
    tracker("notify")
    found = explained(tracker)
    assert group(found)["deliveries"][0]["status"] == "sent"
    assert list(said(found)) == ["holds"]
    tracker.environ |= email("smtp://127.0.0.1:9")
    assert said(explained(tracker))["channel_off_then"] == "email was off when it opened"


def test_a_past_moment(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    tracker.clock.advance(3 * HOUR)
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    tracker.scan()
    tracker.clock.advance(11 * MINUTE)
    tracker.scan()
    tracker.clear()
    assert group(explained(tracker))["alert"] is None
    found = explained(tracker, "--at", "2h")
    assert (group(found)["state"], said(found)["holds"]) == ("open", "not over: 60 ≥ 50")
    assert group(found)["alert"]["account_code"] == "1950"


def test_names_that_nobody_knows_are_refused(tracker: Tracker, segware: Simulator) -> None:
    result = tracker("explain", "1951")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: no account 1951 is known; did you mean 1950?\n",
    )
    result = tracker("explain", "1950", "--alarm", "defualt")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: there is no alarm called 'defualt'; did you mean 'default'?\n",
    )
    result = tracker("explain", "1950", "--company", "Vigia")
    assert result.exit_code == 2
    assert "it is of Sentinela Monitoramento" in result.stderr
    assert "say which account" in tracker("explain").stderr


def test_filters_are_those_of_every_list(tracker: Tracker, segware: Simulator) -> None:
    segware.add_account(70, "A12", "Mercado Ação", 11)
    for code in ("E130", "1130", "R130"):
        segware.add_events(NOON, 70, code, count=20)
    assert tracker("alarms", "create", "Pânico", "--codes", "E120").exit_code == 0
    tracker.scan()

    def codes(*args: str) -> list[list[str]]:
        result = tracker("explain", "a12", "--format", "json", *args)
        assert result.exit_code == 0, result.stderr
        return [[group["code"] for group in alarm["groups"]] for alarm in result.json["alarms"]]

    assert codes("--alarm", "DEFAULT", "--code", "e130", "--cuc", "alr") == [["E130"]]
    assert codes("--alarm", "DEFAULT", "--code", "e130,1130") == [["1130", "E130"]]
    assert codes("--alarm", "panico,default", "--code", "*130") == [[None], ["1130", "E130"]]
    assert codes("--alarm", "p*", "--company", "sentinela*", "--company", "x") == [[None]]
    nothing = tracker("explain", "a12", "--alarm", "zz*")
    assert (nothing.exit_code, nothing.stderr) == (0, "note: no alarm has a name like zz*\n")
    narrowed = ("--alarm", "panico", "--company", "sentinela*", "--for", "1h", "--reason", "x")
    held = tracker("hold", "a12", *narrowed, "--dry-run", "--format", "json").json
    assert (held["account_code"], held["alarm"]) == ("A12", "Pânico")
    result = tracker("explain", "A12", "--code", "E13O")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: no code E13O is known; did you mean E130?\n",
    )
    segware.add_events(NOON, 70, "E13O", count=2)
    said = tracker(
        "explain", "A12", "--alarm", "default", "--code", "e13o", "--format", "json"
    ).json
    assert [(one["code"], one["count"]) for one in said["alarms"][0]["not_counted"]] == [
        ("E13O", 2)
    ]


def test_a_code_of_several_clients_needs_the_company(tracker: Tracker, segware: Simulator) -> None:
    segware.add_account(77, "1950", "Bar do Zé", 14)
    segware.add_events(NOON, 77, "E130", count=60)
    result = tracker("explain", "1950")
    assert result.exit_code == 2
    assert "Bar do Zé of Vigia Sul Segurança Eletrônica; Padaria São José of" in result.stderr
    found = explained(tracker, "--company", "sentinela monitoramento")
    assert (found["account"]["account_id"], found["fetched"]) == (PADARIA, 0)


def test_it_is_said_to_people(tracker: Tracker, segware: Simulator) -> None:
    for minute in range(30):
        segware.add_events(NOON - minute * MINUTE, PADARIA, "E130", count=2)
    segware.add_events(NOON, PADARIA, "R130", count=40)
    segware.add_events(NOON, PADARIA, "E602")
    segware.add_events(NOON, PADARIA, "E702", count=2)
    tracker.scan()
    text = tracker("explain", "1950").stdout
    assert text.startswith("1950 Padaria São José · Sentinela Monitoramento · Rede Boa Mesa\n")
    assert (
        "  not counted: 40 R130 ALR burglary, restore · 1 E602 ALR periodic test (each: the alarm "
        "does not count this code); 2 E702 ALR too many events (of this system) ("
    ) in text
    assert "  103 events of this account in 2h = 60 counted + 43 not" in text
    assert "OPEN since 09:00, highest 60" in text
    assert "Below at the earliest" in text


def test_lines_fit_a_terminal(console: Console, segware: Simulator) -> None:
    now = wall_clock_ms()
    for minute in range(1, 100):
        segware.add_events(now - minute * MINUTE, PADARIA, "E130", count=minute % 7)
    segware.add_events(now - MINUTE, PADARIA, "R130", count=40)
    assert console("init").exit_code == 0
    assert console("scan").exit_code == 0
    for columns in (60, 80, 200):
        lines = on_terminal(console, columns, "explain", "1950").splitlines()
        assert max(map(len, lines)) <= columns, columns
        assert any("OPEN since" in line for line in lines)


def test_what_no_alarm_counts_and_what_is_not_believed(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_occurrence(NOON - MINUTE, "81", 31)
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=70, occurrence_id="81")
    segware.add_events(NOON - MINUTE, PADARIA, "E130", count=3)
    segware.add_events(NOON - MINUTE, PADARIA, "E702", count=2)
    segware.add_events(NOON - MINUTE, CONDOMINIO, "E602", count=1_000)
    (alarm,) = explained(tracker, TRACKER_IGNORED_CLOSERS="31")["alarms"]
    others = {one["reason"]: one["count"] for one in alarm["not_counted"]}
    assert others == {"closed_by": 70, "ours": 2}
    assert (alarm["groups"][0]["quantity"], alarm["fetched"]) == (3, 75)
    tracker.scan()
    segware.clear_events()
    tracker.clock.advance(3 * HOUR)
    found = explained(tracker, exit_code=1)
    assert list(said(found)) == ["silence_not_believed", "not_observed_since"]
