"""Reads what people write in settings, options and forms: lists, codes, numbers, addresses.

One reader for each form, wherever it is written. What is wrong raises ValueError with the words
that say what would be right, without the text itself: it may be secret.
"""

import csv
import re
from collections.abc import Callable, Mapping

from events_tracker.base.text import CODE_WIDTH, CUC_WIDTH, is_address, is_code

_MOST = 999_999_999
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
        raise ValueError('write items with commas between; one that holds a comma as "A, B"')
    return tuple(dict.fromkeys(items))


def texts_or_all(text: str) -> tuple[str, ...]:
    """Split at the commas; empty for an empty text and for ``*``, which mean all of them."""
    found = texts(text)
    return () if found == ("*",) else found


def code(text: str) -> str:
    """Read an event code, in capital letters as Segware has it."""
    if not is_code(_capital(text), CODE_WIDTH):
        raise ValueError(f"write a code of 1 to {CODE_WIDTH} letters and digits (E130)")
    return _capital(text)


def codes(text: str) -> tuple[str, ...]:
    """Read event codes in their order, each once; empty for ``*``, which means all of them."""
    return _codes(text, CODE_WIDTH, "codes", "E130,E401")


def cucs(text: str) -> tuple[str, ...]:
    """Read CUCs in their order, each once; empty for ``*``, which means all of them."""
    return _codes(text, CUC_WIDTH, "CUCs", "ALR,BEM")


def _codes(text: str, width: int, what: str, example: str) -> tuple[str, ...]:
    right = f"write {what} of 1 to {width} letters and digits with commas between ({example})"
    try:
        found = tuple(map(_capital, texts_or_all(text)))
    except ValueError:
        found = ("",)
    if not all(is_code(item, width) for item in found):
        raise ValueError(f"{right}, or * alone for all")
    return tuple(dict.fromkeys(found))


def _capital(text: str) -> str:
    """Turn into capitals; not outside ASCII, where ``ß`` would become ``SS``."""
    return text.upper() if text.isascii() else text


def number_between(lowest: int, highest: int = _MOST) -> Callable[[str], int]:
    """Make a reader of whole numbers, both ends included."""

    def parse(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
            raise ValueError(f"write a whole number from {lowest} to {highest}")
        return int(text)

    return parse


def values_from(lowest: int, highest: int = _MOST) -> Callable[[str], Mapping[str, int]]:
    """Make a reader of one number for each code, ``E130=30,E131=100``; empty for an empty text."""
    number = number_between(lowest, highest)
    right = f"write codes with their whole numbers from {lowest} (E130=30,E131=100), each code once"

    def parse(text: str) -> Mapping[str, int]:
        found: dict[str, int] = {}
        try:
            for item in texts(text):
                name, _, value = item.partition("=")
                key = code(name.strip())
                if key in found:
                    raise ValueError
                found[key] = number(value.strip())
        except ValueError:
            raise ValueError(right) from None
        return found

    return parse


def ids(text: str) -> tuple[int, ...]:
    """Read ids in their order, each once; empty for an empty text."""
    try:
        return tuple(dict.fromkeys(map(number_between(0, 10**18), texts(text))))
    except ValueError:
        raise ValueError("write ids, whole numbers with commas between (17,42)") from None


def address(text: str) -> str:
    """Read a plain e-mail address. Whether it exists only its server knows."""
    if not is_address(text):
        raise ValueError("write a plain address (alarms@example.com)")
    return text


def addresses(text: str) -> tuple[str, ...]:
    """Read plain e-mail addresses in their order, each once; empty for an empty text."""
    try:
        return tuple(map(address, texts(text)))
    except ValueError:
        raise ValueError(
            "write plain addresses with commas between (ana@example.com,rui@example.com)"
        ) from None
