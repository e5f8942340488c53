"""Names in addresses: an alarm may be called `a/b`, and `a/b/versions` is another address."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from werkzeug.routing import BaseConverter

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_KEPT = re.compile(r"(%2[Ff]|%25)")
"""An encoded slash separates nothing. (`%25` is kept so that `%252F` is still the text `%2F`.)"""


_FOLLOWS = ("versions", "enable", "disable", "close", "reopen", "delete", "restore", "exceptions")
"""What may come after a name; a name that ends so is written with `%2F`."""


class Name(BaseConverter):
    """A name in an address, whatever letters it has; `/` may be written as it is or as `%2F`."""

    regex = ".+?" + "".join(f"(?<!/{word})" for word in _FOLLOWS)
    part_isolating = False

    def to_python(self, value: str) -> str:
        return unquote(value)

    def to_url(self, value: str) -> str:
        return quote(value, safe="")


class ApartFromSlashes:
    """The site, given its paths decoded but for encoded slashes: :class:`Name` decodes those."""

    def __init__(self, site: Application) -> None:
        self._site = site

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ.get("REQUEST_URI", "").partition("?")[0]
        if path.startswith("/") and _KEPT.search(path):
            environ["PATH_INFO"] = "".join(map(_decoded, _KEPT.split(path)))
        return self._site(environ, start_response)


def _decoded(part: str) -> str:
    if _KEPT.fullmatch(part):
        return part.upper()
    return unquote_to_bytes(part.encode("latin-1")).decode("latin-1")
