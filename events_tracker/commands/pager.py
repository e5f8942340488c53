"""A pager for what may be longer than the screen, as git has one: $PAGER, or else less."""

import io
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from events_tracker.app.app import App

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

_ENDS_ON_ONE_SCREEN_IN_COLOUR = "FRX"


@contextmanager
def paged(app: App) -> Iterator[None]:
    """Let whoever sits at a terminal leaf through what is printed meanwhile, as it is printed.

    What takes the pager as its input is told that it is a terminal: it is for one. Whoever leaves
    before the end has read enough, which is no error.
    """
    command = _command(app.environ) if sys.stdout.isatty() else []
    if not command:
        yield
        return
    pager, pages = _started(command, app.environ)
    terminal, sys.stdout = sys.stdout, pages
    try:
        with suppress(BrokenPipeError):
            yield
    finally:
        sys.stdout = terminal
        with suppress(BrokenPipeError):
            pages.close()
        _wait(pager)


def _command(environ: "Mapping[str, str]") -> list[str]:
    """Find the pager; none where it is not wanted, not there, or could not do its work."""
    try:
        command = shlex.split(environ.get("PAGER", "less"))
    except ValueError:
        return []
    if not command or command == ["cat"] or environ.get("TERM", "dumb") == "dumb":
        return []
    return command if shutil.which(command[0], path=environ.get("PATH")) else []


def _started(
    command: list[str], environ: "Mapping[str, str]"
) -> "tuple[subprocess.Popen[bytes], io.TextIOWrapper]":
    """Start a pager, and open what it reads from."""
    import subprocess

    # Whoever may run one command as somebody else, through sudo, may not begin others out of less.
    given = {"LESS": _ENDS_ON_ONE_SCREEN_IN_COLOUR, **environ, "LESSSECURE": "1"}
    reads, writes = os.pipe()
    pager = subprocess.Popen(command, stdin=reads, env=given)  # noqa: S603 (the user names it)
    os.close(reads)
    encoding = sys.stdout.encoding
    pages = io.BufferedWriter(_Pages(writes, "w"))
    return pager, io.TextIOWrapper(pages, encoding=encoding, errors="backslashreplace")


def _wait(pager: "subprocess.Popen[bytes]") -> None:
    """Wait until the pager was left: Ctrl-C is one of its keys meanwhile."""
    while True:
        try:
            pager.wait()
            return
        except KeyboardInterrupt:
            continue


class _Pages(io.FileIO):
    """The pipe to a pager, which shows on the terminal what it reads: fitted to it, in colour."""

    def isatty(self) -> bool:
        return True
