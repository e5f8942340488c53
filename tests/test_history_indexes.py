"""History reads an index in its order: no sorting, however long the register and far the page."""

from collections.abc import Mapping
from typing import Any

import pytest

from events_tracker.storage.statements import Value, load
from tests.support.engines import ENGINES, connected
from tests.support.world import NOON, Tracker

_ROWS = 3_000
_ALARMS = 15
_TEXTS = ("account", "name", "company", "client_group", "cuc", "code", "alarm", "priority")
_BASE: Mapping[str, Any] = {
    **{f"any_{field}": 1 for field in _TEXTS},
    **{field: [None] for field in _TEXTS},
    "alarm_id": None,
    "since": 0,
    "until": 2**62,
    "before": 2**62,
    "before_id": "",
    "closed": 0,
    "archived": 0,
    "limit": 50,
}
_FAR: Mapping[str, Value] = {
    "until": NOON - 2_000,
    "before": NOON - 2_000,
    "before_id": f"{2_000:032x}",
}
_LATELY: Mapping[str, Value] = {"since": NOON - 100}
_CLOSED: Mapping[str, Value] = {"closed": 1}
_OF_ACCOUNT: Mapping[str, Any] = {
    "account_code": "1042",
    "account": ["1042"],
    "any_account": 0,
}
_OF_ALARM: Mapping[str, Value] = {"alarm_id": "default"}
_ONE = f"{42:032x}"

pytestmark = pytest.mark.parametrize("database", ENGINES, indirect=True)


@pytest.fixture(autouse=True)
def _register(tracker: Tracker, database: str, initialised: None) -> None:
    """A register of some thousand entries of several alarms, a few of them open, with notes."""
    entries = [
        (
            f"{number:032x}", f"a{number % _ALARMS}" if number % _ALARMS else "default", "", 1,
            "medium", ">=", 50, f"{number:064x}", number % 300, str(1_000 + number % 300),
            "Padaria", 1, "Sentinela", None, None, "ALR", "E130", 60, 60, 0,
            NOON - number, NOON - number, NOON - number, number,
            None if number % 500 == 0 else NOON, "below", None, "[]", None, None, None, None, None,
        )
        for number in range(_ROWS)
    ]  # fmt: skip
    notes = [
        (f"{number:032x}", f"{number // 3:032x}", NOON + number, "Ana", "seen", number % 2)
        for number in range(_ROWS)
    ]
    with connected(database) as connection:
        cursor = connection.cursor()
        for table, rows in (("register_entries", entries), ("notes", notes)):
            marks = ", ".join([_mark(database)] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            if not _is_sqlite(database):
                cursor.execute(f"ANALYZE TABLE {table}")
                cursor.fetchall()


def _is_sqlite(database: str) -> bool:
    return database.startswith("sqlite")


def _mark(database: str) -> str:
    return "?" if _is_sqlite(database) else "%s"


def _bound(database: str, statement: str, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    dialect = "sqlite" if _is_sqlite(database) else "mysql"
    text, parameters = load(dialect)[statement].bind({**_BASE, **values}, _mark(database))
    return text, tuple(parameters)


# Each statement, what it is asked, and the index that it uses; one of two where both begin alike.
PLANS: list[tuple[str, Mapping[str, Any], str]] = [
    ("history", _LATELY, "register_by_time"),
    ("history", _FAR, "register_by_time"),
    ("history", {**_FAR, **_CLOSED}, "register_by_time"),
    ("history_of_account", _OF_ACCOUNT, "register_by_account"),
    ("history_of_account", {**_OF_ACCOUNT, **_FAR}, "register_by_account"),
    ("history_of_alarm", _OF_ALARM, "register_by_alarm"),
    ("history_of_alarm", {**_OF_ALARM, **_FAR}, "register_by_alarm"),
    ("history_open", {}, "register_by_cleared"),
    ("history_open", _FAR, "register_by_cleared"),
    ("history_count", _LATELY, "register_by_time"),
    ("history_of_account_count", _OF_ACCOUNT, "register_by_account"),
    ("history_of_alarm_count", _OF_ALARM, "register_by_alarm"),
    ("history_open_count", {}, "register_by_cleared register_by_over"),
    ("report_earlier", _LATELY, "register_by_cleared"),
    ("register_entries", {"values": [_ONE]}, "PRIMARY"),
    ("register_entries", {"values": [_ONE, f"{7:032x}"]}, "PRIMARY"),
    ("register_of_account_id", {**_LATELY, "account_id": 7}, "register_by_time"),
    ("register_situations", {"values": [_ONE, f"{7:032x}"]}, "PRIMARY"),
    ("notes_of", {"register_id": _ONE}, "notes_by_register"),
]


def test_each_plan_uses_its_index_and_sorts_nothing(database: str) -> None:
    wrong = []
    for statement, values, index in PLANS:
        keys, work = _plan(database, *_bound(database, statement, values))
        if keys.isdisjoint(index.split()) or work:
            wrong.append((statement, dict(values), keys, work))
    assert not wrong, wrong


def _plan(database: str, text: str, values: tuple[Any, ...]) -> tuple[set[str], list[str]]:
    """The indexes that a statement uses, and what it does beside reading by them."""
    with connected(database) as connection:
        if _is_sqlite(database):
            steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
            keys = {word.strip("()") for step in steps for word in step.split()}
            if "sqlite_autoindex_register_entries_1" in keys:
                keys.add("PRIMARY")
            return keys, [
                step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN r")
            ]
        cursor = connection.cursor(dictionary=True)
        cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {text}", values)
        plan = cursor.fetchall()
    register = [step for step in plan if step["table"] in ("r", "register_entries", "notes")]
    extras = [step["Extra"] or "" for step in plan]
    return {step["key"] for step in register}, [
        extra for extra in extras if "filesort" in extra or "temporary" in extra
    ]


def test_a_page_costs_the_same_however_far_it_is_from_the_newest(database: str) -> None:
    pages: list[tuple[str, Mapping[str, Any]]] = [
        ("history", {}),
        ("history", _CLOSED),
        ("history_of_alarm", _OF_ALARM),
    ]
    for statement, filters in pages:
        near = _effort(database, *_bound(database, statement, filters))
        far = _effort(database, *_bound(database, statement, {**filters, **_FAR}))
        assert far <= 1.5 * near, (statement, filters)


def test_what_alarms_found_lately_costs_no_more_than_what_they_found(database: str) -> None:
    lately, all_ = (
        _bound(database, "register_detections_by_alarm", {"since": since})
        for since in (NOON - _ROWS // 20, 0)
    )
    keys, _ = _plan(database, *lately)
    assert "register_by_time" in keys
    assert _effort(database, *lately) < _effort(database, *all_) / 10


def test_whose_alerts_were_over_lately_is_read_from_an_index_alone(database: str) -> None:
    keys, _ = _plan(
        database, *_bound(database, "report_over", {"since": NOON - 9, "until": NOON - 1})
    )
    assert "register_by_over" in keys


def _effort(database: str, text: str, values: tuple[Any, ...]) -> int:
    """The rows that a server reads for it, or the tens of steps that SQLite takes."""
    with connected(database) as connection:
        if _is_sqlite(database):
            steps = 0

            def count() -> None:
                nonlocal steps
                steps += 1

            connection.set_progress_handler(count, 10)
            connection.execute(text, values).fetchall()
            return steps
        cursor = connection.cursor()
        cursor.execute("FLUSH STATUS")
        cursor.execute(text, values)
        cursor.fetchall()
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(number) for _, number in cursor.fetchall())
