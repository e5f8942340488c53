"""`tracker history --evidence`: what is in the pack, and that it proves nothing that is not so."""

import json
import random
import socket
import subprocess
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest

from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.model.readings import LimitEstimate
from events_tracker.simulator.simulator import Simulator, json_reply
from events_tracker.storage import Store
from tests.support.alarms import alarms
from tests.support.engines import dump, on_sqlite
from tests.support.world import CONDOMINIO, NOON, PADARIA, Result, Tracker, open_alert

ROBOT = 31


@pytest.fixture(autouse=True)
def start(initialised: None) -> None:
    """Every test here starts after `tracker init`."""


def prove(tracker: Tracker, *args: str, exit_code: int = 0, file: str = "proof.zip") -> Result:
    """Ask for a pack of the last three hours of 1950."""
    target = str(tracker.folder / file)
    result = tracker("history", "1950", "--since", "3h", "--evidence", target, *args)
    assert result.exit_code == exit_code, result.stderr
    return result


def pack(tracker: Tracker, file: str = "proof.zip") -> Mapping[str, bytes]:
    """Read the files of a pack."""
    with ZipFile(tracker.folder / file) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def bytes_of(tracker: Tracker, file: str) -> bytes:
    return (tracker.folder / file).read_bytes()


def recounts(files: Mapping[str, bytes]) -> list[tuple[int, int | None, str, str]]:
    """Read what was counted again: stored, today, verdict and words."""
    found = json.loads(files["recount.json"])["entries"]
    return [(one["stored"], one["today"], one["verdict"], one["difference"]) for one in found]


def lines(files: Mapping[str, bytes], name: str) -> list[str]:
    return files[name].decode().splitlines()


def wrong(files: Mapping[str, bytes], noted: str) -> bool:
    """Check as `sha256sum -c` does, and the list itself by the hash that was noted elsewhere."""
    manifest = files["MANIFEST.sha256"]
    if sha256(manifest).hexdigest() != noted:
        return True
    listed = [line.split("  ") for line in manifest.decode().splitlines()]
    return any(sha256(files[name]).hexdigest() != digest for digest, name in listed)


def test_a_pack_proves_what_opened_and_writes_nothing(
    tracker: Tracker, segware: Simulator, database: str, tmp_path: Path
) -> None:
    alarms(tracker, "create doors --codes E132 --value 5 --by Rui --comment asked")
    segware.add_events(NOON - 30 * MINUTE, PADARIA, "1401", "PAB")
    segware.add_events(NOON, CONDOMINIO, "1401", count=70)
    segware.add_events(NOON, PADARIA, "E132", count=6)
    segware.add_events(NOON, PADARIA, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 2
    alarms(tracker, "edit doors --value 10")  # which this archives
    tracker.clock.advance(MINUTE)
    segware.add_events(NOON + MINUTE, PADARIA, "E132", count=9)
    tracker.scan()
    alarms(tracker, "delete doors")
    segware.add_events(NOON - 10 * MINUTE, PADARIA, "E130", count=2)  # they come late
    tracker.clock.advance(5 * MINUTE)
    before = dump(database)

    result = prove(tracker, "--records")
    files = pack(tracker)
    assert list(files) == [
        *("entries.json", "entries.csv", "rule-1.json", "rule-2.json", "rule-3.json"),
        *("deliveries.json", "runs.csv", "records.jsonl", "counts.csv", "recount.json"),
        *("README.txt", "MANIFEST.sha256"),
    ]
    entries = json.loads(files["entries.json"])
    told = [(one["alarm"], one["revision"], one["quantity"], one["rule"]) for one in entries]
    assert sorted(told) == [
        ("default", 1, 60, "rule-1.json"),
        ("doors", 1, 6, "rule-2.json"),
        ("doors", 2, 15, "rule-3.json"),
    ]
    assert len(lines(files, "entries.csv")) == 4
    rule = json.loads(files["rule-2.json"])
    assert (rule["by"], rule["comment"], rule["definition"]["value"]) == ("Rui", "asked", 5)
    assert json.loads(files["rule-3.json"])["definition"]["value"] == 10
    assert sorted(recounts(files)) == [
        (6, 6, "same", "as stored"),
        (15, 15, "same", "as stored"),
        (60, 62, "more", "2 arrived after it opened"),
    ]
    scans = [line.split(",") for line in lines(files, "runs.csv")[1:]]
    assert [scan[1:] for scan in scans] == [[socket.gethostname(), "ok"]] * 2
    counted = [line.split(",") for line in lines(files, "counts.csv")[1:]]
    sums = Counter[str]()
    for _, _, code, count, _, origin in counted:
        sums[code] += int(count)
        assert origin == "segware"
    assert sums == {"E130": 62, "E132": 15, "1401": 1}
    records = [json.loads(line) for line in lines(files, "records.jsonl")]
    assert Counter(one["record"]["code"] for one in records) == sums
    assert {one["record"]["accountId"] for one in records} == {PADARIA}
    assert all(one["slice"]["start"] <= one["slice"]["end"] for one in records)

    assert "3 alerts, counted again: 2 as stored, 1 with more today." in result.stdout
    assert "when this home was armed" in result.stdout
    assert 'conta foi comparada diz "threshold" do alerta' in files["README.txt"].decode()
    assert "quando o local foi armado" in files["README.txt"].decode().replace("\n  ", " ")
    noted = result.stdout.splitlines()[-1]
    with ZipFile(tracker.folder / "proof.zip") as opened:
        opened.extractall(tmp_path / "out")
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "MANIFEST.sha256"], cwd=tmp_path / "out", check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert checked.stdout.count(": OK\n") == len(files) - 1
    assert noted == sha256(files["MANIFEST.sha256"]).hexdigest()

    prove(tracker, "--records", file="again.zip")
    assert bytes_of(tracker, "again.zip") == bytes_of(tracker, "proof.zip")
    assert dump(database) == before


