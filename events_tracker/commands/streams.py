"""The standard streams: there even if they were closed, and clear about what they cannot take."""

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

import click

from events_tracker.base.errors import OutputError
from events_tracker.base.text import visible

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

    from events_tracker.app.app import App


def prepare() -> None:
    """Make stdout and stderr safe to write to, before anything else is opened.

    A closed stream becomes /dev/null, on its own number: the first file that we open, a database
    perhaps, would get that number otherwise, and whatever is printed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    sys.stdout = _written_by(_Result, sys.stdout)
    sys.stderr = _written_by(_Talk, sys.stderr)


def say(text: str) -> None:
    """Tell people on stderr what is no result; nothing in it acts on their terminal.

    Where a log is kept it is a line of that.
    """
    context = click.get_current_context(silent=True)
    logs = getattr(context.obj, "logs", None) if context is not None else None
    if logs is not None:
        logs.say(text)
        return
    lines = [visible(line) for line in text.split("\n")]
    if sys.stderr.isatty():
        from events_tracker.commands.folding import folded_talk

        lines = [part for line in lines for part in folded_talk(line)]
    # Named, because click would write around a progress bar that has taken its place.
    click.echo("\n".join(lines), file=sys.stderr)


def keep_log(app: "App", name: str, *, verbose: bool = False) -> None:
    """Let all that is said on stderr from now on be a log, of a command or a worker of this name.

    Where one is kept already (-v) it goes on.
    """
    if app.logs is not None:
        return
    import logging

    from events_tracker.app.logs import JSON, Logs

    level = logging.DEBUG if verbose else logging.WARNING if app.quiet else logging.INFO
    app.logs = Logs(name, level, as_json=app.environ.get("LOG_FORMAT", "").strip() == JSON)
    # Of the program, not of the command: how that ended is said after it.
    click.get_current_context().find_root().call_on_close(app.logs.close)


class _Result(io.FileIO):
    """Standard output: raises OutputError once, and drops what is left over when it is closed."""

    _failed = False

    def write(self, data: "Buffer", /) -> int:
        if self._failed:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except BrokenPipeError:
            raise  # whoever reads has read enough
        except OSError as error:
            self._failed = True
            raise OutputError(f"the output cannot be written: {error.strerror}") from None


class _Talk(io.FileIO):
    """Standard error: where it cannot be written there is nowhere to say so, and work goes on."""

    def write(self, data: "Buffer", /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def _written_by(kind: type[io.FileIO], stream: TextIO) -> TextIO:
    """Open a stream again, its bytes written by ``kind``; what its encoding lacks is escaped."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(kind(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        # A name that the terminal cannot show is no reason to fail: many an old one is Latin-1.
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
    )
