"""Identifiers made by us, before the first attempt to write, and reused by its repetitions."""

import hashlib
import json
import secrets

from events_tracker.base.times import Instant

_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def new_id(now: Instant) -> str:
    """32 hexadecimal digits: 12 of the time, 20 at random. Ids sort by the time they were made."""
    return f"{now:012x}{secrets.token_hex(10)}"


def id_of(now: Instant, *parts: object) -> str:
    """An id like those of :func:`new_id`, but always the same one for the same parts."""
    return f"{now:012x}{digest(*parts)[:20]}"


def digest(*parts: object) -> str:
    """SHA-256 (64 hexadecimal digits) of the parts' canonical JSON: a key free of collations."""
    return hashlib.sha256(_canonical(parts).encode()).hexdigest()
