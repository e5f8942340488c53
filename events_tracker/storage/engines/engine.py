"""The engine: what any database has to do for us, and kinds of its errors."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Protocol

from events_tracker.storage.statements import Statement, Value

FetchedRow = dict[str, Value]
"""One row that was read, by column name."""


class Trouble(Enum):
    """The reaction that an engine's error asks for."""

    CONTENTION = "others were in the way: repeat the whole transaction"
    CONNECTION = "the connection or its node is gone: connect again, then repeat"
    DUPLICATE = "a row is there already: repeat, and look for our own rows first"
    FINAL = "repeating does not help"


class Engine(Protocol):
    """One connection to one kind of database; used by one thread."""

    dialect: str
    where: str
    """Where it is, for people: no secret."""
    in_cluster: bool
    """True if other servers share this one's state; known once connected."""

    def connect(self) -> None:
        """Open the connection; raises the driver's error."""

    def look_again(self) -> None:
        """Close a connection to what is not the database any more; never raises."""

    def close(self) -> None:
        """Close it, rolling back what was not committed; never raises."""

    def begin(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def execute(self, sql: str, values: Sequence[Value]) -> int:
        """Run one statement; return the number of rows it changed."""

    def rows(self, sql: str, values: Sequence[Value]) -> list[FetchedRow]:
        """Run one SELECT; return all its rows."""

    def query(self, sql: str, values: Sequence[Value]) -> Iterator[FetchedRow]:
        """Run one SELECT; yield its rows as they are fetched."""

    def insert(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> None:
        """Insert rows with as few statements as the engine takes."""

    def trouble(self, error: Exception) -> Trouble | None:
        """Tell what an error asks for; None if it is no error of the driver."""

    def explain(self, error: Exception) -> str:
        """Write one line for people: what failed and, if known, what to do; without secrets."""

    def is_too_large(self, error: Exception) -> bool:
        """Tell whether a statement, or a row, was larger than the server takes."""

    def is_there_already(self, error: Exception) -> bool:
        """Tell whether a migration that is run again met its own work."""

    def missing_database(self, error: Exception) -> bool:
        """Tell whether connecting failed because no database was made yet."""

    def missing_table(self, error: Exception) -> bool:
        """Tell whether a statement failed because its table was never made."""

    def create_database(self) -> None:
        """Make the database that ``connect`` did not find."""
