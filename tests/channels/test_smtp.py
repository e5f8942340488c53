"""What the mail server must offer and say before a letter is sent, and counts as sent."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.smtp import AuthResult
from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.errors import DeliveryError, PartlySent, Retry
from events_tracker.channels.email import Email
from tests.channels.rigs import deadline, letter
from tests.channels.scripted import scripted
from tests.support.mailbox import PASSWORD, USER, Mailbox, certificate

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
    with pytest.raises(PartlySent) as failure:
        Email(mailbox.url, SENDER).send(letter(), deadline())
    assert failure.value.left == ()
    assert failure.value.lost == str(failure.value)
    assert str(failure.value) == (
        f"the mail server {mailbox.address} refused rui@sentinela.example (550); "
        "the others have the message"
    )
    assert mailbox.recipients == [["ana@sentinela.example", "chefe@sentinela.example"]]


def test_a_letter_for_those_who_do_not_have_it_yet_names_all_and_goes_to_them_alone(
    mailbox: Mailbox,
) -> None:
    Email(mailbox.url, SENDER).send(replace(letter(), only=("rui@sentinela.example",)), deadline())
    assert mailbox.asked == ["rui@sentinela.example"]
    assert mailbox.letters[0]["To"] == "ana@sentinela.example, rui@sentinela.example"
    assert mailbox.letters[0]["Cc"] == "chefe@sentinela.example"


LATER_AT_EHLO = {"EHLO": ["421 4.7.0 later"], "HELO": ["421 4.7.0 later"]}
NO_TLS_NOW = {"EHLO": ["250-x\r\n250 STARTTLS"], "STARTTLS": ["454 4.7.0 no TLS now"]}


@pytest.mark.parametrize(
    ("answers", "code", "credentials"),
    [
        pytest.param(LATER_AT_EHLO, 421, "", id="EHLO 421"),
        pytest.param(LATER_AT_EHLO, 421, "u:p@", id="EHLO 421 before a login"),
        pytest.param({"EHLO": ["450 4.7.1 greylisted"]}, 450, "u:p@", id="EHLO 450"),
        pytest.param({"EHLO": ["502 what?"], "HELO": ["450 later"]}, 450, "", id="HELO 450"),
        pytest.param({"EHLO": ["299 hello?"]}, 299, "u:p@", id="EHLO 299"),
        pytest.param(NO_TLS_NOW, 454, "", id="STARTTLS 454"),
        pytest.param(NO_TLS_NOW, 454, "u:p@", id="STARTTLS 454 before a login"),
        pytest.param({"MAIL": ["452 4.3.1 full"]}, 452, "", id="MAIL 452"),
        pytest.param({"RCPT": ["250 OK", "421 4.3.2 going"]}, 421, "", id="second RCPT 421"),
        pytest.param({"DATA": ["451 4.3.0 wait"]}, 451, "", id="DATA 451"),
    ],
)
def test_what_a_server_refuses_for_now_is_tried_again_and_its_code_named(
    answers: dict[str, list[str]], code: int, credentials: str
) -> None:
    with scripted(**answers) as server:
        url = server.url.replace("://", f"://{credentials}")
        with pytest.raises(DeliveryError) as failure:
            Email(url, SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.LATER
    assert str(failure.value) == f"the mail server {urlsplit(server.url).netloc} answered {code}"
    assert server.letters == []


def test_a_refusal_after_tls_is_no_lack_of_what_a_server_offers(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    monkeypatch.setattr(Mailbox, "handle_EHLO", later_once_secured, raising=False)
    with Mailbox(starttls=certified[1]) as mailbox, pytest.raises(DeliveryError) as failure:
        Email(f"smtp://{USER}:{PASSWORD}@{mailbox.address}", SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.LATER
    assert str(failure.value) == f"the mail server {mailbox.address} answered 421"


async def later_once_secured(
    _mailbox: Mailbox, server: Any, session: Any, _envelope: Any, hostname: str, answers: list[str]
) -> list[str]:
    session.host_name = hostname
    return ["421 4.7.0 try again later"] if server._tls_protocol else answers


def test_a_server_that_knows_no_ehlo_is_greeted_in_its_old_way() -> None:
    with scripted(EHLO=["502 what?"]) as server:
        Email(server.url, SENDER).send(letter(), deadline())
    assert [line.partition(" ")[0] for line in server.said[:2]] == ["ehlo", "helo"]
    assert len(server.letters) == 1


def test_a_server_that_refuses_our_name_for_good_is_told_of_with_the_setting() -> None:
    with scripted(EHLO=["550 5.7.1 who?"], HELO=["550 5.7.1 who?"]) as server:
        url = server.url.replace("://", f"://{USER}:{PASSWORD}@")
        with pytest.raises(DeliveryError, match=r"greeting \(550\): SMTP_HELO_NAME") as failure:
            Email(url, SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.NEVER


def test_the_name_that_a_server_is_told_can_be_set() -> None:
    with scripted() as server:
        Email(server.url, SENDER, "monitor.sentinela.example").send(letter(), deadline())
        Email(server.url, SENDER).send(letter(), deadline())
    told = [line for line in server.said if line.startswith("ehlo ")]
    assert told[0] == "ehlo monitor.sentinela.example"
    assert told[1] != told[0]


@pytest.mark.parametrize("subject", ["Atenção: São José", "plain"])
def test_every_letter_is_ascii_whatever_the_server_offers(subject: str) -> None:
    text, html = "Período: " + "á" * 2000 + "\n.\nfim\n", "<p>São José 🍞</p>\n"
    with scripted() as server:
        Email(server.url, SENDER).send(letter(subject, text, html), deadline())
    (raw,) = server.letters
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) < 998


def test_a_port_that_speaks_no_tls_is_named_with_what_to_write(mailbox: Mailbox) -> None:
    port = mailbox.address.rpartition(":")[2]
    with pytest.raises(DeliveryError) as failure:
        Email(f"smtps://{mailbox.address}", SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.LATER
    assert str(failure.value) == (
        f"the mail server {mailbox.address} speaks no TLS on port {port}: "
        "smtps:// needs a port that does (465); smtp:// (587) begins without"
    )


def test_a_host_that_can_have_no_such_name_is_tried_again() -> None:
    with pytest.raises(DeliveryError, match="has a name that no host can have") as failure:
        Email(f"smtp://{'x' * 64}.example:25", SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.LATER


def test_credentials_are_not_sent_where_no_starttls_is_offered(mailbox: Mailbox) -> None:
    url = f"smtp://{USER}:{PASSWORD}@{mailbox.address}"
    with pytest.raises(DeliveryError, match="offers no STARTTLS: credentials stay here"):
        Email(url, SENDER).send(letter(), deadline())
    assert (mailbox.logins, mailbox.letters) == ([], [])


def test_a_server_that_says_nothing_did_not_answer_in_time(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def think(*_: object) -> str:
        await asyncio.sleep(30)
        return "250 OK"

    monkeypatch.setattr("events_tracker.base.limits.READ_SECONDS", 0.3)
    monkeypatch.setattr(mailbox, "handle_DATA", think)
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1:\d+ did not answer in time") as failure:
        Email(mailbox.url, SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.LATER


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
    Email(url, SENDER).send(letter(), deadline())
    assert secured.logins == [(USER, PASSWORD)]
    assert len(secured.letters) == 1


def test_with_a_certificate_that_is_not_trusted_nothing_is_sent(secured: Mailbox) -> None:
    url = f"{secured.scheme}://{USER}:{PASSWORD}@{secured.address}"
    with pytest.raises(DeliveryError, match="has no valid certificate for its name"):
        Email(url, SENDER).send(letter(), deadline())
    assert (secured.logins, secured.letters) == ([], [])


def test_starttls_is_verified_without_credentials_too(certified: Certified) -> None:
    with Mailbox(starttls=certified[1]) as mailbox:
        with pytest.raises(DeliveryError, match="has no valid certificate for its name"):
            Email(mailbox.url, SENDER).send(letter(), deadline())
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
        Email(url, SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.NEVER
    assert "sen" not in str(failure.value)
    assert secured.letters == []


def test_signs_in_a_password_are_percent_encoded(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    with Mailbox(starttls=certified[1]) as mailbox:
        with pytest.raises(DeliveryError):
            Email(f"smtp://u%40x:p%2F%40%3A@{mailbox.address}", SENDER).send(letter(), deadline())
        assert mailbox.logins[0] == ("u@x", "p/@:")


def test_a_server_that_takes_no_login_is_not_sent_a_letter_without_one(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    no_login = ["LOGIN", "PLAIN"]
    with Mailbox(starttls=certified[1], auth_exclude_mechanism=no_login) as mailbox:
        url = f"smtp://{USER}:{PASSWORD}@{mailbox.address}"
        with pytest.raises(DeliveryError, match="takes no login") as failure:
            Email(url, SENDER).send(letter(), deadline())
        assert failure.value.again is Retry.NEVER
        assert mailbox.letters == []


def test_a_sender_beyond_ascii_needs_a_server_that_knows_it() -> None:
    with Mailbox(enable_SMTPUTF8=False) as mailbox:
        with pytest.raises(DeliveryError, match="no address beyond ASCII"):
            Email(mailbox.url, "plantão@sentinela.example").send(letter(), deadline())
        assert mailbox.letters == []


def test_domains_beyond_ascii_travel_in_their_ascii_form() -> None:
    with Mailbox(enable_SMTPUTF8=False) as mailbox:
        abroad = replace(
            letter(), to=("ana@segurança.com.br", "rui@sentinela.example"), cc=("a@São.example",)
        )
        Email(mailbox.url, "tracker@segurança.com.br").send(abroad, deadline())
    (sent,) = mailbox.letters
    assert mailbox.recipients == [
        ["ana@xn--segurana-y0a.com.br", "rui@sentinela.example", "a@xn--so-sia.example"]
    ]
    assert sent["From"] == "tracker@xn--segurana-y0a.com.br"
    assert sent["To"] == "ana@xn--segurana-y0a.com.br, rui@sentinela.example"
    assert sent["Cc"] == "a@xn--so-sia.example"


@pytest.mark.parametrize("field", ["to", "cc"])
def test_an_address_beyond_ascii_does_not_keep_it_from_the_others(field: str) -> None:
    with Mailbox(enable_SMTPUTF8=False) as mailbox:
        both = ("joão@segurança.com.br", "ana@sentinela.example")
        mixed = replace(letter(), to=both) if field == "to" else replace(letter(), cc=both)
        with pytest.raises(PartlySent) as failure:
            Email(mailbox.url, SENDER).send(mixed, deadline())
    assert failure.value.left == ()
    assert "refused joão@segurança.com.br (takes no address beyond ASCII)" in str(failure.value)
    assert "ana@sentinela.example" in mailbox.recipients[0]
    assert mailbox.letters[0][field] == "ana@sentinela.example"


def test_where_the_server_takes_them_addresses_beyond_ascii_have_it_too() -> None:
    with Mailbox() as mailbox:
        Email(mailbox.url, "plantão@sentinela.example").send(
            replace(letter(), to=("joão@segurança.com.br",), cc=()), deadline()
        )
    assert mailbox.recipients == [["joão@xn--segurana-y0a.com.br"]]


def test_nobody_can_have_it_where_every_address_is_beyond_ascii() -> None:
    with Mailbox(enable_SMTPUTF8=False) as mailbox:
        with pytest.raises(DeliveryError, match="takes no address beyond ASCII") as failure:
            Email(mailbox.url, SENDER).send(
                replace(letter(), to=("joão@sentinela.example",), cc=()), deadline()
            )
        assert failure.value.again is Retry.NEVER
        assert mailbox.letters == []


def test_a_login_that_fails_for_a_while_is_tried_again(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    later = AuthResult(success=False, handled=False, message="454 4.7.0 try again")
    monkeypatch.setattr(Mailbox, "_authenticate", lambda *_: later)
    with Mailbox(starttls=certified[1]) as mailbox, pytest.raises(DeliveryError) as failure:
        Email(f"smtp://{USER}:{PASSWORD}@{mailbox.address}", SENDER).send(letter(), deadline())
    assert failure.value.again is Retry.LATER
    assert "refused user or password (454)" in str(failure.value)


def test_a_server_that_falls_silent_in_the_middle_is_left_alone(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(Mailbox, "handle_DATA", silence)
    monkeypatch.setattr(limits, "READ_SECONDS", 0.5)
    with pytest.raises(DeliveryError) as failure:
        Email(mailbox.url, SENDER).send(letter(), deadline())
    assert failure.value.unreachable


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_cannot_be_connected_to_is_waited_for_less_than_one_that_answers_slowly(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(limits, "CONNECT_SECONDS", 0.2)
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # Linux keeps one connection more than it was told to; the next one gets no answer at all.
        first.connect(full.getsockname())
        second.setblocking(False)
        second.connect_ex(full.getsockname())
        url = f"{scheme}://127.0.0.1:{full.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(DeliveryError, match="did not answer in time") as failure:
            Email(url, SENDER).send(letter(), deadline())
    assert failure.value.unreachable
    assert time.monotonic() - began < limits.READ_SECONDS / 2
