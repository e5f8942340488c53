"""Failures as rows: one for each pass and host that goes on failing."""

import json
from collections.abc import Sequence

import msgspec
from msgspec.structs import asdict

from events_tracker.base.times import Instant
from events_tracker.model.failures import Failure
from events_tracker.storage.session import Statements

_HOST_WIDTH = 100


class Failures:
    """What passes that go on failing have said already."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def known(self, name: str, host: str) -> list[Failure]:
        """Read what is known of the failures of a pass on a host; what is no such text is nothing.

        A row that somebody edited must not make a pass fail.
        """
        rows = self._statements.rows("failures_of", **{"pass": name, "host": host[:_HOST_WIDTH]})
        try:
            return [
                failure
                for row in rows
                for failure in msgspec.json.decode(str(row["known"]), type=list[Failure])
            ]
        except msgspec.MsgspecError:
            return []

    def take(self, name: str, host: str, now: Instant) -> list[Failure]:
        """Read what is known, and keep other runs of this pass on this host waiting."""
        place = {"pass": name, "host": host[:_HOST_WIDTH]}
        self._statements.run("failures_take", **place, seen_at=now)
        return self.known(name, host)

    def forget(self, before: Instant) -> None:
        """Delete what no run has looked at since then: its host is gone, or has another name."""
        self._statements.run("failures_forget", before=before)

    def keep(self, name: str, host: str, known: Sequence[Failure], now: Instant) -> None:
        """Replace what is known; nothing: the pass is well."""
        place = {"pass": name, "host": host[:_HOST_WIDTH]}
        if not known:
            self._statements.run("failures_over", **place)
            return
        # Escaped: an error may quote what UTF-8 cannot encode.
        text = json.dumps([asdict(failure) for failure in known])
        self._statements.insert("failures_keep", [{**place, "seen_at": now, "known": text}])
