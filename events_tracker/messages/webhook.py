"""The body of a webhook's call."""

import json

from events_tracker.base.times import Instant
from events_tracker.formats.alert import alert_object
from events_tracker.model.deliveries import DueDelivery, WebhookCall


def call(item: DueDelivery, now: Instant) -> WebhookCall:
    """Write the contract's ALERT (docs/contract.md), with ``kind`` before it."""
    body = {"kind": item.kind, **alert_object(item.alert)}
    return WebhookCall(item.id, json.dumps(body).encode(), now)


def test_call(delivery_id: str, now: Instant) -> WebhookCall:
    """Make a call that only shows that the address and the secret are right."""
    return WebhookCall(delivery_id, json.dumps({"kind": "test"}).encode(), now)
