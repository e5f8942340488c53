"""The file of metrics: replaced as a whole, readable by whoever collects it."""

import os
from contextlib import suppress
from pathlib import Path

from events_tracker.base.errors import OutputError

_FOR_ALL_TO_READ = 0o644


def write(file: Path, text: str, who: str) -> None:
    """Put ``text`` into a file's place, so that no reader ever finds half of it.

    It is written beside it first, as FILE.PID: a name that collectors do not read. Raises
    OutputError if ``who``, the user, cannot; whatever was there before stays then.
    """
    target = Path(os.path.realpath(file))
    if target.exists() and not target.is_file():
        raise OutputError(f"{file} is no file: name one that may be replaced")
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        # What a process of the same number left behind when it was killed.
        beside.unlink(missing_ok=True)
        try:
            _write_new(beside, text)
            beside.replace(target)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise OutputError(
            f"{file} was not written, and is as it was: {error.strerror}; its folder must be "
            f"there, have room, and be one that {who} may write in"
        ) from None


def _write_new(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8") as opened:
        # Whatever the umask: the collector is another user.
        os.fchmod(opened.fileno(), _FOR_ALL_TO_READ)
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
