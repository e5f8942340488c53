"""Requests, replies and the JSON of each record, as Segware has them on the wire."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from events_tracker.simulator.world import Account, ClientGroup, Company, Occurrence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_DESCRIPTIONS = {
    "130": "Disparo de alarme - roubo",
    "131": "Disparo de alarme - perímetro",
    "132": "Disparo de alarme - interior",
    "133": "Disparo de alarme - zona 24 horas",
    "401": "Abertura ou fechamento por usuário",
    "602": "Teste periódico de comunicação",
    "702": "Excesso de eventos",
}


@dataclass(frozen=True)
class Request:
    """One request as it came; ``path`` is without the query, header names are as they were sent.

    ``status`` is what was answered: 0 where a fault answered by hand.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int = 0

    def header(self, name: str) -> str | None:
        """Return the value of a header whatever its spelling; None without it."""
        for key, value in self.headers.items():
            if key.lower() == name.lower():
                return value
        return None

    def json(self) -> Any:
        """Parse the body as JSON. Raises ValueError if it is none."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One answer. JSON and the body's length are declared unless ``headers`` say otherwise."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(status: int, value: Any) -> Reply:
    """Make an answer whose body is ``value`` as JSON."""
    return Reply(status, encode(value))


def encode(value: Any) -> bytes:
    """Encode a value as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def array(items: list[bytes]) -> bytes:
    """Join items that are encoded already into a JSON array."""
    return b"[" + b",".join(items) + b"]"


def parse_time(text: str) -> int:
    """Read ``2026-11-21T12:00:00.000Z``, and nothing less exact, as milliseconds since the epoch.

    Raises ValueError.
    """
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text!r} is not ISO 8601 in UTC with milliseconds")
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)


# Without a time or an id of their own, most events of an account are alike: encoded once, they
# cost a million events neither time nor memory. "typed" keeps 1, 1.0 and True apart.
@lru_cache(maxsize=100_000, typed=True)
def event_json(
    account_id: int, code: str, cuc: str | None, occurrence_id: str | int | None
) -> bytes:
    """Encode an event, some 300 bytes; without a ``cuc`` field where there is none."""
    description = _DESCRIPTIONS.get(code[1:], "Restauração" if code[:1] in "R3" else "Evento")
    fields = {
        "accountId": account_id,
        "code": code,
        "cuc": cuc,
        "occurrenceId": occurrence_id,
        "description": description,
        "partition": "01",
        "zone": f"{len(code) + 3:03d}",
        "protocolType": "CONTACT_ID",
        "auxiliary": "0",
        "receiver": "IP-02",
        "line": "1",
        "complement": f"Recebido por ethernet, {description.lower()}",
        "restore": code[:1] in ("R", "3"),
    }
    if cuc is None:
        del fields["cuc"]
    return encode(fields)


def account_json(account: Account) -> dict[str, Any]:
    """Encode an account; its single partition has an id that follows from its own."""
    return {
        "id": account.id,
        "accountCode": account.account_code,
        "tradeName": account.trade_name,
        "companyId": account.company_id,
        "clientGroupId": account.client_group_id,
        "partitions": [{"id": 10 * account.id + 1, "number": "01"}],
    }


def company_json(company: Company) -> dict[str, Any]:
    """Encode a company."""
    return {"id": company.id, "tradeName": company.trade_name}


def client_group_json(group: ClientGroup) -> dict[str, Any]:
    """Encode a client group."""
    return {"id": group.id, "name": group.name}


def occurrence_json(occurrence: Occurrence) -> dict[str, Any]:
    """Encode an occurrence; ``closingPersonId`` is missing while it is open."""
    if occurrence.closing_person_id is None:
        return {"id": occurrence.id}
    return {"id": occurrence.id, "closingPersonId": occurrence.closing_person_id}
