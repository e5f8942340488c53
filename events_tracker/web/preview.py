"""What a rule as typed would do, as the editor shows it."""

from flask import g
from msgspec import Struct
from msgspec.structs import replace

from events_tracker.app.redaction import redacted
from events_tracker.base.errors import Refused, SegwareError
from events_tracker.base.times import DAY, HOUR, MINUTE, Instant
from events_tracker.messages.previews import note_text
from events_tracker.messages.unseen import unseen_texts
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.previews import Preview, PreviewGroup
from events_tracker.model.tuning import Tuned
from events_tracker.reports.unseen import unseen
from events_tracker.settings import secrets
from events_tracker.web.alarm_forms import Form, given
from events_tracker.web.charts import Chart, chart
from events_tracker.web.context import here
from events_tracker.web.curves import Curves, curves

_ANNOYS: int = 24
"""The alerts a day above which nobody reads them any more."""

_NEAREST = 3
_WHOLE_DAYS = 10


class Month(Struct, frozen=True):
    """A rule replayed over the kept counts, beside other values; notes are of what is missing."""

    found: Tuned
    curves: Curves
    warnings: list[str]
    notes: list[str]

    @property
    def annoys(self) -> bool:
        return self.curves.typed.figures.alerts_per_day > _ANNOYS

    @property
    def days(self) -> str:
        """The days that it looks back, the last one whole where they are many."""
        days = self.found.span.length / DAY
        return f"{days:.0f}" if days >= _WHOLE_DAYS else g.locale.decimal(days)


class Foreseen(Struct, frozen=True):
    """What kept counts say of a rule, or a preview with its chart; else why there is none."""

    month: Month | None = None
    found: Preview | None = None
    chart: Chart | None = None
    warnings: list[str] = []
    notes: list[str] = []
    why_not: str = ""

    @property
    def span(self) -> str:
        """The time that it looks back, in hours."""
        return "" if self.found is None else f"{(self.found.end - self.found.start) // HOUR} h"

    @property
    def groups(self) -> list[PreviewGroup]:
        """The groups that would have opened; if none would, those that came nearest."""
        if self.found is None:
            return []
        opened = [group for group in self.found.groups if group.openings]
        return opened or list(self.found.groups[:_NEAREST])

    @property
    def annoys(self) -> bool:
        """Whether it would open more often than once an hour."""
        if self.found is None:
            return False
        return self.found.openings * DAY > _ANNOYS * (self.found.end - self.found.start)


def foreseen(form: Form, alarm: Alarm) -> Foreseen:
    """Tell what the alarm that a form describes would open. Raises StorageError.

    By the kept counts, if there are enough; else of the past day, which Segware is asked for.
    """
    before = None if form.alarm is None else form.alarm.definition.value
    context = here()
    found = context.replays.curve(context.app, context.settings, alarm, before)
    if found is not None and not found.openings:
        return Foreseen(month=_month(found, alarm.definition, before))
    foreseen = _past_day(form, alarm.definition)
    why = _why_no_month(found, alarm.definition)
    return replace(foreseen, notes=[*why, *foreseen.notes])


def _why_no_month(found: Tuned | None, rule: Definition) -> list[str]:
    """Say what keeps a rule from being replayed, but that too little is kept so far."""
    say = g.locale.gettext
    if rule.field == "occurrence":
        return [say("Kept counts do not tell occurrences apart: this is of the last day alone.")]
    if found is not None:
        return [say("Openings and closings were kept by the hour: this is of the last day alone.")]
    return []


def _month(found: Tuned, rule: Definition, before: int | None) -> Month:
    say, context = g.locale.gettext, here()
    notes = []
    if not found.rules[0].figures.grade:
        notes.append(say("From 30 days on it is also told which values one operator can handle."))
    if found.missing_minutes:
        missing = g.locale.age(found.missing_minutes * MINUTE)
        notes.append(say("Nothing is known of %(missing)s of it.") % {"missing": missing})
    if found.scans_from is not None:
        notes.append(_before_scans(found.scans_from, found.span.end))
    if found.check.register:
        numbers = {"found": found.check.found, "register": found.check.register}
        text = say("Of %(register)s alerts that this rule opened, the replay finds %(found)s.")
        notes.append(text % numbers)
    if found.by_facts:
        notes.append(say("Accounts and their companies are taken as they are today."))
    never = context.settings.injection.code
    named = unseen(context.store(), rule, never, context.now)
    warnings = list(unseen_texts(named, g.locale.language))
    if count := found.left_out:
        text = g.locale.ngettext(
            "%(count)s account is left out: too little is known of it yet.",
            "%(count)s accounts are left out: too little is known of them yet.",
            count,
        )
        warnings.append(text % {"count": count})
    return Month(found, curves(found.rules, before), warnings, notes)


def _before_scans(first: Instant, end: Instant) -> str:
    say = g.locale.gettext
    text: str = say("No scan of this time is known: it is told as if there had been one a minute.")
    if first <= end:
        text = say(
            "No scan from before %(time)s is known: until then as if there had been one a minute."
        )
    return text % {"time": g.locale.time(first)}


def _past_day(form: Form, rule: Definition) -> Foreseen:
    context = here()
    name = None if form.alarm is None else form.alarm.name
    try:
        found = context.previews.preview(context.app, context.settings, given(form), name)
    except Refused as refused:
        return Foreseen(why_not="; ".join(map(g.locale.problem, refused.problems)))
    except SegwareError as error:
        return Foreseen(why_not=redacted(str(error), secrets(context.settings)))
    points = [(point.at, point.highest) for point in found.points]
    told = [note_text(note, g.locale.language) for note in found.notes]
    errors = [redacted(error, secrets(context.settings)) for error in found.errors]
    warnings = list(unseen_texts(found.unseen, g.locale.language))
    drawn = chart(points, rule.operator, rule.value)
    return Foreseen(None, found, drawn, warnings, [*told, *errors])
