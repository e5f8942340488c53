"""tokens: what opens the HTTP API is issued and revoked; each is one transaction."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.base.errors import UsageError
from events_tracker.base.ids import new_id
from events_tracker.base.times import Instant
from events_tracker.decisions.people import find, person_name
from events_tracker.model.people import Token
from events_tracker.model.runs import Numbers, Run

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


def issue(store: "Store", wanted: Token, host: str) -> Token:
    """Put a new token on record; returns it as it is kept.

    Raises UsageError if nobody has its name, or if it is a service's and somebody has.
    """

    def write(rows: "Rows") -> tuple[Token, Numbers]:
        names = [person.name for person in rows.people.all()]
        name = _service_name(wanted.name, names) if wanted.service else find(wanted.name, names)
        token = replace(wanted, name=name)
        rows.tokens.add(token)
        return token, {"issued": 1}

    return store.write(Run(new_id(wanted.issued_at), "token issue", host, wanted.issued_at), write)


def revoke(store: "Store", id_: str, now: Instant, host: str) -> Token:
    """Let a token open nothing any more; returns it as it was, which may be revoked already.

    Raises UsageError if there is none of this id.
    """

    def write(rows: "Rows") -> tuple[Token, Numbers]:
        token = rows.tokens.get(id_)
        if token is None:
            raise UsageError(f"there is no token {id_!r}: `tracker token --list` lists them")
        rows.tokens.revoke(id_, now)
        return token, {"revoked": 1}

    return store.write(Run(new_id(now), "token revoke", host, now), write)


def _service_name(text: str, names: list[str]) -> str:
    name = person_name(text)
    if name in names:
        raise UsageError(f"{name!r} is a person: a service needs a name of its own")
    return name
