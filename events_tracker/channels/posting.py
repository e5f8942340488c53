"""One POST to a provider, and what its answer means for trying again."""

import json
from typing import Any

import requests

from events_tracker import http
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import DeliveryError, Retry
from events_tracker.base.text import PROVIDER_ID_WIDTH, whole

_LATER = {408, 425, 429}


def post(
    using: requests.Session, name: str, url: str, deadline: Deadline, **request: Any
) -> tuple[int, bytearray]:
    """Post and return status and body of any answer; ``name`` is what errors call the provider.

    Raises DeliveryError if there is no whole answer: LATER when the request certainly did not
    arrive, UNKNOWN when it may have. A provider that cannot be reached, or takes its time, is left
    alone for the rest of the pass; one that only broke off is not.
    """
    try:
        response, body = http.exchange(using, "POST", url, deadline, **request)
    except http.BROKEN as error:
        raise _failed(name, url, error) from None
    return response.status_code, body


def post_for_receipt(
    using: requests.Session, name: str, url: str, deadline: Deadline, **request: Any
) -> tuple[int, bytearray]:
    """Post like :func:`post`, but any status counts, and of the body only what comes at once."""
    try:
        return http.receipt(using, "POST", url, deadline, **request)
    except http.BROKEN as error:
        raise _failed(name, url, error) from None


def _failed(name: str, url: str, error: Exception) -> DeliveryError:
    unsent = isinstance(error, http.NeverLeft)
    return DeliveryError(
        f"{name} at {http.origin(url)} {http.explained(error)}",
        Retry.LATER if unsent else Retry.UNKNOWN,
        unreachable=unsent or http.ran_out_of_time(error),
    )


def parsed(body: bytearray) -> dict[str, Any] | None:
    """Read an answer as a JSON object; None if it is none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def provider_id(answer: object) -> str | None:
    """Read the ``id`` of a part of an answer: a text or a whole number; None if there is none."""
    found = answer.get("id") if isinstance(answer, dict) else None
    return whole(str(found) if type(found) is int else found, PROVIDER_ID_WIDTH)


def check(name: str, status: int) -> None:
    """Raise DeliveryError unless the status is a success, for channels where twice is harmless.

    4xx except 408, 425 and 429 is for good; everything else may pass. A redirect may be that of a
    provider under maintenance, but more often the address is wrong.
    """
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise DeliveryError(
            f"{name} sent us to another address ({status}); redirects are not followed",
            Retry.BRIEFLY,
        )
    for_good = 400 <= status < 500 and status not in _LATER
    raise DeliveryError(f"{name} answered {status}", Retry.NEVER if for_good else Retry.LATER)
