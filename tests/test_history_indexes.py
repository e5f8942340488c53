"""History reads an index in its order: no sorting, however long the register is."""

import pytest

from events_tracker.storage.statements import Value, load
from tests.support.engines import ENGINES, connected
from tests.support.world import NOON, Tracker

_BASE: dict[str, Value] = {
    "account": None,
    "company": None,
    "client_group": None,
    "cuc": None,
    "code": None,
    "alarm": None,
    "alarm_id": None,
    "since": 0,
    "until": 2**62,
    "archived": 0,
    "limit": 50,
}
_ROWS = 3_000

pytestmark = pytest.mark.parametrize("database", ENGINES[1:], indirect=True)


@pytest.fixture(autouse=True)
def _register(tracker: Tracker, database: str, initialised: None) -> None:
    """A register of some thousand entries, a few of them open."""
    rows = [
        (
            f"{number:032x}", "default", "default", 1, "medium", ">=", 50, f"{number:064x}",
            number % 300, str(1_000 + number % 300), "Padaria", 1, "Sentinela", None, None,
            "ALR", "E130", 60, 60, 0, NOON - number, NOON - number, NOON - number, number,
            None if number % 500 == 0 else NOON, "below", None, "[]", None,
        )
        for number in range(_ROWS)
    ]  # fmt: skip
    marks = ", ".join(["%s"] * len(rows[0]))
    with connected(database) as connection:
        cursor = connection.cursor()
        cursor.executemany(f"INSERT INTO register_entries VALUES ({marks})", rows)
        connection.commit()
        cursor.execute("ANALYZE TABLE register_entries")
        cursor.fetchall()


@pytest.mark.parametrize(
    ("statement", "filters", "index"),
    [
        ("history", {"since": NOON - 100}, "register_by_time"),
        ("history_of_account", {"account_code": "1042", "account": "1042"}, "register_by_account"),
        ("history_open", {}, "register_by_cleared"),
        ("history_count", {"since": NOON - 100}, "register_by_time"),
        (
            "history_of_account_count",
            {"account_code": "1042", "account": "1042"},
            "register_by_account",
        ),
        ("history_open_count", {}, "register_by_cleared"),
    ],
)
def test_the_plan_uses_the_index_and_sorts_nothing(
    database: str, statement: str, filters: dict[str, Value], index: str
) -> None:
    text, values = load("mysql")[statement].bind({**_BASE, **filters}, "%s")
    with connected(database) as connection:
        cursor = connection.cursor(dictionary=True)
        cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {text}", tuple(values))
        plan = cursor.fetchall()
    register = next(step for step in plan if step["table"] in ("r", "register_entries"))
    assert register["key"] == index
    for step in plan:
        extra = step["Extra"] or ""
        assert "filesort" not in extra, extra
        assert "temporary" not in extra, extra
