"""Holds are made, listed and ended by command; what cannot be is refused in plain words."""

from events_tracker.base.times import DAY, HOUR, MINUTE, iso
from events_tracker.simulator.simulator import Simulator
from tests.support.alarms import alarms
from tests.support.engines import dump, on_sqlite
from tests.support.world import NOON, PADARIA, Tracker, open_alert

pytestmark = on_sqlite
WHY = ("--reason", "technician there", "--by", "Ana")


def test_what_it_holds_is_said_before_and_when_it_is_made(
    tracker: Tracker, segware: Simulator, database: str
) -> None:
    alarms(tracker, "create floods --group-by company --value 900")
    alarms(tracker, "create visits --group-by account --value 900")
    open_alert(tracker, segware)
    before = dump(database)
    foreseen = tracker("hold", "1950", "--code", "e130", "--for", "4h", *WHY, "--dry-run")
    assert foreseen.exit_code == 0
    assert foreseen.stdout.splitlines() == [
        "Nobody would be told of 1950 Padaria São José, only E130 until 13:00 (4 h).",
        "open now, whose end would be told afterwards: 1: ALR E130 (default)",
        "opened in the last 7 days, and would have been held: 1",
        "not held, as their groups do not name an account and a code: floods, visits",
    ]
    assert dump(database) == before, "a dry run leaves no trace"
    made = tracker("hold", "--account", "1950", "--until", "08:30", "--cuc", "BEM", *WHY)
    hold_id = tracker("hold", "--format", "json").json[0]["id"]
    assert made.stdout.splitlines() == [
        "Nobody is told of 1950 Padaria São José, only BEM until 22/11 08:30 (23 h 30 min).",
        f"To end it before: tracker hold --end {hold_id[:12]}",
        "open now, whose end is told afterwards: 0",
        "opened in the last 7 days, and would have been held: 0",
        "not held, as their groups do not name an account and a CUC: floods, visits",
    ]


def test_holds_as_programs_read_them(tracker: Tracker) -> None:
    made = tracker("hold", "--account", "1950", "--for", "90m", *WHY, "--format", "json")
    hold = {
        "id": made.json["id"],
        "account_code": "1950",
        "trade_name": "Padaria São José",
        "cuc": None,
        "code": None,
        "alarm": None,
        "from": iso(NOON),
        "until": iso(NOON + 90 * MINUTE),
        "ended_at": None,
        "ended_by": None,
        "by": "Ana",
        "reason": "technician there",
        "held": 0,
        "status": "active",
    }
    assert made.json == hold
    assert tracker("hold", "--format", "json").json == [hold]
    tracker.clock.advance(HOUR)
    ended = {"ended_at": iso(NOON + HOUR), "ended_by": "Rui", "status": "ended"}
    end = tracker("hold", "--end", hold["id"], "--by", "Rui", "--format", "json")
    assert end.json == hold | ended
    assert tracker("hold", "--format", "json").json == []
    assert tracker("hold", "--all", "--format", "json").json == [hold | ended]
    heading, row = tracker("hold", "--all", "--format", "csv").stdout.splitlines()
    assert heading == ",".join(hold)
    assert row.startswith(f"{hold['id']},1950,Padaria São José,,,,")


def test_the_list_says_how_much_is_left(tracker: Tracker, segware: Simulator) -> None:
    assert tracker("hold").stdout == "Nothing is held.\n"
    tracker("hold", "--account", "2207", "--until", "2026-11-22", *WHY, "--long")
    tracker("hold", "--account", "1950", "--for", "4h", *WHY)
    open_alert(tracker, segware)
    tracker.clock.advance(HOUR)
    heading, first, second = tracker("hold").stdout.splitlines()
    assert heading.split() == [
        "Account",
        "Name",
        "Only",
        "Until",
        "Left",
        "Held",
        "Why",
        "By",
        "Id",
    ]
    assert first.startswith("1950     Padaria São José ")
    assert "  2026-11-21 13:00:00-03:00  3 h       1     technician there  Ana  " in first
    assert "  2026-11-23 00:00:00-03:00  1 d 14 h  0     technician there  Ana  " in second


