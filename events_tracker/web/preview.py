"""What a rule as typed would do, as the editor shows it."""

from flask import g
from msgspec import Struct

from events_tracker.app.redaction import redacted
from events_tracker.base.errors import Refused, SegwareError
from events_tracker.base.times import DAY, HOUR
from events_tracker.messages.previews import note_text
from events_tracker.messages.unseen import unseen_texts
from events_tracker.model.alarms import Definition
from events_tracker.model.previews import Preview, PreviewGroup
from events_tracker.settings import secrets
from events_tracker.web.alarm_forms import Form, given
from events_tracker.web.charts import Chart, chart
from events_tracker.web.context import here

_ANNOYS: int = 24
"""The alerts a day above which nobody reads them any more."""

_NEAREST = 3


class Foreseen(Struct, frozen=True):
    """A preview with its chart; or, without one, why there is none."""

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


def foreseen(form: Form, rule: Definition) -> Foreseen:
    """Tell what the rule that a form describes would open. Raises StorageError."""
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
    return Foreseen(found, chart(points, rule.operator, rule.value), warnings, [*told, *errors])
