"""A test message on one channel, to see that its settings work."""

from typing import TYPE_CHECKING

from events_tracker.app.app import App, language
from events_tracker.app.channels import destination, sender
from events_tracker.base import limits
from events_tracker.base.errors import DeliveryError, Retry
from events_tracker.base.ids import new_id
from events_tracker.base.workers import alone
from events_tracker.model.deliveries import EMAIL, WHATSAPP, Message

if TYPE_CHECKING:
    from events_tracker.settings import Settings


def send_test(app: App, settings: "Settings", channel: str) -> None:
    """Send one message now: the channel may be off, but must be configured.

    Raises UsageError if it is not, and DeliveryError if its provider does not take the message.
    """
    deadline = app.deadline(limits.DELIVERY_SECONDS)
    sending = sender(settings, channel)
    message = _message(app, settings, channel)
    try:
        alone(deadline, lambda: sending.send(message, deadline))
    except TimeoutError:
        raise DeliveryError(f"{channel} did not answer in time", Retry.UNKNOWN) from None
    finally:
        sending.close()


def _message(app: App, settings: "Settings", channel: str) -> Message:
    from events_tracker.messages import email, webhook, whatsapp

    now, to, voice = app.clock.now(), destination(settings, channel), language(settings)
    if channel == WHATSAPP:
        return whatsapp.test(to.address["number"][0], voice)
    if channel == EMAIL:
        return email.test(to, voice, now)
    return webhook.test_call(new_id(now), now)
