"""Conversion of rows to values, by columns that are named as the values' fields are.

Databases have no booleans, enumerations or lists: numbers become flags, texts become members of an
enumeration, and what is kept as JSON is read with :func:`from_json` first.
"""

from typing import Any, TypeVar

import msgspec

from events_tracker.storage.statements import Value

T = TypeVar("T")


def convert(row: object, type_: type[T]) -> T:
    """Make a value of a row, or a list of values of a list of rows.

    Columns without a field are left out; what has its field's type already stays as it is. Raises
    msgspec.ValidationError where a row does not fit.
    """
    return msgspec.convert(row, type_, strict=False)


def from_json(text: Value) -> Any:
    """Read a column that holds JSON; None where it is null."""
    return None if text is None else msgspec.json.decode(str(text))
