"""Alarms as lines for people."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from events_tracker.base.parsing import joined
from events_tracker.base.problems import ENGLISH
from events_tracker.base.text import visible
from events_tracker.base.times import Instant, format_duration, local
from events_tracker.commands.folding import folded
from events_tracker.commands.tables import Column
from events_tracker.messages.rules import over_text
from events_tracker.model.alarms import Alarm, Clearing, Condition, Definition, Source

LIST_COLUMNS = (
    Column("Name", least=12, wraps=True),
    Column("State"),
    Column("Priority", rank=4),
    Column("Rule", rank=2, least=14, wraps=True),
    Column("Counts", rank=3, least=12, wraps=True),
    Column("Last run", is_time=True),
    Column("Result"),
    Column("Detections", is_number=True),
    Column("Follow-up", rank=5),
)


def list_row(alarm: Alarm, zone: tzinfo) -> list[str]:
    """Write one alarm as a row of a list."""
    return [
        alarm.name,
        "enabled" if alarm.enabled else "disabled",
        alarm.priority,
        rule(alarm.definition),
        counts(alarm.definition),
        _time(alarm.last_run_at, zone),
        alarm.last_run_status or "",
        str(alarm.detections),
        alarm.status,
    ]


def counts(definition: Definition) -> str:
    """Write of what an alarm counts: ``E130, E131; CUCs ALR; accounts 1950, 2207``."""
    whole = "events" if definition.source == Source.EVENTS else "detections"
    parts = (
        ("", definition.codes),
        ("CUCs ", definition.cucs),
        ("accounts ", definition.accounts),
        ("companies ", definition.companies),
    )
    return "; ".join(f"{word}{joined(texts)}" for word, texts in parts if texts) or f"all {whole}"


def rule(definition: Definition) -> str:
    """Write the heart of a definition: ``count >= 50 in 2h by account, cuc, code``."""
    what = "count"
    if definition.condition == Condition.UNIQUE:
        what = f"different {definition.field}s"
    by = f" by {', '.join(definition.group_by)}" if definition.group_by else ""
    window = format_duration(definition.window)
    return f"{what} {definition.operator.value} {definition.value} in {window}{by}"


def story(
    alarm: Alarm, names: Mapping[str, str], zone: tzinfo, clearing: Clearing
) -> Iterator[str]:
    """List everything about one alarm, label by label; ``clearing`` is the settings'."""
    definition = alarm.definition
    source = definition.source
    if definition.source_alarm_id is not None:
        of = names.get(definition.source_alarm_id, "an alarm that was deleted")
        source = f"detections of {of}"
    exceptions = ", ".join(f"{code}={value}" for code, value in definition.values.items())
    parts = (
        ("Alarm", f"{alarm.name} (revision {alarm.revision}, defined in the {alarm.defined_in})"),
        ("Description", alarm.description),
        ("State", "enabled" if alarm.enabled else "disabled"),
        ("Priority", alarm.priority),
        ("Source", source),
        ("Rule", rule(definition) + (f"; {exceptions}" if exceptions else "")),
        ("Ends", _ends(alarm, clearing)),
        ("Codes", joined(definition.codes) or "all"),
        ("CUCs", joined(definition.cucs) or "all"),
        ("Accounts", joined(definition.accounts) or "all"),
        ("Companies", joined(definition.companies) or "all"),
        ("Told", _told(alarm)),
        ("Catches up", "yes" if alarm.catch_up else "no"),
        ("Follow-up", _follow_up(alarm, zone)),
        ("Created", f"{_time(alarm.created_at, zone)} by {alarm.created_by or 'init'}"),
        ("Last run", f"{_time(alarm.last_run_at, zone)} {alarm.last_run_status or ''}".strip()),
        ("Last error", alarm.last_error or ""),
        ("Totals", f"{alarm.runs} runs, {alarm.detections} detections"),
        ("Last found", _time(alarm.last_detection_at, zone)),
    )
    for label, text in parts:
        if text:
            yield from folded(visible(text), f"{label + ':':<13}", " " * 13)


def _ends(alarm: Alarm, usual: Clearing) -> str:
    clearing = usual.of(alarm)
    as_set = " (as in the settings)" if clearing == usual else ""
    return over_text(alarm.definition, clearing, ENGLISH) + as_set


def _told(alarm: Alarm) -> str:
    if not alarm.notify:
        return "nobody"
    told = ", ".join(alarm.channels) or "every channel that is on"
    to = f", e-mail to {', '.join(alarm.email.to)}" if alarm.email.to else ""
    return told + to


def _follow_up(alarm: Alarm, zone: tzinfo) -> str:
    if alarm.changed_at is None:
        return alarm.status
    why = f": {alarm.comment}" if alarm.comment else ""
    return f"{alarm.status}, changed {_time(alarm.changed_at, zone)} by {alarm.changed_by}{why}"


def _time(at: Instant | None, zone: tzinfo) -> str:
    return "never" if at is None else local(at, zone)
