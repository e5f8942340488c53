"""The settings as values: frozen, complete and checked; whoever holds one need not check again.

Durations are whole milliseconds. A text that is not set is None, a list that is not set is empty.
What is secret is never shown by ``repr``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from events_tracker.base.hosts import Network
from events_tracker.base.times import Duration


@dataclass(frozen=True, slots=True)
class SegwareSettings:
    """The address of Segware's API, and the token that opens it (None: not set)."""

    url: str
    """Without a slash at the end."""
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """The alarm called ``default``, and how every pass behaves."""

    window: Duration
    threshold: int
    thresholds: Mapping[str, int]
    """Thresholds of single codes; a code that is not in it has ``threshold``."""
    codes: tuple[str, ...]
    """Empty: every code."""
    cucs: tuple[str, ...]
    """Empty: every CUC."""
    ignored_closers: tuple[int, ...]
    """Ids of users: an event whose occurrence one of them closed does not count."""
    settle: Duration
    clear_after: Duration
    clear_below: int
    """In percent of the value."""
    stale_after: Duration
    retention: Duration
    register_retention: Duration | None
    """None: the register is kept for ever."""
    counts_retention: Duration
    """0: no counts are kept."""
    timezone: str
    """A name that ``zoneinfo`` knows."""
    language: str
    """``pt-BR`` or ``en``: of messages, not of the commands."""


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """The channel ``whatsapp``, through ChatPro."""

    enabled: bool
    url: str
    """Without a slash at the end."""
    instance_id: str | None = field(repr=False)
    token: str | None = field(repr=False)
    recipient: str | None


@dataclass(frozen=True, slots=True)
class InjectionSettings:
    """The channel ``segware``: the event that is injected when an alert opens."""

    enabled: bool
    code: str
    event_id: str
    partition: str
    auxiliary: str
    protocol: str


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """The channel ``email``."""

    enabled: bool
    smtp_url: str | None = field(repr=False)
    """``smtp://`` or ``smtps://``; user and password in it are percent-encoded."""
    sender: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str | None
    helo_name: str | None = None
    """What the mail server is greeted with; None: this machine's name."""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """The channel ``webhook``."""

    enabled: bool
    url: str | None = field(repr=False)
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Options of ``notify`` that hold for every channel."""

    digest_over: int
    max_attempts: int
    max_age: Duration


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The pages and the HTTP API: where they are served, and who is let in."""

    secret: str | None = field(repr=False)
    """Signs sessions and tokens. None: nothing can be served."""
    bind: str
    port: int
    url: str | None
    """The address that people open, without a slash at its end."""
    user_header: str | None
    """The header by which a proxy names who is signed in. None: nobody signs in that way."""
    trusted_proxy: tuple[Network, ...]
    """The only ones whose header counts. Empty without a header."""
    session: Duration
    """The time after its last use at which a sign-in ends."""
    metrics: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    database_url: str = field(repr=False)
    """As given: the storage resolves a relative SQLite path against ``folder``."""
    folder: Path
    """The folder of the ``.env`` file that was read, else the current one."""
    segware: SegwareSettings
    tracker: TrackerSettings
    whatsapp: WhatsAppSettings
    injection: InjectionSettings
    email: EmailSettings
    webhook: WebhookSettings
    notify: NotifySettings
    web: WebSettings
    heartbeat_url: str | None = field(repr=False)
    """Without a slash at the end, for ``/fail`` is appended to it; or as given, with a query."""
    log_format: str = "text"
    """``text`` or ``json``."""
    file_is_secret: bool = field(default=False, compare=False)
    """The file that was read sets something secret itself, rather than name another file."""
    notes: tuple[str, ...] = ()
    """Sentences on what is allowed, and probably not meant."""


def secrets(settings: Settings) -> tuple[str, ...]:
    """List every secret text in use, the longest first: what no output may hold.

    Beside the settings themselves: the passwords in addresses (as written and decoded), and the
    paths of the webhook and the heartbeat, which HTTP libraries name without their host.
    """
    texts_in_use: set[str | None] = {
        settings.database_url,
        settings.segware.token,
        settings.whatsapp.instance_id,
        settings.whatsapp.token,
        settings.email.smtp_url,
        settings.webhook.url,
        settings.webhook.secret,
        settings.heartbeat_url,
        settings.web.secret,
    }
    for url in (settings.database_url, settings.email.smtp_url):
        password = urlsplit(url or "").password or ""
        texts_in_use |= {password, unquote(password)}
    for url in (settings.webhook.url, settings.heartbeat_url):
        texts_in_use.add(urlsplit(url or "")._replace(scheme="", netloc="").geturl())
    texts = [text for text in texts_in_use if text and text != "/"]
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))
