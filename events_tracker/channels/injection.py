"""Alarm events raised in Segware (docs/segware.md: POST /v3/events/alarm).

At most once: what may have been taken is never repeated by itself.
"""

import requests
from msgspec import Struct

from events_tracker import http
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import DeliveryError, Retry
from events_tracker.channels.posting import post
from events_tracker.model.deliveries import Injections

_ROUTE = "/v3/events/alarm"
_NOT_TAKEN = {429, 503}
_NOT_ABOUT_AN_EVENT = {401, 403}


class EventForm(Struct, frozen=True):
    """The fields that every injected event shares."""

    code: str
    event_id: str
    partition: str
    auxiliary: str
    protocol: str


class Injection:
    """Raises alarm events with one token."""

    def __init__(self, url: str, auth: requests.auth.AuthBase, form: EventForm) -> None:
        self._url = url + _ROUTE
        self._form = form
        self._session = http.session(url, auth)

    def send(self, message: Injections, deadline: Deadline) -> None:
        """Raise the events of one company; Segware gives no ids. Raises DeliveryError."""
        events = [
            self._event(code, text, message.company_id)
            for code, text in zip(message.codes, message.texts, strict=True)
        ]
        status, _ = post(self._session, "Segware", self._url, deadline, json={"events": events})
        if 200 <= status < 300:
            return
        raise DeliveryError(
            f"Segware answered {status} to the injection", _again(status, len(events))
        )

    def _event(self, account: str, text: str, company_id: int) -> dict[str, object]:
        return {
            "account": account,
            "auxiliary": self._form.auxiliary,
            "code": self._form.code,
            "companyId": company_id,
            "complement": text,
            "eventId": self._form.event_id,
            "eventLog": text,
            "partition": self._form.partition,
            "protocolType": self._form.protocol,
        }

    def close(self) -> None:
        self._session.close()


def _again(status: int, events: int) -> Retry:
    if status in _NOT_TAKEN:
        return Retry.LATER
    if status < 500:
        several = events > 1 and status >= 400 and status not in _NOT_ABOUT_AN_EVENT
        return Retry.SINGLY if several else Retry.NEVER
    return Retry.UNKNOWN
