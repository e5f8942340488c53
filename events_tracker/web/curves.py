"""What a rule's other values would do, as two curves that templates draw in SVG."""

from collections.abc import Sequence

from msgspec import Struct

from events_tracker.model.tuning import Figures, Grade, Tried

_WIDTH = 400
_LEFT, _RIGHT = 16, 384
_PANELS = ((26, 100), (126, 200))
"""The upper and lower edges of both curves: alerts a day, and accounts."""


class Stop(Struct, frozen=True):
    """One value that was tried. ``x``: where it stands; ``alerts``, ``accounts``: how far down."""

    value: int
    figures: Figures
    typed: bool
    in_force: bool
    x: float
    alerts: float
    accounts: float


class Curves(Struct, frozen=True):
    """The values in order, alike far apart.

    ``band``: where the green grades are, from one place to another; None where none is green.
    ``place``: that of the value as typed among the stops.
    """

    stops: Sequence[Stop]
    band: tuple[float, float] | None
    place: int

    @property
    def typed(self) -> Stop:
        return self.stops[self.place]

    @property
    def differs(self) -> bool:
        """Whether another value than the typed one is in force, and among them."""
        return any(stop.in_force and not stop.typed for stop in self.stops)


def curves(tried: Sequence[Tried], before: int | None) -> Curves:
    """Place the rules of one window; ``before``: the value in force where another one is typed."""
    most_alerts = max(one.figures.alerts_per_day for one in tried) or 1
    most_accounts = max(one.figures.accounts for one in tried) or 1
    step = (_RIGHT - _LEFT) / max(1, len(tried) - 1)
    stops = [
        Stop(
            value=one.rule.value,
            figures=one.figures,
            typed=one.current,
            in_force=one.rule.value == before,
            x=round(_LEFT + place * step, 1),
            alerts=_height(_PANELS[0], one.figures.alerts_per_day / most_alerts),
            accounts=_height(_PANELS[1], one.figures.accounts / most_accounts),
        )
        for place, one in enumerate(tried)
    ]
    place = next(place for place, stop in enumerate(stops) if stop.typed)
    return Curves(stops, _band(stops, step), place)


def _band(stops: Sequence[Stop], step: float) -> tuple[float, float] | None:
    """Span the green values, half a step around each."""
    green = [stop.x for stop in stops if stop.figures.grade is Grade.GREEN]
    if not green:
        return None
    first, last = max(0.0, green[0] - step / 2), min(float(_WIDTH), green[-1] + step / 2)
    return round(first, 1), round(last - first, 1)


def _height(panel: tuple[int, int], share: float) -> float:
    top, bottom = panel
    return round(bottom - (bottom - top) * share, 1)
