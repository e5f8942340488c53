"""Checks of the tracker's own health, as `status` reports them."""

from enum import StrEnum

from msgspec import Struct


class Health(StrEnum):
    """The health of one thing; a problem makes the exit code 1, a warning does not."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class MutedGroup(Struct, frozen=True):
    """A group that somebody closed by hand and whose condition still holds, as far as named."""

    alarm: str
    account_code: str | None
    cuc: str | None
    code: str | None


class Check(Struct, frozen=True):
    """One thing that was looked at. ``detail`` says what was found and what to do."""

    name: str
    health: Health
    detail: str
