"""E-mail over SMTP. With credentials the connection is encrypted first, or nothing is sent."""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from events_tracker import tls
from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import DeliveryError, PartlySent, Retry
from events_tracker.base.hosts import shown
from events_tracker.base.times import utc
from events_tracker.model.deliveries import EmailText

_PORTS = {"smtp": 587, "smtps": 465}
_OTHER_PORT = "smtps:// needs a port that does (465); smtp:// (587) begins without"
# Not every server takes what is not ASCII (RFC 6152), and smtplib leaves the choice to us.
_SEVEN_BITS = SMTP.clone(cte_type="7bit")
_WELCOME = 250
_GOING_AWAY = 421
_BEYOND_ASCII = "takes no address beyond ASCII"


class _Server(smtplib.SMTP):
    """A mail server; connecting to it gets less time than what is said over the connection."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # smtplib has one time-out for both, and no other place to part them.
        connected = socket.create_connection((host, port), min(limits.CONNECT_SECONDS, timeout))
        connected.settimeout(timeout)
        return connected


class _ServerOverTls(smtplib.SMTP_SSL, _Server):
    """A mail server that is spoken to over TLS from the start."""


class _Refusal(Struct, frozen=True):
    """The reason why one recipient was refused, and whether that may change."""

    why: str
    for_now: bool


class Email:
    """Sends e-mails through one SMTP server, a connection each.

    ``helo_name``: the name that we greet the server with; None: this machine's.
    """

    def __init__(self, url: str, sender: str, helo_name: str | None = None) -> None:
        parts = urlsplit(url)
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._where = shown(self._host, self._port, _PORTS[parts.scheme])
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender
        self._helo_name = helo_name

    def send(self, message: EmailText, deadline: Deadline) -> str:
        """Send one e-mail to all its recipients, or to those of them who do not have it yet.

        Returns its Message-ID, by which any mail server's log finds it.
        Raises DeliveryError if nobody took it, PartlySent if some did.
        """
        try:
            server = self._connected(deadline)
        except (OSError, smtplib.SMTPException) as error:
            raise self._failed(error, unreachable=True) from None
        except UnicodeError:
            raise DeliveryError(
                "the mail server has a name that no host can have", Retry.LATER, unreachable=True
            ) from None
        try:
            self._secured(server)
            refused = self._handed_over(server, message)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise self._failed(error, unreachable=False) from None
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        if refused:
            raise self._refused(message, refused)
        return message.message_id

    def close(self) -> None:
        """Do nothing: no connection stays open between e-mails."""

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        seconds = min(limits.READ_SECONDS, max(1.0, deadline.remaining()))
        name = self._helo_name
        if self._implicit_tls:
            context = ssl.create_default_context()
            return _ServerOverTls(self._host, self._port, name, timeout=seconds, context=context)
        return _Server(self._host, self._port, name, timeout=seconds)

    def _secured(self, server: smtplib.SMTP) -> None:
        """Encrypt and log in. STARTTLS is taken where offered, demanded where it matters."""
        _greet(server)
        if not self._implicit_tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            _greet(server)
        elif not self._implicit_tls and self._user:
            raise DeliveryError(
                f"the mail server {self._where} offers no STARTTLS: credentials stay here",
                Retry.NEVER,
                unreachable=True,
            )
        if self._user:
            server.login(self._user, self._password)

    def _handed_over(self, server: smtplib.SMTP, message: EmailText) -> dict[str, _Refusal]:
        """Hand the e-mail over to every recipient that is taken; return those that were refused."""
        beyond_ascii = server.has_extn("smtputf8")
        carried = {
            address: route
            for address in (*message.to, *message.cc)
            if (route := _route(address)).isascii() or beyond_ascii
        }
        sender = _route(self._sender)
        wanted = message.only or (*message.to, *message.cc)
        routes = {address: carried[address] for address in wanted if address in carried}
        if not routes or not (sender.isascii() or beyond_ascii):
            raise DeliveryError(f"the mail server {self._where} {_BEYOND_ASCII}", Retry.NEVER)
        utf8 = not all(text.isascii() for text in (sender, *carried.values()))
        composed = _composed(message, sender, carried, _SEVEN_BITS.clone(utf8=utf8))
        options = ("SMTPUTF8", "BODY=8BITMIME") if utf8 else ()
        try:
            answers = server.sendmail(sender, list(routes.values()), composed.as_bytes(), options)
        except smtplib.SMTPRecipientsRefused as error:
            answers = error.recipients
            if any(code == _GOING_AWAY for code, _ in answers.values()):
                raise smtplib.SMTPResponseException(_GOING_AWAY, b"") from None
        refused = {a: _Refusal(_BEYOND_ASCII, for_now=False) for a in wanted if a not in carried}
        for address, route in routes.items():
            if route in answers:
                code = answers[route][0]
                refused[address] = _Refusal(str(code), for_now=code < 500)
        return refused

    def _refused(self, message: EmailText, refused: Mapping[str, _Refusal]) -> DeliveryError:
        left = tuple(address for address, refusal in refused.items() if refusal.for_now)
        if not message.only and len(refused) == len({*message.to, *message.cc}):
            why = next(iter(refused.values())).why
            again = Retry.LATER if left else Retry.NEVER
            return DeliveryError(
                f"the mail server {self._where} refused every recipient ({why})", again
            )
        lost = {address: refused[address] for address in refused if address not in left}
        told = self._told(lost) if lost else None
        return PartlySent(self._told(refused), left, told, message.message_id)

    def _told(self, refused: Mapping[str, _Refusal]) -> str:
        whom = ", ".join(f"{address} ({refusal.why})" for address, refusal in refused.items())
        return f"the mail server {self._where} refused {whom}; the others have the message"

    def _failed(self, error: Exception, *, unreachable: bool) -> DeliveryError:
        what, again = _meaning(error, self._port)
        not_served = isinstance(error, smtplib.SMTPHeloError) or _ran_out_of_time(error)
        return DeliveryError(
            f"the mail server {self._where} {what}", again, unreachable=unreachable or not_served
        )


def _greet(server: smtplib.SMTP) -> None:
    """Say who we are; a server that knows no EHLO is told in its old way. Raises SMTPHeloError.

    Passed over, a refusal would look like a server that offers nothing.
    """
    code, answer = server.ehlo()
    if 500 <= code < 600:
        code, answer = server.helo()
    if code != _WELCOME:
        raise smtplib.SMTPHeloError(code, answer)


def _route(address: str) -> str:
    """Write an address as mail servers know it: its domain in ASCII (RFC 5891), if it can."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def _composed(
    message: EmailText, sender: str, carried: Mapping[str, str], policy: "EmailPolicy[EmailMessage]"
) -> EmailMessage:
    """Compose the e-mail as it is sent, naming the recipients whose addresses can be carried."""
    composed = EmailMessage(policy)
    composed["From"] = sender
    for name, addresses in (("To", message.to), ("Cc", message.cc)):
        if named := [carried[address] for address in addresses if address in carried]:
            composed[name] = ", ".join(named)
    # EmailMessage decodes encoded words in what it is given, line breaks and all: there are none.
    composed["Subject"] = message.subject.replace("=?", "= ?")
    composed["Date"] = format_datetime(utc(message.at))
    composed["Message-ID"] = message.message_id
    # Machines that answer mail leave this one alone (RFC 3834).
    composed["Auto-Submitted"] = "auto-generated"
    composed.set_content(message.text)
    composed.add_alternative(message.html, subtype="html")
    return composed


