"""WhatsApp, through ChatPro (docs/segware.md: POST /{instance}/api/v1/send_message)."""

from events_tracker import http
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import DeliveryError, Retry
from events_tracker.channels.posting import check, parsed, post, provider_id
from events_tracker.model.deliveries import WhatsAppText


class WhatsApp:
    """Sends texts from one ChatPro instance."""

    def __init__(self, url: str, instance_id: str, token: str) -> None:
        self._url = f"{url}/{instance_id}/api/v1/send_message"
        self._query = {"instance_id": instance_id}
        # The raw token: ChatPro takes no `Bearer` before it.
        self._headers = {"Authorization": token}
        self._session = http.session(url)

    def send(self, message: WhatsAppText, deadline: Deadline) -> str | None:
        """Send one text; returns ChatPro's id of it. Raises DeliveryError."""
        status, body = post(
            self._session,
            "ChatPro",
            self._url,
            deadline,
            params=self._query,
            headers=self._headers,
            json={"number": message.number, "message": message.text},
        )
        if status == 400:
            raise DeliveryError(
                "ChatPro answered 400: the number is unknown or invalid", Retry.NEVER
            )
        if status == 401:
            raise DeliveryError(
                "ChatPro answered 401: it refused the token; check CHATPRO_TOKEN", Retry.NEVER
            )
        check("ChatPro", status)
        answer = parsed(body)
        # A success says so itself: JSON with ``"status": true``, or without any.
        if answer is None or answer.get("status", True) is not True:
            raise DeliveryError(f"ChatPro answered {status} without taking the text", Retry.LATER)
        # The provider's own spelling.
        return provider_id(answer.get("resposeMessage"))

    def close(self) -> None:
        self._session.close()
