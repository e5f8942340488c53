"""The program on a terminal: a pty of some size, and whoever sits there."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sysconfig
import termios
from pathlib import Path
from types import TracebackType

from tests.support.world import Console, Result

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PATIENCE_SECONDS = 30.0


def on_terminal(
    console: Console,
    columns: int,
    *args: str,
    errors: bool = False,
    answer: str | None = None,
    colours: bool = False,
    **environ: str,
) -> str:
    """What one command shows on a terminal of so many columns, without the colours if not asked.

    ``answer``: what is typed there; None: nobody types. No pager, unless ``environ`` names one.
    """
    ours, its = opened(columns)
    with subprocess.Popen(
        [_program(), *args],
        stdin=subprocess.DEVNULL if answer is None else its,
        stdout=its,
        stderr=its if errors else None,
        env={**console.environ, "TERM": "xterm", "PAGER": "", **environ},
        cwd=console.folder,
    ):
        os.close(its)
        os.write(ours, (answer or "").encode())
        text = read_all(ours)
    return text if colours else _COLOURS.sub("", text)


class Terminal:
    """One command that has a terminal to itself, whose keys it hears: Ctrl-C is ``\\x03``."""

    def __init__(self, console: Console, columns: int, *args: str, **environ: str) -> None:
        self._ours, its = opened(columns)
        self._shown = b""
        self._process = subprocess.Popen(
            # Of a session of its own, or its keys would not reach it; and not deaf to them, as what
            # a shell starts in the background is.
            ["env", "--default-signal=INT", "setsid", "--ctty", _program(), *args],
            stdin=its,
            stdout=its,
            stderr=its,
            env={**console.environ, "TERM": "xterm", "PAGER": "", **environ},
            cwd=console.folder,
        )
        os.close(its)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    def read_up_to(self, wanted: str) -> None:
        """Read until this is on the screen."""
        while wanted not in self._shown.decode(errors="replace"):
            assert self._more(), f"never shown {wanted!r}: {self._shown!r}"

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def end(self) -> Result:
        """Read to the end; all that was shown is its stdout."""
        while self._more():
            pass
        text = self._shown.decode().replace("\r\n", "\n")
        return Result(self._process.wait(_PATIENCE_SECONDS), _COLOURS.sub("", text), "")

    def interrupt(self) -> Result:
        """Press Ctrl-C, and read to the end."""
        self.type("\x03")
        return self.end()

    def _more(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], _PATIENCE_SECONDS)
        assert ready, f"nothing more came after {self._shown!r}"
        piece = _read(self._ours)
        self._shown += piece
        return bool(piece)


def opened(columns: int) -> tuple[int, int]:
    """Open a terminal: our end, and that of the program."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    return ours, its


def read_all(terminal: int) -> str:
    """Read what comes until nobody writes to it any more, and close our end."""
    shown = b""
    while piece := _read(terminal):
        shown += piece
    os.close(terminal)
    return shown.decode().replace("\r\n", "\n")


def _program() -> str:
    return str(Path(sysconfig.get_path("scripts")) / "tracker")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # as Linux says that nobody writes to it any more
        return b""
