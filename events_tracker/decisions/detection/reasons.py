"""Why an event is not counted, and why a group does not open: each a key that does not change.

They come from the decisions themselves, so that whoever explains them decides nothing again.
"""

from enum import StrEnum


class NotCounted(StrEnum):
    """The reasons for which an alarm does not count an event."""

    OURS = "ours"
    """The tracker raised it itself, or it has the code that the tracker raises."""
    CLOSED_BY = "closed_by"
    """An ignored user closed its occurrence."""
    OTHER_ACCOUNT = "other_account"
    """It is not of the account that was asked for."""
    CODE = "code_not_counted"
    CUC = "cuc_not_counted"
    ACCOUNT = "account_not_listed"
    COMPANY = "company_not_listed"
    EXCEPTED = "account_excepted"
    FACTS = "waiting_for_facts"
    """Not enough is known yet of its account."""


class NotOpening(StrEnum):
    """The reasons for which a group that was counted opens no alert."""

    BELOW_VALUE = "below_value"
    OPEN = "open"
    """It has an alert already."""
    MUTED = "muted"
    """It was closed by hand, and no scan has seen it below since."""
    PARTIAL_READING = "partial_reading"
    """What is missing could end the condition."""
