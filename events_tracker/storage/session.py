"""Units of statements over one connection: reads and writing transactions, and their repetition.

A writing transaction is one function. It is repeated as a whole, with the same ids, when others
were in the way or the connection was lost; if the fate of a commit is unknown, its run's row tells
whether it happened.
"""

import json
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import SetupError, StorageError, TooLarge
from events_tracker.model.runs import Numbers, Overtaken, Run
from events_tracker.storage.convert import convert
from events_tracker.storage.engines.engine import Engine, FetchedRow, Trouble
from events_tracker.storage.statements import Parameters, Value, load

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Statements:
    """Statements by name over one engine; each belongs inside a unit of :class:`Session`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._statements = load(engine.dialect)

    def run(self, name: str, /, **parameters: Value | Sequence[Value]) -> int:
        """Run one statement, in parts if its list is long; return the number of rows it changed."""
        return sum(self._engine.execute(*bound) for bound in self._bound(name, parameters))

    def rows(self, name: str, /, **parameters: Value | Sequence[Value]) -> list[FetchedRow]:
        """Read all rows of one SELECT."""
        text, values = self._statements[name].bind(parameters, self._mark)
        return self._engine.rows(text, values)

    def number(self, name: str, /, **parameters: Value | Sequence[Value]) -> int:
        """Read the one number that a SELECT finds."""
        ((number,),) = (row.values() for row in self.rows(name, **parameters))
        return convert(number, int)

    def insert(self, name: str, rows: Sequence[dict[str, Value]]) -> None:
        """Insert rows, with as few statements as the engine takes."""
        if rows:
            self._engine.insert(self._statements[name], rows)

    def chunks(
        self, name: str, values: Sequence[Value], **parameters: Value | Sequence[Value]
    ) -> list[FetchedRow]:
        """Read all rows of a SELECT by ``values``: none, or more than one statement takes."""
        if not values:
            return []
        bound = self._bound(name, {**parameters, "values": values})
        return [row for one in bound for row in self._engine.rows(*one)]

    def fetch(self, name: str, /, **parameters: Value | Sequence[Value]) -> Iterator[FetchedRow]:
        """Yield the rows of one SELECT as they are fetched."""
        text, values = self._statements[name].bind(parameters, self._mark)
        return self._engine.query(text, values)

    def _bound(self, name: str, parameters: Parameters) -> Iterator[tuple[str, list[Value]]]:
        statement = self._statements[name]
        for part in statement.cut(parameters, limits.VALUES_PER_STATEMENT):
            yield statement.bind(part, self._mark)

    @property
    def _mark(self) -> str:
        return "?" if self._engine.dialect == "sqlite" else "%s"


_WAITED_FOR = {Trouble.CONNECTION: "", Trouble.CONTENTION: ", which another process locks"}
"""What people are told that they wait for."""


class Session(Statements):
    """Units of statements, each whole or not at all; used by one thread.

    ``recording`` is called as a pass's writing transaction is about to be committed; ``waiting``
    is told, once a unit, that a database that is away or locked is waited for.
    """

    def __init__(
        self,
        engine: Engine,
        deadline: Deadline,
        absent: str,
        recording: Callable[[], None],
        waiting: Callable[[str], None],
    ) -> None:
        super().__init__(engine)
        self.deadline = deadline
        self._waiting = waiting
        self._absent = absent
        self._recording = recording

    def read(self, work: Callable[[], T]) -> T:
        """Run reads; repeated as a whole while the database is busy or coming back."""
        return self._repeat(lambda _: work())

    def stream(self, work: Callable[[], Iterator[T]]) -> Iterator[T]:
        """Hand on what reads find, as they find it. Not repeated once the first item is out."""

        def begin(_: int) -> tuple[list[T], Iterator[T]]:
            items = work()
            return list(islice(items, 1)), items

        first, rest = self._repeat(begin)
        try:
            yield from first
            yield from rest
        except Exception as error:
            raise self._explained(error) from error

    def write(self, run: Run, work: Callable[[], tuple[T, Numbers]]) -> T:
        """Run a writing transaction that no other one overlaps, and record its run with it.

        ``work`` returns its result and the run's numbers. It may run several times; only its last
        time counts. Raises Overtaken if a scan's number is not the highest any more, and
        StorageError when repeating does not help.
        """
        done: list[T] = []

        def transaction(attempt: int) -> T:
            self._engine.begin()
            moved = self._take_place(run)
            if attempt and self.rows("runs_exists", id=run.id):
                self._engine.rollback()
                return done[-1]
            if not moved:
                self._engine.rollback()
                raise Overtaken
            result, numbers = work()
            self._record(run, numbers)
            done.append(result)
            self._recording()
            self._engine.commit()
            return done[-1]

        return self._repeat(transaction)

    def write_alone(self, work: Callable[[], T]) -> T:
        """Run a transaction that needs no place in the order (it is harmless to repeat)."""

        def transaction(_: int) -> T:
            self._engine.begin()
            result = work()
            self._engine.commit()
            return result

        return self._repeat(transaction)

    def _take_place(self, run: Run) -> bool:
        if run.scan is None:
            return self.run("fence_touch") == 1
        return self.run("fence_apply", scan=run.scan) == 1

    def _record(self, run: Run, numbers: Numbers) -> None:
        """Leave the row that tells, should the commit's answer be lost, that it happened."""
        row: dict[str, Value] = {
            "id": run.id,
            "pass": run.name,
            "host": run.host[:100],
            "started_at": run.started_at,
            "status": run.status,
            "summary": json.dumps(dict(numbers)),
        }
        self.insert("runs_add", [row])

    def _repeat(self, unit: Callable[[int], T]) -> T:
        lost_until: Deadline | None = None
        noticed = self.deadline.within(limits.WAIT_NOTICED_SECONDS)
        attempt, told = 0, False
        while True:
            try:
                return unit(attempt)
            except Exception as error:
                trouble = self._engine.trouble(error)
                if trouble is None:
                    self._give_up()
                    raise
                until = self.deadline
                if trouble is Trouble.CONNECTION:
                    lost_until = lost_until or until.within(limits.LOST_DATABASE_SECONDS)
                    until = lost_until
                hopeless = trouble is Trouble.FINAL or (
                    trouble is Trouble.DUPLICATE and attempt >= limits.DUPLICATES_BELIEVED
                )
                self._give_up()
                if hopeless or until.passed():
                    raise self._explained(error) from error
                if trouble is Trouble.CONNECTION and attempt == 0:
                    _log.debug("%s; trying again", self._explained(error))
                if trouble in _WAITED_FOR and noticed.passed() and not told:
                    told = True
                    where, left = self._engine.where + _WAITED_FOR[trouble], until.remaining()
                    self._waiting(f"waiting for the database at {where} (up to {left:.0f} s more)…")
            attempt += 1
            # Ten doublings are beyond the longest pause; a thousand were beyond any float.
            longest = min(limits.LONGEST_PAUSE_SECONDS, 0.02 * 2 ** min(attempt, 10))
            self.deadline.sleep(random.uniform(0, longest))

    def _give_up(self) -> None:
        """Leave nothing behind: a new connection is the one sure way to roll back."""
        self._engine.close()

    def _explained(self, error: Exception) -> Exception:
        if self._engine.missing_database(error):
            return SetupError(f"there is no database yet: {self._absent}")
        if self._engine.trouble(error) is None:
            return error
        if self._engine.is_too_large(error):
            return TooLarge(self._engine.explain(error))
        return StorageError(self._engine.explain(error))
