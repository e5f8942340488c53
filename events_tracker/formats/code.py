"""An event code as programs read it."""

from collections.abc import Sequence
from typing import Any

CODE_FIELDS = ("code", "meaning", "family", "watched_by", "seen")


def code_object(
    code: str, meaning: str | None, family: str | None, watched_by: Sequence[str], *, seen: bool
) -> dict[str, Any]:
    """Write what is known of a code; ``meaning`` and ``family`` are null where it has none."""
    values = (code, meaning, family, list(watched_by), seen)
    return dict(zip(CODE_FIELDS, values, strict=True))
