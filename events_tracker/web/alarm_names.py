"""Alarms by the names in addresses of pages."""

from typing import NamedTuple

from flask import abort, make_response, render_template

from events_tracker.base.text import nearest
from events_tracker.model.alarms import Alarm
from events_tracker.reports import alarms
from events_tracker.reports.alarms import Listed
from events_tracker.storage import Store
from events_tracker.web.paths import Name

_TAKEN = {"new", "preview", ".", ".."}
"""What would lead elsewhere than to the alarm that is called so."""


class AlarmName(Name):
    """The name of an alarm in an address of a page.

    No name begins with a space: one is put before what would lead elsewhere.
    """

    def to_url(self, value: str) -> str:
        return super().to_url(f" {value}" if value in _TAKEN else value)

    def to_python(self, value: str) -> str:
        return super().to_python(value).removeprefix(" ")


class Named(NamedTuple):
    """The alarm that an address names, among all that are alive."""

    alarm: Alarm
    living: Listed


def named(store: Store, name: str) -> Named:
    """Read the alarm called that; without one, ends the request with a page that says so."""
    living = alarms.listed(store)
    alarm = called(name, living)
    if alarm is None:
        near = nearest(name, living.names.values())
        abort(make_response(render_template("no_alarm.html", name=name, near=near), 404))
    return Named(alarm, living)


def called(name: str | None, living: Listed) -> Alarm | None:
    """Find the living alarm called that."""
    return next((alarm for alarm in living.alarms if alarm.name == name), None)
