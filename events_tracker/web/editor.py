"""What the form of an alarm needs around it: what may be chosen, and its rule in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import g
from msgspec import Struct

from events_tracker.app.app import clearing_of
from events_tracker.base import limits
from events_tracker.base.errors import Refused
from events_tracker.base.ids import new_id
from events_tracker.base.parsing import joined
from events_tracker.base.times import format_duration
from events_tracker.decisions.alarms.editing import created, edited
from events_tracker.messages.codes import known_codes
from events_tracker.messages.rules import over_text, rule_text, scope_text
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.reports.alarms import Listed
from events_tracker.storage import Store
from events_tracker.web.alarm_forms import Form, given
from events_tracker.web.alarm_words import CHOICES
from events_tracker.web.context import here
from events_tracker.web.labels import LABELS
from events_tracker.web.preview import foreseen

if TYPE_CHECKING:
    from events_tracker.storage import Rows


class Suggestions(Struct, frozen=True):
    """What the directory offers to complete what is typed: codes of accounts with their clients."""

    accounts: Mapping[str, str]
    companies: list[str]


class Rule(Struct, frozen=True):
    """A rule as typed, in words; ``revises``: saving it begins a new revision.

    ``never``: a code that it names and that no scan counts. ``over``: when what it opened is over.
    """

    sentence: str
    scope: str
    over: str
    revises: bool = False
    revision: int = 1
    never: str = ""


def page_of(form: Form, living: Listed, store: Store) -> dict[str, Any]:
    """Gather what the templates of an editor show, by name."""
    itself = None if form.alarm is None else form.alarm.id
    settings = here().settings.tracker
    return {
        "form": form,
        "choices": choices(),
        "labels": LABELS,
        "codes": known_codes(),
        "sources": [alarm.name for alarm in living.alarms if alarm.id != itself],
        "suggestions": store.read(_suggestions),
        "usual_below": f"{settings.clear_below}%",
        "usual_after": format_duration(settings.clear_after),
        "rule": None if form.wrong else rule_of(form, living),
    }


def choices() -> dict[str, dict[str, str]]:
    """List what may be chosen, by field and value, in the person's language."""
    say = g.locale.gettext
    return {
        field: {value: say(words) for value, words in of_field.items()}
        for field, of_field in CHOICES.items()
    }


def previewed(form: Form, living: Listed) -> dict[str, Any]:
    """Gather what the preview of a form shows, by name. Raises StorageError."""
    try:
        alarm = as_typed(form, living)
    except Refused as refused:
        return {"form": form.refused(refused.problems, g.locale), "rule": None}
    rule = alarm.definition
    return {
        "form": form,
        "rule": _rule(form, alarm, living),
        "foreseen": foreseen(form, alarm),
        "compared": rule,
    }


def rule_of(form: Form, living: Listed) -> Rule | None:
    """Say the rule of a form in words; None while it cannot be one."""
    try:
        return _rule(form, as_typed(form, living), living)
    except Refused:
        return None


def _rule(form: Form, alarm: Alarm, living: Listed) -> Rule:
    before = form.alarm
    revises = before is not None and alarm.revision != before.revision
    return said(alarm, living.names, revises=revises, revision=alarm.revision)


def said(
    alarm: Alarm, names: Mapping[str, str], *, revises: bool = False, revision: int = 1
) -> Rule:
    """Say a rule in the person's language."""
    rule, language = alarm.definition, g.locale.language
    sentence, scope = rule_text(rule, names, language), scope_text(rule, language)
    over = over_text(rule, clearing_of(here().settings).of(alarm), language)
    injected = here().settings.injection.code
    never = injected if injected in (*rule.codes, *rule.values) else ""
    return Rule(sentence, scope, over, revises, revision, never)


def as_typed(form: Form, living: Listed) -> Alarm:
    """Make the alarm that a form describes; a new one needs no name yet.

    Raises Refused with everything that cannot be.
    """
    others = {alarm.id: alarm for alarm in living.alarms}
    if form.alarm is not None:
        return edited(form.alarm, given(form), others)
    id_ = new_id(here().now)
    return created(blank(id_), {**given(form), "name": id_}, others)


def blank(name: str = "") -> Alarm:
    """Return the alarm that one begins with where nothing else is said."""
    now = here().now
    return Alarm(new_id(now), name, "database", Definition(), now)


def _suggestions(rows: "Rows") -> Suggestions:
    accounts = rows.directory.first_accounts(limits.SUGGESTIONS)
    companies = rows.directory.named().companies.values()
    names = sorted({company.name for company in companies if company.name})
    return Suggestions(
        {account.code: account.trade_name or "" for account in accounts if account.code},
        [joined([name]) for name in names[: limits.SUGGESTIONS]],
    )
