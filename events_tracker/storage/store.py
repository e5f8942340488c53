"""The database as passes see it: units of work, to which rows are handed.

Rows exist only inside a unit, so that every statement belongs to one: it is repeated while the
database is busy or coming back, and its failure is told in our words.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from events_tracker.base.deadline import Deadline
from events_tracker.base.times import Instant
from events_tracker.model.runs import Numbers, Run
from events_tracker.storage import migrations
from events_tracker.storage.engines.engine import Engine
from events_tracker.storage.register import Streams
from events_tracker.storage.rows import Rows
from events_tracker.storage.session import Session

T = TypeVar("T")


class Database:
    """One connection for one thread, made when it is first used; each use has its own deadline.

    ``absent``: what is to be done, and by whom, where there is no database yet. ``waiting`` is told
    that one that is away is waited for.
    """

    def __init__(self, engine: Engine, absent: str, waiting: Callable[[str], None]) -> None:
        self._engine = engine
        self._absent = absent
        self._waiting = waiting
        self.recorded = False
        """A pass has written what it decided, or was about to."""

    def within(self, deadline: Deadline) -> "Store":
        """Return the store over this connection, to be used until that deadline."""
        self._engine.look_again()
        session = Session(self._engine, deadline, self._absent, self._recording, self._waiting)
        return Store(self._engine, session)

    def _recording(self) -> None:
        self.recorded = True

    def close(self) -> None:
        self._engine.close()


class Store:
    """Everything that is kept, over one connection, until one deadline."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self._engine = engine
        self._session = session
        self._rows = Rows(session)
        self._streams = Streams(session)

    def require_current(self) -> None:
        """Raise SetupError unless the database is there with this program's schema."""
        migrations.require_current(self._session, self._engine)

    @property
    def schema(self) -> int:
        """The number of the last step of this program's schema, which a current database has."""
        return max(migration.version for migration in migrations.migrations())

    def upgrade(self, now: Instant) -> int:
        """Make the database and bring it to this program's schema; return the number of steps."""
        return migrations.upgrade(self._session, self._engine, now)

    def read(self, work: Callable[[Rows], T]) -> T:
        """Run reads, repeated as a whole while the database is busy or coming back."""
        return self._session.read(lambda: work(self._rows))

    def stream(self, work: Callable[[Streams], Iterator[T]]) -> Iterator[T]:
        """Hand on what reads find, as they find it; see :meth:`Session.stream`."""
        return self._session.stream(lambda: work(self._streams))

    def write(self, run: Run, work: Callable[[Rows], tuple[T, Numbers]]) -> T:
        """Run a pass's writing transaction and record the run; see :meth:`Session.write`."""
        return self._session.write(run, lambda: work(self._rows))

    def update(self, work: Callable[[Rows], T]) -> T:
        """Run a transaction that is harmless to repeat even when it had happened already."""
        return self._session.write_alone(lambda: work(self._rows))
