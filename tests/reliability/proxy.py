"""A wire to a MySQL server that can be cut at any statement, or have an error put in its answer."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_HEADER = 4
_QUIT, _PING = 1, 14
_STATES = {1213: b"40001", 1047: b"08S01", 1205: b"HY000", 1180: b"HY000"}


@dataclass(frozen=True)
class Cut:
    """What happens to the command of this number, once.

    ``how`` is ``before`` (the server does not get it), ``after`` (it is run, and its answer is
    lost), or the number of an error that comes in place of its answer, it not having been run.
    """

    number: int
    how: str


@dataclass
class Proxy:
    """Stands between the tracker and its server. ``commands`` names all that came so far."""

    server: tuple[str, int]
    cut: Cut | None = None
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def begin(self, cut: Cut | None) -> None:
        """Count from one again."""
        self.cut = cut
        self.commands.clear()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self.server) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answers = _Answers(server, client)
            with contextlib.suppress(OSError):
                while packet := _packet(client):
                    cut = self._met(packet)
                    if cut is None:
                        server.sendall(packet)
                        continue
                    if cut.how == "after":
                        answers.muted = True
                        server.sendall(packet)
                        answers.first.wait(30)
                    elif cut.how != "before":
                        answers.kept = True
                        _end(server)
                        answers.thread.join()
                        client.sendall(_error(int(cut.how)))
                        _packet(client)
                    break
            _end(server)
            _end(client)
            answers.thread.join()

    def _met(self, packet: bytes) -> Cut | None:
        """Count a command; the cut, if it is the one to be cut."""
        kind = packet[_HEADER]
        if packet[3] != 0 or kind == _QUIT:
            return None
        # Before the text: no query attributes, one set of them.
        sent = packet[_HEADER + 1 :].removeprefix(b"\x00\x01").decode("utf-8", "replace")
        text = "PING" if kind == _PING else sent
        self.commands.append(" ".join(text.split())[:90])
        cut = self.cut
        return cut if cut is not None and cut.number == len(self.commands) else None


class _Answers:
    """Passes on what comes from the server, or (``muted``) only says that it came.

    When the server ends, so does the connection to the client, unless it is ``kept`` for an answer.
    """

    def __init__(self, server: socket.socket, client: socket.socket) -> None:
        self.muted = self.kept = False
        self.first = threading.Event()
        self.thread = threading.Thread(target=self._pass_on, args=(server, client), daemon=True)
        self.thread.start()

    def _pass_on(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                if self.muted:
                    self.first.set()
                else:
                    client.sendall(data)
        self.first.set()
        if not self.kept:
            _end(client)


def _packet(source: socket.socket) -> bytes:
    """One whole packet, header included; nothing at the end."""
    header = _exactly(source, _HEADER)
    if len(header) < _HEADER:
        return b""
    return header + _exactly(source, int.from_bytes(header[:3], "little"))


def _exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (more := source.recv(count - len(data))):
        data += more
    return data


def _error(number: int) -> bytes:
    body = b"\xff" + struct.pack("<H", number) + b"#" + _STATES[number] + b"put there by a test"
    return len(body).to_bytes(3, "little") + b"\x01" + body


def _end(socket_: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket_.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(database: str) -> Iterator[tuple[Proxy, str]]:
    """A wire to this database's server, and the DATABASE_URL that goes through it."""
    parts = urlsplit(database)
    proxy = Proxy((parts.hostname or "", parts.port or 3306))
    user = f"{parts.username}@" if parts.username else ""
    try:
        yield proxy, parts._replace(netloc=f"{user}127.0.0.1:{proxy.port}").geturl()
    finally:
        proxy.close()
