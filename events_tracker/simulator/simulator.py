"""A simulated Segware on loopback, with ChatPro and a webhook sink beside it.

In a process of its own: ``python -m events_tracker.simulator.simulator``, which prints its URL.
"""

import argparse
import contextlib
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO
from urllib.parse import urlencode

from events_tracker.simulator import wire
from events_tracker.simulator.faults import Faults
from events_tracker.simulator.server import Fault, Handler, Response, Server
from events_tracker.simulator.service import Service, wall_clock_ms
from events_tracker.simulator.wire import Reply, Request, json_reply
from events_tracker.simulator.world import (
    Account,
    ClientGroup,
    Company,
    Event,
    Occurrence,
    World,
    demo_world,
    uniform_events,
)

__all__ = ["Fault", "Handler", "Reply", "Request", "Response", "Simulator", "json_reply"]


class Simulator(Service):
    """Serves a world over HTTP while its ``with`` block runs. Everything may be changed meanwhile.

    ``requests``: every request so far, each recorded before it is answered. ``latency``: seconds
    by which each answer is late. ``date_offset``: seconds by which the ``Date`` header is wrong.
    ``log``: where a line for each request goes, with its status and what it asked for. For the
    other attributes see ``Service``. ``port`` 0 is any free one.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        limit: int = 10_000,
        token: str = "demo-token",  # noqa: S107 - a made-up one
        now: Callable[[], int] = wall_clock_ms,
        port: int = 0,
    ) -> None:
        super().__init__(world or World(), limit, token, now)
        self.requests: list[Request] = []
        self.latency = 0.0
        self.date_offset = 0.0
        self.log: TextIO | None = None
        self._faults = Faults()
        self._port = port
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, once it has been started."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen; after a ``stop`` again on the same port."""
        self._server = Server(self._port, self)
        self._port = self._server.server_port

    def stop(self) -> None:
        """Refuse connections and end those that are open."""
        if self._server:
            self._server.stop()
            self._server = None

    def respond(self, request: Request) -> Response:
        """Record a request; return its answer: a fault's, or the usual one."""
        response = self._faults.take(request.path)
        if response is None:
            response = self.answer(request)
        status = response.status if isinstance(response, Reply) else 0
        self.requests.append(replace(request, status=status))
        if self.log:
            self.log.write(f"{status} {request.path}?{urlencode(request.query)}\n")
        return response

    def received(self, path_prefix: str = "") -> list[Request]:
        """Return the requests so far whose path begins like this."""
        return [request for request in tuple(self.requests) if request.path.startswith(path_prefix)]

    def count(self, path_prefix: str = "") -> int:
        """Count the requests so far whose path begins like this."""
        return len(self.received(path_prefix))

    def fail(self, path_prefix: str, *responses: Response) -> None:
        """Answer the next requests of a path with these, in order, one each.

        A response is a ``Reply``, or a fault: a callable that is given the ``Handler``. The module
        ``faults`` has the usual ones.
        """
        self._faults.fail(path_prefix, *responses)

    def fail_always(self, path_prefix: str, response: Response) -> None:
        """Answer every request of a path with this, until ``heal``."""
        self._faults.fail_always(path_prefix, response)

    def heal(self) -> None:
        """Forget every fault."""
        self._faults.heal()

    def add_events(
        self,
        at_ms: int,
        account_id: int,
        code: str,
        cuc: str | None = "ALR",
        count: int = 1,
        occurrence_id: str | int | None = None,
    ) -> None:
        """Add ``count`` equal events at one millisecond; ``cuc`` None leaves the field out."""
        self.add_many([Event(at_ms, account_id, code, cuc, occurrence_id)] * count)

    def add_raw_event(self, at_ms: int, value: Any) -> None:
        """Add any JSON value in the place of an event."""
        self._events.add([(at_ms, wire.encode(value))])

    def clear_events(self) -> None:
        """Forget every event."""
        self._events.clear()

    def add_account(
        self,
        id: int,
        account_code: str,
        trade_name: str,
        company_id: int,
        client_group_id: int | None = None,
    ) -> Account:
        """Add an account, or replace the one with this id."""
        account = Account(id, account_code, trade_name, company_id, client_group_id)
        self.accounts[id] = account
        return account

    def add_company(self, id: int, trade_name: str) -> Company:
        """Add a company, or replace the one with this id."""
        self.companies[id] = Company(id, trade_name)
        return self.companies[id]

    def add_client_group(self, id: int, name: str) -> ClientGroup:
        """Add a client group, or replace the one with this id."""
        self.client_groups[id] = ClientGroup(id, name)
        return self.client_groups[id]

    def add_occurrence(self, at_ms: int, id: str, closing_person_id: int | None = None) -> None:
        """Add an occurrence, open where nobody closed it."""
        self._occurrences.add([(at_ms, Occurrence(at_ms, id, closing_person_id))])


def main() -> None:
    """Serve until killed: a demo world, or a number of events evenly over the last two hours."""
    parser = argparse.ArgumentParser(
        prog="events_tracker.simulator.simulator", description=main.__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default: any free one")
    parser.add_argument("--events", type=int, help="this many, in place of the demo's")
    parser.add_argument("--limit", type=int, default=10_000, help="most records in one answer")
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--log", type=Path, help="write a line here for each request")
    options = parser.parse_args()
    now_ms = wall_clock_ms()
    world = demo_world(now_ms, options.accounts)
    if options.events is not None:
        world = replace(world, events=(), occurrences=())
    simulator = Simulator(world, limit=options.limit, port=options.port)
    if options.events is not None:
        simulator.add_many(uniform_events(world, now_ms, options.events))
    if options.log is not None:
        simulator.log = options.log.open("w", buffering=1)
    with simulator, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(simulator.url + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
