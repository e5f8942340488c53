"""Rows for one statement: cut by number and by bytes, none lost, and the length never too low."""

from hypothesis import given
from hypothesis import strategies as st
from mysql.connector.conversion import MySQLConverter

from events_tracker.storage.packets import fitting, length

VALUES = st.one_of(st.none(), st.integers(-(2**62), 2**62), st.text(), st.binary())


def written(value: str | int | bytes | None) -> bytes:
    """The value as the driver writes it into a statement."""
    converter = MySQLConverter("utf8mb4")
    quoted: bytes = converter.quote(converter.escape(converter.to_mysql(value)))
    return quoted


@given(st.lists(VALUES))
def test_a_statement_is_never_longer_than_its_length(
    values: list[str | int | bytes | None],
) -> None:
    sql = "SELECT " + ", ".join(["%s"] * len(values))
    whole = len("SELECT ") + sum(len(written(value)) for value in values) + 2 * len(values)
    assert whole <= length(sql, values) + 2 <= whole + 4 * len(values) + 4


@given(st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES})), st.integers(4_096, 5_000))
def test_parts_are_the_rows_in_order_and_fit_unless_they_are_one_row(
    rows: list[dict[str, str | int | float | bytes | None]], most: int
) -> None:
    parts = list(fitting(rows, 5, most))
    assert [row for part in parts for row in part] == rows
    for part in parts:
        values = [value for row in part for value in row.values()]
        assert len(part) <= 5
        assert len(part) <= 1 or length("(%s, %s), " * len(part), values) <= most


def test_many_small_rows_are_cut_by_their_number_alone() -> None:
    rows: list[dict[str, str | int | float | bytes | None]] = [{"id": n} for n in range(2_500)]
    assert [len(part) for part in fitting(rows, 1_000, 1 << 20)] == [1_000, 1_000, 500]
