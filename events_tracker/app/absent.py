"""What is to be done, and by whom, where there is no database yet."""

import os
from collections.abc import Mapping
from pathlib import Path

_MAKE = "run `tracker init` to make it"


def absent(env_file: Path | None, shared: Path | None, environ: Mapping[str, str]) -> str:
    """Say what to do about a missing database, by where its settings came from.

    ``env_file``: the file that they were read from; ``shared``: the one for everybody. Whoever
    looks in the wrong place is not led to make a database there, and to find nothing open in it.
    """
    if env_file is not None:
        if _is_ours(env_file):
            return _MAKE
        return f"ask the administrator to run `tracker init`, for {env_file} is not yours"
    if any(environ.get(name) for name in ("DATABASE_URL", "DATABASE_URL_FILE")):
        return _MAKE
    places = "neither ./.env" + (f" nor {shared}" if shared else "")
    return (
        f"no settings were found, {places}. Name those of the installation with --env-file; "
        "to begin a new one in this folder, run `tracker init`"
    )


def _is_ours(file: Path) -> bool:
    try:
        return os.geteuid() in (0, file.stat().st_uid)
    except OSError:  # it was there a moment ago
        return True
