"""What an engine must do for us, and how its errors are told apart."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Protocol

from events_tracker.storage.statements import Statement, Value

FetchedRow = dict[str, Value]
"""One row that was read, by column name."""


class Trouble(Enum):
    """What an engine's error asks of us."""

    CONTENTION = "others were in the way: repeat the whole transaction"
    CONNECTION = "the connection or its node is gone: connect again, then repeat"
    DUPLICATE = "a row is there already: repeat, and look for our own rows first"
    FINAL = "repeating does not help"


class Engine(Protocol):
    """One connection to one kind of database; used by one thread."""

    dialect: str
    in_cluster: bool
    """Whether other servers share this one's state; known once connected."""

    def connect(self) -> None:
        """Open the connection; raises the driver's error."""

    def close(self) -> None:
        """Close it, rolling back what was not committed; never raises."""

    def begin(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def execute(self, sql: str, values: Sequence[Value]) -> int:
        """Run one statement; returns how many rows it changed."""

    def query(self, sql: str, values: Sequence[Value]) -> Iterator[FetchedRow]:
        """Run one SELECT; rows come as they are fetched."""

    def insert(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> None:
        """Insert rows with as few statements as the engine takes."""

    def trouble(self, error: Exception) -> Trouble | None:
        """What an error of the driver asks of us; None if it is not the driver's."""

    def explain(self, error: Exception) -> str:
        """One line for people: what failed, and what to do if we know; without secrets."""

    def is_too_large(self, error: Exception) -> bool:
        """Whether a statement, or a row, is larger than the server takes."""

    def is_there_already(self, error: Exception) -> bool:
        """Whether a migration that is run again met its own work."""

    def missing_database(self, error: Exception) -> bool:
        """Whether connecting failed because no database was made yet."""

    def missing_table(self, error: Exception) -> bool:
        """Whether a statement failed because its table was never made."""

    def create_database(self) -> None:
        """Make the database that ``connect`` did not find."""
