"""The channels as the settings give them: which are on, where they deliver to, and what sends."""

from typing import TYPE_CHECKING, Any

from events_tracker.base.errors import UsageError
from events_tracker.model.deliveries import EMAIL, SEGWARE, WEBHOOK, WHATSAPP, Destination

if TYPE_CHECKING:
    from events_tracker.model.ports import Channel
    from events_tracker.settings import Settings


def destination(settings: "Settings", channel: str) -> Destination:
    """Tell where a channel delivers to by the settings; nothing secret is in it."""
    if channel == WHATSAPP:
        return Destination(WHATSAPP, {"number": (settings.whatsapp.recipient or "",)})
    if channel == EMAIL:
        return Destination(EMAIL, {"to": settings.email.to, "cc": settings.email.cc})
    return Destination(channel)


def switched_on(settings: "Settings") -> dict[str, Destination]:
    """List the channels that are on, each with its destination."""
    on = {
        WHATSAPP: settings.whatsapp.enabled,
        SEGWARE: settings.injection.enabled,
        EMAIL: settings.email.enabled,
        WEBHOOK: settings.webhook.enabled,
    }
    return {channel: destination(settings, channel) for channel, is_on in on.items() if is_on}


def sender(settings: "Settings", channel: str) -> "Channel[Any]":
    """Make what sends on a channel. Raises UsageError if the settings do not say enough for it."""
    if channel == WHATSAPP:
        from events_tracker.channels.whatsapp import WhatsApp

        chat = settings.whatsapp
        names = ("CHATPRO_INSTANCE_ID", "CHATPRO_TOKEN", "CHATPRO_RECIPIENT")
        instance, token, _ = _all(names, chat.instance_id, chat.token, chat.recipient)
        return WhatsApp(chat.url, instance, token)
    if channel == EMAIL:
        from events_tracker.channels.email import Email

        mail = settings.email
        to = ",".join(mail.to) or None
        names = ("SMTP_URL", "EMAIL_FROM", "EMAIL_TO")
        url, sender_, _ = _all(names, mail.smtp_url, mail.sender, to)
        return Email(url, sender_, mail.helo_name)
    if channel == WEBHOOK:
        from events_tracker.channels.webhook import Webhook

        hook = settings.webhook
        url, secret = _all(("WEBHOOK_URL", "WEBHOOK_SECRET"), hook.url, hook.secret)
        return Webhook(url, secret)
    return _injection(settings)


def _injection(settings: "Settings") -> "Channel[Any]":
    from events_tracker.channels.injection import EventForm, Injection
    from events_tracker.http import BearerToken

    (token,) = _all(("SEGWARE_TOKEN",), settings.segware.token)
    form = settings.injection
    return Injection(
        settings.segware.url,
        BearerToken(token),
        EventForm(form.code, form.event_id, form.partition, form.auxiliary, form.protocol),
    )


def _all(names: tuple[str, ...], *values: str | None) -> tuple[str, ...]:
    """Return the values, all of them set; settings guarantee it for channels that are on."""
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise UsageError(f"this channel is not configured: set {', '.join(missing)}")
    return tuple(value or "" for value in values)
