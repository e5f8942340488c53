"""Identifiers made by us, before the first attempt to write, and reused by its repetitions."""

import hashlib
import json
import secrets

from events_tracker.base.times import Instant

_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def new_id(now: Instant) -> str:
    """Make 32 hexadecimal digits: 12 of the time, 20 at random. Ids sort by when they were made."""
    return f"{now:012x}{secrets.token_hex(10)}"


def id_of(now: Instant, *parts: object) -> str:
    """Derive an id like those of :func:`new_id` from parts: always the same from the same."""
    return f"{now:012x}{digest(*parts)[:20]}"


def digest(*parts: object) -> str:
    """Hash the parts' canonical JSON by SHA-256: 64 hexadecimal digits, equal in any collation."""
    return hashlib.sha256(_canonical(parts).encode()).hexdigest()
