"""An error that nobody foresaw, told in a few lines that hold no secret."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from traceback import extract_tb
from urllib.parse import quote, quote_plus

_HIDDEN = "***"


def report(error: Exception, secrets: Sequence[str] | None) -> list[str]:
    """Tell what happened and where; ``secrets`` None: not known, so nothing is quoted.

    Only the error's own message is repeated, without the secrets; no source and no values are.
    """
    kind = type(error).__name__
    if secrets is None:
        what = f"{kind} (what it said is left out: it may hold a secret)"
    else:
        what = f"{kind}: {redacted(str(error), secrets)}"
    places = [
        f"  at {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in extract_tb(error.__traceback__)
    ]
    return [f"error: unexpected {what}", *places, "This is a bug: please report these lines."]


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Take all secrets out of a text, however they are written."""
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, _HIDDEN)
    return text


def _forms(secret: str) -> Iterator[str]:
    """Write a secret as it is, as in a ``repr``, percent-encoded, and in base64 (no padding)."""
    encoded = secret.encode("utf-8", "surrogateescape")
    yield from (secret, repr(secret)[1:-1], repr(encoded)[2:-1])
    yield from (quote(encoded, safe=""), quote(encoded), quote_plus(encoded))
    yield base64.b64encode(encoded).decode().rstrip("=")
    yield base64.urlsafe_b64encode(encoded).decode().rstrip("=")
