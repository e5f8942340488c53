"""How a scan stands to those before it, and to Segware's clock, when clocks do not agree.

Windows end by the clock of the host that scans. What one scan saw in a window that ended later is
the newer knowledge, whichever scan is written down last.
"""

from events_tracker.base.limits import CLOCK_TOLERANCE, SKEW
from events_tracker.base.times import MINUTE, SECOND, Duration, Instant, Span


def ahead_by(end: Instant, served: Span | None) -> Duration | None:
    """Measure how far a window reaches beyond Segware's present; None where it is tolerated.

    ``served``: Segware's clock at its first and last answers. The first one counts: the reading
    itself takes time.
    """
    if served is None or end - served.start <= CLOCK_TOLERANCE:
        return None
    return end - served.start


def ahead_in_words(ahead: Duration) -> str:
    """Say what is wrong with a clock that is ahead, what it means, and what to do."""
    far = f"{ahead // MINUTE} min" if ahead >= 2 * MINUTE else f"{ahead // SECOND} s"
    return (
        f"this host's clock is {far} ahead of Segware's: nothing was seen as over in a window that "
        "is not over itself; set the clock (NTP)"
    )


def seen_until(end: Instant, served: Span | None) -> Instant:
    """Return until when a scan can have seen anything: its window's end, or Segware's present."""
    if served is None or ahead_by(end, served) is None:
        return end
    # Segware tells whole seconds.
    return min(end, served.end + SECOND)


def horizon(end: Instant, served: Span | None) -> Instant:
    """Return the moment after which whatever was recorded was recorded by a wrong clock.

    It must not keep open what is over until time has caught up with it.
    """
    present = end if served is None else served.end
    return present + SKEW


def later_end(good_until: Instant | None, evaluated_until: Instant | None) -> Instant:
    """Return the latest end of a window that was seen whole: by a good scan, or of this alarm."""
    return max(good_until or 0, evaluated_until or 0)
