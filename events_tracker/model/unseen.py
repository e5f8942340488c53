"""What somebody names and nobody has ever seen."""

from msgspec import Struct


class Unseen(Struct, frozen=True):
    """A code, CUC, account or company that nobody has seen, by its field in ALARM.

    ``known``: of a code, whether it means something all the same. ``nearest``: what may have been
    meant; None where nothing is like it.
    """

    field: str
    text: str
    known: bool
    nearest: str | None
