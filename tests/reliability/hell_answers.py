"""What an API from hell answers: ready-made responses, all of them harmless to the server."""

import gzip
import zlib
from functools import cache

from events_tracker.simulator import faults
from events_tracker.simulator.simulator import Handler, Reply, Response

MIB = 2**20
HUGE = 400 * MIB
BRACKETS = 1_000_000


def reset_half_way(handler: Handler) -> None:
    """Send half of the usual answer, then reset the connection."""
    reply = handler.normal_reply()
    handler.send_head(reply)
    handler.wfile.write(reply.body[: len(reply.body) // 2])
    handler.wfile.flush()
    faults.reset(handler)


def cut_off(handler: Handler) -> None:
    """Half of the usual body, as if it were whole."""
    body = handler.normal_reply().body
    handler.send(Reply(200, body[: len(body) // 2]))


def huge(handler: Handler) -> None:
    """400 MB of a list that never begins, a piece at a time."""
    handler.close_connection = True
    handler.send_head(Reply(200, headers={"Content-Length": str(HUGE)}))
    piece = b"[" + b" " * (MIB - 1)
    for _ in range(HUGE // MIB):
        handler.wfile.write(piece)
        piece = b" " * MIB


def drip_head(handler: Handler) -> None:
    """A head that never ends, byte by byte: no single wait is long."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Hell: ")
    while handler.pause(0.02):
        handler.wfile.write(b"0")


def endless_chunks(handler: Handler) -> None:
    """Chunks without end, of next to nothing each, as fast as they are taken."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"1\r\n \r\n" * 1_000)


@cache
def _bomb() -> bytes:
    """400 MB of spaces in a few hundred KB."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    packed = [packer.compress(b"[")]
    packed += [packer.compress(b" " * MIB) for _ in range(HUGE // MIB)]
    return b"".join([*packed, packer.flush()])


def bomb(handler: Handler) -> None:
    """A small body that becomes 400 MB when it is unpacked."""
    handler.send(Reply(200, _bomb(), {"Content-Encoding": "gzip"}))


def bomb_in_a_bomb(handler: Handler) -> None:
    """The same, packed twice: a few hundred bytes."""
    body = gzip.compress(_bomb())
    handler.send(Reply(200, body, {"Content-Encoding": "gzip, gzip"}))


ANSWERS: dict[str, Response] = {
    "time-out": faults.slow(30),
    "reset half-way": reset_half_way,
    "HTML": Reply(200, b"<!doctype html><html><body>Bad gateway</body></html>"),
    "cut-off body": cut_off,
    "less than declared": faults.truncate,
    "null": Reply(200, b"null"),
    "nested brackets": Reply(200, b"[" * BRACKETS + b"]" * BRACKETS),
    "400 MB": huge,
    "gzip bomb": bomb,
    "gzip bomb in a gzip bomb": bomb_in_a_bomb,
    "one byte at a time": faults.drip(1.0),
    "a head one byte at a time": drip_head,
    "endless chunks": endless_chunks,
    "429 for a day": Reply(429, headers={"Retry-After": "86400"}),
    "429 for an odd time": Reply(429, headers={"Retry-After": "\u00b2"}),
    "an odd length": Reply(200, b"[]", {"Content-Length": "-5, 7"}),
    "empty list": Reply(200, b"[]"),
}
"""Every answer by name; the redirect and the certificate need a second server, and are apart."""
