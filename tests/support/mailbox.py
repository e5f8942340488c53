"""A real SMTP server on loopback, with what can go wrong at one."""

import asyncio
import ssl
import subprocess
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

USER, PASSWORD = "caixa-postal", "f7-correct-horse"


class _Server(Controller):
    """On any free port, which is known once it listens."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Mailbox:
    """Takes every letter while its ``with`` block runs.

    ``letters``: what came, parsed. ``recipients``: of each, the envelope's. ``logins``: users and
    passwords that were tried. ``asked``: every address that was named as a recipient. ``unknown``:
    addresses that are refused for good, ``greylisted``: for now. ``answer``: what to say after a
    letter, if not 250. ``dies``: how many letters are kept without an answer, the connection being
    cut in its place.
    """

    def __init__(self, *, starttls: ssl.SSLContext | None = None, **options: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.logins: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.unknown: set[str] = set()
        self.greylisted: set[str] = set()
        self.answer = "250 OK"
        self.dies = 0
        self.scheme = "smtp"
        self._server = _Server(
            self,
            "127.0.0.1",
            0,
            tls_context=starttls,
            authenticator=self._authenticate,
            decode_data=False,
            **options,
        )

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Refuse connections from here on."""
        if self._server.server is not None:
            self._server.stop()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.port}"

    @property
    def url(self) -> str:
        """What to set as SMTP_URL, without credentials."""
        return f"{self.scheme}://{self.address}"

    def _authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.asked.append(address)
        if address in self.greylisted:
            return f"450 4.2.0 <{address}> greylisted"
        if address in self.unknown:
            return f"550 5.1.1 <{address}> user unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, _session: Any, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            parser = BytesParser(policy=default)
            self.letters.append(parser.parsebytes(envelope.content))  # type: ignore[arg-type]
            self.recipients.append(list(envelope.rcpt_tos))
        if self.dies:
            self.dies -= 1
            server.transport.abort()
        return self.answer


def certificate(
    folder: Path, name: str = "127.0.0.1", kind: str = "IP"
) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own making for a name: its file, and a server's context with it.

    ``kind``: what the name is, ``IP`` or ``DNS``.
    """
    key, made = folder / "key.pem", folder / "certificate.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {made} "
        f"-subj /CN={name} -addext subjectAltName={kind}:{name} "
        "-addext keyUsage=critical,digitalSignature,keyCertSign"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context
