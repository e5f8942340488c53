"""A service of compose.yaml: `begin.py run` is `tracker run`, as soon as there are settings.

It waits while newcomer.py prepares some: if the container ended meanwhile and was started again, it
would have another network, and the simulated Segware in the first one would be out of reach.
"""

import os
import signal
import sys
import time
from pathlib import Path

from events_tracker.app.app import App
from events_tracker.cli import main

COMING = Path("/etc/events-tracker/.env.coming")
"""There from the moment that settings are prepared until they are complete, and then renamed."""
_PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.5
_ENOUGH = {"SEGWARE_TOKEN", "SEGWARE_TOKEN_FILE"}
"""Nobody has the one without the others: what is missing all the same, the tracker says."""
_MISSING = (
    "error: there is no .env beside compose.yaml: make one out of .env.example, with DATABASE_URL,"
    " SEGWARE_TOKEN and WEB_SECRET; or take --profile dev for a simulated Segware\n"
)


def there_are_settings() -> bool:
    """Wait a little for a file of settings, and for as long as one is prepared.

    Who gives them in the environment instead needs no file.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while App().env_file() is None and not os.environ.keys() & _ENOUGH:
        if time.monotonic() > until and not COMING.exists():
            return False
        time.sleep(_LOOK_SECONDS)
    return True


if __name__ == "__main__":
    # Process 1 has to ask for its end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if not there_are_settings():
        sys.stderr.write(_MISSING)
        sys.exit(2)
    main()
