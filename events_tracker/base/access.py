"""What somebody is to ask for who may not use a file that another user installed."""

import os
import stat
from pathlib import Path


def me() -> str:
    """Name the user that this program runs as; a number where it has no name."""
    return _user(os.geteuid()) or f"uid {os.geteuid()}"


def how_to_get_in(path: Path) -> str:
    """Say what lets this user use a file: the group that may, or a user to run the command as."""
    seen = _nearest_seen(path)
    found = seen.stat()
    owner = _user(found.st_uid) if seen == path else None
    as_owner = f"let you run this command as {owner or 'its owner'} (sudo)"
    group, members = _group(found.st_gid)
    if not group or not found.st_mode & stat.S_IRGRP or found.st_gid in os.getgroups():
        return f"ask the administrator to {as_owner}, or to let a group of yours use it"
    if me() in members:
        return f"you were added to the group {group} after you logged in: log out and in again"
    return f"ask the administrator to add you to the group {group}, or to {as_owner}"


def _nearest_seen(path: Path) -> Path:
    """Find the file, or else the folder that hides it: the nearest one that can be looked at."""
    for place in (path, *path.absolute().parents):
        try:
            place.stat()
        except OSError:
            continue
        return place
    return Path("/")


def _user(number: int) -> str | None:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return None


def _group(number: int) -> tuple[str | None, list[str]]:
    """Return a group's name and members; no name for root's own, which is for nobody else."""
    import grp

    try:
        found = grp.getgrgid(number)
    except KeyError:
        return None, []
    return (found.gr_name if number else None), found.gr_mem
