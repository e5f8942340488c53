"""Passwords: kept as salted scrypt hashes, compared in the same time whoever is asked for."""

from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

from events_tracker.model.people import Person


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return generate_password_hash(password, method="scrypt")


def check(password: str, person: Person | None) -> bool:
    """Tell whether it is this person's password; of nobody it takes as long, and is none."""
    kept = person.password if person is not None else _nobodys()
    return check_password_hash(kept, password) and person is not None


@cache
def _nobodys() -> str:
    return hashed("")
