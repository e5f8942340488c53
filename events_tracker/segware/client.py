"""Segware's routes. Methods may be called from several threads at once."""

from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any, TypeVar

from msgspec.structs import replace

from events_tracker.base import limits
from events_tracker.base.deadline import Deadline
from events_tracker.base.errors import (
    THEN_STATUS,
    Busy,
    NotKnown,
    OverLimit,
    SegwareError,
    SegwareRefused,
)
from events_tracker.base.times import Instant, Span, instant, iso
from events_tracker.model import readings
from events_tracker.model.directory import Account, Organization
from events_tracker.segware import decode
from events_tracker.segware.transport import THEIRS, HttpAnswer, OversizedAnswer, Transport

T = TypeVar("T")
_OVER_LIMIT = "registers_over_limit"
_EVENTS = "/v1/events"
_OCCURRENCES = "/v2/occurrences"
_ACCOUNT = "/v5/accounts"
_ACCOUNTS = "/v1/accounts"
_COMPANY = "/v1/company"
_CLIENT_GROUPS = "/v1/clientGroups"
_STATUS = "/v1/system/status"
_UNEXPECTED = " (is SEGWARE_URL right? if it is and this lasts, call Segware's support)"


class Server:
    """One server, one token: connections that are kept, while each use has its own deadline.

    ``waiting`` is told once, where somebody sits and waits, that an answer keeps them waiting.
    """

    def __init__(self, url: str, token: str, waiting: Callable[[str], None] | None = None) -> None:
        self._transport = Transport(url, token, waiting)
        # Decoding side by side is no quicker, and the largest answers take much memory.
        self._one_at_a_time = Lock()

    def within(self, deadline: Deadline) -> "Segware":
        """Return the server's routes, to be used until a deadline."""
        return Segware(self._transport, self._one_at_a_time, deadline)

    def close(self) -> None:
        self._transport.close()


