"""A webhook: JSON, signed, to one address."""

import hashlib
import hmac

from events_tracker import http
from events_tracker.base.deadline import Deadline
from events_tracker.base.times import SECOND
from events_tracker.channels.posting import check, parsed, post_for_receipt, provider_id
from events_tracker.model.deliveries import WebhookCall


class Webhook:
    """Posts to one address. The receiver verifies ``sha256=`` HMAC over ``timestamp.body``."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret.encode()
        self._session = http.session(url)

    def send(self, message: WebhookCall, deadline: Deadline) -> str | None:
        """Post one body; returns the ``id`` that its receiver answers. Raises DeliveryError."""
        timestamp = str(message.at // SECOND)
        signed = timestamp.encode() + b"." + message.body
        signature = hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Tracker-Delivery": message.delivery_id,
            "X-Tracker-Timestamp": timestamp,
            "X-Tracker-Signature": f"sha256={signature}",
        }
        status, body = post_for_receipt(
            self._session,
            "the webhook",
            self._url,
            deadline,
            data=message.body,
            headers=headers,
        )
        check("the webhook", status)
        return provider_id(parsed(body))

    def close(self) -> None:
        self._session.close()
