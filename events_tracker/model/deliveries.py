"""Notifications, their deliveries, and the messages that channels carry."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

from events_tracker.base.ids import digest
from events_tracker.base.times import Duration, Instant
from events_tracker.model.alerts import Alert

WHATSAPP = "whatsapp"
SEGWARE = "segware"
EMAIL = "email"
WEBHOOK = "webhook"
CHANNELS = (WHATSAPP, SEGWARE, EMAIL, WEBHOOK)
SHARED = (WHATSAPP, EMAIL)
"""The channels on which one message may stand for several deliveries of any alerts."""

OPENED = "opened"
CLEARED = "cleared"


class DeliveryStatus(StrEnum):
    """The fate of a delivery so far."""

    PENDING = "pending"
    """Due, or waiting for its next attempt."""
    HELD = "held"
    """Kept back by a hold, until that is over."""
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """An injection whose answer is missing: it is never repeated by itself."""
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    """It lost its sense."""


OUTCOMES = (
    DeliveryStatus.SENT,
    DeliveryStatus.FAILED,
    DeliveryStatus.UNCERTAIN,
    DeliveryStatus.PENDING,
)
"""What an attempt may come to."""


class Destination(Struct, frozen=True):
    """The place that a channel delivers to: readable, without any secret.

    ``address`` has ``number`` for WhatsApp, ``to`` and ``cc`` for e-mail, and is empty for the
    others, whose one address is a setting.
    """

    channel: str
    address: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Make a key of channel and address: 64 hexadecimal digits, the same for the same ones."""
        return digest(self.channel, {name: list(value) for name, value in self.address.items()})


class Delivery(Struct, frozen=True):
    """A notification on one channel to one destination, as it is written."""

    id: str
    notification_id: str
    register_id: str
    kind: str
    destination: Destination
    created_at: Instant
    bundle: str | None = None
    """What was detected afterwards travels as one digest: the mark that it shares."""
    doubt: str | None = None
    """Why it may have been injected before: it is not injected by itself."""
    hold_id: str | None = None
    """The hold that keeps it back: it travels in what is told when that is over."""


class Told(Struct, frozen=True):
    """Who knows, or will, that an alert opened. ``hold_id``: what keeps it back until then."""

    register_id: str
    destination: Destination
    hold_id: str | None = None


class DueQuery(Struct, frozen=True):
    """The search for what is due: on one channel to one destination, in these statuses, so many.

    What is still pending from ``oldest`` or before is not due any more.
    """

    channel: str
    destination_key: str
    statuses: tuple[str, ...]
    oldest: Instant
    limit: int


class Rest(Struct, frozen=True):
    """The rest of a delivery that some of its recipients have already.

    ``left``: the addresses that are still to be tried. ``lost``: a sentence on those that refused
    it for good, None if nobody did. ``provider_id``: that of the message that the others have.
    """

    left: tuple[str, ...]
    lost: str | None = None
    provider_id: str | None = None


class Stood(Struct, frozen=True):
    """How what was closed by hand stood when it was last observed: its count, and whether below."""

    count: int
    below: bool


class Kept(Struct, frozen=True):
    """The hold that kept a delivery back: of which account, why, by whom, from when until when."""

    account_code: str
    reason: str
    made_by: str
    start: Instant
    end: Instant


class DueDelivery(Struct, frozen=True):
    """A delivery that this pass holds, with the alert it speaks of.

    ``subject`` and ``with_table`` are its alarm's wishes for e-mail. ``end_follows``: it is queued
    for the same destination that the alert is over.
    """

    id: str
    kind: str
    destination: Destination
    attempts: int
    last_chance: bool
    alert: Alert
    subject: str | None = None
    with_table: bool = False
    bundle: str | None = None
    end_follows: bool = False
    rest: Rest | None = None
    """None: nobody has it yet."""
    stood: Stood | None = None
    """None: nobody knows how what was closed by hand stands, or it was not closed by hand."""
    kept: Kept | None = None
    """None: no hold kept it back."""


class Listing(Struct, frozen=True):
    """The content of one message on several alerts: what it is about, and how many there are.

    ``lines``: those that are listed, the first ones of them, each with what there is to say.
    """

    headline: str
    count: int
    lines: Sequence[tuple[DueDelivery, frozenset[str]]]


class WhatsAppText(Struct, frozen=True):
    """A text with WhatsApp markup to a phone number or a group."""

    number: str
    text: str


class EmailText(Struct, frozen=True):
    """An e-mail. ``message_id`` is the same whenever the same e-mail is sent again.

    ``only``: those of its recipients who do not have it yet, where others do; empty: all of them.
    """

    message_id: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    html: str
    at: Instant
    only: tuple[str, ...] = ()


class WebhookCall(Struct, frozen=True):
    """A body to post. ``delivery_id`` is the same on every attempt."""

    delivery_id: str
    body: bytes
    at: Instant


class Injections(Struct, frozen=True):
    """Alarm events to raise in Segware, all of one company. ``codes`` are the accounts' codes."""

    company_id: int
    codes: tuple[str, ...]
    texts: tuple[str, ...]


Message = WhatsAppText | EmailText | WebhookCall | Injections


class Parcel(Struct, frozen=True):
    """One message and the deliveries that it fulfils: all of them, or none."""

    items: tuple[DueDelivery, ...]
    message: Message


class Outcome(Struct, frozen=True):
    """The fate of a delivery in this pass, as it is reported."""

    id: str
    channel: str
    kind: str
    status: str
    attempts: int
    error: str | None
    account_id: int | None
    account_code: str | None
    code: str | None


class DeliveryState(Struct, frozen=True):
    """A delivery as it is reported. ``due_at``: when it is tried again, None before it was tried.

    ``bundle``: the mark of the digest that it travels in, None for its own message.
    ``provider_id``: that of the message at its provider, None where it gave none.
    """

    kind: str
    destination: Destination
    status: str
    attempts: int
    error: str | None
    sent_at: Instant | None
    due_at: Instant | None = None
    bundle: str | None = None
    provider_id: str | None = None

    @property
    def channel(self) -> str:
        """The channel that it goes by."""
        return self.destination.channel


class Notice(Struct, frozen=True):
    """A notification as it is reported, with what became of it."""

    id: str
    kind: str
    alarm: str
    priority: str
    account_id: int | None
    account_code: str | None
    cuc: str | None
    code: str | None
    quantity: int
    detected_at: Instant
    register_id: str
    window: Duration
    deliveries: tuple[DeliveryState, ...]
