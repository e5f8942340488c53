"""The settings in force: read again before every round, so that nobody restarts the worker."""

from events_tracker.app.app import App
from events_tracker.app.outcomes import Outcome
from events_tracker.base.errors import TrackerError
from events_tracker.settings import Settings
from events_tracker.worker.journal import Journal

_STAY = "until that is mended, the settings that were read before stay in force"


class InForce:
    """The last settings that were whole. Raises SettingsError if the first ones are not."""

    def __init__(self, app: App, journal: Journal) -> None:
        self._app = app
        self._journal = journal
        self.settings: Settings = app.settings(needs_segware=True)

    def read_again(self) -> None:
        """Take over what changed, in `.env` or in the file of a secret, and say so.

        Files are read, not only looked at: that takes milliseconds, and no change can hide. While
        anything is wrong the old settings stay in force.
        """
        outcome = Outcome("as before")
        try:
            settings = self._app.settings(needs_segware=True)
        except TrackerError as error:
            outcome = Outcome("wrong", errors=(*str(error).split("\n"), _STAY))
        else:
            if settings != self.settings:
                outcome = Outcome("they changed, and the new ones are in force", True)
                self.settings = settings
                # Another database or server may be meant; whatever is not will be opened again.
                self._app.close()
        self._journal.tell("settings", outcome, self.settings)
