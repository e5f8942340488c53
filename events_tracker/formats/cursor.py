"""A cursor: the position in the register at which the next page begins, as URLs carry it."""

import re

from events_tracker.base.problems import Unreadable
from events_tracker.base.times import LATEST
from events_tracker.model.filters import Position

_CURSOR = re.compile(r"([0-9]{1,15})-([0-9a-f]{32})")


def cursor_text(position: Position | None) -> str | None:
    """Write a position as ``1732190400000-`` and the entry's id; None where there is none."""
    return None if position is None else f"{position.opened_at}-{position.id}"


def read_cursor(text: str) -> Position:
    """Read what :func:`cursor_text` wrote; raises Unreadable for anything else."""
    found = _CURSOR.fullmatch(text)
    if found is None or int(found[1]) > LATEST:
        raise Unreadable("cursor")
    return Position(int(found[1]), found[2])
