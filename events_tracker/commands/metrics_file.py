"""The file of metrics: replaced as a whole, readable by whoever collects it."""

import os
from pathlib import Path

from events_tracker.base.errors import OutputError
from events_tracker.commands.replacing import replacing

_FOR_ALL_TO_READ = 0o644


def write(file: Path, text: str, who: str) -> None:
    """Put ``text`` into a file's place, so that no reader ever finds half of it.

    What is beside it meanwhile has a name that collectors do not read. Raises OutputError if
    ``who``, the user, cannot; whatever was there before stays then.
    """
    target = Path(os.path.realpath(file))
    if target.exists() and not target.is_file():
        raise OutputError(f"{file} is no file: name one that may be replaced")
    with replacing(target, f"{file} was not written, and is as it was", who) as beside:
        # Whatever the umask: the collector is another user.
        os.fchmod(beside.fileno(), _FOR_ALL_TO_READ)
        beside.write(text.encode())
