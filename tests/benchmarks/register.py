"""A long register in the database of the environment, and questions to it.

``register.py fill ENTRIES``: fill it up to so many, each half a minute older than the
one before, so that a day has as many in a longer one; each five-hundredth is still open. Each was
told by a message, and opened by a scan of its own; for a quarter that is known.
``register.py ask ROUNDS``: run `tracker history` and `tracker report` in this process; prints as
JSON how many milliseconds each command spent in the database, connecting included.
"""

import contextlib
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from database import URL, connected

from events_tracker.app.app import App
from events_tracker.cli import cli
from events_tracker.storage.engines.mysql import MySQL
from events_tracker.storage.engines.sqlite import SQLite

NOW = time.time_ns() // 1_000_000
RETENTION = 90 * 86_400_000
"""For so long is kept what was told, and that a scan ran."""
APART = 31_536
"""A million of these milliseconds are a year."""
ACCOUNTS = 2_000
AT_ONCE = 20_000
QUESTIONS = (
    ("history", "--account", "1950"),
    ("history", "--since", "2d", "--until", "1d"),
    ("history", "--open"),
    ("report",),
)
FORMS = {
    "history": ((), ("--limit", "50", "--format", "json")),
    "report": ((), ("--since", "12h", "--until", "60d")),
}


def fill(entries: int) -> None:
    """Insert what is missing, newest first, by the server's own arithmetic."""
    with connected() as connection:
        cursor = connection.cursor()
        if URL.startswith("mysql"):
            cursor.execute(f"SET SESSION cte_max_recursion_depth = {2 * AT_ONCE}")
        cursor.execute("SELECT COUNT(*) FROM register_entries")
        ((first,),) = cursor.fetchall()
        cursor.execute("BEGIN")
        for start in range(first, entries, AT_ONCE):
            _fill(cursor, start, min(entries, start + AT_ONCE))
        cursor.execute("COMMIT")
        for table in ("register_entries", "triggers"):
            cursor.execute(f"ANALYZE {'TABLE ' if URL.startswith('mysql') else ''}{table}")
            cursor.fetchall()


def _fill(cursor: Any, start: int, end: int) -> None:
    def hexadecimal(digits: int) -> str:
        if URL.startswith("mysql"):
            return f"LPAD(LOWER(HEX({10**9} - i)), {digits}, '0')"
        return f"printf('%0{digits}x', {10**9} - i)"

    def text(*parts: str) -> str:
        if URL.startswith("mysql"):
            return f"CONCAT({', '.join(parts)})"
        return " || ".join(f"({part})" for part in parts)

    at = f"({NOW} - i * {APART})"
    account = f"i % {ACCOUNTS}"
    code = text(f"1000 + {account}", "''")
    counted = text(
        """'[{"code":"E130","cuc":"ALR","account_code":"'""", code, """'","count":60}]'"""
    )
    numbers = (
        f"WITH RECURSIVE numbers(i) AS (SELECT {start} UNION ALL "
        f"SELECT i + 1 FROM numbers WHERE i + 1 < {end})"
    )
    name, company, group = (
        text("'Padaria '", code),
        text("'Empresa '", "i % 7"),
        text("'Rede '", "i % 40"),
    )
    over = "CASE WHEN i % 500 > 0 THEN"
    cursor.execute(
        f"INSERT INTO register_entries {numbers} SELECT {hexadecimal(32)}, 'default', 'default', "
        f"1, 'medium', '>=', 50, {hexadecimal(64)}, {account}, {code}, {name}, i % 7, {company}, "
        f"i % 40, {group}, 'ALR', 'E130', 60, 75, 0, {at} - 7200000, {at}, {at}, i, "
        f"{over} {at} + 3600000 END, {over} 'below the threshold' END, NULL, {counted}, NULL, "
        "NULL, NULL, NULL, NULL FROM numbers"
    )
    cursor.execute(
        f"INSERT INTO triggers {numbers} SELECT 'default', {hexadecimal(64)}, {hexadecimal(32)}, "
        f"1, {account}, NULL, 'ALR', 'E130', 60, 75, i, {at}, NULL, 0, NULL, NULL FROM numbers "
        "WHERE i % 500 = 0"
    )
    kept = f"FROM numbers WHERE {at} > {NOW - RETENTION}"
    id_ = hexadecimal(32)
    cursor.execute(
        f"INSERT INTO notifications {numbers} SELECT {id_}, {id_}, 'opened', {at} {kept}"
    )
    failed = "i % 400 = 0"
    cursor.execute(
        f"INSERT INTO deliveries {numbers} SELECT {id_}, {id_}, {id_}, 'opened', 'whatsapp', "
        f"'{{}}', '', CASE WHEN {failed} THEN 'failed' ELSE 'sent' END, 1, {at}, NULL, NULL, NULL, "
        f"{at}, CASE WHEN NOT {failed} THEN {at} + 2000 END, NULL, 0, NULL, NULL, NULL, NULL {kept}"
    )
    cursor.execute(
        f"INSERT INTO runs {numbers} SELECT {id_}, 'scan', 'here', {at}, 'ok', '{{}}' {kept}"
    )


class Meter:
    """Adds up the time inside the methods that it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False

    def call(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            return self._timed(lambda: method(*args, **kwargs))

        return timed

    def iterate(self, method: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def timed(*args: Any) -> Iterator[Any]:
            rows = method(*args)
            end = object()
            while (row := self._timed(lambda: next(rows, end))) is not end:
                yield row

        return timed

    def _timed(self, work: Callable[[], Any]) -> Any:
        if self._inside:
            return work()
        self._inside = True
        started = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds += time.perf_counter() - started
            self._inside = False


def ask(rounds: int) -> None:
    meter = Meter()
    for engine in (MySQL, SQLite):
        engine.connect = meter.call(engine.connect)  # type: ignore[method-assign]
        engine.execute = meter.call(engine.execute)  # type: ignore[method-assign]
        engine.rows = meter.call(engine.rows)  # type: ignore[method-assign]
        engine.query = meter.iterate(engine.query)  # type: ignore[method-assign]
    costs: dict[str, list[float]] = {}
    for number in range(-1, rounds):
        for question in QUESTIONS:
            for form in FORMS[question[0]]:
                args = [*question, *form]
                meter.seconds = 0.0
                # Of bytes beneath, which is where JSON goes.
                with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
                    code = cli.main(args, obj=App(), standalone_mode=False)
                if code:
                    sys.exit(f"{args} ended with {code}")
                if number >= 0:
                    costs.setdefault(" ".join(args), []).append(meter.seconds * 1_000)
    print(json.dumps(costs))


if __name__ == "__main__":
    {"fill": fill, "ask": ask}[sys.argv[1]](int(sys.argv[2]))
