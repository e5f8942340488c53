"""Reads the files that settings come from: files that end, no pipe that nobody may ever fill."""

import errno
import stat
from pathlib import Path

from events_tracker.base import limits

_OF_A_SHELL = Path("/dev/fd")
_piped: dict[tuple[int, int], bytes] = {}
"""What such pipes held, by device and inode: they give it once, and settings may be read again."""
_NO_FILES = {
    stat.S_IFIFO: "it is a named pipe, not a file",
    stat.S_IFSOCK: "it is a socket, not a file",
    stat.S_IFBLK: "it is a disk, not a file",
}


def read_text(path: Path) -> str:
    """Read a file in UTF-8, without the mark that Windows puts before it.

    Raises OSError, which says why in ``strerror``, for what cannot be read or is no file: opening
    a named pipe would wait until somebody writes to it, and some devices never end. A pipe that a
    shell has opened for this program (``<(command)``) has its writer. Raises UnicodeDecodeError for
    other encodings.
    """
    found = path.stat()
    kind = stat.S_IFMT(found.st_mode)
    if kind not in _NO_FILES:
        return _content(path).decode("utf-8-sig")
    if path.parent != _OF_A_SHELL:
        raise OSError(errno.EINVAL, _NO_FILES[kind])
    pipe = found.st_dev, found.st_ino
    if pipe not in _piped:
        _piped[pipe] = _content(path)
    return _piped[pipe].decode("utf-8-sig")


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(limits.SETTINGS_FILE_BYTES + 1)
    if len(content) > limits.SETTINGS_FILE_BYTES:
        raise OSError(errno.EFBIG, "it is far too large for settings")
    return content
