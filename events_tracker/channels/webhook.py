"""A webhook: JSON, signed, to one address."""

import hashlib
import hmac

from events_tracker import http
from events_tracker.channels.posting import check, post
from events_tracker.model.deadline import Deadline
from events_tracker.model.deliveries import Message, WebhookCall
from events_tracker.model.times import SECOND


class Webhook:
    """Posts to one address. The receiver verifies ``sha256=`` HMAC over ``timestamp.body``."""

    def __init__(self, url: str, secret: str, deadline: Deadline) -> None:
        self._url = url
        self._secret = secret.encode()
        self._deadline = deadline
        self._session = http.session(url)

    def send(self, message: Message) -> None:
        """Post one body. Raises DeliveryError."""
        assert isinstance(message, WebhookCall)  # noqa: S101 - the packing made it for us
        timestamp = str(message.at // SECOND)
        signed = timestamp.encode() + b"." + message.body
        signature = hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Tracker-Delivery": message.delivery_id,
            "X-Tracker-Timestamp": timestamp,
            "X-Tracker-Signature": f"sha256={signature}",
        }
        status, _ = post(
            self._session,
            "the webhook",
            self._url,
            self._deadline,
            data=message.body,
            headers=headers,
        )
        check("the webhook", status)

    def close(self) -> None:
        self._session.close()