REFUSED = [
    ("--for 4h --reason x", "say of which account nobody is to be told: --account CODE"),
    ("1950 --reason x", "say until when, once: --for 4h or --until TIME"),
    ("1950 --for 4h --until 13:00 --reason x", "say until when, once: --for 4h or --until"),
    ("1950 --for 4h", "--reason is missing: why is nobody to be told?"),
    (
        "1950 --for 25h --reason x",
        "--for: a hold is 24 hours at most; up to 7 days with --long",
    ),
    (
        "1950 --for 8d --long --reason x",
        "--for: a hold is 7 days at most, however it is asked",
    ),
    ("1950 --for 0m --reason x", "value for --for: write how long nobody is to be told: 4h, 90m"),
    ("1950 --until 2026-11-25 --reason x", "--until: a hold is 24 hours at most"),
    ("1950 --until 2026-11-20 --reason x", "--until: write a time to come: 06:00 (the next)"),
    ("1950 --for soon --reason x", "'soon' is not a duration"),
    ("1950 --until soon --reason x", "'soon' is not a time"),
    ("1951 --for 4h --reason x", "no account 1951 is known; did you mean 1950?"),
    ("1950 --for 4h --code E13O --reason x", "no code E13O is known"),
    ("1950 --for 4h --code E13* --reason x", "--code is 'E13*': write a code of 1 to 16"),
    ("1950 --for 4h --alarm defualt --reason x", "there is no alarm called 'defualt'"),
    ("1950 --for 4h --alarm floods --reason x", "--alarm is 'floods': its groups do not name"),
    ("7777 --for 4h --reason x", "several clients have the code 7777: Bar Norte of Sentinela"),
    ("7777 --for 4h --reason x", "; say --company\n"),
    ("7777 --company Nobody --for 4h --reason x", "no account 7777 is of a company called"),
    (
        "8888 --for 4h --reason x",
        "Loja A of Sentinela Monitoramento; Loja B of Sentinela Monitoramento; "
        "`tracker scan --dry-run --account 8888` shows them side by side",
    ),
    (
        "8888 --company Nobody --for 4h --reason x",
        "called 'Nobody': it is of Sentinela Monitoramento\n",
    ),
    ("--end 0123", "there is no hold with the id 0123: `tracker hold` lists them"),
    ("--end 0123 --all", "make a hold (--account), end one (--end) or list them (--all)"),
    ("--by Ana", "--by goes with --account or --end"),
]


def test_what_cannot_be_is_refused(tracker: Tracker, segware: Simulator) -> None:
    alarms(tracker, "create floods --group-by company --value 900")
    segware.add_account(71, "7777", "Bar Sul", 14)
    segware.add_account(72, "7777", "Bar Norte", 11)
    segware.add_account(81, "8888", "Loja A", 11)
    segware.add_account(82, "8888", "Loja B", 11)
    for given, said in REFUSED:
        refused = tracker("hold", *given.split())
        assert refused.exit_code == 2, given
        assert said in refused.stderr
    assert tracker("hold", "--all", "--format", "json").json == []


def test_what_is_over_cannot_be_ended_again(tracker: Tracker) -> None:
    made = tracker("hold", "--account", "1950", "--for", "1h", *WHY, "--format", "json")
    again = tracker("hold", "--account", "1950", "--for", "2h", *WHY, "--format", "json")
    either = tracker("hold", "--end", again.json["id"][:8])
    assert (either.exit_code, either.stderr) == (
        2,
        "error: 2 holds have an id that begins so: write more of it\n",
    )
    assert tracker("hold", "--end", again.json["id"], "--by", "Rui").exit_code == 0
    tracker.clock.advance(HOUR)
    for hold, who in ((made, "tracker"), (again, "Rui")):
        refused = tracker("hold", "--end", hold.json["id"])
        assert refused.exit_code == 2
        assert refused.stderr == f"error: this hold is over already, ended by {who}\n"


