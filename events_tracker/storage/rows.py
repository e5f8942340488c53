"""All rows that a unit's work may touch, an object for each kind."""

from events_tracker.storage.alarms import Alarms
from events_tracker.storage.deliveries import Deliveries
from events_tracker.storage.directory import StoredDirectory
from events_tracker.storage.exceptions import Exceptions
from events_tracker.storage.failures import Failures
from events_tracker.storage.holds import Holds
from events_tracker.storage.hours import Hours
from events_tracker.storage.metrics import Metrics
from events_tracker.storage.notes import Notes
from events_tracker.storage.notifications import Notifications
from events_tracker.storage.old_rows import OldRows
from events_tracker.storage.people import People, Tokens
from events_tracker.storage.register import Register
from events_tracker.storage.reports import Reports
from events_tracker.storage.runs import Runs
from events_tracker.storage.session import Statements
from events_tracker.storage.slices import Slices
from events_tracker.storage.triggers import Triggers
from events_tracker.storage.versions import Versions


class Rows:
    """Everything that is kept, as a unit of :class:`~events_tracker.storage.Store` hands it out.

    No method opens a transaction or hands out rows that are still to be fetched.
    """

    def __init__(self, statements: Statements) -> None:
        self.alarms = Alarms(statements)
        self.versions = Versions(statements)
        self.exceptions = Exceptions(statements)
        self.holds = Holds(statements)
        self.triggers = Triggers(statements)
        self.register = Register(statements)
        self.notes = Notes(statements)
        self.notifications = Notifications(statements)
        self.deliveries = Deliveries(statements)
        self.metrics = Metrics(statements)
        self.reports = Reports(statements)
        self.old = OldRows(statements)
        self.directory = StoredDirectory(statements)
        self.runs = Runs(statements)
        self.slices = Slices(statements)
        self.hours = Hours(statements)
        self.failures = Failures(statements)
        self.people = People(statements)
        self.tokens = Tokens(statements)
