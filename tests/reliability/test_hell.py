"""The API from hell: whatever a read answers, the pass ends in time, says so, and recovers.

How a pass goes on does not depend on the database here, so one engine is enough.
"""

import gc
import threading
import time
from collections.abc import Iterator

import pytest

from events_tracker.base import limits
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.simulator.simulator import Reply, Simulator
from tests.reliability.hell_answers import ANSWERS
from tests.reliability.hell_reads import READS, Read, state, told_of
from tests.support.engines import on_sqlite
from tests.support.world import FARMACIA, PADARIA, Tracker

pytestmark = [
    on_sqlite,
    # What a library left to the garbage collector when an answer's head was nonsense.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SECONDS, TO_WRITE = 4.0, 1.0
"""How long a pass may last here, and what of it is for writing down what it found."""
GRACE = 3.0
"""What a busy machine may need beside it."""

OUT_OF_TIME = "ran out of time"
BROKEN = "broke the connection before its answer was whole"
NOT_WHOLE = "answered something that is not whole JSON"
TOO_LONG = "answered more than 64 MiB"
LIST_OR_OBJECT = "where a list was expected|without the "
SAYS = {
    "time-out": "did not answer within",
    "reset half-way": BROKEN,
    "HTML": "answered an HTML page",
    "cut-off body": NOT_WHOLE,
    "less than declared": BROKEN,
    "null": LIST_OR_OBJECT,
    "nested brackets": NOT_WHOLE,
    "400 MB": f"{TOO_LONG}|{OUT_OF_TIME}",
    "gzip bomb": f"{TOO_LONG}|{OUT_OF_TIME}",
    "gzip bomb in a gzip bomb": f"{TOO_LONG}|{OUT_OF_TIME}|cannot be decompressed",
    "one byte at a time": OUT_OF_TIME,
    "a head one byte at a time": OUT_OF_TIME,
    "endless chunks": f"{TOO_LONG}|{OUT_OF_TIME}",
    "429 for a day": "asks us to wait 86400 s, longer than this pass may last",
    "429 for an odd time": "answered 429",
    "an odd length": BROKEN,
    "empty list": LIST_OR_OBJECT,
}
"""What the one line says of each answer; alternatives are separated by a bar."""
SAYS_OF = {
    ("events", "empty list"): "answered no event at all where the last good scan found 1060",
    ("accounts", "empty list"): "Segware knows no account with the code 3046",
    ("client groups", "empty list"): None,  # no group has this id: a fact, as a 404 is one
    ("occurrences", "empty list"): None,  # on most days nobody ignored has closed anything
    ("status", "empty list"): None,  # what this route says is not known: it answers, that is all
    ("status", "null"): None,
    ("status", "HTML"): None,
    ("status", "cut-off body"): None,
    ("status", "nested brackets"): None,
}
"""Where that depends on the read; None: it is a good answer."""
CASES = [
    pytest.param(read, answer, id=f"{read}: {answer}")
    for read in READS
    for answer in ANSWERS
    if SAYS_OF.get((read, answer), "") is not None
]


@pytest.fixture
def nothing_hangs() -> Iterator[None]:
    """What a pass left behind ends with the service: no request is under way any more."""
    before = threading.enumerate()
    yield
    for thread in threading.enumerate():
        if "_work" in thread.name and thread not in before:
            thread.join(10)
            assert not thread.is_alive()
    gc.collect()


@pytest.fixture(autouse=True)
def initialised(nothing_hangs: None, tracker: Tracker, segware: Simulator) -> None:
    assert tracker("init").exit_code == 0


@pytest.mark.reliability
@pytest.mark.parametrize(("name", "answer"), CASES)
def test_every_read_survives_every_answer(
    tracker: Tracker,
    segware: Simulator,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    answer: str,
) -> None:
    read = READS[name]
    read.prepare(tracker, segware)
    segware.fail_always(read.route, ANSWERS[answer])
    with monkeypatch.context() as short:
        short.setattr(limits, "SCAN_SECONDS", SECONDS)
        short.setattr(limits, "STATUS_ANSWER_SECONDS", SECONDS)
        short.setattr(limits, "APPLY_SECONDS", TO_WRITE)
        if answer == "time-out":
            short.setattr(limits, "READ_SECONDS", 0.05)
        fails(read, tracker, database, SAYS_OF.get((name, answer)) or SAYS[answer])
    segware.heal()
    read.recovered(tracker)


def fails(read: Read, tracker: Tracker, database: str, says: str) -> None:
    """The command ends in time with exit code 1 and a clear line, and leaves all as it was."""
    before = state(database)
    began = time.monotonic()
    result = tracker(*read.ask)
    assert time.monotonic() - began < SECONDS + GRACE
    lines = told_of(read, result)
    assert result.exit_code == 1
    assert [line for line in lines if any(part in line for part in says.split("|"))], lines
    if read.lacks:
        (opened,) = result.json["opened"]
        assert opened["account_id"] == PADARIA
        assert [opened[field] for field in read.lacks] == [None] * len(read.lacks)
    elif read.route != "/v1/accounts":
        # There the events were read, and one alarm could not be evaluated.
        assert state(database) == before


@pytest.mark.parametrize("name", READS)
def test_no_read_follows_a_redirect_to_another_host(
    tracker: Tracker, segware: Simulator, database: str, name: str
) -> None:
    read = READS[name]
    read.prepare(tracker, segware)
    with Simulator() as elsewhere:
        location = {"Location": elsewhere.url + read.route}
        segware.fail_always(read.route, Reply(307, headers=location))
        fails(read, tracker, database, "sent us to another address; that is never followed")
        assert elsewhere.requests == []
    segware.heal()
    if name == "accounts":
        # A refused list is asked for again after an hour: until then single accounts are.
        tracker.clock.advance(HOUR)
    read.recovered(tracker)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"[" + b",".join([b"null"] * 2_000) + b"]"],
    ids=["nothing where there was much", "nothing but what is malformed"],
)
def test_an_answer_that_is_not_believed_is_not_remembered_either(
    tracker: Tracker, segware: Simulator, body: bytes
) -> None:
    """Slices that have settled are not asked for again: a wrong one would be believed for long."""
    segware.add_events(tracker.clock.now(), FARMACIA, "E602", count=1_000)
    tracker.clock.advance(HOUR)
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    assert len(tracker.scan()["opened"]) == 1
    tracker.clock.advance(30 * MINUTE)
    segware.fail_always("/v1/events", Reply(200, body))
    tracker.scan("--full", exit_code=1)
    segware.heal()
    scan = tracker.scan()
    assert ([alert["account_id"] for alert in scan["ongoing"]], scan["below"]) == ([PADARIA], [])
    assert (scan["events"]["fetched"] + scan["events"].get("remembered", 0)) == 1_060


def test_a_refusal_of_one_look_up_is_told_once(tracker: Tracker, segware: Simulator) -> None:
    for number in range(10):
        segware.add_account(100 + number, str(5_000 + number), "Loja", 11)
        segware.add_events(tracker.clock.now(), 100 + number, "E130", count=60)
    segware.fail_always("/v5/accounts", Reply(500))
    result = tracker("scan")
    assert result.stderr.startswith(f"error: {segware.url}/v5/accounts answered 500 (")
    assert result.stderr.count("\n") == 1
