"""Texts from outside: cut to fit, and made visible before anybody sees them."""

import re
import unicodedata
from collections.abc import Iterable

ALARM_NAME_WIDTH = 80
ACCOUNT_CODE_WIDTH = 32
NAME_WIDTH = 200
CUC_WIDTH = 32
CODE_WIDTH = 16
REASON_WIDTH = 400
ERROR_WIDTH = 500
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
    """Whether a text is a plain e-mail address, without a name or comment."""
    return bool(_ADDRESS.fullmatch(text)) and text.isprintable()


def is_code(text: str, width: int) -> bool:
    """Whether a text can be an event code or a CUC: capital letters and digits, nothing else."""
    return len(text) <= width and bool(_CODE.fullmatch(text))


def storable(value: object, width: int) -> str | None:
    """A text that every database takes, at most ``width`` characters; None for anything else.

    Lone surrogates (JSON can carry them, UTF-8 cannot) become U+FFFD.
    """
    if not isinstance(value, str):
        return None
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:width]


def whole(value: object, width: int) -> str | None:
    """A text by which something is found, without blanks around it; None unless it is all there.

    None for what is empty or longer than ``width``: cut, it might be the text of something else.
    """
    text = value.strip() if isinstance(value, str) else ""
    return storable(text, width) if 0 < len(text) <= width else None


def is_storable(text: str) -> bool:
    """Whether every database takes the text as it is: whether UTF-8 can."""
    return storable(text, len(text)) == text


def shortened(text: str) -> str:
    """The text as a sentence may quote it: its beginning, if it is long."""
    return text if len(text) <= _LONGEST_QUOTED else text[: _LONGEST_QUOTED - 1] + "…"


def visible(text: str) -> str:
    """The text with control and bidirectional characters as ``\\x1b`` or ``\\u202e``."""
    return _UNSEEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def is_unseen(text: str) -> bool:
    """Whether the text holds any character that ``visible`` would escape."""
    return bool(_UNSEEN.search(text))


def plain_name(text: str) -> str:
    """A name without what nobody sees: the way its letters are encoded, and needless blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known text that is most like this one, whatever its case and accents; None if none is."""
    from difflib import get_close_matches  # only who mistyped waits for it

    by_letters = {_letters(name): name for name in known}
    found = get_close_matches(_letters(text), by_letters, 1)
    return by_letters[found[0]] if found else None


def _letters(text: str) -> str:
    """A text in lower case without accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
