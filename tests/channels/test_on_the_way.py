"""What lies between us and a provider: TLS that breaks late, proxies, certificates to trust."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from events_tracker import http
from events_tracker.channels.injection import EventForm, Injection
from events_tracker.channels.webhook import Webhook
from events_tracker.demo.simulator import Simulator
from events_tracker.errors import Again, DeliveryError, SettingsError
from events_tracker.http import BearerToken
from events_tracker.model.deliveries import Injections, WebhookCall
from tests.channels.mailbox import certificate
from tests.channels.rigs import deadline
from tests.support import NOON

FORM = EventForm("E702", "167681000", "000", "0", "CONTACT_ID")


def inject(url: str) -> DeliveryError:
    channel = Injection(url, BearerToken("t"), FORM, deadline())
    with pytest.raises(DeliveryError) as failure:
        channel.send(Injections(11, ("1950",), ("texto",)))
    channel.close()
    return failure.value


@pytest.fixture
def spoils_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that takes a request over TLS, and answers something else."""
    made, context = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            bare = connection.dup()
            with context.wrap_socket(connection, server_side=True) as secured, bare:
                received = b""
                while b"texto" not in received:
                    received += secured.recv(65536)
                bare.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                bare.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_tls_that_breaks_after_the_request_leaves_an_injection_uncertain(
    spoils_the_answer: str,
) -> None:
    failure = inject(spoils_the_answer)
    assert failure.again is Again.UNKNOWN
    assert str(failure).endswith("broke the connection before its answer was whole")


def test_a_server_that_speaks_no_tls_was_sent_nothing() -> None:
    with Simulator() as segware:
        failure = inject(segware.url.replace("http://", "https://"))
        assert segware.requests == []
    assert failure.again is Again.LATER


def test_through_a_proxy_that_is_down_nothing_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    failure = inject("https://api.segware.example")
    assert failure.again is Again.LATER
    assert "through the proxy" in str(failure)


def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Simulator() as sink:
        channel = Webhook(f"{sink.url}/webhook/1", "key", deadline())
        channel.send(WebhookCall("1", b"{}", NOON))
        channel.close()
        assert sink.count("/webhook/1") == 1


def test_certificates_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(SettingsError) as problem:
        http.session("https://api.segware.example")
    assert str(problem.value) == "REQUESTS_CA_BUNDLE names /nowhere/ca.pem, which does not exist"
