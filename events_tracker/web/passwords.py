"""Passwords, hashed by scrypt with a salt of their own."""

import unicodedata

from werkzeug.security import check_password_hash, generate_password_hash

from events_tracker.model.people import Person

_METHOD = "scrypt:32768:8:1"
_NOBODYS = f"{_METHOD}$t4kGaWcQ0Xr2mLzE${'0' * 128}"
"""What a password is compared with where there is no person: nothing has this hash."""


def hashed(password: str) -> str:
    """Make the hash that is kept of a password."""
    return generate_password_hash(_plain(password), _METHOD)


def check(password: str, person: Person | None) -> bool:
    """Tell whether a password is the person's; for nobody it takes the same time to say no."""
    kept = _NOBODYS if person is None else person.password
    return check_password_hash(kept, _plain(password)) and person is not None


def _plain(password: str) -> str:
    """Write its letters the same way, however a keyboard or a terminal encodes them."""
    return unicodedata.normalize("NFC", password)
