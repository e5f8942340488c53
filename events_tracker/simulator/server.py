"""The HTTP/1.1 server on loopback: reads requests, sends replies, lets faults take over."""

import contextlib
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from events_tracker.simulator.wire import Reply, Request


class Site(Protocol):
    """The answers that the server gives."""

    latency: float
    """Seconds by which every answer is late."""
    date_offset: float
    """Seconds by which the ``Date`` header differs from the service's own clock."""

    @property
    def now(self) -> Callable[[], int]:
        """The service's clock, in milliseconds."""

    def respond(self, request: Request) -> "Response":
        """Record a request; return how it is answered."""

    def answer(self, request: Request) -> Reply:
        """Return the answer when nothing is wrong."""


class Handler(BaseHTTPRequestHandler):
    """One connection. A fault gets it in place of a reply, and may do anything to it."""

    protocol_version = "HTTP/1.1"
    server_version = "SimulatedSegware"
    # Headers and body are two writes: without this the second waits for the client's delayed ACK.
    disable_nagle_algorithm = True
    server: "Server"
    received: Request

    def do_GET(self) -> None:
        """Answer a request without a body."""
        self._respond()

    def do_POST(self) -> None:
        """Answer a request with a body."""
        self._respond()

    def _respond(self) -> None:
        url = urlsplit(self.path)
        self.received = Request(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers=dict(self.headers.items()),
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
        )
        response = self.server.site.respond(self.received)
        if self.server.site.latency and not self.pause(self.server.site.latency):
            return
        if isinstance(response, Reply):
            self.send(response)
        else:
            response(self)

    def normal_reply(self) -> Reply:
        """Do what the request asks for, and return the answer without sending it."""
        return self.server.site.answer(self.received)

    def send(self, reply: Reply) -> None:
        """Send a whole reply."""
        self.send_head(reply)
        self.wfile.write(reply.body)

    def send_head(self, reply: Reply) -> None:
        """Send status and headers, declaring the length of the body."""
        self.send_response(reply.status)
        headers = {
            "Content-Type": "application/json;charset=utf-8",
            "Content-Length": str(len(reply.body)),
            **reply.headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def pause(self, seconds: float) -> bool:
        """Wait; False, with the connection given up, if the server stops meanwhile."""
        if self.server.stopping.wait(seconds):
            self.close_connection = True
            return False
        return True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Write the ``Date`` header, moved by the offset."""
        site = self.server.site
        at = site.now() / 1000 + site.date_offset if timestamp is None else timestamp
        return super().date_time_string(at)

    def log_message(self, *_arguments: Any) -> None:
        """Keep the access log silent."""


Fault = Callable[[Handler], None]
"""Takes over the connection in place of an answer."""
Response = Reply | Fault


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1, one daemon thread per connection, and closes them all at the end."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, site: Site) -> None:
        self.site = site
        self.stopping = threading.Event()
        self._connections: set[Any] = set()
        super().__init__(("127.0.0.1", port), Handler)
        # A short poll, because stopping waits for it.
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.01,), name="simulator", daemon=True
        )
        self._thread.start()

    def server_bind(self) -> None:
        """Bind without http.server's reverse look-up of the host name, which may hang."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, and serve it in a thread."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away; anything else is a bug of the simulator."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Refuse new connections and end those that are idle, waiting or half answered."""
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        for connection in tuple(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
