"""`tracker alarms edit NAME --editor`: one alarm as TOML, in whatever editor somebody likes."""

import os
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from events_tracker.app.app import App
from events_tracker.base.errors import Refused, TrackerError, UsageError
from events_tracker.base.problems import Problem
from events_tracker.commands import asking
from events_tracker.commands.alarm_files import told_by_field
from events_tracker.commands.alarm_work import Work
from events_tracker.commands.output import exit_stopped
from events_tracker.commands.streams import say
from events_tracker.decisions.alarms.names import find
from events_tracker.model.versions import Content
from events_tracker.reports import alarms

if TYPE_CHECKING:
    from events_tracker.passes.alarms import Change

_CALLED = "the text"


def edited(app: App, begin: Callable[[], Work], name: str) -> "tuple[Work, Change]":
    """Change an alarm by the text that somebody leaves; not at all if that is what it was.

    ``begin`` opens the database, each time anew: nobody knows how long an editor stays open. A text
    that cannot be is opened again, or kept in a file: the error that is raised says where.
    """
    from events_tracker.formats.alarm_file import alarm_file
    from events_tracker.passes.alarms import Change

    work = begin()
    living = alarms.listed(work.store)
    alarm = find(living.alarms, name)
    original = alarm_file([Content.of(alarm)], living.names).encode()
    written = original
    while True:
        left = _opened(app, written)
        if left is None or left == original:
            if written == original:
                return work, Change(alarm, alarm)
        else:
            written = left
        try:
            if left is None:
                raise UsageError("the text was left as it was")
            work = begin()
            return work, _changed(work, name, written, alarm.version)
        except TrackerError as error:
            if left is not None and isinstance(error, UsageError) and asking.is_answered():
                say(f"error: {error}")
                try:
                    if asking.agrees("Open it again?", default=True, err=True):
                        continue
                except (click.Abort, KeyboardInterrupt):
                    exit_stopped(f"What you wrote is kept in {_kept(written)}")
            say(f"what you wrote is kept in {_kept(written)}")
            raise


def _opened(app: App, text: bytes) -> bytes | None:
    """Let somebody edit a text; None if it was not saved."""
    editor = app.environ.get("VISUAL") or app.environ.get("EDITOR") or None
    left = click.edit(text, editor=editor, extension=".toml")
    return left if left is None else bytes(left)


def _changed(work: Work, name: str, written: bytes, version: int) -> "Change":
    from events_tracker.formats.alarm_file import alarms_in, given_in_file

    found = alarms_in(written, _CALLED)
    if len(found) != 1:
        raise UsageError(f"{_CALLED} has {len(found)} alarms: leave exactly one")
    try:
        if not isinstance(found[0].get("name"), str):
            raise Refused([Problem("name", "json_text")])
        return work.editor.edit(work.store, name, given_in_file(found[0]), version)
    except Refused as refused:
        raise UsageError(told_by_field((name, one) for one in refused.problems)) from None


def _kept(written: bytes) -> str:
    number, path = tempfile.mkstemp(prefix="tracker-", suffix=".toml")
    with os.fdopen(number, "wb") as file:
        file.write(written)
    return path
