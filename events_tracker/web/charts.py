"""Charts as shapes that templates draw in SVG: where each bar stands, in units of the picture."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.times import Instant, Span
from events_tracker.model.alarms import Operator
from events_tracker.model.explanations import Bucket

WIDTH = 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 2, 398, 16, 130
"""The edges of where bars stand; texts are above and below."""
_MOST_BARS = 96
_LEAST_HEIGHT = 1.5
"""What is more than nothing can be seen."""

Point = tuple[Instant, int | None]
"""A moment and the number then; None where it is not known."""


class Bar(Struct, frozen=True):
    """One stretch of time.

    ``kind``: ``bar``, ``over`` where the condition holds, ``hole``, or ``ahead``: not there yet.
    """

    at: Instant
    value: int | None
    kind: str
    x: float
    y: float
    width: float
    height: float


class Chart(Struct, frozen=True):
    """Bars in their order of time, and the height of the value that they are compared with.

    ``clear_line``: the height below which what is open begins to be over; None: the same.
    ``marks``: where upright lines stand, at moments that are told beside the picture.
    """

    bars: Sequence[Bar]
    line: float
    clear_line: float | None
    highest: int
    times: Sequence[tuple[float, str, Instant]]
    """Where on the axis a time is written, and at which of its ends (SVG's ``text-anchor``)."""
    marks: Sequence[float] = ()


def marked(chart: Chart, moments: Iterable[Instant]) -> Chart:
    """Mark moments on a chart, between the bars of the looks before and after them."""
    first, last = chart.bars[0], chart.bars[-1]
    length = max(1, last.at - first.at)
    inside = [at for at in moments if first.at <= at <= last.at]
    marks = [round(first.x + (last.x - first.x) * (at - first.at) / length, 2) for at in inside]
    return replace(chart, marks=marks)


def chart(
    points: Sequence[Point], operator: Operator, value: int, clear_below: int = 100
) -> Chart | None:
    """Place the bars of points, oldest first; None if there is none.

    ``clear_below``: the clear line, in percent of the value, where the operator has one. Of more
    than fit, neighbours share a bar: their extreme, or a hole where all are unknown.
    """
    shared = _shared(points, operator)
    if not shared:
        return None
    highest = max([number for _, number in shared if number is not None], default=0)
    top = max(highest, value, 1)
    step = (_RIGHT - _LEFT) / len(shared)
    bars = [
        _bar(place, point, step, top, operator.holds(point[1] or 0, value))
        for place, point in enumerate(shared)
    ]
    has_clear_line = operator.rises and clear_below != 100
    clear_line = _height(value * clear_below / 100, top) if has_clear_line else None
    return Chart(bars, _height(value, top), clear_line, highest, _times(shared))


def window_chart(
    buckets: Sequence[Bucket], window: Span, operator: Operator, value: int, clear_below: int
) -> Chart | None:
    """Draw how a window's events added up, and how they leave it if nothing more comes.

    Both to the caution of slices: an event is there once its slice is over, and may leave as its
    slice begins. What has not happened yet is of kind ``ahead``. None where nothing was counted.
    """
    if not any(bucket.count for bucket in buckets):
        return None
    half = _MOST_BARS // 2
    step = (window.end - window.start) / half
    points: list[Point] = []
    for number in range(1, _MOST_BARS + 1):
        at = window.start + round(number * step)
        gone = at - (window.end - window.start)
        inside = (b.count for b in buckets if b.span.end <= at and b.span.start >= gone)
        points.append((at, sum(inside)))
    drawn = chart(points, operator, value, clear_below)
    if drawn is None:
        return None
    bars = [replace(bar, kind="ahead") if bar.at > window.end else bar for bar in drawn.bars]
    ends = (window.start, window.end, window.end + window.length)
    times = [(x, anchor, at) for (x, anchor, _), at in zip(drawn.times, ends, strict=True)]
    return replace(drawn, bars=bars, times=times)


def _shared(points: Sequence[Point], operator: Operator) -> list[Point]:
    size = -(-len(points) // _MOST_BARS) or 1
    return [_together(points[at : at + size], operator) for at in range(0, len(points), size)]


def _together(points: Sequence[Point], operator: Operator) -> Point:
    known = [number for _, number in points if number is not None]
    if not known:
        return points[-1][0], None
    extreme = known[0]
    for number in known:
        extreme = operator.extreme(extreme, number)
    return points[-1][0], extreme


def _bar(place: int, point: Point, step: float, top: int, holds: bool) -> Bar:
    at, value = point
    x, width = round(_LEFT + place * step, 2), round(max(step - 1, step * 0.7), 2)
    if value is None:
        return Bar(at, value, "hole", x, _TOP, width, _BOTTOM - _TOP)
    y = _height(value, top)
    if value:
        y = min(y, _BOTTOM - _LEAST_HEIGHT)
    return Bar(at, value, "over" if holds else "bar", x, y, width, round(_BOTTOM - y, 2))


def _height(value: float, top: int) -> float:
    """Return how far below the picture's upper edge a value is."""
    return round(_BOTTOM - (_BOTTOM - _TOP) * value / top, 2)


def _times(points: Sequence[Point]) -> list[tuple[float, str, Instant]]:
    middle = len(points) // 2
    return [
        (_LEFT, "start", points[0][0]),
        (WIDTH / 2, "middle", points[middle][0]),
        (_RIGHT, "end", points[-1][0]),
    ]
