"""Commands that need more than the program itself says it needs."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from events_tracker.base.errors import SettingsError, SetupError

if TYPE_CHECKING:
    from events_tracker.settings import Settings


def needs_web() -> None:
    """Raise SetupError, with how to get it, unless the extra `web` is installed."""
    if any(find_spec(name) is None for name in ("flask", "jwt", "waitress")):
        raise SetupError("the pages are not installed: pip install 'events-tracker[web]'")


def web_secret(settings: "Settings") -> str:
    """Return what sessions and tokens are signed with. Raises SettingsError if it is not set."""
    if settings.web.secret is None:
        raise SettingsError(
            [
                "WEB_SECRET is not set: it signs who is signed in. "
                "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one"
            ]
        )
    return settings.web.secret
