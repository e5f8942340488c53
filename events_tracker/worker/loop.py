"""Round after round, one each so many seconds, until somebody asks for the end."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from events_tracker import __version__
from events_tracker.app.app import App
from events_tracker.base.times import format_duration
from events_tracker.worker.ending import Ending
from events_tracker.worker.in_force import InForce
from events_tracker.worker.journal import Journal
from events_tracker.worker.rounds import Pass, Rounds
from events_tracker.worker.systemd import READY, Systemd

_log = logging.getLogger(__name__)


def work(app: App, every: float, ending: Ending, systemd: Systemd) -> None:
    """Begin a round every so many seconds. Raises SettingsError if there is no beginning.

    A round that takes longer delays the next one, which then begins at once; none is made up for.
    Time is that of the monotonic clock, which nobody sets.
    """
    journal = Journal(app)
    app = replace(app, talk=journal.note, quiet=False)
    in_force = InForce(app, journal)
    rounds = Rounds(app, journal)
    length = format_duration(round(every * 1000))
    _log.info("%s begins, a round every %s", __version__, length, extra={"pass": "run"})
    try:
        systemd.tell(READY)
        with systemd.watched():
            while not ending.asked:
                began = app.clock.monotonic()
                journal.begin_round()
                in_force.read_again()
                _round(rounds, rounds.due(), in_force, ending, systemd)
                rest = max(0.0, began + every - app.clock.monotonic())
                systemd.expect(rest)
                ending.wait(rest)
    finally:
        app.close()


def _round(
    rounds: Rounds, due: Sequence[Pass], in_force: InForce, ending: Ending, systemd: Systemd
) -> None:
    became = []
    for one in due:
        if ending.asked:
            return
        systemd.expect(one.seconds)
        became.append(rounds.run(one, in_force.settings))
    systemd.tell(f"STATUS={'; '.join(became)}")
