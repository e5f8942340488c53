"""Checks of the tracker's own health, as `status` reports them."""

from enum import StrEnum

from msgspec import Struct


class Health(StrEnum):
    """The health of one thing; a problem makes the exit code 1, a warning does not."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Check(Struct, frozen=True):
    """One thing that was looked at. ``detail`` says what was found and what to do."""

    name: str
    health: Health
    detail: str