class Segware:
    """One server's routes, until one deadline.

    Every method raises SegwareRefused if token or right were refused, Busy if these were too many
    requests, and SegwareError if there was no answer or not the one asked for.
    """

    def __init__(self, transport: Transport, one_at_a_time: Lock, deadline: Deadline) -> None:
        self._transport = transport
        self._one_at_a_time = one_at_a_time
        self._deadline = deadline

    def within(self, deadline: Deadline) -> "Segware":
        """Return the same routes, to be used until another deadline."""
        return Segware(self._transport, self._one_at_a_time, deadline)

    def events(self, asked: Span, with_occurrences: bool = False) -> readings.Answer:
        """Read all events of a slice, both ends included. Raises OverLimit if they are too many."""
        answer = self._ask(_EVENTS, _range(asked))
        read = self._decoded(_EVENTS, lambda: decode.events(answer.body, with_occurrences))
        return replace(read, served_at=_time_of(answer))

    def events_and_records(
        self, asked: Span, with_occurrences: bool, account_id: int
    ) -> tuple[readings.Answer, list[readings.EventRecord]]:
        """Read the same, and of one account the very objects that were sent."""
        answer = self._ask(_EVENTS, _range(asked))
        read = self._decoded(_EVENTS, lambda: decode.events(answer.body, with_occurrences))
        return read, self._decoded(_EVENTS, lambda: decode.records_of(account_id, answer.body))

    def closed_by(self, user_id: int, asked: Span) -> set[str]:
        """Read the ids of the slice's occurrences that this user closed. Raises OverLimit."""
        query = _range(asked) | {"occurrenceClosingUserId": str(user_id)}
        answer = self._ask(_OCCURRENCES, query)
        items = self._decoded(_OCCURRENCES, lambda: decode.array(answer.body))
        # Filtered again on our side: a deployment that ignores the parameter must not hide alerts.
        return {id_ for id_, closer in decode.occurrence_closers(items) if closer == user_id}

    def account(self, account_id: int, now: Instant) -> Account:
        """Read one account. Raises NotKnown."""
        value = self._object(_ACCOUNT, account_id)
        wired = decode.wire_account(value) if isinstance(value, dict) else decode.WireAccount()
        account = decode.account(wired, now, _ACCOUNT, complete=True)
        if account is None or account.id != account_id:
            raise self._wrong(_ACCOUNT, "answered without the account that was asked for")
        return account

    def accounts(self, now: Instant) -> list[Account]:
        """Read all accounts the token sees; some deployments leave out fields, or companies."""
        items = self._list(_ACCOUNTS, decode.accounts_page)
        accounts: list[Account] = []
        tells_all = decode.tells_all_of_accounts(items)
        for item in items:
            complete = tells_all and decode.has_code_and_company(item)
            if account := decode.account(item, now, _ACCOUNTS, complete=complete):
                accounts.append(account)
        return accounts

    def company(self, company_id: int, now: Instant) -> Organization:
        """Read one company. Raises NotKnown."""
        company = decode.named(self._object(_COMPANY, company_id), "tradeName", now, _COMPANY)
        if company is None or company.id != company_id:
            raise self._wrong(_COMPANY, "answered without the company that was asked for")
        return company

    def client_groups(self, now: Instant) -> list[Organization]:
        """Read all client groups."""
        route, items = _CLIENT_GROUPS, self._list(_CLIENT_GROUPS, decode.page)
        return [group for item in items if (group := decode.named(item, "name", now, route))]

    def clock(self) -> Instant | None:
        """Ask for the server's time of day, to the second; None if it does not tell."""
        return _time_of(self._ask(_STATUS))

    def _list(self, route: str, page: Callable[[decode.Body], tuple[list[T], bool]]) -> list[T]:
        """Read all items of a list, page by page where it has pages.

        It is not documented if the first page is 0 or 1: from 1 on none is left out either way, and
        at most one comes twice.
        """
        items, more = self._page(route, None, page)
        for number in range(1, limits.PAGES_OF_A_LIST):
            if not more:
                return items
            following, more = self._page(route, {"page": str(number)}, page)
            items += following
        raise self._wrong(route, f"has more than {limits.PAGES_OF_A_LIST} pages")

    def _page(
        self,
        route: str,
        query: dict[str, str] | None,
        page: Callable[[decode.Body], tuple[list[T], bool]],
    ) -> tuple[list[T], bool]:
        answer = self._ask(route, query)
        return self._decoded(route, lambda: page(answer.body))

    def _object(self, route: str, id_: int) -> Any:
        answer = self._ask(route, part=f"/{id_}")
        return self._decoded(route, lambda: decode.parsed(answer.body))

    def _ask(self, route: str, query: dict[str, str] | None = None, part: str = "") -> HttpAnswer:
        try:
            answer = self._transport.get(self._deadline, route, part, query)
        except OversizedAnswer as error:
            raise OverLimit(str(error)) from None
        if answer.status == 200:
            return answer
        if answer.status == 401:
            raise SegwareRefused(
                f"{self._transport.where} refused the token (401): it is wrong or has expired; "
                f"set a new one in SEGWARE_TOKEN{THEN_STATUS}"
            )
        if answer.status == 403:
            raise SegwareRefused(
                f"the token has no right to {route} (403): ask Segware to allow this route"
            )
        if 400 <= answer.status < 500 and decode.message_key(answer.body) == _OVER_LIMIT:
            raise OverLimit(f"{self._transport.where}{route} holds more than one answer may carry")
        if answer.status == 404:
            # A route of the program's is there, unless the address is not Segware's API.
            hint = "" if part else ": is SEGWARE_URL right?"
            raise NotKnown(f"{self._transport.where}{route}{part} does not exist (404){hint}")
        if answer.status == 429:
            raise Busy(
                f"{self._transport.where}{route} answered 429 (too many requests: perhaps other "
                "programs share the token; ask Segware for its limit)"
            )
        raise self._wrong(
            route, f"answered {answer.status}{THEIRS if answer.status >= 500 else _UNEXPECTED}"
        )

    def _decoded(self, route: str, decoder: Callable[[], T]) -> T:
        try:
            with self._one_at_a_time:
                return decoder()
        except SegwareError as error:
            raise self._wrong(route, f"{error}{_UNEXPECTED}") from None

    def _wrong(self, route: str, what: str) -> SegwareError:
        return SegwareError(f"{self._transport.where}{route} {what}")


def _time_of(answer: HttpAnswer) -> Instant | None:
    """Read the Date header (RFC 9110): when the server answered; None without it."""
    try:
        moment = parsedate_to_datetime(answer.headers.get("Date") or "")
        return instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _range(asked: Span) -> dict[str, str]:
    return {"startDate": iso(asked.start), "endDate": iso(asked.end)}
