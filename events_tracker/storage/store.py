"""The data-access module as the passes see it: one object, one room for each kind of row."""

from collections.abc import Callable
from typing import TypeVar

from events_tracker.model.runs import Order
from events_tracker.model.times import Instant
from events_tracker.storage import migrations
from events_tracker.storage.alarms import Alarms
from events_tracker.storage.directory import DirectoryRows
from events_tracker.storage.engine import Engine
from events_tracker.storage.outbox import Dispatch, Outbox
from events_tracker.storage.register import Register
from events_tracker.storage.retention import Retention
from events_tracker.storage.session import Session
from events_tracker.storage.slices import Slices
from events_tracker.storage.state import State
from events_tracker.storage.triggers import Triggers

T = TypeVar("T")


class Store:
    """Everything that is kept, over one connection, for one thread."""

    def __init__(self, engine: Engine, session: Session) -> None:
        self._engine = engine
        self._session = session
        self.alarms = Alarms(session)
        self.triggers = Triggers(session)
        self.register = Register(session)
        self.outbox = Outbox(session)
        self.dispatch = Dispatch(session)
        self.retention = Retention(session)
        self.directory = DirectoryRows(session)
        self.state = State(session)
        self.slices = Slices(session)

    def require_current(self) -> None:
        """Raise SetupError unless the database is there with this program's schema."""
        migrations.require_current(self._session, self._engine)

    def upgrade(self, now: Instant) -> int:
        """Make the database and bring it to this program's schema; returns the steps taken."""
        return migrations.upgrade(self._session, self._engine, now)

    def read(self, work: Callable[[], T]) -> T:
        """Run reads, repeated as a whole while the database is busy or coming back."""
        return self._session.read(work)

    def write(self, order: Order, work: Callable[[], T]) -> T:
        """Run a writing transaction; see :meth:`Session.write`."""
        return self._session.write(order, work)

    def close(self) -> None:
        self._session.close()
