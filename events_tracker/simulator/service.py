"""Answers of the simulated services: Segware's routes, ChatPro's, and two sinks. No HTTP here."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from events_tracker.simulator import wire
from events_tracker.simulator.timeline import Timeline
from events_tracker.simulator.wire import Reply, Request, json_reply
from events_tracker.simulator.world import Account, ClientGroup, Company, Event, Occurrence, World

_INJECTED_TEXTS = (
    "account", "auxiliary", "code", "complement", "eventId", "eventLog", "partition",
    "protocolType",
)  # fmt: skip
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_CHATPRO = re.compile(r"/([^/]+)/api/v1/send_message")
_NUMBER = re.compile(r"\+?\d{8,15}|[\d-]+@(g\.us|s\.whatsapp\.net)", re.ASCII)


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message_key: str, message: str) -> None:
        super().__init__(message)
        self.reply = json_reply(status, {"messageKey": message_key, "message": message})


def wall_clock_ms() -> int:
    """Return the time now, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Service:
    """The state behind the routes, and the routes. Every public attribute may be set at any time.

    ``limit``: more matches than this are refused. ``forbidden``: prefixes of paths answered 403.
    ``now``: the milliseconds at which an injected event comes back. ``content_envelope``: whether
    the list of accounts comes as ``{"content": […]}``. ``unlisted_fields``: fields of accounts
    that this list lacks. ``unknown_numbers``: WhatsApp destinations that do not exist.
    ``injected_cuc``: the CUC with which injected events come back.
    """

    def __init__(self, world: World, limit: int, token: str, now: Callable[[], int]) -> None:
        self.limit = limit
        self.token = token
        self.now = now
        self.chatpro_token = "demo-chatpro-token"  # noqa: S105 - a made-up one
        self.forbidden: set[str] = set()
        self.content_envelope = False
        self.unlisted_fields: set[str] = set()
        self.unknown_numbers: set[str] = set()
        self.injected_cuc = "ALR"
        self.accounts: dict[int, Account] = {account.id: account for account in world.accounts}
        self.companies: dict[int, Company] = {company.id: company for company in world.companies}
        self.client_groups: dict[int, ClientGroup] = {g.id: g for g in world.client_groups}
        self._events: Timeline[bytes] = Timeline()
        self._occurrences: Timeline[Occurrence] = Timeline()
        self.add_many(world.events)
        self._occurrences.add((occurrence.at_ms, occurrence) for occurrence in world.occurrences)

    def add_many(self, events: Iterable[Event]) -> None:
        """Add events in any order; a million take a second or two."""
        encode = wire.event_json
        self._events.add((at, encode(*fields)) for at, *fields in events)

    def answer(self, request: Request) -> Reply:
        """Return the answer of the service that the path belongs to."""
        try:
            if re.match(r"/v\d+/", request.path):
                return self._segware(request)
            if _CHATPRO.fullmatch(request.path):
                return self._chatpro(request)
            if request.path.startswith(("/webhook", "/heartbeat")):
                return json_reply(200, {})
            raise _not_found("path")
        except Refusal as refusal:
            return refusal.reply

    def _segware(self, request: Request) -> Reply:
        if request.header("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, "unauthorized", "the token is missing, wrong or expired")
        lists: dict[str, Callable[[Request], Reply]] = {
            "/v1/events": self._list_events,
            "/v2/occurrences": self._list_occurrences,
            "/v1/accounts": self._list_accounts,
            "/v1/companies": self._list_companies,
            "/v1/clientGroups": self._list_client_groups,
            "/v1/system/status": self._status,
        }
        if request.method == "POST" and request.path == "/v3/events/alarm":
            return self._inject(request)
        if request.method != "GET":
            raise _not_found("route")
        if request.path in lists:
            return lists[request.path](request)
        self._permit(request)
        found = re.fullmatch(r"/(v5/accounts|v1/company)/(\d{1,18})", request.path, re.ASCII)
        if found and found[1] == "v5/accounts" and int(found[2]) in self.accounts:
            return json_reply(200, wire.account_json(self.accounts[int(found[2])]))
        if found and found[1] == "v1/company" and int(found[2]) in self.companies:
            return json_reply(200, wire.company_json(self.companies[int(found[2])]))
        raise _not_found("record")

    def _permit(self, request: Request) -> None:
        # Called by each route once it has read its parameters: Segware answers 400 before 403.
        if any(request.path.startswith(prefix) for prefix in tuple(self.forbidden)):
            raise Refusal(403, "forbidden", "the token lacks this route")

    def _list_events(self, request: Request) -> Reply:
        start, end = _period(request)
        self._permit(request)
        self._check_limit(self._events.count(start, end))
        return Reply(200, wire.array(self._events.between(start, end)))

    def _list_occurrences(self, request: Request) -> Reply:
        start, end = _period(request)
        self._permit(request)
        occurrences = self._occurrences.between(start, end)
        closer = request.query.get("occurrenceClosingUserId")
        if closer is not None:
            occurrences = [
                occurrence
                for occurrence in occurrences
                if str(occurrence.closing_person_id) == closer
            ]
        self._check_limit(len(occurrences))
        return json_reply(200, [wire.occurrence_json(occurrence) for occurrence in occurrences])

    def _check_limit(self, matches: int) -> None:
        if matches > self.limit:
            raise Refusal(400, "registers_over_limit", "the query matches too many records")

    def _list_accounts(self, request: Request) -> Reply:
        self._permit(request)
        found = [wire.account_json(account) for account in list(self.accounts.values())]
        for account in found:
            for name in tuple(self.unlisted_fields):
                account.pop(name, None)
        return json_reply(200, {"content": found} if self.content_envelope else found)

    def _list_companies(self, request: Request) -> Reply:
        self._permit(request)
        return json_reply(200, [wire.company_json(each) for each in list(self.companies.values())])

    def _list_client_groups(self, request: Request) -> Reply:
        self._permit(request)
        groups = list(self.client_groups.values())
        return json_reply(200, [wire.client_group_json(group) for group in groups])

    def _status(self, request: Request) -> Reply:
        self._permit(request)
        return json_reply(200, {"status": "UP"})

    def _inject(self, request: Request) -> Reply:
        """Take all the events of the call, or none of them."""
        body = _json_object(request)
        events = body.get("events")
        if not isinstance(events, list) or not events:
            raise _invalid("events must be a list with at least one event")
        taken = [self._injected(event) for event in events]
        self._permit(request)
        self.add_many(taken)
        return json_reply(200, {"received": len(taken)})

    def _injected(self, event: Any) -> Event:
        if not isinstance(event, dict):
            raise _invalid("an event must be an object")
        for name in _INJECTED_TEXTS:
            if not isinstance(event.get(name), str) or not event[name]:
                raise _invalid(f"{name} must be a text")
        if type(event.get("companyId")) is not int:
            raise _invalid("companyId must be an integer")
        if "dateTime" in event and not _DATE_TIME.fullmatch(str(event["dateTime"])):
            raise _invalid("dateTime must be YYYY-MM-DD HH:MM:SS")
        # Two companies may use one account code.
        wanted = (event["account"], event["companyId"])
        for account in list(self.accounts.values()):
            if (account.account_code, account.company_id) == wanted:
                return Event(self.now(), account.id, event["code"], self.injected_cuc)
        raise _invalid(f"the company has no account {event['account']}")

    def _chatpro(self, request: Request) -> Reply:
        if request.header("Authorization") != self.chatpro_token:
            return json_reply(401, {"message": "Unauthorized", "status": False})
        body = _json_object(request)
        number, message = body.get("number"), body.get("message")
        instance = request.path.split("/")[1]
        if (
            request.method != "POST"
            or request.query.get("instance_id") != instance
            or not isinstance(message, str)
            or not message
            or not isinstance(number, str)
            or not _NUMBER.fullmatch(number)
            or number in self.unknown_numbers
        ):
            return json_reply(400, {"message": "Número inválido", "status": False})
        # "resposeMessage" is the provider's own spelling.
        sent = {"id": f"3EB0{self.now():012X}", "timestamp": self.now() // 1_000}
        answer = {"message": "Mensagem enviada", "resposeMessage": sent, "status": True}
        return json_reply(201, answer)


def _not_found(what: str) -> Refusal:
    return Refusal(404, "not_found", f"no such {what}")


def _invalid(message: str) -> Refusal:
    return Refusal(400, "invalid_request", message)


def _json_object(request: Request) -> dict[str, Any]:
    try:
        value = request.json()
    except ValueError:
        raise _invalid("the body is not JSON") from None
    if not isinstance(value, dict):
        raise _invalid("the body must be an object")
    return value


def _period(request: Request) -> tuple[int, int]:
    """Read both bounds of a query, in milliseconds."""
    try:
        start = wire.parse_time(request.query.get("startDate", ""))
        end = wire.parse_time(request.query.get("endDate", ""))
    except ValueError as error:
        raise _invalid(str(error)) from None
    if start > end:
        raise _invalid("startDate is after endDate")
    return start, end
