"""What names and passwords may be, and who is meant by a name."""

from collections.abc import Collection

from events_tracker.base import limits
from events_tracker.base.errors import UsageError
from events_tracker.base.text import did_you_mean, is_storable, nearest, plain_name
from events_tracker.model.people import PERSON_NAME_WIDTH


def person_name(text: str) -> str:
    """Return a name as it is kept, however its letters were encoded.

    Raises UsageError for what no name can be.
    """
    name = plain_name(text)
    fits = 0 < len(name) <= PERSON_NAME_WIDTH and text == text.strip()
    if not (fits and text.isprintable() and is_storable(text)):
        raise UsageError(
            f"write a name of 1 to {PERSON_NAME_WIDTH} visible characters, without spaces around it"
        )
    return name


def refuse_taken(name: str, names: Collection[str]) -> None:
    """Raise UsageError if somebody has this name, or one that only differs in capitals."""
    for other in names:
        if other.casefold() == name.casefold():
            raise UsageError(f"the name {other!r} is taken")


def find(name: str, names: Collection[str]) -> str:
    """Find the name of somebody. Raises UsageError with the nearest one if nobody has it."""
    wanted = plain_name(name)
    if wanted in names:
        return wanted
    near = nearest(wanted, names)
    raise UsageError(f"there is nobody called {name!r}{did_you_mean(near)}")


def refuse_bad_password(password: str) -> None:
    """Raise UsageError, which shows nothing of it, for a password that nobody may have."""
    if not limits.SHORTEST_PASSWORD <= len(password) <= limits.LONGEST_PASSWORD:
        shortest, longest = limits.SHORTEST_PASSWORD, limits.LONGEST_PASSWORD
        raise UsageError(f"the password must have {shortest} to {longest} characters")
    if not is_storable(password):
        raise UsageError("the password is not a text in UTF-8")
