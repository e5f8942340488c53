"""What may be chosen for an alarm, the ready-made ones, and what was done, in words."""

from collections.abc import Mapping


def _(text: str) -> str:
    """Mark a text for translation: it is looked up where it is shown."""
    return text


EXPLANATIONS: Mapping[str, str] = {
    "power-failure": _(
        "10 or more accounts of one company lost power (E301) within 15 minutes: a street or "
        "district without electricity, not one house."
    ),
    "missing-test": _(
        "No periodic test (E602) in 25 hours from a listed account: its panel or its line is dead."
    ),
    "repeat-offender": _(
        "3 detections of the alarm default for one account in 7 days: the repair did not last."
    ),
    "slow-runaway": _(
        "240 burglar alarms of one zone type in 24 hours: under 50 in every two hours, and still a "
        "broken panel."
    ),
    "panic-storm": _(
        "5 or more panic alarms (E120 to E123) of one company within 10 minutes: many people in "
        "trouble, or one button that is stuck."
    ),
}
"""By the names of the templates; the words are theirs."""

OF_DEFAULT = _("Too many watched events of one account, CUC and code")
"""The description of the alarm `default`; the words are its own."""

CHOICES: Mapping[str, Mapping[str, str]] = {
    "priority": {"low": _("low"), "medium": _("medium"), "high": _("high")},
    "source": {"events": _("events"), "detections": _("detections of")},
    "condition": {"count": _("all"), "unique": _("different")},
    "field": {
        "account": _("accounts"),
        "code": _("codes"),
        "cuc": _("CUCs"),
        "occurrence": _("occurrences"),
    },
    "operator": {
        ">=": _("≥ at least"),
        ">": _("> more than"),
        "<=": _("≤ at most"),
        "<": _("< fewer than"),
        "=": _("= exactly"),
    },
    "group_by": {
        "account": _("account"),
        "company": _("company"),
        "cuc": _("CUC"),
        "code": _("event code"),
    },
    "channels": {
        "whatsapp": "WhatsApp",
        "segware": _("alarm in Segware"),
        "email": _("e-mail"),
        "webhook": "Webhook",
    },
}
"""By field and value, in the order in which they are offered."""

DONE: Mapping[str, str] = {
    "created": _("The alarm was created."),
    "saved": _("Saved."),
    "revised": _(
        "Saved. A new revision began: what was open is closed, earlier detections are archived."
    ),
    "unchanged": _("Nothing was different: nothing was changed."),
    "enabled": _("The alarm is on: the next scan evaluates it afresh."),
    "disabled": _("The alarm is off: what it has open is closed by the next clear."),
    "closed": _("Marked as dealt with."),
    "reopened": _("Marked as open again."),
    "restored": _("The earlier version holds again, as a new one."),
    "deleted": _("The alarm was deleted. Its register stays."),
}
"""What a page says of the change that led to it, by the `done` in its address."""