@on_sqlite
def test_every_flipped_bit_is_found(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    noted = prove(tracker).stdout.splitlines()[-1]
    files = pack(tracker)
    assert not wrong(files, noted)
    places = [(name, at) for name, text in files.items() for at in range(8 * len(text))]
    for name, at in random.Random(7).sample(places, 2_000):
        flipped = bytearray(files[name])
        flipped[at // 8] ^= 1 << at % 8
        assert wrong({**files, name: bytes(flipped)}, noted), (name, at)


@on_sqlite
def test_what_scans_remember_is_told_by_its_minutes_and_counted_again_all_the_same(
    tracker: Tracker, segware: Simulator
) -> None:
    for ago in range(60):
        segware.add_events(NOON - ago * MINUTE, PADARIA, "E130")
    for _ in range(8):
        tracker.scan()
        tracker.clock.advance(MINUTE)
        segware.add_events(tracker.clock.now(), PADARIA, "E130")
    segware.clear_events()
    segware.add_events(NOON - HOUR, PADARIA, "E130", count=50)
    asked = segware.count("/v1/events")
    prove(tracker, exit_code=1)
    assert segware.count("/v1/events") - asked < 20
    files = pack(tracker)
    counted = [line.split(",") for line in lines(files, "counts.csv")[1:]]
    minutes = [one for one in counted if one[0][:16] == one[4][:16]]
    assert len(minutes) >= 4
    assert {one[5] for one in minutes} == {"memory"}
    # No two lines of one code overlap: they may be added up.
    assert all(one[4] < other[0] for one, other in pairwise(counted))
    assert recounts(files) == [
        (60, 50, "fewer", "10 fewer than were counted, and nothing explains it")
    ]


@on_sqlite
def test_kept_counts_tell_the_past_by_its_minutes(tracker: Tracker, segware: Simulator) -> None:
    for minute in range(60):
        segware.add_events(NOON + minute * MINUTE, PADARIA, "E130")
    segware.add_events(NOON + 40 * MINUTE, PADARIA, "1401", "PAB")
    while tracker.clock.now() < NOON + 135 * MINUTE:  # the hour is kept by then
        tracker.clock.advance(5 * MINUTE)
        tracker.scan()
    tracker.clock.advance(4 * HOUR)  # and what scans remember is too old
    target = str(tracker.folder / "proof.zip")
    span = ("--since", "2026-11-21T09:00", "--until", "2026-11-21T10:59")
    asked = segware.count("/v1/events")
    assert tracker("history", "1950", *span, "--evidence", target).exit_code == 0
    assert segware.count("/v1/events") - asked < 10
    files = pack(tracker)
    counted = [line.split(",") for line in lines(files, "counts.csv")[1:]]
    kept = [one for one in counted if one[5] == "kept" and one[2] == "E130"]
    assert len(kept) > 50
    assert sum(int(one[3]) for one in counted if one[2] == "E130") == 60
    assert [(one[2], one[3]) for one in counted if one[2] not in ("E130", "")] == [
        ("openings", "1")
    ]
    assert [one[2] for one in recounts(files)] == ["same"]
    (tracker.folder / "proof.zip").unlink()
    tracker("history", "1950", *span, "--code", "1401", "--evidence", target)
    assert ["1401" in line for line in lines(pack(tracker), "counts.csv")[1:]] == [True]


@on_sqlite
def test_an_occurrence_that_was_closed_since_explains_what_lacks(
    tracker: Tracker, segware: Simulator
) -> None:
    tracker.environ["TRACKER_IGNORED_CLOSERS"] = str(ROBOT)
    segware.add_occurrence(NOON, "81")
    segware.add_events(NOON, PADARIA, "E130", count=45, occurrence_id="81")
    segware.add_events(NOON, PADARIA, "E130", count=15)
    assert len(tracker.scan()["opened"]) == 1
    segware.add_occurrence(NOON, "81", ROBOT)
    tracker.clock.advance(MINUTE)
    result = prove(tracker)
    why = "45 fewer count today: 45 of an occurrence closed since"
    assert recounts(pack(tracker)) == [(60, 15, "fewer_explained", why)]
    assert f"1 alert, counted again: {why}.\n" in result.stdout


@on_sqlite
def test_an_account_with_another_code_keeps_its_past(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    segware.add_account(PADARIA, "1951", "Padaria São José", 11)
    for hour in range(25):
        segware.add_events(NOON + hour * HOUR, CONDOMINIO, "E602")
    tracker.clock.advance(25 * HOUR)
    open_alert(tracker, segware, code="E131")
    proof = ("--since", "2d", "--evidence", str(tracker.folder / "proof.zip"))
    hold = ("--for", "1h", "--reason", "technician")
    for command, *options in (("history", *proof), ("explain",), ("hold", *hold)):
        refused = tracker(command, "1950", *options)
        said = "error: no account 1950 is known; did you mean 1951?\n"
        assert (refused.exit_code, refused.stderr) == (2, said)
    said = tracker("hold", "1951", *hold, "--dry-run").stdout
    assert "opened in the last 7 days, and would have been held: 2" in said
    assert tracker("history", "1951", *proof).exit_code == 0
    entries = json.loads(pack(tracker)["entries.json"])
    assert [(one["account_code"], one["code"]) for one in entries] == [
        ("1950", "E130"),
        ("1951", "E131"),
    ]


def test_fewer_than_were_counted_is_a_finding(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    segware.clear_events()
    segware.add_events(NOON, PADARIA, "E130", count=59)
    tracker.clock.advance(MINUTE)
    said = prove(tracker, exit_code=1).stderr
    why = "1 fewer than were counted, and nothing explains it"
    assert said == f"error: default of 2026-11-21 09:00:00-03:00: {why}\n"
    assert recounts(pack(tracker)) == [(60, 59, "fewer", why)]


@on_sqlite
def test_there_is_no_empty_proof_and_no_half_of_one(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    segware.clear_events()
    said = prove(tracker, "--records", exit_code=1).stderr
    assert said == "error: Segware answered nothing for this span: nothing was written\n"
    segware.add_events(NOON + MINUTE, CONDOMINIO, "E130")  # after the window that is counted again
    tracker.clock.advance(2 * MINUTE)
    prove(tracker, exit_code=1)
    why = "Segware answered nothing for this span"
    assert recounts(pack(tracker)) == [(60, None, "nothing_answered", why)]
    (tracker.folder / "proof.zip").unlink()
    segware.fail("/v1/events", json_reply(400, {}))
    said = prove(tracker, exit_code=1).stderr
    assert "answered 400 (" in said
    assert said.endswith("): half a proof is none, nothing was written\n")
    assert not list(tracker.folder.glob("proof.zip*"))


@on_sqlite
def test_a_file_that_is_there_stays(tracker: Tracker, segware: Simulator) -> None:
    open_alert(tracker, segware)
    (tracker.folder / "proof.zip").write_text("another one")
    said = prove(tracker, exit_code=2).stderr
    assert "is there already: name another file, or remove it first" in said
    assert bytes_of(tracker, "proof.zip") == b"another one"
    nowhere = "no-such-folder/proof.zip"
    assert "its folder must be there" in prove(tracker, exit_code=1, file=nowhere).stderr


@on_sqlite
@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "--evidence is of one account: say --account 1950"),
        (("1950,2207",), "--evidence is of one account, and '1950,2207' may be several: name one"),
        (("19*",), "--evidence is of one account, and '19*' may be several: name one"),
        (("1951",), "no account 1951 is known; did you mean 1950?"),
        (("1950", "--since", "45d"), "takes at most 31 days, and this is 45.0: say --since or"),
        (("1950", "--since", "2026-12-24"), "--since is in the future"),
        (("1950", "--evidence", "proof"), "'proof' does not end in .zip"),
        (("1950", "--open"), "--evidence goes with --account, --company, --code, --since,"),
        (("1950", "--cuc", "ALR"), "--evidence goes with --account, --company, --code, --since,"),
        (("1950", "--format", "csv"), "--evidence goes with --account, --company, --code, --since"),
        (("1950", "--code", "E13O"), "no code E13O is known; did you mean E130?"),
    ],
)
def test_what_cannot_be_proven_is_refused_with_the_reason(
    tracker: Tracker, segware: Simulator, args: tuple[str, ...], why: str
) -> None:
    open_alert(tracker, segware)
    asked = segware.count("/v1/events")
    result = tracker("history", "--evidence", str(tracker.folder / "proof.zip"), *args)
    assert (result.exit_code, segware.count("/v1/events")) == (2, asked)
    assert why in result.stderr
    assert not (tracker.folder / "proof.zip").exists()
    if args == ():
        alone = tracker("history", "--records")
        assert (alone.exit_code, "--records goes with --evidence" in alone.stderr) == (2, True)


@on_sqlite
def test_without_since_it_is_all_that_may_be_and_of_some_codes_alone(
    tracker: Tracker, segware: Simulator, store: Store
) -> None:
    segware.add_events(NOON - 20 * DAY, PADARIA, "E131", count=2)
    segware.add_events(NOON - 20 * DAY, PADARIA, "1401", "PAB")
    open_alert(tracker, segware)
    tracker.clock.advance(MINUTE)
    learned = LimitEstimate(carried=10_000, refused=10_001, rate=1_000)
    store.update(lambda rows: rows.runs.learned(learned))
    target = str(tracker.folder / "proof.zip")
    result = tracker("history", "1950", "--code", "e131", "--evidence", target)
    assert result.exit_code == 1
    note, *silent = result.stderr.splitlines()
    assert note == "note: this takes about 94 requests to Segware"
    nothing = "error: Segware answered nothing of anybody from 2026-10-21 09:01:00-03:00 to "
    assert (len(silent), silent[0].startswith(nothing)) == (2, True)
    files = pack(tracker)
    assert len(json.loads(files["recount.json"])["silent"]) == 2
    assert files["README.txt"].decode().count("desse tempo nada se sabe") == 2
    assert "from 2026-10-21 09:01:00-03:00 to 2026-11-21 09:01:00-03:00" in result.stdout
    assert "no alert in this span." in result.stdout
    ((*_, code, count, _, _),) = [line.split(",") for line in lines(files, "counts.csv")[1:]]
    assert (code, count) == ("E131", "2")
