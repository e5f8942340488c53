"""Whether a container does its work: `healthy.py` for the worker, `healthy.py web` for the pages.

An outage of Segware's is none of ours, but who looks at a list of containers wants to see that no
scan is good any more: so the worker is unhealthy when its database does not answer, or when no scan
was good for TRACKER_STALE_AFTER. Segware itself is not asked: each question costs a request. The
pages are healthy as long as they answer, for they say themselves what is wrong; if an orchestrator
replaced them in an outage, nobody could read that.
"""

import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

_WAIT_SECONDS = 15.0
# Less than the orchestrator waits, so that it is here that is said what went wrong.
_LONGEST_SECONDS = 17.0


def pages_answer() -> str | None:
    """Ask the pages of this container; returns what is wrong, None if nothing is."""
    try:
        urllib.request.urlopen("http://127.0.0.1:8480/health", timeout=_WAIT_SECONDS).close()
    except urllib.error.HTTPError as error:
        error.close()  # an answer, if not a happy one
    except OSError as error:
        return f"the pages do not answer: {error}"
    return None


def scans_are_good() -> str | None:
    """Ask the database; returns what is wrong, None if nothing is."""
    from events_tracker.app.app import App
    from events_tracker.base.errors import TrackerError
    from events_tracker.reports.freshness import freshness

    app = App(longest=_WAIT_SECONDS)
    try:
        settings = app.settings()
        store = app.store(settings, app.deadline(_WAIT_SECONDS))
        found = freshness(store, app.clock.now(), settings.tracker.stale_after)
    except TrackerError as error:
        return str(error)
    return "no scan was good for TRACKER_STALE_AFTER" if found.is_stale else None


def asked(question: Callable[[], str | None], longest: float = _LONGEST_SECONDS) -> str | None:
    """Return the answer to a question, or that there was none after so many seconds.

    To look up a name may take half a minute, which no timeout of a connection ends. So it is with
    the names of older podmans for a while after another container has ended.
    """
    answers: list[str | None] = []
    thread = threading.Thread(target=lambda: answers.append(question()), daemon=True)
    thread.start()
    thread.join(longest)
    if thread.is_alive():
        return f"no answer within {longest:g} s: is the name of the database's host found here?"
    return answers[0] if answers else "the check itself failed, as said above"


if __name__ == "__main__":
    wrong = asked(pages_answer if sys.argv[1:] == ["web"] else scans_are_good)
    sys.stdout.write(f"{wrong or 'well'}\n")
    sys.stdout.flush()
    sys.exit(wrong is not None)
