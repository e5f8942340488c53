"""Segware's JSON, to values of ours. Every field name of the wire is in this module."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from events_tracker.base.errors import SegwareError
from events_tracker.base.ids import digest
from events_tracker.base.text import (
    ACCOUNT_CODE_WIDTH,
    CODE_WIDTH,
    CUC_WIDTH,
    NAME_WIDTH,
    storable,
    whole,
)
from events_tracker.base.times import Instant
from events_tracker.model.directory import Account, Organization
from events_tracker.model.readings import Answer, EventKind, EventRecord, Pair, answer_of

Body = bytes | bytearray
"""An answer's body, decompressed."""

_LARGEST_ID = 2**63 - 1
_LONGEST_NUMBER = 4_000
_Id = Annotated[int, msgspec.Meta(ge=-_LARGEST_ID, le=_LARGEST_ID)]


class _Event(msgspec.Struct, gc=False):
    """An event whose fields have just the types that the service normally sends."""

    accountId: _Id  # noqa: N815 - the wire's name
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=CODE_WIDTH)]
    cuc: Annotated[str, msgspec.Meta(min_length=1, max_length=CUC_WIDTH)] | None = None


class _EventOfOccurrence(_Event, gc=False):
    """The same with its occurrence, which costs time and memory to read."""

    occurrenceId: str | int | None = None  # noqa: N815 - the wire's name


class WireAccount(msgspec.Struct, gc=False):
    """An account as it is sent; UNSET for a field that is not there."""

    id: Any = msgspec.UNSET
    accountCode: Any = msgspec.UNSET  # noqa: N815 - the wire's name
    tradeName: Any = msgspec.UNSET  # noqa: N815 - the wire's name
    companyId: Any = msgspec.UNSET  # noqa: N815 - the wire's name
    clientGroupId: Any = msgspec.UNSET  # noqa: N815 - the wire's name


class _AccountsPage(msgspec.Struct):
    """A page of a list that comes in an envelope."""

    content: list[WireAccount]
    hasNextPage: Any = None  # noqa: N815 - the wire's name


_events = msgspec.json.Decoder(list[_Event])
_events_of_occurrences = msgspec.json.Decoder(list[_EventOfOccurrence])
_raw_items = msgspec.json.Decoder(list[msgspec.Raw])
_accounts_pages = msgspec.json.Decoder(list[WireAccount] | _AccountsPage)


def events(body: Body, with_occurrences: bool) -> Answer:
    """Sort the events of one answer; occurrences are told only if somebody asks.

    Malformed: not an object, an `accountId` that is no integer (or digits), a `code` that is no
    text of 1 to 16 characters. Raises SegwareError if the answer is no list.
    """
    try:
        return _with_occurrences(body) if with_occurrences else _accounts(body)
    except (msgspec.MsgspecError, RecursionError):
        return _lenient(array(body), with_occurrences)


def _accounts(body: Body) -> Answer:
    accounts: defaultdict[Pair, list[int]] = defaultdict(list)
    for event in _events.decode(body):
        accounts[event.cuc, event.code].append(event.accountId)
    return Answer(accounts)


def records_of(account_id: int, body: Body) -> list[EventRecord]:
    """Find the objects of one account in an answer of events, each as it was sent.

    A line break between its fields becomes a blank: in JSON's texts there is none. Where the answer
    is not quite JSON they are written anew. Raises SegwareError if it is no list.
    """
    found = []
    try:
        for raw in _raw_items.decode(body):
            item = msgspec.json.decode(raw)
            if isinstance(item, dict) and integer(item.get("accountId")) == account_id:
                text = bytes(raw).replace(b"\r", b" ").replace(b"\n", b" ")
                found.append(_record(item, text))
    except (msgspec.MsgspecError, RecursionError):
        mine = [
            item
            for item in array(body)
            if isinstance(item, dict) and integer(item.get("accountId")) == account_id
        ]
        return [_record(item, json.dumps(item).encode()) for item in mine]
    return found


def _record(item: dict[str, Any], text: bytes) -> EventRecord:
    code = item.get("code")
    return EventRecord(code if isinstance(code, str) else None, text)


def _with_occurrences(body: Body) -> Answer:
    return answer_of(
        EventKind(event.accountId, event.cuc, event.code, _text(event.occurrenceId))
        for event in _events_of_occurrences.decode(body)
    )


def _text(occurrence: str | int | None) -> str | None:
    return None if occurrence is None else str(occurrence)


def _lenient(items: list[Any], with_occurrences: bool) -> Answer:
    kinds = [_kind(item, with_occurrences) for item in items]
    return answer_of((kind for kind in kinds if kind is not None), kinds.count(None))


