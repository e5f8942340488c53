"""What must hold whatever happened: "never lost, never twice", read from the tables and messages.

Alerts are known by how many events opened them: the tests give each one a number of its own, which
every message about it names.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events_tracker.simulator.simulator import Request, Simulator
from tests.support.channels import CHATPRO, INJECTION, WEBHOOK
from tests.support.engines import connected, sql
from tests.support.mailbox import Mailbox

Message = tuple[str, str, str]
"""Channel, kind, and the number by which the alert is known."""

_ALWAYS = {
    "more than one register entry has the same trigger, or a trigger has none": """
        SELECT t.register_id FROM triggers t LEFT JOIN register_entries r ON r.id = t.register_id
        WHERE r.id IS NULL OR r.alarm_id <> t.alarm_id OR r.group_key <> t.group_key""",
    "an open entry has no trigger": """
        SELECT r.id FROM register_entries r LEFT JOIN triggers t ON t.register_id = r.id
        WHERE r.cleared_at IS NULL AND (t.register_id IS NULL OR t.muted = 1)""",
    "a trigger that is not muted has a completed entry": """
        SELECT r.id FROM register_entries r INNER JOIN triggers t ON t.register_id = r.id
        WHERE r.cleared_at IS NOT NULL AND t.muted = 0""",
    "a group has two open entries": """
        SELECT alarm_id, group_key FROM register_entries WHERE cleared_at IS NULL
        GROUP BY alarm_id, group_key HAVING COUNT(*) > 1""",
    "two entries of a group overlap": """
        SELECT a.id, b.id FROM register_entries a INNER JOIN register_entries b
            ON b.alarm_id = a.alarm_id AND b.group_key = a.group_key AND b.id <> a.id
        WHERE a.opened_at < b.opened_at AND (a.cleared_at IS NULL OR a.cleared_at > b.opened_at)""",
    "an entry was not told once when it opened": """
        SELECT r.id, COUNT(n.id) FROM register_entries r
        LEFT JOIN notifications n ON n.register_id = r.id AND n.kind = 'opened'
        GROUP BY r.id HAVING COUNT(n.id) <> 1""",
    "an entry was not told once when it cleared": """
        SELECT r.id, COUNT(n.id) FROM register_entries r
        LEFT JOIN notifications n ON n.register_id = r.id AND n.kind = 'cleared'
        WHERE r.cleared_at IS NOT NULL GROUP BY r.id HAVING COUNT(n.id) <> 1""",
    "something is told of what is not in the register, or is not over": """
        SELECT n.id FROM notifications n LEFT JOIN register_entries r ON r.id = n.register_id
        WHERE r.id IS NULL OR (n.kind = 'cleared' AND r.cleared_at IS NULL)""",
    "a delivery belongs to no notification": """
        SELECT d.id FROM deliveries d LEFT JOIN notifications n ON n.id = d.notification_id
        WHERE n.id IS NULL OR n.kind <> d.kind OR n.register_id <> d.register_id""",
    "it is told to be over where it was not told to have begun": """
        SELECT c.id FROM deliveries c LEFT JOIN deliveries o ON o.register_id = c.register_id
            AND o.channel = c.channel AND o.destination_key = c.destination_key
            AND o.kind = 'opened'
        WHERE c.kind = 'cleared'
            AND (o.id IS NULL OR (c.status = 'sent' AND o.status <> 'sent'))""",
    "observations were left": "SELECT pass_id FROM observations",
    "a trigger is marked for closing": "SELECT register_id FROM triggers WHERE closing IS NOT NULL",
    "a delivery is held though it is settled": """
        SELECT id FROM deliveries
        WHERE claim IS NOT NULL AND status NOT IN ('pending', 'sending')""",
    "an alarm counts other detections than it made": """
        SELECT a.name, a.detections, COUNT(r.id) FROM alarms a
        LEFT JOIN register_entries r ON r.alarm_id = a.id AND r.revision = a.revision
        WHERE a.deleted_mark = '' GROUP BY a.id, a.name, a.detections
        HAVING a.detections <> COUNT(r.id)""",
    "an alarm has a version that is not kept, or keeps one that it never was": """
        SELECT a.name, a.version, COUNT(v.version), MIN(v.version), MAX(v.version) FROM alarms a
        LEFT JOIN alarm_versions v ON v.alarm_id = a.id GROUP BY a.id, a.name, a.version
        HAVING COUNT(v.version) <> a.version OR MAX(v.version) <> a.version""",
    "a scan was applied that never began": "SELECT applied FROM fence WHERE applied > issued",
}

_SETTLED = {
    "a delivery is held by nobody": """
        SELECT id FROM deliveries WHERE claim IS NOT NULL OR status = 'sending'""",
    "a delivery was not made": """
        SELECT d.id, d.channel, d.status FROM deliveries d
        INNER JOIN register_entries r ON r.id = d.register_id
        WHERE d.status IN ('pending', 'expired')
          AND (d.channel <> 'segware' OR r.account_code IS NOT NULL)""",
}
"""These hold once notify has nothing left to do. (An injection waits for its account's facts.)"""


def broken(database: str, *, purged: bool = False) -> list[str]:
    """Which of the promises about rows do not hold; of old ones only if none was purged."""
    kept = {
        what: statement
        for what, statement in _ALWAYS.items()
        if not (purged and ("told" in what or "detections" in what))
    }
    return _found(database, kept)


def unsettled(database: str) -> list[str]:
    """What notify left undone."""
    return _found(database, _SETTLED)


def _found(database: str, statements: Mapping[str, str]) -> list[str]:
    return [f"{what}: {rows}" for what, rows in _asked(database, statements).items() if rows]


def _asked(database: str, statements: Mapping[str, str]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each of these, over one connection."""
    answers: dict[str, list[tuple[Any, ...]]] = {}
    with connected(database) as connection:
        cursor = connection.cursor()
        for what, statement in statements.items():
            cursor.execute(statement)
            answers[what] = cursor.fetchall()
    return answers


def essence(database: str) -> Counter[tuple[Any, ...]]:
    """Everything that matters, without ids, times and attempts: equal for equal stories."""
    found: Counter[tuple[Any, ...]] = Counter()
    # The tracker's own alert counts minutes.
    known_by = "CASE WHEN a.alarm_id = 'tracker' THEN 0 ELSE a.quantity END"
    queries = {
        "entry": f"""
            SELECT alarm, revision, account_id, account_code, company, cuc, code, {known_by},
                CASE WHEN a.alarm_id = 'tracker' THEN 0 ELSE highest END, partial,
                cleared_at IS NOT NULL, clear_reason, archived_at IS NOT NULL
            FROM alerts a""",
        "trigger": """
            SELECT alarm_id = 'default', account_id, company_id, cuc, code, revision, quantity,
                highest, below_since IS NOT NULL, muted
            FROM triggers WHERE alarm_id <> 'tracker'""",
        "told": f"""
            SELECT a.alarm, a.revision, a.account_id, a.code, {known_by}, n.kind
            FROM notifications n INNER JOIN alerts a ON a.id = n.register_id""",
        "delivery": f"""
            SELECT a.alarm, a.revision, a.account_id, a.code, {known_by}, d.kind, d.channel,
                d.destination_key, d.status
            FROM deliveries d INNER JOIN alerts a ON a.id = d.register_id""",
        "alarm": """
            SELECT name, revision, enabled, detections, status, threshold, deleted_mark <> ''
            FROM alarms""",
        "version": """
            SELECT a.name, v.version, v.comment FROM alarm_versions v
            INNER JOIN alarms a ON a.id = v.alarm_id""",
        "gap": "SELECT alarm_id FROM gaps",
    }
    for what, rows in _asked(database, queries).items():
        found.update((what, *row) for row in rows)
    return found


def differences(expected: Counter[tuple[Any, ...]], found: Counter[tuple[Any, ...]]) -> list[str]:
    """What is missing, and what is there too often."""
    return [f"missing: {row}" for row in (expected - found).elements()] + [
        f"too much: {row}" for row in (found - expected).elements()
    ]


@dataclass
class Providers:
    """Whom the tracker talks to."""

    segware: Simulator
    mailbox: Mailbox

    def messages(self) -> Counter[Message]:
        """Everything that the providers took, by what it told."""
        found: Counter[Message] = Counter()
        for request in self.segware.received():
            if request.status in (200, 201):
                found.update(told_by(request))
        for letter in self.mailbox.letters:
            body = letter.get_body(("plain",))
            assert body is not None
            found.update(_told("email", body.get_content()))
        return found

    def out_of_order(self) -> list[str]:
        """What was told to be over before it was told to have begun."""
        told: set[Message] = set()
        early: list[str] = []
        for request in self.segware.received():
            for channel, kind, number in told_by(request):
                if kind == "cleared" and (channel, "opened", number) not in told:
                    early.append(f"told too early on {channel} that {number} is over")
                told.add((channel, kind, number))
        return early

    def forget(self) -> None:
        """As if nothing had been sent yet."""
        self.segware.requests.clear()
        self.mailbox.letters.clear()
        self.mailbox.recipients.clear()


def told_by(request: Request) -> list[Message]:
    """What one request tells, if it tells anything."""
    if request.path == CHATPRO:
        return _told("whatsapp", request.json()["message"])
    if request.path == INJECTION:
        events = request.json()["events"]
        return [message for event in events for message in _told("segware", event["eventLog"])]
    if request.path == WEBHOOK:
        body = request.json()
        number = "tracker" if body["alarm"] == "tracker" else str(body["quantity"])
        return [("webhook", body["kind"], number)]
    return []


def owed(database: str, *statuses: str) -> Counter[Message]:
    """What deliveries in these statuses stand for."""
    rows = sql(
        database,
        "SELECT d.channel, d.kind, CASE WHEN a.alarm_id = 'tracker' THEN 'tracker' "
        "ELSE a.quantity END, d.status "
        "FROM deliveries d INNER JOIN alerts a ON a.id = d.register_id",
    )
    return Counter((row[0], row[1], str(row[2])) for row in rows if row[3] in statuses)


def wrongly_sent(
    database: str,
    before: Counter[Message],
    sent: Counter[Message],
    twice: Iterable[Message],
) -> list[str]:
    """What was sent too often, or not at all.

    ``before`` is what was owed and had been sent before ``sent`` was, and ``twice`` what may have
    been sent again, because its record was lost; an injection never is.
    """
    expected = owed(database, "sent") - before
    perhaps = owed(database, "uncertain")
    again = Counter(message for message in twice if message[0] != "segware")
    lost = expected - sent
    extra = sent - expected - again - perhaps
    return [f"never sent: {message}" for message in lost.elements()] + [
        f"sent twice: {message}" for message in extra.elements()
    ]


def _told(channel: str, text: str) -> list[Message]:
    found: list[Message] = []
    for line in text.splitlines():
        if at := re.search(r"(\d+) · (aberto e encerrado|aberto|encerrado)$", line):
            kinds = {"aberto": ["opened"], "encerrado": ["cleared"]}.get(
                at[2], ["opened", "cleared"]
            )
            found += [(channel, kind, at[1]) for kind in kinds]
        elif "MONITOR DE EVENTOS SEM LEITURA" in line:
            found.append((channel, "opened", "tracker"))
        elif "MONITOR DE EVENTOS LENDO DE NOVO" in line:
            found.append((channel, "cleared", "tracker"))
    if found:
        return found
    number = re.search(r"Quantidade:\*? (\d+)", text)
    assert number, text
    return [(channel, kind, number[1]) for kind in _kinds(text)]


def _kinds(text: str) -> Sequence[str]:
    if "ABERTO E JÁ ENCERRADO" in text:
        return ("opened", "cleared")
    return ("cleared",) if "ENCERRADO:" in text else ("opened",)
