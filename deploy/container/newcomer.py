"""The profile dev of compose.yaml: settings, a database and a person, where no .env says otherwise.

The settings are published when the database is ready, so that whoever waits for them begins well.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from events_tracker.app.app import App
from events_tracker.base.errors import TrackerError
from events_tracker.commands.demo_prepare import prepare
from events_tracker.settings import find_env_file

_SETTINGS = Path("/etc/events-tracker/.env")
_COMING = _SETTINGS.with_name(".env.coming")  # as begin.py knows it
_OURS = Path("/opt/events-tracker/dev.env")
_THEIRS = (
    "note: worker and pages go by the .env beside compose.yaml, not by the simulated Segware;"
    " move it away to see that one\n"
)


def publish() -> int:
    """Publish settings, unless there are some; returns the exit code."""
    if find_env_file(None, (Path(".env"),)) is not None:
        sys.stderr.write(_THEIRS)
        return 0
    os.umask(0o077)
    shutil.copyfile(_OURS, _COMING)
    try:
        prepare(App(given_env_file=_COMING))
    except TrackerError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    _COMING.replace(_SETTINGS)
    return 0


if __name__ == "__main__":
    # Process 1 has to ask for its end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(publish())
