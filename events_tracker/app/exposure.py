"""Files that more people may read or change than need to."""

import os
import stat
from pathlib import Path


def exposed_to(file: Path, *, is_secret: bool) -> str | None:
    """Say what others may do with a file and who: ``read by everybody``; None if nobody may.

    What is not secret everybody may read.

    Its group counts where the file is ours and has the group that every file of ours gets by
    itself: another one was chosen so that it may.
    """
    try:
        found = file.stat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    minded = stat.S_IROTH | stat.S_IWOTH if is_secret else stat.S_IWOTH
    if everybody := _allowed(found.st_mode & minded):
        return f"{everybody} by everybody"
    unchosen = (found.st_uid, found.st_gid) == (os.geteuid(), os.getegid())
    if unchosen and (group := _allowed(found.st_mode >> 3 & minded)):
        return f"{group} by {_group(file)}"
    return None


def _allowed(bits: int) -> str:
    """Name what three bits of a mode allow; empty if neither reading nor writing."""
    verbs = {"read": bits & stat.S_IROTH, "changed": bits & stat.S_IWOTH}
    return " and ".join(verb for verb, allowed in verbs.items() if allowed)


def _group(file: Path) -> str:
    try:
        return f"the group {file.group()}"
    except (KeyError, OSError):  # a number without a name
        return "its group"
