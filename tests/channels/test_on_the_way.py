"""What lies between us and a provider: TLS that breaks late, proxies, certificates to trust."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events_tracker import http
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import DeliveryError, Retry, SegwareError, SettingsError
from events_tracker.channels.injection import EventForm, Injection
from events_tracker.channels.webhook import Webhook
from events_tracker.http import BearerToken
from events_tracker.model.deliveries import Injections, WebhookCall
from events_tracker.segware import Server
from events_tracker.simulator.simulator import Simulator
from tests.channels.rigs import deadline
from tests.support.mailbox import certificate
from tests.support.world import NOON, TestClock

FORM = EventForm("E702", "167681000", "000", "0", "CONTACT_ID")


def inject(url: str) -> DeliveryError:
    channel = Injection(url, BearerToken("t"), FORM)
    with pytest.raises(DeliveryError) as failure:
        channel.send(Injections(11, ("1950",), ("texto",)), deadline())
    channel.close()
    return failure.value


def test_when_there_is_no_time_left_nothing_left() -> None:
    channel = Injection("https://127.0.0.1:9", BearerToken("t"), FORM)
    with pytest.raises(DeliveryError, match="before the pass ran out of time") as failure:
        channel.send(Injections(11, ("1950",), ("texto",)), Deadline(TestClock(), 0))
    channel.close()
    assert failure.value.again is Retry.LATER


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
    assert failure.again is Retry.UNKNOWN
    assert str(failure).endswith("broke the connection before its answer was whole")


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A port that reads what comes first, says the same to everybody, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_server_that_speaks_no_tls_was_sent_nothing() -> None:
    with Simulator() as segware:
        failure = inject(segware.url.replace("http://", "https://"))
        assert segware.requests == []
        port = segware.url.rpartition(":")[2]
    assert failure.again is Retry.LATER
    assert f"speaks no TLS on port {port}: an address that begins with https://" in str(failure)


def test_through_a_proxy_that_is_down_nothing_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    failure = inject("https://api.segware.example")
    assert failure.again is Retry.LATER
    assert "through the proxy" in str(failure)


def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Simulator() as sink:
        channel = Webhook(f"{sink.url}/webhook/1", "key")
        channel.send(WebhookCall("1", b"{}", NOON), deadline())
        channel.close()
        assert sink.count("/webhook/1") == 1


def test_certificates_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(SettingsError) as problem:
        http.session("https://api.segware.example")
    assert str(problem.value) == (
        "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names /nowhere/ca.pem, which does not exist"
    )


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://127.0.0.1:1080",
        "http://127.0.0.1:80a",
        "http://:3128",
        f"http://{'x' * 64}.example:3128",
        "http://a..b:3128",
        "http://127.0.0.1:9",
    ],
)
def test_through_a_proxy_that_cannot_be_one_nothing_left(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    failure = inject("https://api.segware.example")
    assert failure.again is Retry.LATER
    assert "cannot be reached through the proxy that the environment names" in str(failure)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Who are you\r\n\r\n", b"", b"nonsense\r\n"])
def test_through_a_proxy_that_lets_nobody_pass_nothing_left(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    with answering(answer) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        failure = inject("https://api.segware.example")
    assert failure.again is Retry.LATER
    assert "cannot be reached through the proxy" in str(failure)


def test_a_connection_that_ends_during_the_tls_handshake_was_sent_nothing() -> None:
    with answering(b"") as port:
        failure = inject(f"https://127.0.0.1:{port}")
    assert failure.again is Retry.LATER
    assert "TLS handshake" in str(failure)


@pytest.mark.parametrize("content", [b"", b"no certificate\n"], ids=["empty", "senseless"])
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_with_certificates_that_are_none_nothing_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, content: bytes
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(content)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(bundle))
    failure = inject("https://api.segware.example")
    assert failure.again is Retry.LATER
    assert str(bundle) in str(failure)
    assert variable in str(failure)


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "a..example"])
def test_to_a_host_that_can_have_no_such_name_nothing_left(host: str) -> None:
    failure = inject(f"https://{host}")
    assert failure.again is Retry.LATER
    assert str(failure).endswith("has a name that no host can have")


def test_what_can_never_be_sent_is_not_tried_again_by_a_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    clock = TestClock()
    server = Server("https://api.segware.example", "t")
    segware = server.within(Deadline(clock, 60))
    with pytest.raises(SegwareError, match="through the proxy that the environment names"):
        segware.clock()
    server.close()
    assert clock.slept == []
