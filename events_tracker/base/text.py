"""Texts from outside: cut to fit, and made visible before anybody sees them."""

import re
import unicodedata
from collections.abc import Callable, Iterable

ALARM_NAME_WIDTH = 80
ACCOUNT_CODE_WIDTH = 32
NAME_WIDTH = 200
CUC_WIDTH = 32
CODE_WIDTH = 16
REASON_WIDTH = 400
COMMENT_WIDTH = 1000
WHO_WIDTH = 100
NOTE_WIDTH = 2000
ERROR_WIDTH = 500
PROVIDER_ID_WIDTH = 200
"""Widths of the database's columns, in characters (see sql/schema.sql)."""

_LONGEST_QUOTED = 60

# C0 and C1 controls, line and paragraph separators, and what turns the direction of writing.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


_CODE = re.compile(r"[A-Z0-9]+")

# RFC 5322's dot-atoms, and letters of any language: whatever passes can stand in a header as it is.
_ATOM = r"""[^\s@,;:<>()\[\]"\\.]+"""
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[\w-]+(?:\.[\w-]+)*")


def is_address(text: str) -> bool:
    """Tell whether a text is a plain e-mail address, without a name or comment."""
    return bool(_ADDRESS.fullmatch(text)) and text.isprintable()


def is_code(text: str, width: int) -> bool:
    """Tell whether a text can be an event code or a CUC: capital letters and digits only."""
    return len(text) <= width and bool(_CODE.fullmatch(text))


def storable(value: object, width: int) -> str | None:
    """Cut a text to ``width`` characters that every database takes; None if it is no text.

    Lone surrogates (JSON can carry them, UTF-8 cannot) become U+FFFD.
    """
    if not isinstance(value, str):
        return None
    if value.isascii():  # most texts are, and there may be tens of thousands
        return value[:width]
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:width]


def whole(value: object, width: int) -> str | None:
    """Trim a text by which something is looked up; None if it is empty or does not fit.

    A text longer than ``width`` is not cut: it might then be the text of something else.
    """
    text = value.strip() if isinstance(value, str) else ""
    return storable(text, width) if 0 < len(text) <= width else None


def is_storable(text: str) -> bool:
    """Tell whether UTF-8 can encode the text, as every database has to."""
    return storable(text, len(text)) == text


def shortened(text: str) -> str:
    """Cut a long text to its beginning, so that a sentence may quote it."""
    return text if len(text) <= _LONGEST_QUOTED else text[: _LONGEST_QUOTED - 1] + "…"


def visible(text: str) -> str:
    """Escape control and bidirectional characters: ``\\x1b``, ``\\u202e``."""
    return _UNSEEN.sub(_escape, text)


def _escape(character: re.Match[str]) -> str:
    number = ord(character[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def is_unseen(text: str) -> bool:
    """Tell whether the text holds any character that ``visible`` would escape."""
    return bool(_UNSEEN.search(text))


def plain_name(text: str) -> str:
    """Strip a name of what nobody sees: how its letters are encoded, and needless blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    """Fold a text into what all its spellings share: without case, accents and needless blanks."""
    return " ".join(_letters(text).split())


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Find the known text most like this one, whatever its case and accents; None if none is."""
    from difflib import get_close_matches  # only who mistyped waits for it

    wanted, by_letters = _letters(text), {_letters(name): name for name in known}
    # A part of a name is what people remember of it.
    holding = [letters for letters in by_letters if len(wanted) > 2 and wanted in letters]
    matches = [min(holding, key=len)] if holding else get_close_matches(wanted, by_letters, 1)
    return by_letters[matches[0]] if matches else None


def many(number: int, noun: str) -> str:
    """Write a number of things in English, with an ``s`` unless it is one: ``2 alerts``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def did_you_mean(near: str | None, written: Callable[[str], str] = repr) -> str:
    """Return what an error about an unknown name ends with; nothing where none is like it."""
    return f"; did you mean {written(near)}?" if near else ""


def _letters(text: str) -> str:
    """Turn a text into lower case without accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
