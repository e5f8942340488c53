"""Reads what people write in settings, options and forms: lists, codes, numbers, addresses.

One reader for each form, wherever it is written. What is wrong raises Unreadable with the words
that say what would be right, without the text itself: it may be secret.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping

from events_tracker.base.problems import Unreadable
from events_tracker.base.text import CODE_WIDTH, CUC_WIDTH, is_address, is_code
from events_tracker.base.times import SECOND, Duration, parse_duration

_MOST = 999_999_999
_PERCENTAGE = re.compile(r"([0-9]{1,3}) ?%")
_PAUSE = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,3})?) ?s")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


def texts(text: str) -> tuple[str, ...]:
    """Split at the commas: each item trimmed and once, in its order; empty for an empty text.

    An item that holds a comma stands in double quotes: ``"Silva, Souza Ltda",Sentinela``.
    """
    if not text.strip():
        return ()
    try:
        rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error:
        rows = []
    items = [item.strip() for item in rows[0]] if len(rows) == 1 else [""]
    if not all(items):
        raise Unreadable("items")
    return tuple(dict.fromkeys(items))


def joined(items: Iterable[str]) -> str:
    """Write items as ``texts`` reads them: those that hold a comma in double quotes."""
    return ", ".join(map(_quoted, items))


def _quoted(item: str) -> str:
    if "," not in item and '"' not in item:
        return item
    return '"' + item.replace('"', '""') + '"'


def texts_or_all(text: str) -> tuple[str, ...]:
    """Split at the commas; empty for an empty text and for ``*``, which mean all of them."""
    items = texts(text)
    return () if items == ("*",) else items


def code(text: str) -> str:
    """Read an event code, in capital letters as Segware has it."""
    if not is_code(_capital(text), CODE_WIDTH):
        raise Unreadable("code", most=CODE_WIDTH)
    return _capital(text)


def codes(text: str) -> tuple[str, ...]:
    """Read event codes in their order, each once; empty for ``*``, which means all of them."""
    return _codes(text, CODE_WIDTH, "codes")


def cucs(text: str) -> tuple[str, ...]:
    """Read CUCs in their order, each once; empty for ``*``, which means all of them."""
    return _codes(text, CUC_WIDTH, "cucs")


def _codes(text: str, width: int, key: str) -> tuple[str, ...]:
    try:
        items = tuple(map(_capital, texts_or_all(text)))
    except ValueError:
        items = ("",)
    if not all(is_code(item, width) for item in items):
        raise Unreadable(key, most=width)
    return tuple(dict.fromkeys(items))


def _capital(text: str) -> str:
    """Turn into capitals; not outside ASCII, where ``ß`` would become ``SS``."""
    return text.upper() if text.isascii() else text


def number_between(lowest: int, highest: int = _MOST) -> Callable[[str], int]:
    """Make a reader of whole numbers, both ends included."""

    def parse(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
            raise Unreadable("number", lowest=lowest, highest=highest)
        return int(text)

    return parse


def values_from(lowest: int, highest: int = _MOST) -> Callable[[str], Mapping[str, int]]:
    """Make a reader of one number for each code, ``E130=30,E131=100``; empty for an empty text."""
    number = number_between(lowest, highest)

    def parse(text: str) -> Mapping[str, int]:
        numbers: dict[str, int] = {}
        try:
            for item in texts(text):
                name, _, value = item.partition("=")
                key = code(name.strip())
                if key in numbers:
                    raise ValueError
                numbers[key] = number(value.strip())
        except ValueError:
            raise Unreadable("values", lowest=lowest) from None
        return numbers

    return parse


def ids(text: str) -> tuple[int, ...]:
    """Read ids in their order, each once; empty for an empty text."""
    try:
        return tuple(dict.fromkeys(map(number_between(0, 10**18), texts(text))))
    except ValueError:
        raise Unreadable("ids") from None


def address(text: str) -> str:
    """Read a plain e-mail address. Whether it exists only its server knows."""
    if not is_address(text):
        raise Unreadable("address")
    return text


def addresses(text: str) -> tuple[str, ...]:
    """Read plain e-mail addresses in their order, each once; empty for an empty text."""
    try:
        return tuple(map(address, texts(text)))
    except ValueError:
        raise Unreadable("addresses") from None


def duration(text: str) -> Duration:
    """Read a length of time: a whole number and its unit (``2h``)."""
    try:
        return parse_duration(text)
    except ValueError:
        raise Unreadable("duration") from None


def pause(text: str) -> Duration:
    """Read a pause, in seconds and parts of them: ``0.2s``."""
    match = _PAUSE.fullmatch(text.strip())
    if match is None or not 0 < float(match[1]) <= 60:
        raise Unreadable("pause")
    return round(float(match[1]) * SECOND)


def percentage(text: str) -> int:
    """Read a whole percentage: ``80%``. A bare number could as well be meant as one of events."""
    match = _PERCENTAGE.fullmatch(text.strip())
    if match is None or not 1 <= int(match[1]) <= 100:
        raise Unreadable("percentage")
    return int(match[1])


def one_of(*choices: str) -> Callable[[str], str]:
    """Make a reader of a text that is one of these, exactly."""

    def parse(text: str) -> str:
        if text not in choices:
            raise Unreadable("choice", choices=", ".join(choices))
        return text

    return parse


def some_of(*choices: str) -> Callable[[str], str]:
    """Make a reader of a filter's list of these: in any case, and ``*`` stands for anything."""

    def parse(text: str) -> str:
        for item in text.split(","):
            if "*" not in item and item.strip().lower() not in choices:
                raise Unreadable("choice", choices=", ".join(choices))
        return text

    return parse