def _kind(item: Any, with_occurrences: bool) -> EventKind | None:
    if not isinstance(item, dict):
        return None
    account_id = integer(item.get("accountId"))
    code = item.get("code")
    if account_id is None or not isinstance(code, str) or not 1 <= len(code) <= CODE_WIDTH:
        return None
    occurrence = item.get("occurrenceId") if with_occurrences else None
    return EventKind(
        account_id,
        _cuc(item.get("cuc")),
        storable(code, CODE_WIDTH) or "",
        str(occurrence) if isinstance(occurrence, str | int) else None,
    )


def _cuc(value: Any) -> str | None:
    """Read a CUC. One that is too long ends in a checksum of it all, so that it stays distinct."""
    text = storable(value, CUC_WIDTH) or None
    if text is not None and len(value) > CUC_WIDTH:
        text = f"{text[: CUC_WIDTH - 9]}…{digest(value)[:8]}"
    return text


def integer(value: Any) -> int | None:
    """Read an id: an integer, or its digits as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_ID:
        return None
    return value


def parsed(body: Body) -> Any:
    """Parse any JSON value. Raises SegwareError for what is none, or nested beyond reason."""
    try:
        return json.loads(body, parse_int=_number)
    except (ValueError, RecursionError):
        kind = "an HTML page" if body.lstrip()[:1] == b"<" else "something that is not whole JSON"
        raise SegwareError(f"answered {kind if body.strip() else 'nothing'}") from None


def _number(digits: str) -> int | float:
    """Parse an integer; one with more digits than Python reads is no id, and spoils nothing."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def page(body: Body) -> tuple[list[Any], bool]:
    """Parse a list, or the `content` of an envelope; also tell if another page follows."""
    value = parsed(body)
    if isinstance(value, dict) and isinstance(value.get("content"), list):
        return value["content"], value.get("hasNextPage") is True
    return _list(value), False


def array(body: Body) -> list[Any]:
    """Parse a JSON list. Raises SegwareError for anything else."""
    return _list(parsed(body))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise SegwareError(f"answered {_kind_of(value)} where a list was expected")
    return value


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    return "an object" if isinstance(value, dict) else "a single value"


def message_key(body: Body) -> str | None:
    """Find the `messageKey` of an error's body; None if it has none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    key = value.get("messageKey") if isinstance(value, dict) else None
    return key if isinstance(key, str) else None


def accounts_page(body: Body) -> tuple[list[WireAccount], bool]:
    """Parse a page of the list of accounts, of which there may be many thousands.

    Also tell if another page follows. What is no object is left out.
    """
    try:
        read = _accounts_pages.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        items, more = page(body)
        return [wire_account(item) for item in items if isinstance(item, dict)], more
    if isinstance(read, _AccountsPage):
        return read.content, read.hasNextPage is True
    return read, False


def wire_account(item: dict[str, Any]) -> WireAccount:
    """Pick what we ask of an account, whatever its types are."""
    return WireAccount(*(item.get(field, msgspec.UNSET) for field in WireAccount.__struct_fields__))


def account(item: WireAccount, now: Instant, route: str, *, complete: bool) -> Account | None:
    """Read an account; None if it has no id. ``complete``: the route tells all there is to tell."""
    if (account_id := integer(item.id)) is None:
        return None
    return Account(
        id=account_id,
        code=_code(item.accountCode),
        trade_name=storable(item.tradeName, NAME_WIDTH),
        company_id=integer(item.companyId),
        client_group_id=integer(item.clientGroupId),
        known=True,
        read_at=now,
        read_from=route,
        complete=complete,
    )


def tells_all_of_accounts(items: Sequence[WireAccount]) -> bool:
    """Tell whether a list has all that we ask of accounts, though not each has everything."""
    return all(
        any(getattr(item, field) is not msgspec.UNSET for item in items)
        for field in WireAccount.__struct_fields__
    )


def has_code_and_company(item: WireAccount) -> bool:
    """Tell whether an account of a list has the two fields that every account has."""
    told = (item.accountCode, item.companyId)
    return all(value is not None and value is not msgspec.UNSET for value in told)


def _code(value: Any) -> str | None:
    """Read an account code: a text of digits; some deployments send the bare number.

    Events are injected into accounts by their codes, so a code is never one that was cut.
    """
    number = integer(value)
    text = str(number) if isinstance(value, int) and number is not None else value
    return whole(text, ACCOUNT_CODE_WIDTH)


def named(item: Any, field: str, now: Instant, route: str) -> Organization | None:
    """Read a company (`tradeName`) or a client group (`name`); None if it has no id."""
    if not isinstance(item, dict) or (number := integer(item.get("id"))) is None:
        return None
    return Organization(number, storable(item.get(field), NAME_WIDTH), True, now, route)


def occurrence_closers(items: list[Any]) -> list[tuple[str, int]]:
    """Pair the ids of each occurrence and of the user who closed it, where both are there."""
    closers = []
    for item in items:
        if not isinstance(item, dict):
            continue
        closer = integer(item.get("closingPersonId"))
        if closer is not None and isinstance(item.get("id"), str | int):
            closers.append((str(item["id"]), closer))
    return closers
