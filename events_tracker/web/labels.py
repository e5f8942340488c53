"""What the fields of an alarm are called in forms; messages of what is wrong call them the same."""

from collections.abc import Mapping


def _(text: str) -> str:
    """Mark a text for translation: it is looked up where it is shown."""
    return text


LABELS: Mapping[str, str] = {
    "name": _("Name"),
    "description": _("Description"),
    "priority": _("Priority"),
    "source": _("What is counted"),
    "of": _("Detections of"),
    "codes": _("Event codes"),
    "cucs": _("CUCs"),
    "accounts": _("Accounts"),
    "companies": _("Companies"),
    "group_by": _("Counted by"),
    "condition": _("Condition"),
    "field": _("Different values of"),
    "operator": _("Comparison"),
    "value": _("Value"),
    "values": _("Values of single codes"),
    "window": _("Window"),
    "clear_below": _("Clear line"),
    "clear_after": _("Over after"),
    "enabled": _("Enabled"),
    "notify": _("Tell of it"),
    "channels": _("Channels"),
    "email_subject": _("E-mail subject"),
    "email_to": _("E-mail to"),
    "email_cc": _("E-mail copy to"),
    "include_table": _("Table of what was counted"),
    "catch_up": _("Catch up on missed runs"),
    "comment": _("Why"),
    "reason": _("Reason"),
    "text": _("Note"),
    "long": _("More than 24 hours"),
}
"""By the names of the contract; an e-mail's with ``email_`` before them."""
