"""Every setting: its name, default, form and explanation, in the order in which people read them.

The single source for what is read, for ``.env.example``, and for which names are ours.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from events_tracker.base import limits, parsing
from events_tracker.base.times import DAY, MINUTE, SECOND, Duration
from events_tracker.settings import reading, urls

_LONGEST: Duration = 3650 * DAY
"""Of durations that have no limit of their own: no date computed with it leaves the calendar."""


class Setting(Struct, frozen=True):
    """One setting, as people write it."""

    name: str
    default: str | None
    """The text that holds when nothing is set. None: unset; empty: an empty list."""
    parse: Callable[[str], object]
    """Text to value; raises ValueError with the words that say what would be right."""
    explanation: str
    """One to three lines for whoever edits ``.env``."""
    secret: bool = False
    """Never shown, and may come from the file that ``NAME_FILE`` names."""
    suggestion: str | None = None
    """What ``.env.example`` shows instead of the default."""


_DATABASE = (
    Setting(
        "DATABASE_URL",
        "sqlite:///events_tracker.db",
        urls.database_url,
        "SQLite for a trial (relative to this file's folder); in production\n"
        "mysql://user:password@host:3306/database, with ?unix_socket=PATH, ?ssl_ca=FILE (verifies\n"
        "certificate and identity) or ?ssl_disabled=true (for loopback).",
        secret=True,
    ),
)
_SEGWARE = (
    Setting("SEGWARE_URL", "https://api.segware.com.br", urls.base_url, "Where Segware's API is."),
    Setting(
        "SEGWARE_TOKEN",
        None,
        reading.word,
        "The token that Segware issued, without the word Bearer. Required.",
        secret=True,
    ),
)
_ALARM = (
    Setting(
        "TRACKER_WINDOW",
        "2h",
        reading.duration_between(10 * SECOND, 31 * DAY),
        "How far back events are counted: 10s to 31d.\n"
        "A change to the alarm takes effect with: tracker init",
    ),
    Setting(
        "TRACKER_THRESHOLD",
        "50",
        parsing.number_between(1),
        "So many events, or more, of one account, CUC and code within the window open an alert.",
    ),
    Setting(
        "TRACKER_THRESHOLDS",
        "",
        parsing.values_from(1),
        "Other thresholds for single codes among those that count: E130=30,E131=100",
    ),
    Setting(
        "TRACKER_CODES",
        "E130,E131,E132,E133,1130,1131,1132,1133",
        parsing.codes,
        "The event codes that count, letters and digits; * for all.",
    ),
    Setting(
        "TRACKER_CUCS",
        "*",
        parsing.cucs,
        "The CUCs (Segware's short classes, such as ALR) that count; * for all.",
    ),
    Setting(
        "TRACKER_IGNORED_CLOSERS",
        "",
        parsing.ids,
        "Ids of users: events whose occurrence one of them closed do not count. 17,42",
    ),
)
_PASSES = (
    Setting(
        "TRACKER_SETTLE",
        "2m",
        reading.duration_between(0, 31 * DAY),
        "How late an event may arrive and still count at once: what is younger is read by every\n"
        "scan, what is older again at ages of 5, 10 and 30 minutes, then hourly.\n"
        "`tracker status` says how late events really came.",
    ),
    Setting(
        "TRACKER_CLEAR_AFTER",
        "10m",
        reading.duration_between(0, limits.LONGEST_CLEAR_AFTER),
        "How long a count must stay below its clear line before the alert is over: 49 - 50 - 49\n"
        "is the normal life of a swinging zone. 0m: the first scan below is enough. An alarm may\n"
        "have its own (--clear-after).",
    ),
    Setting(
        "TRACKER_CLEAR_BELOW",
        "100%",
        parsing.percentage,
        "The clear line: what is open goes on while its count reaches so much of its threshold.\n"
        "80% of 50: over below 40, so that what swings around 50 is one alert and not many.\n"
        "For > and >= only. An alarm may have its own (--clear-below).",
        suggestion="80%",
    ),
    Setting(
        "TRACKER_STALE_AFTER",
        "15m",
        reading.duration_between(SECOND, 31 * DAY),
        "Without a good scan for so long, the tracker gives an alert about itself.",
    ),
    Setting(
        "TRACKER_RETENTION",
        "90d",
        reading.duration_between(SECOND, _LONGEST),
        "How long tracker purge keeps notifications, deliveries, runs and expired tokens.",
    ),
    Setting(
        "TRACKER_REGISTER_RETENTION",
        None,
        reading.duration_between(SECOND, _LONGEST),
        "How long tracker purge keeps closed register entries. Empty: for ever.\n"
        "What was told of an entry goes with it.",
    ),
    Setting(
        "TRACKER_COUNTS_RETENTION",
        "35d",
        reading.zero_or(reading.duration_between(DAY, _LONGEST)),
        "How long the counts of past hours are kept, by minute, account, CUC and code, for\n"
        "whoever looks back. 0: none are kept.",
    ),
    Setting(
        "TRACKER_TIMEZONE",
        "America/Sao_Paulo",
        reading.timezone,
        "The time zone of messages and tables.",
    ),
    Setting(
        "TRACKER_LANGUAGE",
        "pt-BR",
        parsing.one_of("pt-BR", "en"),
        "The language of messages: pt-BR or en. The commands speak English.",
    ),
)
_WHATSAPP = (
    Setting(
        "WHATSAPP_ENABLED",
        "false",
        reading.boolean,
        "Switched on, it needs the instance, the token and the recipient.",
    ),
    Setting("CHATPRO_URL", "https://v5.chatpro.com.br", urls.base_url, "Where ChatPro's API is."),
    Setting(
        "CHATPRO_INSTANCE_ID",
        None,
        reading.instance,
        "The instance that sends, as ChatPro's panel names it.",
        secret=True,
    ),
    Setting("CHATPRO_TOKEN", None, reading.word, "The instance's token.", secret=True),
    Setting(
        "CHATPRO_RECIPIENT",
        None,
        reading.word,
        "Who receives: a phone number with country code, or a group's id (ends in @g.us).",
    ),
)
_INJECTION = (
    Setting(
        "SEGWARE_ALARM_ENABLED",
        "false",
        reading.boolean,
        "Switched on, an alert that opens injects an event into its account; needs SEGWARE_TOKEN.",
    ),
    Setting(
        "SEGWARE_ALARM_CODE",
        "E702",
        parsing.code,
        "The code of the injected event. Events with this code are never counted.",
    ),
    Setting("SEGWARE_ALARM_EVENT_ID", "167681000", reading.word, "The event's id in Sigma Cloud."),
    Setting("SEGWARE_ALARM_PARTITION", "000", reading.word, "The event's partition."),
    Setting("SEGWARE_ALARM_AUXILIARY", "0", reading.word, "The event's auxiliary (zone or user)."),
    Setting("SEGWARE_ALARM_PROTOCOL", "CONTACT_ID", reading.word, "The event's protocol."),
)
_EMAIL = (
    Setting(
        "EMAIL_ENABLED",
        "false",
        reading.boolean,
        "Switched on, it needs SMTP_URL, EMAIL_FROM and EMAIL_TO.",
    ),
    Setting(
        "SMTP_URL",
        None,
        urls.smtp_url,
        "smtp://user:password@host:587 uses STARTTLS, required as soon as there are credentials;\n"
        "smtps://user:password@host:465 is TLS from the start. Signs in the password are\n"
        "percent-encoded (@ is %40).",
        secret=True,
    ),
    Setting(
        "SMTP_HELO_NAME",
        None,
        urls.host_name,
        "The name that the mail server is greeted with (EHLO). Empty: this machine's own.",
    ),
    Setting("EMAIL_FROM", None, parsing.address, "The sender: a plain address."),
    Setting(
        "EMAIL_TO",
        "",
        parsing.addresses,
        "The recipients: plain addresses with commas between. An alarm may name its own.",
    ),
    Setting(
        "EMAIL_CC",
        "",
        parsing.addresses,
        "Who receives a copy: plain addresses with commas between.",
    ),
    Setting(
        "EMAIL_SUBJECT",
        None,
        reading.line,
        "The subject, for alarms without one of their own. Empty: made from the alert.",
    ),
)
_WEBHOOK = (
    Setting(
        "WEBHOOK_ENABLED",
        "false",
        reading.boolean,
        "Switched on, it needs the address and the secret.",
    ),
    Setting(
        "WEBHOOK_URL",
        None,
        urls.secret_url,
        "Receives each notification as a POST of JSON: https://, or http:// on this machine.",
        secret=True,
    ),
    Setting(
        "WEBHOOK_SECRET",
        None,
        reading.key,
        "The key of the signature: X-Tracker-Signature is sha256= and the HMAC-SHA256 of\n"
        "X-Tracker-Timestamp, a dot and the body.",
        secret=True,
    ),
)
_DELIVERY = (
    Setting(
        "NOTIFY_DIGEST_OVER",
        "10",
        parsing.number_between(0),
        "More messages than this, due at once to one destination, become one digest.",
    ),
    Setting(
        "NOTIFY_MAX_ATTEMPTS",
        "8",
        parsing.number_between(1, 100),
        "After so many failed attempts a delivery is given up: 1 to 100.",
    ),
    Setting(
        "NOTIFY_MAX_AGE",
        "24h",
        reading.duration_between(SECOND, 31 * DAY),
        "What could not be sent for so long expires. At most 31d.",
    ),
)
_HEARTBEAT = (
    Setting(
        "HEARTBEAT_URL",
        None,
        urls.heartbeat_url,
        "Requested after a good scan, with /fail at its end after a bad one (healthchecks.io).\n"
        "An address with a query is requested as it is, and only after a good scan.",
        secret=True,
    ),
)
_WEB = (
    Setting(
        "WEB_SECRET",
        None,
        reading.long_key,
        "What sessions and tokens are signed with: at least 32 bytes, random. Required by tracker\n"
        "web and tracker token; another one signs everybody out and ends every token.",
        secret=True,
    ),
    Setting(
        "WEB_BIND",
        "127.0.0.1",
        urls.bind_address,
        "The address of this machine that tracker web listens on: an IP address or a name.",
    ),
    Setting("WEB_PORT", "8480", reading.port, "Its port: 1 to 65535."),
    Setting(
        "WEB_URL",
        None,
        urls.site_url,
        "The address that people open, http:// or https://host:port. Its host is allowed, https://\n"
        "makes cookies secure, and messages carry a link to their alert.",
    ),
    Setting(
        "WEB_USER_HEADER",
        None,
        reading.header_name,
        "For sign-in by a proxy: the header that holds the person's name (X-Remote-User).\n"
        "It needs WEB_TRUSTED_PROXY.",
    ),
    Setting(
        "WEB_TRUSTED_PROXY",
        "",
        reading.networks,
        "The proxy's addresses or networks, with commas between: 10.0.0.7,192.168.4.0/24. From\n"
        "any other address WEB_USER_HEADER is ignored. It needs WEB_USER_HEADER.",
    ),
    Setting(
        "WEB_SESSION",
        "12h",
        reading.duration_between(MINUTE, 7 * DAY),
        "How long after its last use a sign-in ends: 1m to 7d. It ends after 7 days in any case.",
    ),
    Setting(
        "WEB_METRICS",
        "false",
        reading.boolean,
        "Switched on, /metrics gives numbers to Prometheus without sign-in.",
    ),
)
_LOGS = (
    Setting(
        "LOG_FORMAT",
        "text",
        parsing.one_of("text", "json"),
        "How lines on stderr are written by tracker run, tracker web and every command with -v:\n"
        "text, or json for programs (an object a line: time, level, pass, message, host, pid).",
    ),
)
SECTIONS: Mapping[str, tuple[Setting, ...]] = {
    "Database": _DATABASE,
    "Segware": _SEGWARE,
    "The alarm called default": _ALARM,
    "The passes": _PASSES,
    "Channel whatsapp: messages through ChatPro": _WHATSAPP,
    "Channel segware: an event injected into Sigma Cloud": _INJECTION,
    "Channel email": _EMAIL,
    "Channel webhook": _WEBHOOK,
    "Delivery on every channel": _DELIVERY,
    "Heartbeat": _HEARTBEAT,
    "Pages and HTTP API": _WEB,
    "Logs": _LOGS,
}
"""The headings of ``.env.example``, each with its settings."""
CATALOG = tuple(setting for settings in SECTIONS.values() for setting in settings)
