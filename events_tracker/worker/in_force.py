"""The settings in force: read again before every round, so that nobody restarts the worker."""

import logging

from events_tracker.app.app import App
from events_tracker.base.errors import TrackerError
from events_tracker.settings import Settings

_log = logging.getLogger(__name__)


class InForce:
    """The last settings that were whole. Raises SettingsError if the first ones are not."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.settings: Settings = app.settings(needs_segware=True)

    def read_again(self) -> list[str]:
        """Take over what changed, in `.env` or in the file of a secret; returns what is wrong.

        Files are read, not only looked at: that is no dearer, and no change of theirs can hide.
        While anything is wrong the old settings stay in force.
        """
        try:
            settings = self._app.settings(needs_segware=True)
        except TrackerError as error:
            return str(error).split("\n")
        if settings != self.settings:
            self.settings = settings
            # Another database or server may be meant; whatever is not will be opened again.
            self._app.close()
            _log.info("settings: they changed, and the new ones are in force")
        return []
