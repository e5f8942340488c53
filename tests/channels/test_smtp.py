"""What the mail server must offer and say before a letter is sent, and counts as sent."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from events_tracker import limits
from events_tracker.channels.mail import Mail
from events_tracker.errors import Again, DeliveryError
from tests.channels.mailbox import PASSWORD, USER, Mailbox, certificate
from tests.channels.rigs import deadline, letter

SENDER = "tracker@sentinela.example"
Certified = tuple[Path, ssl.SSLContext]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


def test_one_unknown_recipient_of_several_does_not_keep_it_from_the_others(
    mailbox: Mailbox,
) -> None:
    mailbox.unknown = {"rui@sentinela.example"}
    with pytest.raises(DeliveryError) as failure:
        Mail(mailbox.url, SENDER).send(letter(), deadline())
    assert failure.value.again is Again.NEVER, "the others would have it twice"
    assert mailbox.recipients == [["ana@sentinela.example", "chefe@sentinela.example"]]


def test_credentials_are_not_sent_where_no_starttls_is_offered(mailbox: Mailbox) -> None:
    url = f"smtp://{USER}:{PASSWORD}@{mailbox.address}"
    with pytest.raises(DeliveryError, match="offers no STARTTLS: credentials stay here"):
        Mail(url, SENDER).send(letter(), deadline())
    assert (mailbox.logins, mailbox.letters) == ([], [])


def test_a_server_that_says_nothing_did_not_answer_in_time(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def think(*_: object) -> str:
        await asyncio.sleep(30)
        return "250 OK"

    monkeypatch.setattr("events_tracker.limits.READ_SECONDS", 0.3)
    monkeypatch.setattr(mailbox, "handle_DATA", think)
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1 did not answer in time") as failure:
        Mail(mailbox.url, SENDER).send(letter(), deadline())
    assert failure.value.again is Again.LATER


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(params=["smtp", "smtps"])
def secured(request: pytest.FixtureRequest, certified: Certified) -> Iterator[Mailbox]:
    """A mail server with a certificate that only SSL_CERT_FILE can vouch for."""
    context = certified[1]
    how: dict[str, Any] = (
        {"starttls": context} if request.param == "smtp" else {"ssl_context": context}
    )
    if request.param == "smtps":
        how["auth_require_tls"] = False  # it does not see that all of it is TLS
    with Mailbox(**how) as mailbox:
        mailbox.scheme = request.param
        yield mailbox


def test_with_a_certificate_that_is_trusted_it_logs_in_and_sends(
    secured: Mailbox, certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    url = f"{secured.scheme}://{USER}:{PASSWORD}@{secured.address}"
    Mail(url, SENDER).send(letter(), deadline())
    assert secured.logins == [(USER, PASSWORD)]
    assert len(secured.letters) == 1


def test_with_a_certificate_that_is_not_trusted_nothing_is_sent(secured: Mailbox) -> None:
    url = f"{secured.scheme}://{USER}:{PASSWORD}@{secured.address}"
    with pytest.raises(DeliveryError, match="has no valid certificate for its name"):
        Mail(url, SENDER).send(letter(), deadline())
    assert (secured.logins, secured.letters) == ([], [])


def test_starttls_is_verified_without_credentials_too(certified: Certified) -> None:
    with Mailbox(starttls=certified[1]) as mailbox:
        with pytest.raises(DeliveryError, match="has no valid certificate for its name"):
            Mail(mailbox.url, SENDER).send(letter(), deadline())
        assert mailbox.letters == []


@pytest.mark.parametrize("password", ["wrong", "sen%C3%A7a"], ids=["wrong", "not ASCII"])
def test_a_password_that_is_refused_is_for_good_and_not_told(
    secured: Mailbox,
    certified: Certified,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    url = f"{secured.scheme}://{USER}:{password}@{secured.address}"
    with pytest.raises(DeliveryError) as failure:
        Mail(url, SENDER).send(letter(), deadline())
    assert failure.value.again is Again.NEVER
    assert "sen" not in str(failure.value)
    assert secured.letters == []


def test_signs_in_a_password_are_percent_encoded(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    with Mailbox(starttls=certified[1]) as mailbox:
        with pytest.raises(DeliveryError):
            Mail(f"smtp://u%40x:p%2F%40%3A@{mailbox.address}", SENDER).send(letter(), deadline())
        assert mailbox.logins[0] == ("u@x", "p/@:")


def test_a_server_that_takes_no_login_is_not_sent_a_letter_without_one(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    no_login = ["LOGIN", "PLAIN"]
    with Mailbox(starttls=certified[1], auth_exclude_mechanism=no_login) as mailbox:
        url = f"smtp://{USER}:{PASSWORD}@{mailbox.address}"
        with pytest.raises(DeliveryError, match="takes no login") as failure:
            Mail(url, SENDER).send(letter(), deadline())
        assert failure.value.again is Again.NEVER
        assert mailbox.letters == []


def test_an_address_beyond_ascii_needs_a_server_that_knows_it() -> None:
    with Mailbox(enable_SMTPUTF8=False) as mailbox:
        with pytest.raises(DeliveryError, match="no address beyond ASCII"):
            Mail(mailbox.url, "plantão@sentinela.example").send(letter(), deadline())
        assert mailbox.letters == []


def test_a_login_that_fails_for_a_while_is_tried_again(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    later = AuthResult(success=False, handled=False, message="454 4.7.0 try again")
    monkeypatch.setattr(Mailbox, "_authenticate", lambda *_: later)
    with Mailbox(starttls=certified[1]) as mailbox, pytest.raises(DeliveryError) as failure:
        Mail(f"smtp://{USER}:{PASSWORD}@{mailbox.address}", SENDER).send(letter(), deadline())
    assert failure.value.again is Again.LATER
    assert "refused user or password (454)" in str(failure.value)


def test_a_server_that_falls_silent_in_the_middle_is_left_alone(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(Mailbox, "handle_DATA", silence)
    monkeypatch.setattr(limits, "READ_SECONDS", 0.5)
    with pytest.raises(DeliveryError) as failure:
        Mail(mailbox.url, SENDER).send(letter(), deadline())
    assert failure.value.unreachable
