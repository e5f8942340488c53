"""The form that defines an alarm: what was typed, and what is wrong with it, field by field."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from events_tracker.base.problems import Problem
from events_tracker.decisions.alarms.texts import SWITCHES, as_texts
from events_tracker.model.alarms import DEFAULT_ALARM, RULE_FIELDS, Alarm, Condition, Source
from events_tracker.model.versions import OWN_FIELDS
from events_tracker.web.labels import LABELS
from events_tracker.web.languages import Locale

_CHOICES = ("group_by", "channels")
"""Fields of which several boxes may be ticked."""
_TEXTS = (
    "name",
    "description",
    "priority",
    *(field for field in RULE_FIELDS if field not in _CHOICES),
    "email_subject",
    "email_to",
    "email_cc",
    *OWN_FIELDS,
)
_OF_THE_ENVIRONMENT = ("name", *RULE_FIELDS, *OWN_FIELDS)
"""What nobody types of `default`."""

Typed = Mapping[str, str | bool]
"""An alarm as its form has it, by field."""


class Form(Struct, frozen=True):
    """The form as it is shown; ``alarm``: the one that is changed, as it is stored, if any is."""

    typed: Typed
    """Every field."""
    alarm: Alarm | None = None
    comment: str = ""
    wrong: Mapping[str, list[str]] = field(default_factory=dict)
    """The words of what is wrong, by field; those of the whole under an empty name."""

    @property
    def is_default(self) -> bool:
        return self.alarm is not None and self.alarm.id == DEFAULT_ALARM

    def refused(self, problems: Iterable[Problem], locale: Locale) -> "Form":
        """Return the form with what else is wrong."""
        return replace(self, wrong={**self.wrong, **by_field(problems, locale)})

    def chosen(self, name: str) -> set[str]:
        """Return the boxes that are ticked of a field that takes several."""
        return {item.strip() for item in str(self.typed.get(name, "")).split(",")}

    @property
    def wrong_labels(self) -> list[tuple[str, str, str]]:
        """List what is wrong in the order of the form: field, its label, the words."""
        order = [*LABELS]
        fields = sorted(self.wrong, key=lambda name: order.index(name) if name in order else -1)
        return [(name, LABELS.get(name, ""), text) for name in fields for text in self.wrong[name]]


def stored_form(alarm: Alarm, names: Mapping[str, str]) -> Form:
    """Make the form that shows an alarm as it is stored."""
    return Form(as_texts(alarm, names), alarm)


def typed(sent: MultiDict[str, str]) -> dict[str, str | bool]:
    """Read what was typed, by field; a box that was not sent is not ticked."""
    found: dict[str, str | bool] = {name: clean(sent[name]) for name in _TEXTS if name in sent}
    for name in _CHOICES:
        found[name] = ",".join(filter(None, map(str.strip, sent.getlist(name))))
    for name in SWITCHES:
        found[name] = name in sent
    return found


def clean(text: str) -> str:
    """Take the ends of a text off, and the line ends out of it."""
    return " ".join(text.split("\n")).replace("\r", "").strip()


def meant(typed: Typed) -> dict[str, str | bool]:
    """Return what was typed without what cannot be seen while something else is chosen.

    That is the alarm whose detections count, where events do; and the field whose values differ,
    where all are counted.
    """
    found = dict(typed)
    if found["source"] == Source.EVENTS:
        found["of"] = ""
    if found["condition"] == Condition.COUNT:
        found["field"] = ""
    return found


def given(form: Form) -> dict[str, Any]:
    """Turn what was typed into what changes an alarm."""
    found: dict[str, Any] = meant(form.typed)
    if found["source"] == Source.EVENTS:
        del found["of"]
    found["values"] = (found["values"],)  # may be given several times elsewhere
    if form.is_default:
        for name in _OF_THE_ENVIRONMENT:
            found.pop(name, None)
    return found


def by_field(problems: Iterable[Problem], locale: Locale) -> dict[str, list[str]]:
    """Say what is wrong, by field."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        text = locale.problem(problem)
        found.setdefault(problem.field, []).append(text[:1].upper() + text[1:] + ".")
    return found
