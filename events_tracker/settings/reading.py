"""Texts to values, one function for each form that only settings have.

Each takes the text as given and returns the value. What is wrong raises ValueError with the words
that say what would be right, without the text itself: it may be secret.
"""

import re
from collections.abc import Callable
from ipaddress import ip_network

from events_tracker.base.hosts import Network
from events_tracker.base.parsing import number_between
from events_tracker.base.text import is_storable
from events_tracker.base.times import Duration, format_duration, parse_duration

_HEADER = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_INSTANCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONG_KEY_BYTES = 32
"""As many as HMAC-SHA256 makes: a shorter key could be guessed from what it signed."""
_BOOLEANS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}


def boolean(text: str) -> bool:
    """Read ``true`` or ``false``, or what else people write for them."""
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError("write true or false") from None


def duration_between(lowest: Duration, highest: Duration) -> Callable[[str], Duration]:
    """Make a parser of durations in milliseconds, both ends included."""

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


def zero_or(parse: Callable[[str], Duration]) -> Callable[[str], Duration]:
    """Make a parser that also takes a bare 0, which has no unit."""

    def parse_zero_or(text: str) -> Duration:
        try:
            return 0 if text.strip() == "0" else parse(text)
        except ValueError as error:
            raise ValueError(f"{error}, or 0") from None

    return parse_zero_or


def line(text: str) -> str:
    """Read a text without control characters: it may become a header."""
    if not text.isprintable():
        raise ValueError("write one line without control characters")
    return text


def word(text: str) -> str:
    """Read printable ASCII without spaces: it travels in a header or a request."""
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("write letters, digits and ASCII signs without spaces or line breaks")
    return text


def instance(text: str) -> str:
    """Read a ChatPro instance: it becomes a part of a path, so nothing in it may end one."""
    if not _INSTANCE.fullmatch(text):
        raise ValueError("write letters, digits, dots, dashes and underscores only")
    return text


def key(text: str) -> str:
    """Read a key that another program has too: without signs that one of the two might drop."""
    if not is_storable(text):
        raise ValueError("write it in UTF-8")
    if not text.isprintable() or text != text.strip():
        raise ValueError("write one line, without spaces at its ends or signs that nobody sees")
    return text


def long_key(text: str) -> str:
    """Read a key that signs who somebody is: long enough not to be guessed."""
    if len(key(text).encode()) < _LONG_KEY_BYTES:
        raise ValueError(f"write at least {_LONG_KEY_BYTES} random signs (openssl rand -base64 48)")
    return text


def port(text: str) -> int:
    """Read the number of a port that people can be told."""
    if text.startswith("tcp://"):
        # A trap that names a port and is none.
        raise ValueError(
            "that is Kubernetes' or Docker's, for a service called web: call that something else,"
            " or set enableServiceLinks: false"
        )
    return number_between(1, 65535)(text)


def header_name(text: str) -> str:
    """Read the name of a header; without _, which servers take for - or refuse."""
    if not _HEADER.fullmatch(text):
        raise ValueError("write the name of a header: letters, digits and dashes (X-Remote-User)")
    return text


def networks(text: str) -> tuple[Network, ...]:
    """Read IP addresses and networks, with commas between; never one that means everybody."""
    wrong = "write IP addresses or networks with commas between (10.0.0.7,192.168.4.0/24)"
    try:
        found = tuple(ip_network(part.strip()) for part in text.split(",")) if text else ()
    except ValueError:
        raise ValueError(wrong) from None
    if any(network.prefixlen == 0 for network in found):
        raise ValueError(f"{wrong}, not everybody's")
    return found


def timezone(text: str) -> str:
    """Read the name of a time zone that this machine knows."""
    from zoneinfo import ZoneInfo  # 27 ms that only a command that reads settings should pay

    try:
        ZoneInfo(text)
    # A folder of zones ("America") is an OSError, a path is a ValueError.
    except (KeyError, ValueError, OSError):
        raise ValueError("write the name of a time zone (America/Sao_Paulo)") from None
    return text
