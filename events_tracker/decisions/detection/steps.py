"""The steps of a preview: into which short stretches the time behind it is cut.

Steps begin at round times, so that readings of different moments share them, and so that minutes
which scans remember fit into them.
"""

from collections.abc import Sequence

from msgspec import Struct

from events_tracker.base import limits
from events_tracker.base.times import DAY, MINUTE, SECOND, Duration, Instant, Span

LENGTHS: Sequence[Duration] = (
    *(minutes * MINUTE for minutes in (15, 5, 3, 2, 1)),
    *(30 * SECOND, 15 * SECOND, 5 * SECOND, 2_500),
)
"""The lengths that a step may have: few, so that rules share what was read."""
OF_A_WINDOW = 4
"""A window has at least so many steps."""


class Grid(Struct, frozen=True):
    """The steps that the preview of one window looks at, and the moments at which it looks.

    ``steps``: newest first; the newest is cut short by ``end``. ``points``: oldest first, the
    starts of steps and last of all ``end``. ``in_window``: how many whole steps stand for a window.
    ``wanted``: all that the windows reach over, of which the limits may leave out the oldest part,
    and with it the points in there.
    """

    window: Duration
    step: Duration
    start: Instant
    end: Instant
    in_window: int
    steps: Sequence[Span]
    points: Sequence[Instant]
    wanted: Span

    @property
    def counted_window(self) -> Duration:
        """The length of the windows that end before ``end``."""
        return self.in_window * self.step

    @property
    def left_out(self) -> Sequence[Span]:
        """What is wanted and not read, because it would be too much."""
        oldest = self.steps[-1].start
        return [Span(self.wanted.start, oldest - 1)] if self.wanted.start < oldest else []

    @property
    def now(self) -> Sequence[Span]:
        """The stretches of the window that ends at ``end``, newest first, to the millisecond."""
        first = self.end - self.window
        inside = [step for step in self.steps if step.start >= first]
        until = inside[-1].start - 1
        return [*inside, Span(first, until)] if first <= until else inside

    @property
    def edge(self) -> Span | None:
        """The part of a step in which the window begins that ends at ``end``, if there is one.

        None too where nothing of that time is read.
        """
        oldest = self.now[-1]
        return oldest if oldest not in self.steps and oldest.start >= self.steps[-1].start else None


def step_of(window: Duration) -> Duration:
    """Choose the length of the steps for a window."""
    return next(length for length in LENGTHS if length * OF_A_WINDOW <= window)


def grid(window: Duration, end: Instant) -> Grid:
    """Cut the day before ``end``, and the windows that reach into it."""
    step, start = step_of(window), end - DAY
    newest = end - end % step
    points = list(range(newest - (newest - start - 1) // step * step, end, step))
    in_window = (window + step // 2) // step
    wanted = min(points[0] - in_window * step, end - window)
    oldest = max(wanted, end - limits.PREVIEW_STRETCH, newest - (limits.PREVIEW_STEPS - 1) * step)
    starts = range(newest - step, oldest - 1, -step)
    points = [at for at in points if at > starts[-1]]
    return Grid(
        window=window,
        step=step,
        start=start,
        end=end,
        in_window=in_window,
        steps=[Span(newest, end), *(Span(at, at + step - 1) for at in starts)],
        points=[*points, end],
        wanted=Span(wanted, end),
    )
