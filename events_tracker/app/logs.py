"""Logs: each line on stderr with its time, level and pass, as text or as JSON; no secrets."""

import json
import logging
import os
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from events_tracker.app.redaction import redacted, report
from events_tracker.base.text import visible
from events_tracker.base.times import iso

if TYPE_CHECKING:
    from events_tracker.settings import Settings

JSON = "json"
_OURS = logging.getLogger("events_tracker")
_LEVELS = {
    "error: ": logging.ERROR,
    "warning: ": logging.WARNING,
    "note: ": logging.INFO,
    "": logging.INFO,
}
"""The level of what commands say, by its beginning."""


class Logs(logging.Handler):
    """The log of one process, from when it is made until it is closed.

    ``pass_name`` is what runs: a command, or the pass that a worker is at. A record may have
    another one (``extra={"pass": "scan"}``). ``as_json`` holds until settings were read. Of the
    libraries that we use only warnings and errors are taken: what they say of less may be secret.
    """

    def __init__(self, pass_name: str, level: int, *, as_json: bool) -> None:
        super().__init__()
        self.pass_name = pass_name
        self._as_json = as_json
        self._secrets: Sequence[str] | None = None
        _OURS.setLevel(level)
        logging.getLogger().addHandler(self)
        logging.captureWarnings(True)

    def follow(self, settings: "Settings", secrets: Sequence[str]) -> None:
        """Write as the settings say from now on, and nothing that is secret in them."""
        self._as_json, self._secrets = settings.log_format == JSON, secrets

    def say(self, text: str) -> None:
        """Log what a command says to people; ``error: …`` is an error."""
        beginning = next(beginning for beginning in _LEVELS if text.startswith(beginning))
        _OURS.log(_LEVELS[beginning], "%s", text.removeprefix(beginning))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record))
            sys.stderr.flush()
        except Exception:
            # As everywhere in logging: what cannot be logged stops no work.
            self.handleError(record)

    def format(self, record: logging.LogRecord) -> str:
        """Write one record: a JSON object on a line, or as many lines of text as it has."""
        text = record.getMessage()
        if record.exc_info and isinstance(error := record.exc_info[1], Exception):
            text = "\n".join([text, *report(error, self._secrets)])
        text = redacted(text, self._secrets or ())
        at = iso(int(record.created * 1000))
        during = getattr(record, "pass", self.pass_name)
        if self._as_json:
            said = {
                "time": at,
                "level": record.levelname.lower(),
                "pass": during,
                "message": text,
                "host": socket.gethostname(),
                "pid": os.getpid(),
            }
            # In ASCII: whatever is not visible is escaped with the rest.
            return json.dumps(said) + "\n"
        lines = map(visible, text.split("\n"))
        return "".join(f"{at} {record.levelname} {during}: {line}\n" for line in lines)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Say nothing: logging would print a traceback, with the values in it."""

    def close(self) -> None:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(self)
        _OURS.setLevel(logging.NOTSET)
        super().close()
