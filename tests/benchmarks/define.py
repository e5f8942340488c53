"""``define.py COUNT WINDOWS``: so many alarms of all kinds, in the database of the environment.

Their windows are the default's two hours and shorter ones. None of them opens anything. Older
versions run this as well.
"""

import random
import sys

from events_tracker.cli import cli

GROUPS = (
    "account,cuc,code", "account", "company", "account,code", "cuc,code", "code", "",
    "company,code", "account,cuc",
)  # fmt: skip
CODES = ("E130", "E131", "E132", "1130", "1401", "3401", "E602", "R130")


def main() -> None:
    count, windows = map(int, sys.argv[1:])
    rng = random.Random(1)
    for number in range(count):
        args = ["alarms", "create", f"alarm {number}", "--value", "100000000"]
        args += ["--group-by", rng.choice(GROUPS), "--window", f"{120 - 3 * (number % windows)}m"]
        if rng.random() < 0.5:
            args += ["--codes", ",".join(rng.sample(CODES, 3))]
        if rng.random() < 0.2:
            args += ["--condition", "unique", "--field", rng.choice(("account", "code", "cuc"))]
        if code := cli.main(["-q", *args], standalone_mode=False):
            sys.exit(f"{args} ended with {code}")


if __name__ == "__main__":
    main()
