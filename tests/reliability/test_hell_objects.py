"""Any JSON type in any field of anything that Segware answers never crashes a pass."""

import json
import math
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_tracker.base.errors import SegwareError
from events_tracker.base.times import HOUR, MINUTE
from events_tracker.model.readings import Answer
from events_tracker.segware import decode
from events_tracker.simulator.simulator import Reply, Simulator
from tests.reliability import hell_json
from tests.support.engines import on_sqlite, sql
from tests.support.world import CONDOMINIO, PADARIA, Tracker

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=200)
PASSES = settings(
    EXAMPLES, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@EXAMPLES
@given(st.lists(hell_json.events, max_size=12), st.booleans())
def test_an_event_is_read_alike_whatever_stands_beside_it(
    items: list[str], by_occurrence: bool
) -> None:
    whole = decode.events(("[" + ",".join(items) + "]").encode(), by_occurrence)
    alone = [decode.events(f"[{item}]".encode(), by_occurrence) for item in items]
    assert sum(answer.malformed for answer in alone) == whole.malformed
    assert columns(*alone) == columns(whole)
    assert whole.malformed == sum(not well_formed(item) for item in items)


def columns(*answers: Answer) -> Counter[object]:
    """Every event of these answers, and every event's occurrence."""
    return Counter(
        (pair, one)
        for answer in answers
        for told in (answer.accounts, answer.occurrences)
        for pair, column in told.items()
        for one in column
    )


def well_formed(text: str) -> bool:
    """The rule in words of its own: an object, an integer or its digits, a short text."""
    item = json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 99 else math.inf)
    if not isinstance(item, dict):
        return False
    account, code = item.get("accountId"), item.get("code")
    if isinstance(account, str) and account.isascii() and account.isdigit() and len(account) < 20:
        account = int(account)
    is_id = type(account) is int and -(2**63) < account < 2**63
    return is_id and isinstance(code, str) and 1 <= len(code) <= 16


@pytest.fixture
def ready(tracker: Tracker, segware: Simulator, initialised: None) -> Tracker:
    """One alert is open, another is about to; every example is one more minute of this."""
    tracker.environ |= {"TRACKER_THRESHOLD": "5", "TRACKER_CODES": "*"}
    assert tracker("init").exit_code == 0
    segware.add_events(tracker.clock.now(), PADARIA, "E130", count=60)
    tracker.scan()
    return tracker


def survives(tracker: Tracker, segware: Simulator, route: str, body: str) -> None:
    """Every pass ends in good order while a route answers this, and recovers when it does not."""
    tracker.clock.advance(MINUTE)
    segware.add_account(100, "5000", "Loja", 11, 501)
    segware.add_events(tracker.clock.now(), CONDOMINIO, "E130", count=5)
    segware.fail_always(route, Reply(200, body.encode()))
    for command in ("scan", "clear", "notify", "history", "status"):
        result = tracker(command)
        assert result.exit_code in (0, 1), result.stderr
        assert "unexpected" not in result.stderr
        assert (result.exit_code == 1) == ("error: " in result.stderr), result.stderr
    segware.heal()
    # A list that was whole, but lacked an account, is read again after an hour.
    tracker.clock.advance(HOUR)
    assert tracker("scan").exit_code == 0


@on_sqlite
class TestPasses:
    """Whole passes over such answers."""

    @PASSES
    @given(body=hell_json.bodies)
    def test_events(self, ready: Tracker, segware: Simulator, body: str) -> None:
        survives(ready, segware, "/v1/events", body)

    @PASSES
    @given(body=hell_json.bodies | hell_json.values)
    def test_occurrences(self, ready: Tracker, segware: Simulator, body: str) -> None:
        ready.environ["TRACKER_IGNORED_CLOSERS"] = "77"
        survives(ready, segware, "/v2/occurrences", body)

    @pytest.mark.parametrize(
        ("route", "table"),
        [
            ("/v5/accounts", "accounts"),
            ("/v1/accounts", "accounts"),
            ("/v1/company", "companies"),
            ("/v1/clientGroups", "client_groups"),
        ],
    )
    @PASSES
    @given(body=hell_json.bodies | hell_json.values)
    def test_facts(
        self,
        ready: Tracker,
        segware: Simulator,
        database: str,
        route: str,
        table: str,
        body: str,
    ) -> None:
        ready("alarms", "create", "by its code", "--accounts", "1950", "--codes", "E602")
        sql(database, "UPDATE scan_state SET accounts_listed_at = NULL")
        sql(database, f"DELETE FROM {table}")
        sql(database, "UPDATE register_entries SET facts_due_at = 0")
        survives(ready, segware, route, body)


@EXAMPLES
@given(hell_json.values)
def test_an_error_without_a_meaning_has_no_key(body: str) -> None:
    key = decode.message_key(body.encode())
    assert key is None or isinstance(key, str)


@EXAMPLES
@given(st.binary(max_size=200))
def test_bytes_that_are_no_json_are_an_error_and_nothing_else(body: bytes) -> None:
    try:
        answer = decode.events(body, with_occurrences=False)
    except SegwareError:
        return
    assert answer.fetched == len(json.loads(body))
