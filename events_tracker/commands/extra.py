"""Commands that need more than the program itself says it needs."""

from importlib.util import find_spec

from events_tracker.base.errors import SetupError


def needs_web() -> None:
    """Raise SetupError, with how to get it, unless the extra `web` is installed."""
    if any(find_spec(name) is None for name in ("flask", "jwt", "waitress")):
        raise SetupError("the pages are not installed: pip install 'events-tracker[web]'")
