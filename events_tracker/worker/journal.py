"""What the worker says: each pass that did something, and of what lasts once, then once an hour."""

import logging
from collections.abc import Sequence

from events_tracker.app.app import App, zone
from events_tracker.app.outcomes import Outcome
from events_tracker.decisions.failures import tell
from events_tracker.model.failures import Failure
from events_tracker.settings import Settings

_log = logging.getLogger(__name__)
_WARNING = "warning: "


class Journal:
    """The log of one worker, and what it said already."""

    def __init__(self, app: App) -> None:
        self._clock = app.clock
        self._talk: list[str] = []
        self._notes: dict[str, Sequence[Failure]] = {}
        self._failures: dict[str, Sequence[Failure]] = {}
        self._of_this_round: set[str] = set()

    def note(self, text: str) -> None:
        """Take what the app says to people meanwhile; it goes with the outcome that comes next."""
        self._talk.append(text.removeprefix("note: "))

    def begin_round(self) -> None:
        """Forget what failed in the round before."""
        self._of_this_round.clear()

    def tell(self, name: str, outcome: Outcome, settings: Settings) -> None:
        """Log what came of a pass.

        What an earlier pass of this round failed with is no other failure: one line says that the
        database is away.
        """
        now, here = self._clock.now(), zone(settings)
        during = {"pass": name}
        level = logging.INFO if outcome.happened else logging.DEBUG
        _log.log(level, "%s", outcome.text, extra=during)
        said = dict.fromkeys((*self._talk, *outcome.notes))
        notes = tell(self._notes.get(name, ()), [*said], now, here)
        self._talk.clear()
        self._notes[name] = notes.known
        for text in notes.errors:
            level = logging.WARNING if text.startswith(_WARNING) else logging.INFO
            _log.log(level, "%s", text.removeprefix(_WARNING), extra=during)
        told_before = tuple(self._of_this_round.intersection(outcome.errors))
        failures = tell(
            self._failures.get(name, ()),
            [text for text in outcome.errors if text not in told_before],
            now,
            here,
            (*outcome.untried, *told_before),
        )
        self._of_this_round.update(outcome.errors)
        self._failures[name] = failures.known
        for text in failures.errors:
            _log.error("%s", text, extra=during)
        for text in failures.again:
            _log.debug("again: %s", text, extra=during)
        if failures.recovered:
            _log.warning("%s", failures.recovered, extra=during)
