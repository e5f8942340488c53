"""One command in a process of its own, with short limits: ``python -m ….hell_process ARGUMENTS``.

Its last line on stderr says how much memory it had at most, in MiB.
"""

import re
import resource
import sys
from pathlib import Path

from events_tracker.base import limits

SECONDS = 12.0
"""What the whole pass may take; a third of it is for writing down."""
ADDRESS_SPACE = 3 * 2**30
"""Beyond this the process fails at once, instead of taking the machine with it."""


def main() -> None:
    """Run the command with these limits, which count from the first import on."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    limits.SCAN_SECONDS, limits.APPLY_SECONDS = SECONDS, SECONDS / 3
    from events_tracker.cli import cli

    try:
        cli(prog_name="tracker")
    finally:
        sys.stderr.write(f"peak: {peak()} MiB\n")


def peak() -> int:
    """The most memory this process had, in MiB.

    Not that of `getrusage`: there a child begins with what its parent had.
    """
    found = re.search(r"^VmHWM:\s*(\d+) kB$", Path("/proc/self/status").read_text(), re.M)
    assert found
    return int(found[1]) // 1024


if __name__ == "__main__":
    main()
