"""A mail server that says what it is told to: what no real one can be made to say."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

USUAL = {
    "EHLO": "250-scripted\r\n250 8BITMIME",
    "HELO": "250 scripted",
    "QUIT": "221 bye",
    "DATA": "354 go on",
}


class Scripted:
    """``said``: the lines that came. ``letters``: what came after DATA, as bytes."""

    def __init__(self, port: int, answers: Mapping[str, Sequence[str]]) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self.said: list[str] = []
        self.letters: list[bytes] = []
        self._answers = {verb: list(some) for verb, some in answers.items()}

    def _answer(self, verb: str) -> str:
        some = self._answers.get(verb)
        if not some:
            return USUAL.get(verb, "250 OK")
        return some.pop(0) if len(some) > 1 else some[0]

    def serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 scripted\r\n")
            for line in lines:
                text = line.decode().rstrip("\r\n")
                self.said.append(text)
                verb = text.partition(" ")[0].upper()
                answer = self._answer(verb)
                connection.sendall(f"{answer}\r\n".encode())
                if verb == "DATA" and answer.startswith("354"):
                    letter = b""
                    while not letter.endswith(b"\r\n.\r\n"):
                        letter += lines.readline()
                    self.letters.append(letter)
                    connection.sendall(f"{self._answer('.')}\r\n".encode())
                if verb == "QUIT":
                    return


@contextmanager
def scripted(**answers: Sequence[str]) -> Iterator[Scripted]:
    """A server that answers each verb with these, in order, the last one for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Scripted(listening.getsockname()[1], answers)

        def run() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                server.serve(connection)

        threading.Thread(target=run, daemon=True).start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
