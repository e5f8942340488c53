"""Alarms as a file for people and for git: TOML, with the fields of ALARM that people set."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.problems import Problem
from events_tracker.base.text import nearest, visible
from events_tracker.base.times import SECOND, format_duration
from events_tracker.formats.alarm import content_object
from events_tracker.formats.alarm_input import given_alarm
from events_tracker.formats.cells import json_text
from events_tracker.model.versions import CONTENT_FIELDS, OWN_FIELDS, Content

FILE_FIELDS = (*(field for field in CONTENT_FIELDS if field != "status"), *OWN_FIELDS)
"""What a file says of an alarm: all that people set, but not how far they have followed it up."""

_EMAIL_FIELDS = ("subject", "to", "cc", "include_table")
_SECONDS = ("window", "clear_after")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = """\
# Alarms of the Events Tracker.
#
#   tracker alarms import FILE --dry-run    says what would change
#   tracker alarms import FILE              creates and changes alarms by their names, all or none
#
# What a file does not mention stays as it is: alarms, and fields of alarms. A new alarm has it as
# from `tracker alarms create`. An empty list of codes, CUCs, accounts, companies or channels means
# all of them; an empty text means none, or as in the settings.
"""


def alarm_file(alarms: Iterable[Content], names: Mapping[str, str]) -> str:
    """Write alarms, sorted by name, under a heading that explains; ``names`` are those by id."""
    ordered = sorted(alarms, key=lambda content: content.name)
    blocks = ("\n".join(["[[alarm]]", *_lines(content, names), ""]) for content in ordered)
    return "\n".join([_HEADER, *blocks])


def _lines(content: Content, names: Mapping[str, str]) -> Iterator[str]:
    found = content_object(content, names)
    for field in FILE_FIELDS:
        value = found.get(field)
        if field == "email":
            for part in _EMAIL_FIELDS:
                yield f"email.{part} = {_value(found[field][part])}"
        elif field in _SECONDS and value is not None:
            yield f"{field} = {value}  # seconds: {format_duration(value * SECOND)}"
        else:
            yield f"{field} = {_value(value)}"


def _value(value: Any) -> str:
    if value is None:
        return '""'
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {_value(inner)}" for key, inner in sorted(value.items()))
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    # A text, a list of them, a number and a flag are in JSON as in TOML.
    return json_text(value)


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else json_text(text)


def alarms_in(written: bytes, called: str) -> list[Mapping[str, Any]]:
    """Read the alarms of a file, field by field as they are written there.

    ``called``: how to call the file. Raises UsageError where it is no TOML, with line and column,
    or has something else than alarms in it.
    """
    try:
        found = tomllib.loads(written.decode().replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise UsageError(f"{called} is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{called} is no TOML: {visible(str(error))}") from None
    except RecursionError:
        raise UsageError(f"{called} is no file of alarms: it is nested too deeply") from None
    if others := [key for key in found if key != "alarm"]:
        key = visible(others[0])
        raise UsageError(f"{called}: {key!r} is not known there; each alarm begins with [[alarm]]")
    alarms = found.get("alarm", [])
    if not isinstance(alarms, list) or not all(isinstance(one, dict) for one in alarms):
        raise UsageError(f"{called}: each alarm begins with [[alarm]], in double brackets")
    return alarms


def given_in_file(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`~.changes.changed` takes; raises Refused with all that cannot be read."""
    own = {field: None for field in OWN_FIELDS if fields.get(field) == ""}
    try:
        return given_alarm({**fields, **own})
    except Refused as refused:
        raise Refused([_with_nearest(problem) for problem in refused.problems]) from None


def _with_nearest(problem: Problem) -> Problem:
    known = [f"email.{part}" for part in _EMAIL_FIELDS]
    known += [field for field in FILE_FIELDS if field != "email"]
    if problem.key == "unknown_field" and (near := nearest(problem.field, known)):
        return Problem(problem.field, "unknown_field_near", {"nearest": near})
    return problem
