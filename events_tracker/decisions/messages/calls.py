"""What programs are told: webhook bodies, and alarm events for Segware."""

import json
from collections.abc import Sequence

from events_tracker.decisions.alert_object import alert_object
from events_tracker.decisions.messages.words import Voice, shown
from events_tracker.model.deliveries import OPENED, Injections, Item, WebhookCall
from events_tracker.model.times import Instant

_COMPLEMENT_WIDTH = 250


def webhook(item: Item, now: Instant) -> WebhookCall:
    """The contract's ALERT, with ``kind`` before it."""
    body = {"kind": item.kind, **alert_object(item.alert)}
    return WebhookCall(item.id, json.dumps(body).encode(), now)


def webhook_test(delivery_id: str, now: Instant) -> WebhookCall:
    return WebhookCall(delivery_id, json.dumps({"kind": "test"}).encode(), now)


def injections(items: Sequence[Item], voice: Voice) -> Injections:
    """One alarm event for each of these alerts, which are of one company and have their facts."""
    return Injections(
        company_id=items[0].alert.company_id or 0,
        codes=tuple(item.alert.account_code or "" for item in items),
        texts=tuple(_complement(item, voice) for item in items),
    )


def _complement(item: Item, voice: Voice) -> str:
    alert = item.alert
    headline = voice.headline(alert, frozenset({OPENED}))
    what = " ".join(shown(text, 32) for text in (alert.cuc, alert.code) if text)
    period = f"{voice.time(alert.period_started_at)} - {voice.time(alert.period_ended_at)}"
    parts = [headline, what, f"{voice.say('quantity')}: {voice.quantity(alert)}", period]
    return " | ".join(part for part in parts if part)[:_COMPLEMENT_WIDTH]
