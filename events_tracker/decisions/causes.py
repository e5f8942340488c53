"""What a storm usually comes from, by its codes and minutes: words for people, never an action.

The rules are asked in their order; the first that holds has said it. They were measured on made-up
storms only (`tests/benchmarks/causes.py`), which say how rules behave, not how panels in the field
do. So it is told as what is seen and what that usually is; it lowers, holds, closes, hides nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, pvariance

from events_tracker.base.times import MINUTE, Span
from events_tracker.messages.codes import arms, ends, family, number_of
from events_tracker.model.causes import Cause, Seen
from events_tracker.model.hours import Line

_LIFE = {"medical", "fire", "panic"}
_ALARMS = _LIFE | {"gas", "burglary", "tamper", "other", None}
_TROUBLES = {"panel", "power", "communication", "sensor"}
_TESTING = {"601", "603", "604", "607"}
_PERIODIC_TEST = "602"
_SWINGING = {"377", "575"}

_LIFE_SIGNALS = 3
_FEWEST = 30
_OFTEN = 5
_OPENINGS = 8
_DIFFERENT, _EACH = 4, 3
_NEARLY = 0.8
_TRIPS_TO_ONE = 10
"""A trouble that comes more seldom beside the trips is not where they come from."""
_STEADY = 0.5
_MINUTES = 10


def seen(lines: Iterable[Line], sends_restores: bool | None, hidden: int = 0) -> Seen:
    """Look at the events of one account in the last two hours, by the minute where that is known.

    ``sends_restores``: whether this account was known to send restores before; None where that is
    not known. Events that an ignored user's closing took out of the count are looked at too.
    ``hidden``: openings and closings around that time of which but the sum is kept: where they are
    many, nobody knows whether all comes from them.
    """
    signals = _Signals(lines, hidden)
    cause = None if signals.life or signals.few else _cause(signals, sends_restores)
    return Seen(
        cause=cause,
        life_safety=signals.life,
        trips=signals.trips,
        restores=signals.restores,
        dispersion=signals.dispersion,
        codes=len(signals.frequent),
        beside=signals.beside,
    )


def is_restore(code: str) -> bool:
    """Tell whether a code says that an alarm is over."""
    return ends(code) and family(code) in _ALARMS


def _cause(signals: "_Signals", sends_restores: bool | None) -> Cause | None:
    numbers = signals.of_number
    if any(numbers[one] for one in _TESTING) or numbers[_PERIODIC_TEST] >= _OFTEN:
        return Cause.TEST
    if signals.hidden >= _OPENINGS and signals.hidden * _TRIPS_TO_ONE >= signals.trips:
        return None
    often = signals.often()
    if often:
        (first, most), *others = often
        return None if others and others[0][1] >= _NEARLY * most else first
    if len(signals.frequent) >= _DIFFERENT:
        return Cause.PANEL
    if sum(count for number, count in numbers.items() if number[:2] == "38") >= _OFTEN:
        return Cause.SENSOR
    if any(numbers[one] for one in _SWINGING):
        return Cause.SWINGER
    if signals.trips and signals.restores * 2 >= signals.trips:
        return Cause.SWINGER
    if signals.trips and signals.restores * 10 <= signals.trips:
        steady = signals.dispersion is not None and signals.dispersion < _STEADY
        return Cause.STUCK if steady or sends_restores else None
    return None


class _Signals:
    """The events of one account, sorted by what they tell of."""

    def __init__(self, lines: Iterable[Line], hidden: int) -> None:
        self.of_number: Counter[str] = Counter()
        self.of_family: Counter[str | None] = Counter({"use": hidden} if hidden else {})
        self.hidden = hidden
        self.restores = self.openings = 0
        self._minutes: Counter[int] = Counter()
        self._longer: Counter[Span] = Counter()
        for line in lines:
            self._add(line)

    def _add(self, line: Line) -> None:
        kind = family(line.code)
        if arms(line.code):
            self.openings += line.number
        elif ends(line.code):
            self.restores += line.number if kind in _ALARMS else 0
            return
        if number := number_of(line.code):
            self.of_number[number] += line.number
        self.of_family[kind] += line.number
        if kind in _ALARMS:
            if line.stretch.length > MINUTE:
                self._longer[line.stretch] += line.number
            else:
                self._minutes[line.stretch.start // MINUTE] += line.number

    @property
    def life(self) -> bool:
        return sum(self.of_family[kind] for kind in _LIFE) >= _LIFE_SIGNALS

    @property
    def trips(self) -> int:
        return sum(self.of_family[kind] for kind in _ALARMS)

    @property
    def few(self) -> bool:
        """A dozen alarms may be a burglary, whatever comes beside; without one, all else counts."""
        return (self.trips or self.of_family.total()) < _FEWEST

    @property
    def frequent(self) -> Sequence[str]:
        """The alarm and trouble codes that came often; what Contact ID does not know is none."""
        kinds = (_ALARMS | _TROUBLES) - {None}
        return [
            number
            for number, count in self.of_number.items()
            if count >= _EACH and family(f"E{number}") in kinds
        ]

    @property
    def beside(self) -> dict[str, int]:
        return {
            kind: count
            for kind, count in sorted(self.of_family.items(), key=lambda item: -item[1])
            if kind is not None and kind not in _ALARMS
        }

    def often(self) -> list[tuple[Cause, int]]:
        """List the troubles that came often enough to be what all comes from, most of it first."""
        lines = sum(count for number, count in self.of_number.items() if number[:2] == "35")
        found = [
            (Cause.COMMUNICATOR, lines if lines >= _OFTEN else 0),
            (Cause.POWER, self.of_family["power"] if self.of_family["power"] >= _OFTEN else 0),
            (Cause.CHURN, self.openings if self.openings >= _OPENINGS else 0),
        ]
        enough = (one for one in found if one[1] and one[1] * _TRIPS_TO_ONE >= self.trips)
        return sorted(enough, key=lambda one: -one[1])

    @property
    def dispersion(self) -> float | None:
        """Variance by mean of the trips of a minute, from the first one to the last.

        The newest minutes are always read together: longer stretches with trips are left out, where
        those are not most of them.
        """
        together = {
            minute
            for span in self._longer
            for minute in range(span.start // MINUTE, span.end // MINUTE + 1)
        }
        known = {at: number for at, number in self._minutes.items() if at not in together}
        if not known or self._longer.total() > sum(known.values()):
            return None
        minutes = [at for at in range(min(known), max(known) + 1) if at not in together]
        counts = [known.get(at, 0) for at in minutes]
        return pvariance(counts) / fmean(counts) if len(counts) > _MINUTES else None
