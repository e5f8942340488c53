"""Filters of lists as statements take them: patterns for LIKE … ESCAPE '!', and limits."""

_ALL_ROWS = 9_223_372_036_854_775_807
"""The largest LIMIT that every engine takes: no table has so many rows."""


def pattern(text: str | None) -> str | None:
    """Make a pattern of a text that may have ``*`` for anything; None, to let all pass, of None."""
    if text is None:
        return None
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return text.replace("*", "%")


def row_limit(limit: int | None) -> int:
    """Return the number of a LIMIT; None stands for all rows."""
    return _ALL_ROWS if limit is None else limit
