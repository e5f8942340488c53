"""`tracker report`: what a shift hands over, as people and programs read it."""

import re

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE, SECOND
from events_tracker.simulator.simulator import Simulator
from tests.support.channels import whatsapp
from tests.support.engines import dump, on_sqlite, sql
from tests.support.world import CONDOMINIO, FARMACIA, NOON, PADARIA, Tracker, open_alert

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def start(tracker: Tracker, segware: Simulator) -> None:
    """Every test here starts after `tracker init`, with WhatsApp on."""
    tracker.environ |= whatsapp(segware)
    assert tracker("init").exit_code == 0


def shift(tracker: Tracker, segware: Simulator) -> None:
    """An alert from the day before, one that comes and goes, one that somebody closed by hand."""
    open_alert(tracker, segware, FARMACIA, "E131")
    tracker.clock.advance(90 * MINUTE)
    for _ in range(14):
        segware.add_events(tracker.clock.now(), FARMACIA, "E131", count=60)
        tracker.scan()
        tracker.clock.advance(110 * MINUTE)
    for _ in range(3):
        segware.add_events(tracker.clock.now(), FARMACIA, "E131", count=60)
        open_alert(tracker, segware)
        _notify(tracker)
        tracker.clock.advance(125 * MINUTE)
        segware.add_events(tracker.clock.now(), FARMACIA, "E131", count=60)
        tracker.scan()
        tracker.clear()
        tracker.clock.advance(MINUTE)
    open_alert(tracker, segware, CONDOMINIO, "1130")
    tracker("clear", "--force", "--account", "2207", "--reason", "técnico", "--by", "Ana", "--yes")
    tracker.clock.advance(5 * MINUTE)


def _notify(tracker: Tracker) -> None:
    """Deliver what is due, each message a second after the one before."""
    while tracker.notify("--limit", "1")["sent"]:
        tracker.clock.advance(SECOND)


def report(tracker: Tracker, *args: str) -> str:
    result = tracker("report", *args)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_a_shift_is_handed_over(tracker: Tracker, segware: Simulator) -> None:
    shift(tracker, segware)
    before = dump(tracker.environ["DATABASE_URL"])
    lines = report(tracker).splitlines()
    assert lines[0] == "22/11/2026 06:33 – 22/11/2026 18:33 (America/Sao_Paulo)"
    assert lines[1] == (
        "open 1 (1 for more than a day) · opened 4 · over 4 · 5 messages, most 2 in ten minutes · "
        "10 of 10 scans good"
    )
    text = "\n".join(lines)
    for expected in (
        r"^1950     E130 burglary · ALR · default: opened 3 times, last at \d\d:\d\d \(flapping\)$",
        r"^2207     1130 burglary · ALR · default: closed by hand 5 min ago by Ana: técnico; not",
        r"^         no good scan for too long \d+ times, the longest from 14:16 to 16:21$",
        r"^2026-11-21 .* 33 h .*3046 .* E131 perimeter +60 +120 +whatsapp expired$",
        r"^2026-11-22 .*2207 .* 1130 .* forced: técnico \(by Ana\)$",
        r"^2026-11-22 .* 2 h .*1950 .* E130 burglary +60 +60 +below",
        r"^1950 +Padaria São José +3 +75.0% +0 +\+3$",
        r"^As of the scan 5 min ago\.$",
    ):
        assert re.search(expected, text, re.MULTILINE), expected
    assert dump(tracker.environ["DATABASE_URL"]) == before