def _meaning(error: Exception, port: int) -> tuple[str, Retry]:
    """Describe what failed, without the server's own words: they may repeat what we sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        for_good = error.smtp_code >= 500
        return f"refused user or password ({error.smtp_code})", _again(for_good)
    if isinstance(error, UnicodeError):
        return "can be told only a user and password in ASCII", Retry.NEVER
    if isinstance(error, smtplib.SMTPHeloError) and error.smtp_code >= 500:
        told = f"refused our greeting ({error.smtp_code}): SMTP_HELO_NAME sets the name in it"
        return told, Retry.NEVER
    if isinstance(error, smtplib.SMTPResponseException):
        for_good = 500 <= error.smtp_code < 600
        return f"answered {error.smtp_code}", _again(for_good)
    if isinstance(error, ssl.SSLError):
        return tls.failure(error, port, _OTHER_PORT), Retry.LATER
    if _ran_out_of_time(error):
        return "did not answer in time", Retry.LATER
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "broke the connection before it took the message", Retry.LATER
    if isinstance(error, smtplib.SMTPException):
        return "takes no login", Retry.NEVER
    return "cannot be reached", Retry.LATER


def _again(for_good: bool) -> Retry:
    return Retry.NEVER if for_good else Retry.LATER


def _ran_out_of_time(error: Exception) -> bool:
    """Tell whether time ran out, which smtplib calls a disconnection."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
