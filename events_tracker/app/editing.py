"""What people change by hand, each in somebody's name: notes, alarms, exceptions."""

from typing import TYPE_CHECKING

from events_tracker.app.app import App
from events_tracker.app.channels import switched_on
from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.base.text import COMMENT_WIDTH, WHO_WIDTH, storable

if TYPE_CHECKING:
    from events_tracker.model.notes import Note
    from events_tracker.passes.alarms import Editor
    from events_tracker.passes.exceptions import ExceptionEditor
    from events_tracker.settings import Settings


def note(
    app: App,
    settings: "Settings",
    register_id: str,
    text: str,
    *,
    acknowledge: bool = False,
    by: str | None = None,
) -> "Note":
    """Write a note on one alert in the name of ``by`` (the login if None), or take it over.

    Raises Refused for a text that cannot be, UsageError if there is no such alert, and
    StorageError if the database fails.
    """
    from events_tracker.passes import note as noting

    now, who = app.clock.now(), signed(app, by)
    request = noting.Request(now, app.host, register_id, text, who, acknowledge)
    return noting.run(request, app.store(settings, app.deadline(limits.NOTE_SECONDS)))


def editor(
    app: App, settings: "Settings", *, by: str | None = None, comment: str | None = None
) -> "Editor":
    """Make what changes alarms, in the name of ``by`` (the login if None) and for that reason.

    Raises UsageError if the comment is longer than what is kept of one.
    """
    from events_tracker.passes.alarms import Editor

    if comment is not None and len(comment) > COMMENT_WIDTH:
        raise UsageError(f"the comment has {len(comment)} characters: at most {COMMENT_WIDTH}")
    return Editor(app.clock.now(), app.host, signed(app, by), comment, switched_on(settings))


def exception_editor(app: App, settings: "Settings", *, by: str | None = None) -> "ExceptionEditor":
    """Make what changes exceptions of alarms, in the name of ``by`` (the login if None)."""
    from events_tracker.passes.exceptions import ExceptionEditor

    return ExceptionEditor(app.clock.now(), app.host, signed(app, by), switched_on(settings))


def signed(app: App, by: str | None = None) -> str:
    """Return the name that was given, or the login where none can be seen, cut to what is kept."""
    return storable((by or "").strip() or app.who, WHO_WIDTH) or ""
