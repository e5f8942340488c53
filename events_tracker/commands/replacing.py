"""A file that is put into its place once it is whole, so that no reader ever finds half of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from events_tracker.base.errors import OutputError


@contextmanager
def replacing(target: Path, not_done: str, who: str) -> Iterator[BinaryIO]:
    """Write beside a file, as FILE.PID, and put that into its place at the end.

    Nothing is left of it if anything goes wrong. Raises OutputError, which begins with
    ``not_done``, if ``who``, the user, cannot.
    """
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        # What a process of the same number left behind when it was killed.
        beside.unlink(missing_ok=True)
        try:
            with beside.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise OutputError(
            f"{not_done}: {error.strerror}; its folder must be there, have room, and be one that "
            f"{who} may write in"
        ) from None
