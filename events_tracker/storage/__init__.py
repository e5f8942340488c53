"""The plain-SQL data-access module. Statements are in sql/; here is what runs them."""

from events_tracker.storage.open import files, open_store
from events_tracker.storage.rows import Rows
from events_tracker.storage.store import Database, Store

__all__ = ["Database", "Rows", "Store", "files", "open_store"]
