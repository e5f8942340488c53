"""One round: scan, clear, notify, and once a day purge, each whatever became of the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events_tracker.app import outcomes, passes
from events_tracker.app.app import App
from events_tracker.app.outcomes import Outcome
from events_tracker.base import limits
from events_tracker.model.filters import Filter
from events_tracker.settings import Settings
from events_tracker.worker.journal import Journal

_DAY_SECONDS = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Pass:
    """One of the passes, and the longest that it takes."""

    name: str
    seconds: float
    run: Callable[[App, Settings], Outcome]


SCAN = Pass(
    "scan",
    limits.SCAN_SECONDS,
    lambda app, settings: outcomes.of_scan(passes.scan(app, settings)),
)
CLEAR = Pass(
    "clear",
    limits.CLEAR_SECONDS,
    lambda app, settings: outcomes.of_clear(passes.clear(app, settings, Filter())),
)
NOTIFY = Pass(
    "notify",
    limits.NOTIFY_SECONDS,
    lambda app, settings: outcomes.of_notify(passes.notify(app, settings)),
)
PURGE = Pass(
    "purge",
    limits.PURGE_SECONDS,
    lambda app, settings: outcomes.of_purge(passes.purge(app, settings)),
)


class Rounds:
    """The rounds of one worker, one after the other."""

    def __init__(self, app: App, journal: Journal) -> None:
        self._app = app
        self._journal = journal
        self._purged_at: float | None = None

    def due(self) -> Sequence[Pass]:
        """Return the passes of the round that begins now."""
        now = self._app.clock.monotonic()
        if self._purged_at is None or now - self._purged_at >= _DAY_SECONDS:
            return (SCAN, CLEAR, NOTIFY, PURGE)
        return (SCAN, CLEAR, NOTIFY)

    def run(self, one: Pass, settings: Settings) -> str:
        """Run one pass and log what came of it; returns that in a few words."""
        if self._app.logs is not None:
            self._app.logs.pass_name = one.name
        try:
            outcome = one.run(self._app, settings)
        except Exception as error:
            outcome = outcomes.of_error(error, self._app.secrets)
        else:
            if one is PURGE:
                self._purged_at = self._app.clock.monotonic()
        self._journal.tell(one.name, outcome, settings)
        return f"{one.name}: {outcome.text}"
