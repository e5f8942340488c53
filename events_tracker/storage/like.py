"""Texts that people filter by, for LIKE … ESCAPE '!'."""

EVERYTHING = 9_223_372_036_854_775_807
"""A LIMIT that limits nothing."""


def pattern(text: str | None) -> str | None:
    """The text itself, with ``*`` for anything; None stays None and lets all pass."""
    if text is None:
        return None
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return text.replace("*", "%")
