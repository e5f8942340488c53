"""People and tokens as rows."""

from events_tracker.base.times import Instant
from events_tracker.model.people import Person, Token
from events_tracker.storage.convert import convert
from events_tracker.storage.session import Statements


class People:
    """Those who may sign in."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def all(self) -> list[Person]:
        """Read everybody, by name."""
        return convert(self._statements.rows("people_all"), list[Person])

    def named(self, name: str) -> Person | None:
        """Read one person; None if nobody has exactly this name."""
        people = convert(self._statements.rows("people_named", name=name), list[Person])
        # Databases may take a name for another one that only ends in more blanks.
        return next((person for person in people if person.name == name), None)

    def add(self, person: Person) -> None:
        self._statements.insert(
            "people_add",
            [
                {
                    "name": person.name,
                    "password": person.password,
                    "session_key": person.session_key,
                    "added_at": person.added_at,
                    "password_at": person.password_at,
                }
            ],
        )

    def set_password(self, name: str, password: str, session_key: str, at: Instant) -> None:
        """Keep another hash, and another key with it."""
        self._statements.run(
            "people_password", name=name, password=password, session_key=session_key, at=at
        )

    def sign_out(self, session_key: str) -> None:
        """Give everybody another key: no session goes on."""
        self._statements.run("people_sign_out", session_key=session_key)

    def remove(self, name: str) -> None:
        self._statements.run("people_remove", name=name)


class Tokens:
    """Tokens that were issued, without their texts."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def all(self) -> list[Token]:
        """Read every token on record, the newest first."""
        return convert(self._statements.rows("tokens_all"), list[Token])

    def get(self, id_: str) -> Token | None:
        """Read one token by its claim ``jti``; None if it was never issued or is long over."""
        tokens = convert(self._statements.rows("tokens_get", id=id_), list[Token])
        return next((token for token in tokens if token.id == id_), None)

    def valid(self, now: Instant) -> dict[str, int]:
        """Count the tokens that are worth anything at a moment, by name."""
        rows = self._statements.rows("tokens_valid", now=now)
        return convert({row["name"]: row["tokens"] for row in rows}, dict[str, int])

    def add(self, token: Token) -> None:
        self._statements.insert(
            "tokens_add",
            [
                {
                    "id": token.id,
                    "name": token.name,
                    "service": int(token.service),
                    "scope": token.scope,
                    "issued_at": token.issued_at,
                    "expires_at": token.expires_at,
                    "revoked_at": token.revoked_at,
                }
            ],
        )

    def revoke(self, id_: str, at: Instant) -> None:
        """Let one token be worth nothing from now on."""
        self._statements.run("tokens_revoke", id=id_, at=at)

    def revoke_of(self, name: str, at: Instant) -> int:
        """Let what a name still has be worth nothing; return the number of tokens."""
        return self._statements.run("tokens_revoke_of", name=name, at=at)

    def revoke_all(self, at: Instant) -> int:
        """Let every token be worth nothing; return the number of those that were worth anything."""
        return self._statements.run("tokens_revoke_all", at=at)