def test_nothing_at_all_is_one_line_and_how_old_that_is(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(tracker.clock.now(), PADARIA, "E602")
    tracker.scan()
    assert report(tracker).splitlines() == [
        "20/11/2026 21:00 – 21/11/2026 09:00: nothing was open, opened or told; 1 of 1 scans good.",
        "As of the scan 0 s ago.",
    ]
    assert report(tracker, "--until", "2026-11-20") == (
        "20/11/2026 11:59 – 20/11/2026 23:59: nothing was open, opened or told; no scan is known.\n"
    )


def test_json_is_the_contracts(tracker: Tracker, segware: Simulator) -> None:
    shift(tracker, segware)
    found = tracker("report", "--since", "2d", "--format", "json").json
    assert {*found} == {
        "since",
        "until",
        "load",
        "open",
        "over",
        "attention",
        "most_events",
        "most_alerts",
    }
    assert found["load"] == {
        "messages": 5, "per_10_minutes": 0.02, "spans_over_10": 0, "most": 2,
    }  # fmt: skip
    by_id = {one["register_id"]: one for one in tracker.history()}
    listed = [*found["open"], *found["over"]]
    assert {one["register_id"] for one in listed} == {*by_id}
    assert all(one == by_id[one["register_id"]] for one in listed)
    assert [one["account_code"] for one in found["open"]] == ["3046"]
    kinds = [one["kind"] for one in found["attention"]]
    assert kinds == ["flapping", "muted", "failed", "gap", "stale"]
    assert all({*one} == {"kind", "account_code", "since", "text"} for one in found["attention"])
    # What was sent since, scans have not read a second time yet.
    assert found["most_events"] == [
        {"account_code": "3046", "account_id": FARMACIA, "events": 900, "share": 1.0,
         "before": None, "change": None, "alerts": 1},
    ]  # fmt: skip
    assert found["most_alerts"][0] == {
        "account_code": "1950", "account_id": PADARIA, "alerts": 3, "share": 0.6, "before": 0,
        "change": 3,
    }  # fmt: skip


def test_what_was_open_then_is_open_in_the_report_of_then(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    tracker.notify()
    tracker.clock.advance(HOUR)
    until = ("--until", "2026-11-21T09:30", "--format", "json")
    then = report(tracker, *until)
    tracker.clock.advance(2 * HOUR)
    segware.add_events(tracker.clock.now(), FARMACIA, "E602")
    tracker.scan()
    assert tracker.clear()["cleared"]
    assert report(tracker, *until) == then
    text = report(tracker, "--until", "2026-11-21T09:30")
    assert "OPEN then, the oldest first" in text
    assert "As of" not in text


def test_a_company_hides_what_has_none_and_says_how_many(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker("alarms", "create", "all", "--group-by", "code", "--value", "50")
    open_alert_of_two(tracker, segware)
    found = tracker("report", "--company", "vigia*", "--by", "company", "--format", "csv")
    assert found.stdout.splitlines() == [
        "company,events,share,before,change,alerts",
        "Vigia Sul Segurança Eletrônica,,,,,1",
    ]
    assert found.stderr == "note: 2 alerts of no company are left out by --company\n"
    assert tracker("-q", "report", "--company", "vigia*").stderr == ""
    groups = report(tracker, "--by", "group", "--top", "1")
    assert re.search(r"^none +2 +50.0% +0 +\+2\nothers +2 +50.0% +0 +\+2$", groups, re.MULTILINE)
    assert len(tracker("report", "--group", "rede*", "--format", "json").json["open"]) == 1


def open_alert_of_two(tracker: Tracker, segware: Simulator) -> None:
    """Two accounts of two companies open `default`, and both their codes an alarm without any."""
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "1130", count=60)
    assert len(tracker.scan()["opened"]) == 4


def test_who_sent_the_most_events_is_counted_from_what_scans_keep(
    tracker: Tracker, segware: Simulator
) -> None:
    segware.add_events(NOON + 10 * MINUTE, CONDOMINIO, "1130", count=4)
    segware.add_events(NOON + 70 * MINUTE, PADARIA, "E130", count=60)
    segware.add_events(NOON + 71 * MINUTE, PADARIA, "R130", "BEM", count=15)
    segware.add_events(NOON + 72 * MINUTE, PADARIA, "1401", "PAB", count=5)
    segware.add_events(NOON + 80 * MINUTE, CONDOMINIO, "1130", count=60)
    segware.add_events(NOON + 90 * MINUTE, FARMACIA, "R130", "BEM", count=10)
    while tracker.clock.now() < NOON + 3 * HOUR + 20 * MINUTE:
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()
    hour = ("--since", "2026-11-21T13:00Z", "--until", "2026-11-21T14:00Z")
    assert tracker("report", *hour, "--format", "json").json["most_events"] == [
        {"account_code": "1950", "account_id": PADARIA, "events": 80, "share": 0.5333,
         "before": 0, "change": 80, "alerts": 1},
        {"account_code": "2207", "account_id": CONDOMINIO, "events": 60, "share": 0.4,
         "before": 4, "change": 56, "alerts": 1},
        # Nobody has asked Segware yet whose it is.
        {"account_code": None, "account_id": FARMACIA, "events": 10, "share": 0.0667,
         "before": 0, "change": 10, "alerts": 0},
    ]  # fmt: skip
    by_company = ("--by", "company", "--format", "csv")
    assert report(tracker, *hour, *by_company).splitlines() == [
        "company,events,share,before,change,alerts",
        "Sentinela Monitoramento,80,0.5333,0,80,1",
        "Vigia Sul Segurança Eletrônica,60,0.4,4,56,1",
        ",10,0.0667,0,10,0",
    ]
    text = report(tracker, *hour, "--top", "1")
    for line in (
        r"^MOST EVENTS, of 150 up to 10:59$",
        r"^1950 +Padaria São José +80 +53.3% +0 +\+80 +1$",
        r"^others +70 +46.7% +4 +\+66 +1$",
    ):
        assert re.search(line, text, re.MULTILINE), line
    narrowed = report(tracker, *hour, "--company", "vigia*")
    assert "MOST EVENTS, of 60 up to 10:59" in narrowed
    assert "1950" not in narrowed
    longer = report(tracker, "--since", "2026-11-21T06:00Z", "--until", "2026-11-21T14:00Z")
    assert "No counts are kept of 4 h of it.\n" in longer
    later = report(tracker, "--since", "12:10")
    assert "Kept counts: from 07:00 on, none of this span.\n" in later


def test_spans_are_read_as_people_say_them(tracker: Tracker) -> None:
    def span(*args: str) -> tuple[str, str]:
        found = tracker("report", *args, "--format", "json").json
        return found["since"][:16], found["until"][:16]

    # It is 09:00 on the 21st, in São Paulo.
    assert span() == ("2026-11-21T00:00", "2026-11-21T12:00")
    assert span("--since", "18:00", "--until", "06:00") == ("2026-11-20T21:00", "2026-11-21T09:00")
    assert span("--until", "06:00") == ("2026-11-20T21:00", "2026-11-21T09:00")
    assert span("--until", "06:00", "--since", "2h") == ("2026-11-21T07:00", "2026-11-21T09:00")
    assert span("--since", "yesterday", "--until", "yesterday") == (
        "2026-11-20T03:00",
        "2026-11-21T02:59",
    )
    assert span("--since", "today", "--until", "today")[1] == "2026-11-21T12:00"
    assert span("--month", "2026-11") == ("2026-11-01T03:00", "2026-11-21T12:00")
    assert span("--month", "2026-10") == ("2026-10-01T03:00", "2026-11-01T02:59")


REFUSED = {
    ("--since", "2026-12-01"): "that is in the future: there is nothing to report yet",
    ("--month", "2026-12"): "that is in the future: there is nothing to report yet",
    ("--since", "08:00", "--until", "07:00"): "--until is not after --since",
    ("--since", "93d"): "a report covers 92 days at most",
    ("--month", "2026-11", "--since", "7d"): "--month goes without --since and --until",
    ("--month", "november"): "'november' is not a month: write 2026-11",
    ("--since", "tomorrow"): "'tomorrow' is not a time",
    ("--company", "Vigia"): "no company Vigia is known",
    ("--top", "0"): "0 is not in the range",
    ("--by", "alarm"): "'alarm' is not one of 'account', 'company', 'group'",
}


@pytest.mark.parametrize(("args", "error"), REFUSED.items(), ids=" ".join)
def test_what_cannot_be_reported_is_refused(
    tracker: Tracker, args: tuple[str, ...], error: str
) -> None:
    result = tracker("report", *args)
    assert result.exit_code == 2
    assert error in result.stderr
    assert result.stdout == ""


def test_a_hold_is_told_that_ends_in_the_coming_shift(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware, CONDOMINIO, "1130")
    hold = ("hold", "--account", "1950", "--for", "4h", "--reason", "técnico", "--by", "Ana")
    assert tracker(*hold).exit_code == 0
    tracker.clock.advance(MINUTE)
    open_alert(tracker, segware)
    text = report(tracker)
    assert re.search(r"^1950 +hold ends 13:00 \(técnico, Ana\), 1 alert held$", text, re.MULTILINE)
    assert re.search(r"1950 .* whatsapp held$", text, re.MULTILINE)
    assert "hold ends" in report(tracker, "--company", "sentinela*")
    assert "hold ends" not in report(tracker, "--company", "vigia*")
    tracker.clock.advance(10 * HOUR)
    assert "hold ends" not in report(tracker)
    assert "hold ends 13:00" in report(tracker, "--until", "2026-11-21T09:01")


def test_what_did_not_arrive_stands_beside_the_alert(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    assert "nobody" not in (text := report(tracker))
    assert re.search(r"1950 .* whatsapp pending$", text, re.MULTILINE)
    tracker.clock.advance(2 * DAY)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    tracker.scan()
    tracker.notify()
    text = report(tracker, "--since", "3d")
    assert re.search(r"1950 .* whatsapp expired$", text, re.MULTILINE)
    assert "whatsapp: 1 given up, too old to be sent (account 1950)" in text


def test_what_an_alert_perhaps_comes_from_stands_beside_it(
    tracker: Tracker, segware: Simulator
) -> None:
    open_alert(tracker, segware)
    sql(tracker.environ["DATABASE_URL"], "UPDATE register_entries SET cause = 'swinger'")
    assert "swinging zone" in report(tracker)
    assert "swinging zone" in tracker("history").stdout
    assert tracker.history()[0]["cause"] == "swinger"
