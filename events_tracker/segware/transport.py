"""Reading from Segware: one session, repeated while it helps, never beyond a deadline."""

import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.message import Message
from email.utils import parsedate_to_datetime

from events_tracker import http
from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import THEN_STATUS, Busy, SegwareError, SegwareRefused
from events_tracker.segware.waiting import Waiting

_TRY_AGAIN = {429, 502, 503, 504}
THEIRS = " (trouble on Segware's side; if it lasts, call their support)"
_ON_THE_WAY = " (trouble on Segware's side or on the way there; if it lasts, call their support)"
_log = logging.getLogger(__name__)


class OversizedAnswer(SegwareError):
    """A body of more than ``limits.ANSWER_BYTES``, decoded."""


class HttpAnswer:
    """A whole answer: its status, its decoded body, and its headers."""

    def __init__(self, status: int, body: bytearray, headers: Mapping[str, str]) -> None:
        self.status = status
        self.body = body
        self.headers = headers


class Transport:
    """Requests to one server with one token; safe for several threads at once."""

    def __init__(self, url: str, token: str, waiting: Callable[[str], None] | None) -> None:
        self._url = url
        self._session = http.session(url, http.BearerToken(token))
        self.where = http.origin(url)
        self._waiting = Waiting(self.where, waiting)

    def get(
        self, deadline: Deadline, route: str, part: str, query: Mapping[str, str] | None
    ) -> HttpAnswer:
        """Read ``route`` + ``part``: up to four attempts, none after the deadline.

        Returns any answer that is not "try again". Raises SegwareError when there is none,
        SegwareRefused for a redirect, and AnswerTooLong for a body that is larger than we take.
        """
        with self._waiting.for_answer(deadline):
            return self._repeated(deadline, route, part, query)

    def _repeated(
        self, deadline: Deadline, route: str, part: str, query: Mapping[str, str] | None
    ) -> HttpAnswer:
        for attempt in range(1, limits.READ_ATTEMPTS):
            try:
                answer = self._once(deadline, route, part, query)
            except http.BROKEN as error:
                if http.is_final(error) or not self._pause(deadline, attempt, 0.0):
                    raise self._broken(route, error) from None
                continue
            if answer.status not in _TRY_AGAIN:
                return answer
            if not self._pause(deadline, attempt, _asked_to_wait(answer.headers)):
                return answer
        try:
            return self._once(deadline, route, part, query)
        except http.BROKEN as error:
            raise self._broken(route, error) from None

    def _once(
        self, deadline: Deadline, route: str, part: str, query: Mapping[str, str] | None
    ) -> HttpAnswer:
        url = self._url + route + part
        response, body = http.exchange(self._session, "GET", url, deadline, params=query)
        asked = "" if query is None else " " + " ".join(query.values())
        _log.debug("GET %s%s: %d, %d bytes", route, asked, response.status_code, len(body))
        if 300 <= response.status_code < 400:
            raise SegwareRefused(
                f"{self.where}{route} sent us to another address; that is never followed: "
                "check SEGWARE_URL"
            )
        return HttpAnswer(response.status_code, _in_utf8(body, response.headers), response.headers)

    def _broken(self, route: str, error: Exception) -> SegwareError:
        kind = OversizedAnswer if isinstance(error, http.AnswerTooLong) else SegwareError
        return kind(f"{self.where}{route} {http.explained(error)}{_remedy(error)}")

    def _pause(self, deadline: Deadline, attempt: int, asked: float) -> bool:
        """Wait before the next attempt, ``asked`` seconds at least; False if there is no time.

        Raises Busy if it is Segware that asks for more time than there is.
        """
        seconds = limits.BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
        remaining = deadline.remaining()
        if asked >= remaining > 0:
            raise Busy(
                f"{self.where} asks us to wait {asked:.0f} s, longer than this pass may last"
            )
        if seconds >= remaining:
            return False
        deadline.sleep(max(seconds, asked))
        return True

    def close(self) -> None:
        self._session.close()


def _remedy(error: Exception) -> str:
    """Say what to check and to try, where that is known."""
    if not isinstance(error, http.NeverLeft):
        return "" if http.is_final(error) else _ON_THE_WAY
    if error.also is None:
        return ""
    checked = "host and port in SEGWARE_URL" + (f", and {error.also}" if error.also else "")
    return f"; check {checked}{THEN_STATUS}"


def _asked_to_wait(headers: Mapping[str, str]) -> float:
    """Read ``Retry-After`` (RFC 9110, 10.2.3): seconds, or a date by the server's own clock.

    What cannot be read asks for nothing.
    """
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        until, now = parsedate_to_datetime(told), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _in_utf8(body: bytearray, headers: Mapping[str, str]) -> bytearray:
    """Encode the body in UTF-8, if it is in the charset that it declares.

    JSON is UTF-8 (RFC 8259): what can be read as that stays as it is, whatever is declared.
    """
    declared = Message()
    declared["Content-Type"] = headers.get("Content-Type", "")
    charset = declared.get_content_charset("utf-8")
    if charset == "utf-8":
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        with suppress(LookupError, UnicodeError):
            return bytearray(body.decode(charset).encode())
    return body
