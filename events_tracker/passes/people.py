"""people: who may sign in; each change is one transaction."""

from typing import TYPE_CHECKING

from msgspec import Struct

from events_tracker.base.ids import new_id
from events_tracker.base.times import Instant
from events_tracker.decisions.people import find, refuse_taken
from events_tracker.model.people import Person
from events_tracker.model.runs import Numbers, Run

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Keeper(Struct, frozen=True):
    """Lets people in and out, at a time; raises UsageError for what cannot be.

    Passwords come as hashes. Whatever ends a password ends the sessions and the tokens of its name.
    """

    now: Instant
    host: str

    def add(self, store: "Store", name: str, password: str) -> None:
        """Let somebody sign in, under a name that nobody has yet."""
        person = Person(name, password, new_id(self.now), self.now, self.now)

        def write(rows: "Rows") -> tuple[None, Numbers]:
            refuse_taken(name, _names(rows))
            rows.people.add(person)
            return None, {"added": 1}

        store.write(self._run("people add"), write)

    def set_password(self, store: "Store", name: str, password: str) -> int:
        """Give somebody another password; return the number of tokens that this revoked."""
        key = new_id(self.now)

        def write(rows: "Rows") -> tuple[int, Numbers]:
            found = find(name, _names(rows))
            rows.people.set_password(found, password, key, self.now)
            revoked = rows.tokens.revoke_of(found, self.now)
            return revoked, {"changed": 1, "revoked": revoked}

        return store.write(self._run("people password"), write)

    def remove(self, store: "Store", name: str) -> int:
        """Let somebody sign in no more; return the number of tokens that this revoked."""

        def write(rows: "Rows") -> tuple[int, Numbers]:
            found = find(name, _names(rows))
            rows.people.remove(found)
            revoked = rows.tokens.revoke_of(found, self.now)
            return revoked, {"removed": 1, "revoked": revoked}

        return store.write(self._run("people remove"), write)

    def _run(self, what: str) -> Run:
        return Run(new_id(self.now), what, self.host, self.now)


def _names(rows: "Rows") -> list[str]:
    return [person.name for person in rows.people.all()]
