"""Made-up storms of one account, of a known cause: clean, or as lines and panels spoil them."""

import random
from collections import Counter
from collections.abc import Callable, Sequence

from events_tracker.base.times import HOUR, MINUTE, Span
from events_tracker.model.causes import Cause
from events_tracker.model.hours import Line

START = 1_000_000 * HOUR
MINUTES = 120
CLASSES = [
    Cause.SWINGER,
    Cause.STUCK,
    Cause.PANEL,
    Cause.COMMUNICATOR,
    Cause.POWER,
    Cause.CHURN,
    Cause.TEST,
]

Signal = tuple[int, str]
"""A minute of the two hours, and a code."""


def storm(rng: random.Random, cause: Cause, *, dirty: bool) -> tuple[list[Line], bool]:
    """The lines of two hours, and whether the account's panel sends restores.

    Dirty: 5 % of the signals are lost, a few are codes that nobody knows, in one of four there is a
    second trouble beside, and 40 % of the panels send no restores.
    """
    restores = not dirty or rng.random() >= 0.4
    signals = _MAKE[cause](rng)
    if dirty:
        if rng.random() < 0.25:
            signals += _second(rng, cause)
        signals += [(rng.randrange(MINUTES), f"E{rng.randint(800, 999)}") for _ in range(5)]
        signals = [one for one in signals if rng.random() >= 0.05]
    if not restores:
        signals = [one for one in signals if not one[1].startswith("R")]
    return _lines(signals), restores


def _lines(signals: Sequence[Signal]) -> list[Line]:
    return [
        Line(
            stretch=Span(START + minute * MINUTE, START + (minute + 1) * MINUTE - 1),
            account_id=1,
            cuc="ALR",
            code=code,
            number=number,
            closed=0,
        )
        for (minute, code), number in sorted(Counter(signals).items())
    ]


def _at_random(rng: random.Random, code: str, number: int) -> list[Signal]:
    return [(rng.randrange(MINUTES), code) for _ in range(number)]


def _trips(rng: random.Random) -> list[Signal]:
    """What a zone sends while something else is wrong: trips, most of them with a restore."""
    minutes = [rng.randrange(MINUTES) for _ in range(rng.randint(50, 120))]
    return [(m, "E130") for m in minutes] + [(m, "R130") for m in minutes if rng.random() < 0.7]


def _swinger(rng: random.Random) -> list[Signal]:
    minutes = [rng.randrange(MINUTES) for _ in range(rng.randint(50, 200))]
    code = rng.choice(["130", "131", "132", "134"])
    return [(m, f"E{code}") for m in minutes] + [
        (min(MINUTES - 1, m + rng.randint(0, 1)), f"R{code}") for m in minutes
    ]


def _stuck(rng: random.Random) -> list[Signal]:
    code, each = rng.choice(["E130", "E133", "E137"]), rng.choice([1, 1, 1.5, 2])
    return [(int(place * each), code) for place in range(int(MINUTES / each))]


def _panel(rng: random.Random) -> list[Signal]:
    codes = rng.sample(["E130", "E131", "E134", "E137", "E143", "E300", "E330", "E370"], 5)
    if rng.random() < 0.5:
        codes[0] = "E110"
    return [one for code in codes for one in _at_random(rng, code, rng.randint(8, 30))]


def _communicator(rng: random.Random) -> list[Signal]:
    lines = [(rng.randrange(MINUTES), rng.choice(["E350", "E351", "E354"])) for _ in range(25)]
    return _trips(rng) + lines


def _power(rng: random.Random) -> list[Signal]:
    return _trips(rng) + [
        (rng.randrange(MINUTES), rng.choice(["E301", "E302", "E311"])) for _ in range(25)
    ]


def _churn(rng: random.Random) -> list[Signal]:
    return _trips(rng) + [
        (rng.randrange(MINUTES), rng.choice(["E401", "R401"])) for _ in range(rng.randint(20, 40))
    ]


def _test(rng: random.Random) -> list[Signal]:
    return _trips(rng) + _at_random(rng, rng.choice(["E601", "E607", "E602"]), rng.randint(10, 30))


_MAKE: dict[Cause, Callable[[random.Random], list[Signal]]] = {
    Cause.SWINGER: _swinger,
    Cause.STUCK: _stuck,
    Cause.PANEL: _panel,
    Cause.COMMUNICATOR: _communicator,
    Cause.POWER: _power,
    Cause.CHURN: _churn,
    Cause.TEST: _test,
}


def _second(rng: random.Random, cause: Cause) -> list[Signal]:
    """A little of another trouble."""
    others = {
        Cause.COMMUNICATOR: ["E350", "E351"],
        Cause.POWER: ["E301", "E302"],
        Cause.CHURN: ["E401", "R401"],
        Cause.SENSOR: ["E381", "E384"],
    }
    codes = others[rng.choice([one for one in others if one != cause])]
    return [(rng.randrange(MINUTES), rng.choice(codes)) for _ in range(rng.randint(2, 10))]
