"""Causes: how often the rules are right on storms whose cause is known, with the table of mistakes.

    PYTHONPATH=. python tests/benchmarks/causes.py

The storms are made up (tests/support/storms.py), 400 of each class; the same every time.
"""

import random
from collections import Counter

from events_tracker.decisions.causes import seen
from events_tracker.model.causes import Cause
from tests.support.storms import CLASSES, storm

OF_EACH = 400
KINDS = {
    "clean, restores known": (False, True),
    "clean, first day": (False, False),
    "dirty, restores known": (True, True),
    "dirty, first day": (True, False),
}


def main() -> None:
    print(f"{'':24}{'right':>8}{'nothing':>9}{'wrong':>8}")
    for kind, (dirty, known) in KINDS.items():
        said = _said(dirty=dirty, known=known)
        total = sum(said.values())
        right = sum(count for (true, found), count in said.items() if true == found)
        nothing = sum(count for (_, found), count in said.items() if found is None)
        shares = (right, nothing, total - right - nothing)
        print(f"{kind:24}" + "".join(f"{share / total:>8.1%} " for share in shares))
        if kind == "dirty, restores known":
            table = said
    print()
    words = [*Cause, None]
    print(f"{'dirty: true, then said':14}" + "".join(f"{str(word)[:7]:>8}" for word in words))
    for cause in CLASSES:
        print(f"{cause:22}" + "".join(f"{table[cause, word]:>8}" for word in words))


def _said(*, dirty: bool, known: bool) -> Counter[tuple[Cause, Cause | None]]:
    rng = random.Random(7)
    said = Counter[tuple[Cause, Cause | None]]()
    for cause in CLASSES:
        for _ in range(OF_EACH):
            lines, restores = storm(rng, cause, dirty=dirty)
            said[cause, seen(lines, restores if known else None).cause] += 1
    return said


if __name__ == "__main__":
    main()
