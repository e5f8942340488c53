"""Lengths of statements on their way to a MySQL server, which refuses those over its limit."""

from collections.abc import Iterator, Sequence

from events_tracker.storage.statements import Value

_ESCAPED = (b"\\", b"\n", b"\r", b"\x1a", b"'", b'"')
_HEAD = 4_096
"""More than the text of any INSERT before its rows."""
_VALUE = 32
"""More than a number, a mark or a value's quotes take."""


def length(sql: str, values: Sequence[Value]) -> int:
    """Count the bytes of a statement with its values written in, or few more."""
    return len(sql.encode()) + sum(map(_written, values))


def _written(value: Value) -> int:
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return len(value) + sum(map(value.count, _ESCAPED)) + 2
    return len(str(value))


def fitting(
    rows: Sequence[dict[str, Value]], most_rows: int, most_bytes: int
) -> Iterator[Sequence[dict[str, Value]]]:
    """Yield the rows in order, as many at a time as surely fit.

    A row that may not fit even alone comes by itself.
    """
    start, taken = 0, _HEAD
    for position, row in enumerate(rows):
        size = sum(map(_at_most, row.values()))
        full = position - start >= most_rows or taken + size > most_bytes
        if full and position > start:
            yield rows[start:position]
            start, taken = position, _HEAD
        taken += size
    yield rows[start:]


def _at_most(value: Value) -> int:
    """Bound the bytes of a value without looking at its letters: four bytes each, all escaped."""
    if isinstance(value, str):
        return _VALUE + 8 * len(value)
    if isinstance(value, bytes):
        return _VALUE + 2 * len(value)
    return _VALUE
