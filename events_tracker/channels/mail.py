"""E-mail over SMTP. With credentials the connection is encrypted first, or nothing is sent."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from events_tracker import limits
from events_tracker.errors import Again, DeliveryError
from events_tracker.model.deadline import Deadline
from events_tracker.model.deliveries import Letter
from events_tracker.model.times import utc

_PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """Sends letters through one SMTP server, a connection each."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender

    def send(self, message: Letter, deadline: Deadline) -> None:
        """Send one letter to all its recipients. Raises DeliveryError."""
        letter = _composed(message, self._sender)
        try:
            server = self._connected(deadline)
        except (OSError, smtplib.SMTPException) as error:
            raise self._failed(error, unreachable=True) from None
        try:
            self._secured(server)
            refused = server.send_message(letter, self._sender, [*message.to, *message.cc])
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise self._failed(error, unreachable=False) from None
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        if refused:
            raise DeliveryError(
                f"the mail server refused {len(refused)} of {len(message.to) + len(message.cc)} "
                "recipients; the others have the letter",
                Again.NEVER,
            )

    def close(self) -> None:
        """Nothing stays open between letters."""

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        seconds = min(limits.READ_SECONDS, max(1.0, deadline.remaining()))
        if self._implicit_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, timeout=seconds, context=context)
        return smtplib.SMTP(self._host, self._port, timeout=seconds)

    def _secured(self, server: smtplib.SMTP) -> None:
        """Encrypt and log in. STARTTLS is taken where offered, demanded where it matters."""
        server.ehlo()
        if not self._implicit_tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif not self._implicit_tls and self._user:
            raise DeliveryError(
                f"the mail server {self._host} offers no STARTTLS: credentials stay here",
                Again.NEVER,
                unreachable=True,
            )
        if self._user:
            server.login(self._user, self._password)

    def _failed(self, error: Exception, *, unreachable: bool) -> DeliveryError:
        what, again = _meaning(error)
        return DeliveryError(
            f"the mail server {self._host} {what}",
            again,
            unreachable=unreachable or _ran_out_of_time(error),
        )


def _composed(message: Letter, sender: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = sender
    letter["To"] = ", ".join(message.to)
    if message.cc:
        letter["Cc"] = ", ".join(message.cc)
    # EmailMessage decodes encoded words in what it is given, line breaks and all: there are none.
    letter["Subject"] = message.subject.replace("=?", "= ?")
    letter["Date"] = format_datetime(utc(message.at))
    letter["Message-ID"] = message.message_id
    # Machines that answer mail leave this one alone (RFC 3834).
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    letter.add_alternative(message.html, subtype="html")
    return letter


def _meaning(error: Exception) -> tuple[str, Again]:
    """What failed, without the server's own words: they may repeat what we sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        for_good = error.smtp_code >= 500
        return f"refused user or password ({error.smtp_code})", _again(for_good)
    if isinstance(error, UnicodeError):
        return "can be told only a user and password in ASCII", Again.NEVER
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        for_good = all(code >= 500 for code in codes)
        return f"refused every recipient ({codes[0]})", _again(for_good)
    if isinstance(error, smtplib.SMTPResponseException):
        for_good = 500 <= error.smtp_code < 600
        return f"answered {error.smtp_code}", _again(for_good)
    if isinstance(error, ssl.SSLError):
        return "has no valid certificate for its name", Again.LATER
    if _ran_out_of_time(error):
        return "did not answer in time", Again.LATER
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "broke the connection before it took the letter", Again.LATER
    if isinstance(error, smtplib.SMTPException):
        return "takes no login, or no address beyond ASCII", Again.NEVER
    return "cannot be reached", Again.LATER


def _again(for_good: bool) -> Again:
    return Again.NEVER if for_good else Again.LATER


def _ran_out_of_time(error: Exception) -> bool:
    """smtplib calls a reply that does not come in time a disconnection."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
