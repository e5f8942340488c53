"""Checks of the tracker's own health, as `status` reports them."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How well one thing is; a problem makes the exit code 1, a warning does not."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. ``detail`` says what was found and what to do."""

    name: str
    health: Health
    detail: str
