"""The files of a pack of evidence, as they are written: lines of bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from events_tracker.base.times import Span, iso
from events_tracker.formats.alarm import content_object
from events_tracker.formats.alert import ALERT_FIELDS, alert_object
from events_tracker.formats.cells import csv_lines, json_list_lines, json_text
from events_tracker.formats.told import delivery_object
from events_tracker.model.evidence import AccountSlice, Evidence, Proof, Recount, Rule
from events_tracker.model.runs import Run
from events_tracker.model.versions import Version

_COUNT_FIELDS = ("minute", "cuc", "code", "count", "until", "origin")
_RUN_FIELDS = ("started_at", "host", "status")

Pick = Callable[[str | None], bool]
"""Tells whether what has this code belongs into a pack that is narrowed to some."""


def entries_json(evidence: Evidence) -> Iterator[bytes]:
    """Write the alerts as a list of ALERT, each with the file of its rule."""
    return _json_list(_entries(evidence))


def entries_csv(evidence: Evidence) -> Iterator[bytes]:
    """Write the same for spreadsheets."""
    return _csv((*ALERT_FIELDS, "rule"), _entries(evidence))


def _entries(evidence: Evidence) -> Iterator[dict[str, Any]]:
    for alert in evidence.alerts:
        rule = evidence.rule_of(alert)
        yield {**alert_object(alert), "rule": rule.file if rule.first else None}


def rule_json(rule: Rule, first: Version, names: Mapping[str, str]) -> Iterator[bytes]:
    """Write a rule with who made it so, when and why: its first version."""
    yield _line(
        {
            "alarm": rule.alarm,
            "revision": rule.revision,
            "version": first.version,
            "at": iso(first.changed_at),
            "by": first.changed_by,
            "comment": first.comment,
            "definition": content_object(first.content, names),
        }
    )


def deliveries_json(evidence: Evidence) -> Iterator[bytes]:
    """Write what was told of each alert, in the order of the alerts; addresses masked."""
    return _json_list(
        {"register_id": id_, **delivery_object(delivery)}
        for id_, deliveries in evidence.told.items()
        for delivery in deliveries
    )


def runs_csv(scans: Iterable[Run]) -> Iterator[bytes]:
    """Write the scans: when each began, where, and how it went."""
    return _csv(
        _RUN_FIELDS,
        (
            {"started_at": iso(run.started_at), "host": run.host, "status": run.status.value}
            for run in scans
        ),
    )


def counts_head() -> bytes:
    """Write the heading of counts.csv."""
    return b"".join(_csv(_COUNT_FIELDS, []))


def count_lines(found: AccountSlice, account_id: int, wanted: Pick) -> Iterator[bytes]:
    """Write a slice's lines of counts.csv: all of its events lie from ``minute`` to ``until``."""
    rows = (
        {
            "minute": iso(found.span.start),
            "cuc": cuc,
            "code": code,
            "count": accounts[account_id],
            "until": iso(found.span.end),
            "origin": found.origin.value,
        }
        for (cuc, code), accounts in sorted(
            found.tally.events.items(), key=lambda one: (one[0][0] or "", one[0][1])
        )
        if account_id in accounts and wanted(code)
    )
    lines = _csv(_COUNT_FIELDS, rows)
    next(lines)
    return lines


def record_lines(found: AccountSlice, wanted: Pick) -> Iterator[bytes]:
    """Write a slice's lines of records.jsonl: the object as it was sent, and where it came in."""
    slice_ = json_text(_span(found.span)).encode()
    for record in found.records:
        if wanted(record.code):
            yield b'{"slice": ' + slice_ + b', "record": ' + record.text + b"}\n"


def recount_json(proof: Proof, difference: Callable[[Recount], str]) -> Iterator[bytes]:
    """Write how each alert's events, counted again, compare; ``difference`` makes words of it."""
    evidence = proof.evidence
    yield _line(
        {
            "account_id": evidence.account_id,
            "account_code": evidence.account.account_code,
            "trade_name": evidence.account.trade_name,
            "company": evidence.account.company,
            "span": _span(evidence.span),
            "at": iso(evidence.at),
            "silent": [_span(span) for span in proof.silent],
            "entries": [
                {
                    "register_id": one.alert.register_id,
                    "alarm": one.alert.alarm,
                    "cuc": one.alert.cuc,
                    "code": one.alert.code,
                    "window": _span(one.alert.window),
                    "stored": one.alert.quantity,
                    "partial": one.alert.partial,
                    "today": one.today,
                    "raised_by_tracker": one.raised,
                    "closed": one.closed,
                    "verdict": one.verdict.value,
                    "difference": difference(one),
                }
                for one in proof.recounts
            ],
        }
    )


def _span(span: Span) -> dict[str, str]:
    return {"start": iso(span.start), "end": iso(span.end)}


def _line(value: object) -> bytes:
    return _bytes(f"{json_text(value)}\n")


def _json_list(items: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    return map(_bytes, json_list_lines(items))


def _csv(fields: tuple[str, ...], items: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    return map(_bytes, csv_lines(fields, items))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
