"""Texts to values, one function for each form a setting can have.

Each takes the text as given and returns the value. What is wrong raises ValueError with the words
that say what would be right, without the text itself: it may be secret.
"""

import re
from collections.abc import Callable, Mapping

from events_tracker.model.text import CODE, is_address, is_storable
from events_tracker.model.times import Duration, format_duration, parse_duration

_MOST = 999_999_999
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_INSTANCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_BOOLEANS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}


def boolean(text: str) -> bool:
    """``true`` or ``false``, and what else people write for them."""
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError("write true or false") from None


def number_between(lowest: int, highest: int = _MOST) -> Callable[[str], int]:
    """A parser of whole numbers, both ends included."""

    def parse(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
            raise ValueError(f"write a whole number from {lowest} to {highest}")
        return int(text)

    return parse


def duration_between(lowest: Duration, highest: Duration) -> Callable[[str], Duration]:
    """A parser of durations in milliseconds, both ends included."""

    def parse(text: str) -> Duration:
        ends = f"from {format_duration(lowest)} to {format_duration(highest)}"
        wrong = f"write a whole number and s, m, h or d (2h), {ends}"
        try:
            length = parse_duration(text)
        except ValueError:
            raise ValueError(wrong) from None
        if not lowest <= length <= highest:
            raise ValueError(wrong)
        return length

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser of a text that is one of these, exactly."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"write {' or '.join(choices)}")
        return text

    return parse


def line(text: str) -> str:
    """A text without control characters: it may become a header."""
    if not text.isprintable():
        raise ValueError("write one line without control characters")
    return text


def word(text: str) -> str:
    """Printable ASCII without spaces: it travels in a header or a request."""
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("write letters, digits and ASCII signs without spaces or line breaks")
    return text


def instance(text: str) -> str:
    """A ChatPro instance: it becomes a part of a path, so it holds nothing that could end one."""
    if not _INSTANCE.fullmatch(text):
        raise ValueError("write letters, digits, dots, dashes and underscores only")
    return text


def key(text: str) -> str:
    """A key that another program has, too: no sign that only one of the two would count."""
    if not is_storable(text):
        raise ValueError("write it in UTF-8")
    if not text.isprintable() or text != text.strip():
        raise ValueError("write one line, without spaces at its ends or signs that nobody sees")
    return text


def code(text: str) -> str:
    """An event code or CUC: 1 to 16 characters, without spaces, commas, ``=`` and ``*``."""
    right = text.isprintable() and not set(text) & set(" ,=*")
    if not right or not 1 <= len(text) <= CODE:
        raise ValueError(f"write a code of 1 to {CODE} characters (E130)")
    return text


def codes(text: str) -> tuple[str, ...]:
    """Codes in their order, each once; empty for ``*``, which means all of them."""
    if text == "*":
        return ()
    try:
        return tuple(dict.fromkeys(map(code, _items(text))))
    except ValueError:
        raise ValueError(
            f"write codes of 1 to {CODE} characters with commas between (E130,E401),"
            " or * alone for all"
        ) from None


def thresholds(text: str) -> Mapping[str, int]:
    """``E130=30,E401=100``: the threshold of each code; empty for an empty text."""
    wrong = "write codes with their whole numbers from 1 (E130=30,E401=100), each code once"
    found: dict[str, int] = {}
    for item in _items(text):
        name, _, number = item.partition("=")
        try:
            key, value = code(name.strip()), number_between(1)(number.strip())
        except ValueError:
            raise ValueError(wrong) from None
        if key in found:
            raise ValueError(wrong)
        found[key] = value
    return found


def ids(text: str) -> tuple[int, ...]:
    """Ids in their order, each once; empty for an empty text."""
    items = _items(text)
    if not all(map(_WHOLE_NUMBER.fullmatch, items)):
        raise ValueError("write ids, whole numbers with commas between (17,42)")
    return tuple(dict.fromkeys(map(int, items)))


def address(text: str) -> str:
    """A plain e-mail address. Whether it exists only its server knows."""
    if not is_address(text):
        raise ValueError("write a plain address (alarms@example.com)")
    return text


def addresses(text: str) -> tuple[str, ...]:
    """Plain e-mail addresses in their order, each once; empty for an empty text."""
    try:
        return tuple(dict.fromkeys(map(address, _items(text))))
    except ValueError:
        raise ValueError(
            "write plain addresses with commas between (ana@example.com,rui@example.com)"
        ) from None


def timezone(text: str) -> str:
    """The name of a time zone that this machine knows."""
    from zoneinfo import ZoneInfo  # 27 ms that only a command that reads settings should pay

    try:
        ZoneInfo(text)
    # A folder of zones ("America") is an OSError, a path is a ValueError.
    except (KeyError, ValueError, OSError):
        raise ValueError("write the name of a time zone (America/Sao_Paulo)") from None
    return text


def _items(text: str) -> list[str]:
    """What stands between the commas, trimmed. None of an empty text."""
    return [item.strip() for item in text.split(",")] if text else []
