"""One change to an alarm on the command line: where, by whom, and what is said of it."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from events_tracker.app.app import App
from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.base.text import many, storable, visible
from events_tracker.commands.folding import tell
from events_tracker.commands.output import print_json
from events_tracker.commands.version_table import differences_told
from events_tracker.decisions.alarms.versions import differences
from events_tracker.formats.alarm import alarm_object
from events_tracker.model.alarms import Alarm
from events_tracker.model.versions import Content
from events_tracker.reports import alarms

if TYPE_CHECKING:
    from events_tracker.passes.alarms import Change, Editor
    from events_tracker.settings import Settings
    from events_tracker.storage import Store


class Work(Struct, frozen=True):
    """The store, and the editor that changes alarms in it."""

    store: "Store"
    editor: "Editor"
    settings: "Settings"

    @classmethod
    def begin(cls, app: App, given: dict[str, Any]) -> "Work":
        """Take ``by`` and ``comment`` out of the options, and open what is needed."""
        from events_tracker.app import editing

        _refuse_bytes(given)
        by, comment = given.pop("by"), given.pop("comment")
        store, settings = opened(app)
        editor = editing.editor(app, settings, by=by, comment=comment)
        return cls(store, editor, settings)

    def tell(self, app: App, alarm: Alarm, done: str, format_: str) -> None:
        """Print the alarm for programs, or for people what was done: ``The alarm … is …``."""
        if format_ == "json":
            living = alarms.listed(self.store)
            stored = next(other for other in living.alarms if other.id == alarm.id)
            print_json(alarm_object(stored, living.names))
        elif not app.quiet:
            tell(f"The alarm {alarm.name!r} is {done}.")

    def tell_change(self, app: App, change: "Change", done: str, format_: str = "table") -> None:
        """Do the same with what it closed, or say that nothing was changed."""
        if not change.changed:
            done = "already so: nothing was changed"
        elif change.closed:
            why = "redefined" if change.before.enabled else "disabled"
            were = "was" if change.closed == 1 else "were"
            done += f"; {many(change.closed, 'open alert')} {were} closed as {why}"
        self.tell(app, change.alarm, done, format_)

    def tell_edit(self, app: App, change: "Change", done: str, format_: str) -> None:
        """Do the same with each field that was changed."""
        again = " as a new revision" if change.new_revision else ""
        names = alarms.listed(self.store).names
        differing = differences(Content.of(change.before), Content.of(change.alarm))
        told = "; ".join(differences_told(differing, names))
        self.tell_change(app, change, f"{done}{again}: {visible(told)}", format_)

    def warn(self, app: App, alarm: Alarm, *, by_name: bool = False) -> None:
        """Tell what the alarm finds now, and what it names that was never seen or never counts."""
        from events_tracker.commands import alarm_warnings

        alarm_warnings.warn(app, self.settings, self.store, alarm, by_name=by_name)


def opened(app: App) -> "tuple[Store, Settings]":
    """Open the database within the time that such a command has, and read the settings."""
    settings = app.settings()
    return app.store(settings, app.deadline(limits.ALARMS_SECONDS)), settings


def _refuse_bytes(given: dict[str, Any]) -> None:
    """Refuse what a shell passes on that is no UTF-8: it can be neither stored nor shown."""
    for option, value in given.items():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and storable(text, len(text)) != text:
                raise UsageError(f"--{option.replace('_', '-')} is not a text in UTF-8")
