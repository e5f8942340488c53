"""What programs write of an alarm: ALARM's fields in JSON, made what people would have typed.

So one and the same reader understands and refuses both.
"""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from events_tracker.base import parsing
from events_tracker.base.errors import Refused
from events_tracker.base.limits import LONGEST_CLEAR_AFTER, LONGEST_WINDOW, SHORTEST_WINDOW
from events_tracker.base.problems import Problem, Unreadable
from events_tracker.base.text import is_storable
from events_tracker.base.times import SECOND
from events_tracker.formats.alarm import ALARM_FIELDS

Reader = Callable[[Any], Any]


def json_name(option: str) -> str:
    """Return the name in ALARM of what an option sets: ``email.to``."""
    return _JSON_NAMES.get(option, option)


def given_alarm(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`~.changes.changed` takes; raises Refused with all that cannot be read.

    Null empties a field that may be empty.
    """
    given: dict[str, Any] = {}
    problems: list[Problem] = []

    def take(name: str, option: str, reader: Reader, value: Any) -> None:
        try:
            given[option] = reader(value)
        except Unreadable as wrong:
            problems.append(Problem(name, wrong.key, wrong.values))

    for name, value in fields.items():
        if name != "email":
            take(name, name, _ALARM.get(name, _unknown), value)
        elif isinstance(value, dict):
            for part, inner in value.items():
                option, reader = _EMAIL.get(part, (part, _unknown))
                take(f"email.{part}", option, reader, inner)
        else:
            problems.append(Problem(name, "json_object"))
    if problems:
        raise Refused(problems)
    return given


def _unknown(value: Any) -> None:
    raise Unreadable("unknown_field")


def _read_only(value: Any) -> None:
    raise Unreadable("read_only_field")


def _within_email(value: Any) -> None:
    raise Unreadable("within_email")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable("json_text")
    if not is_storable(value):
        raise Unreadable("json_unicode")
    return value


def _text_or_null(value: Any) -> str:
    return "" if value is None else _text(value)


def _list_of(reader: Callable[[str], str]) -> Reader:
    """Make a reader of a list of texts, each of which that reader takes."""

    def read(value: Any) -> str:
        if not isinstance(value, list):
            raise Unreadable("json_texts")
        return _joined([reader(_text(item)) for item in value])

    return read


def _item(text: str) -> str:
    if not text.strip():
        raise Unreadable("json_texts")
    return text


def _joined(texts: list[str]) -> str:
    """Write a list as people do who know all about commas: :func:`~.parsing.texts` reads it."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="").writerow(texts)
    return line.getvalue()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unreadable("json_flag")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable("json_number")
    return value


def _number(value: Any) -> str:
    return str(_whole(value))


def _numbers(value: Any) -> tuple[str, ...]:
    if not isinstance(value, dict):
        raise Unreadable("json_numbers")
    return (_joined([f"{_text(code)}={_whole(number)}" for code, number in value.items()]),)


def _seconds(value: Any) -> str:
    shortest, longest = SHORTEST_WINDOW // SECOND, LONGEST_WINDOW // SECOND
    if not shortest <= _whole(value) <= longest:
        raise Unreadable("number", lowest=shortest, highest=longest)
    return f"{value}s"


def _percent_or_null(value: Any) -> str:
    if value is None:
        return ""
    if not 1 <= _whole(value) <= 100:
        raise Unreadable("number", lowest=1, highest=100)
    return f"{value}%"


def _wait_or_null(value: Any) -> str:
    longest = LONGEST_CLEAR_AFTER // SECOND
    if value is None:
        return ""
    if not 0 <= _whole(value) <= longest:
        raise Unreadable("number", lowest=0, highest=longest)
    return f"{value}s"


_EMAIL: Mapping[str, tuple[str, Reader]] = {
    "subject": ("email_subject", _text_or_null),
    "to": ("email_to", _list_of(parsing.address)),
    "cc": ("email_cc", _list_of(parsing.address)),
    "include_table": ("include_table", _flag),
}
"""The fields of its ``email``, each with the option that sets it, and its reader."""
_JSON_NAMES = {option: f"email.{name}" for name, (option, _) in _EMAIL.items()}
_ALARM: Mapping[str, Reader] = {
    **dict.fromkeys(ALARM_FIELDS, _read_only),
    **dict.fromkeys(_JSON_NAMES, _within_email),
    "name": _text,
    "description": _text,
    "priority": _text,
    "source": _text,
    "of": _text_or_null,
    "codes": _list_of(parsing.code),
    "cucs": _list_of(_item),
    "accounts": _list_of(_item),
    "companies": _list_of(_item),
    "group_by": _list_of(_item),
    "condition": _text,
    "field": _text_or_null,
    "operator": _text,
    "value": _number,
    "values": _numbers,
    "window": _seconds,
    "enabled": _flag,
    "notify": _flag,
    "channels": _list_of(_item),
    "catch_up": _flag,
    "clear_below": _percent_or_null,
    "clear_after": _wait_or_null,
}
"""The fields of ALARM, each with its reader."""
