"""Which texts open the HTTP API: signed, complete, in their time, on record, and somebody's."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from events_tracker.app.app import App
from events_tracker.base.times import DAY
from events_tracker.model.people import Scope, Token
from events_tracker.storage import Store
from events_tracker.web.tokens import InvalidToken, bearer
from tests.people.conftest import SECRET
from tests.support.people import add, people
from tests.support.world import Tracker


@pytest.fixture
def store(tracker: Tracker) -> Iterator[Store]:
    """The database, as the server that is asked has it open."""
    app = App(tracker.environ, Path(tracker.folder), tracker.clock, shared_env_file=None)
    yield app.store(app.settings(), app.deadline(60))
    app.close()


@pytest.fixture
def text(tracker: Tracker) -> str:
    """A token of Ana's, issued just now for a day."""
    tracker.environ["WEB_SECRET"] = SECRET
    add(tracker, "Ana")
    return tracker("token", "--for", "Ana", "--days", "1").stdout.strip()


def opened(text: str, store: Store, tracker: Tracker) -> Token:
    return bearer(text, SECRET, store, tracker.clock.now())


def refused(text: str, store: Store, tracker: Tracker) -> None:
    with pytest.raises(InvalidToken):
        opened(text, store, tracker)


def changed(text: str, /, secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """The same token with other claims (None: without one), signed anew."""
    payload = jwt.decode(text, options={"verify_signature": False}) | claims
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, secret, algorithm)


def test_a_token_opens_in_the_name_of_its_person_for_as_long_as_it_says(
    text: str, store: Store, tracker: Tracker
) -> None:
    found = opened(text, store, tracker)
    assert (found.name, found.scope) == ("Ana", Scope.READ_WRITE)
    assert opened(changed(text), store, tracker) == found, "signed anew it is the same token"
    tracker.clock.advance(DAY - 1)
    assert opened(text, store, tracker) == found
    tracker.clock.advance(1)
    refused(text, store, tracker)


def test_a_read_only_token_says_so_on_record(text: str, store: Store, tracker: Tracker) -> None:
    reading = tracker("token", "--for", "Ana", "--read-only").stdout.strip()
    assert opened(reading, store, tracker).scope == Scope.READ
    more = changed(reading, scope="read write")
    assert opened(more, store, tracker).scope == Scope.READ


def test_a_service_opens_without_a_person(text: str, store: Store, tracker: Tracker) -> None:
    service = tracker("token", "--for", "grafana", "--service").stdout.strip()
    assert opened(service, store, tracker).name == "grafana"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"iat": None},
        {"aud": None},
        {"sub": None},
        {"jti": None},
        {"scope": None},
        {"aud": "pages"},
        {"aud": ["api", "pages"]},
        {"exp": 0},
        {"exp": "9999999999"},
        {"exp": 1e300},
        {"exp": True},
        {"scope": "admin"},
        {"scope": ["read"]},
        {"jti": "0" * 32},
        {"jti": "' OR 1 = 1 --"},
        {"sub": "Rui"},
        {"sub": "ana"},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_claim_that_is_missing_or_wrong(
    text: str, store: Store, tracker: Tracker, claims: dict[str, Any]
) -> None:
    add(tracker, "Rui")
    refused(changed(text, **claims), store, tracker)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_another_signature_or_none(text: str, store: Store, tracker: Tracker) -> None:
    refused(changed(text, secret="x" * 32), store, tracker)
    for algorithm in ("HS384", "HS512"):
        refused(changed(text, algorithm=algorithm), store, tracker)
    refused(changed(text, secret="", algorithm="none"), store, tracker)
    head, claims, signature = text.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    for forged in (
        f"{none}.{claims}.",
        f"{none}.{claims}.{signature}",
        f"{head}.{claims}.",
        f"{head}.{claims}",
        f"{head}.{claims[:-2]}xx.{signature}",
    ):
        refused(forged, store, tracker)


def test_what_is_no_token_at_all(text: str, store: Store, tracker: Tracker) -> None:
    endless = base64.urlsafe_b64encode(b"[" * 50_000).decode()
    for nonsense in ("", ".", "..", "a.b.c", "é.é.é", "\udcff", f"{endless}.{endless}.x"):
        refused(nonsense, store, tracker)


def test_a_revoked_token(text: str, store: Store, tracker: Tracker) -> None:
    jti = jwt.decode(text, options={"verify_signature": False})["jti"]
    assert tracker("token", "--revoke", jti).exit_code == 0
    refused(text, store, tracker)


@pytest.mark.parametrize("command", [["password", "Ana", "--password-stdin"], ["remove", "Ana"]])
def test_a_person_who_was_removed_or_has_another_password(
    text: str, store: Store, tracker: Tracker, command: list[str]
) -> None:
    assert people(tracker, *command).exit_code == 0
    refused(text, store, tracker)
    if command[0] == "remove":
        add(tracker, "Ana")
        refused(text, store, tracker)


def test_a_token_whose_person_is_gone_though_nobody_revoked_it(
    text: str, store: Store, tracker: Tracker
) -> None:
    store.update(lambda rows: rows.people.remove("Ana"))
    refused(text, store, tracker)