def test_of_clients_with_one_code_it_holds_the_one_that_is_meant(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_account(71, "7777", "Bar Sul", 14)
    segware.add_account(72, "7777", "Bar Norte", 11)
    meant = ("--company", "sentinela monitoramento", "--for", "4h")
    made = tracker("hold", "--account", "7777", *meant, *WHY, "--format", "json")
    assert made.json["trade_name"] == "Bar Norte"
    for account in (71, 72):
        segware.add_events(NOON, account, "E130", count=60)
    kept = {e["trade_name"]: e["hold_id"] for e in tracker.scan()["opened"]}
    assert kept == {"Bar Sul": None, "Bar Norte": made.json["id"]}


def test_a_client_who_never_sent_anything_is_found_behind_one_with_his_code(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    segware.add_account(71, "1950", "Bar Sul", 14)
    meant = ("--company", "vigia*", "--for", "4h")
    away = tracker("hold", "1950", *meant, *WHY, SEGWARE_URL="http://127.0.0.1:9")
    assert away.exit_code == 1
    assert "cannot be reached" in away.stderr
    made = tracker("hold", "1950", *meant, *WHY, "--format", "json")
    assert made.json["trade_name"] == "Bar Sul"


def test_it_is_seen_where_people_look(tracker: Tracker, segware: Simulator) -> None:
    made = tracker("hold", "1950", "--for", "4d", "--long", *WHY, "--format", "json").json
    segware.add_events(NOON, PADARIA, "E130", count=60)
    foreseen = tracker.scan("--dry-run")["opened"]
    opened = tracker.scan()["opened"]
    assert [one["hold_id"] for one in (*foreseen, *opened)] == [made["id"]] * 2
    register_id = opened[0]["register_id"]
    explained = tracker("explain", "1950", "--format", "json").json
    (group,) = explained["alarms"][0]["groups"]
    assert group["hold"] == made | {"held": 1}
    held = {reason["text"] for reason in group["reasons"] if reason["key"] == "held"}
    assert held == {
        f"{channel} is held back by a hold" for channel in ("whatsapp", "segware", "webhook")
    }
    said = tracker("explain", "1950").stdout
    assert "Hold: 1950, until 25/11 09:00: technician there (by Ana), 1 alert held." in said
    assert "Hold: none." in tracker("explain", "2207").stdout
    (row,) = tracker("history", "--wide").stdout.splitlines()[1:]
    assert row.endswith(f"{register_id}  {made['id']}")
    tracker("status", "--metrics", "metrics.prom")
    assert "tracker_holds 1\n" in (tracker.folder / "metrics.prom").read_text(encoding="utf-8")
    checks = {one["name"]: one for one in tracker("status", "--format", "json").json}
    assert checks["holds"]["detail"] == "1 active, none for more than a day"
    tracker.clock.advance(DAY + 1)
    checks = {one["name"]: one for one in tracker("status", "--format", "json").json}
    assert checks["holds"] == {
        "name": "holds",
        "health": "warning",
        "detail": "1 of 1 active for more than a day: nobody is told of account 1950 (by Ana);"
        " `tracker hold` lists them",
    }
    then = tracker("explain", "1950", "--at", iso(NOON), "--format", "json").json
    assert then["alarms"][0]["groups"][0]["hold"]["id"] == made["id"]


def test_what_is_known_of_an_account_suffices_where_segware_is_away(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    away = {"SEGWARE_URL": "http://127.0.0.1:9"}
    assert tracker("hold", "1950", "--for", "4h", *WHY, **away).exit_code == 0
    unknown = tracker("hold", "7777", "--for", "4h", *WHY, **away)
    assert unknown.exit_code == 1
    assert "cannot be reached" in unknown.stderr
