"""What alarms were after each change, as rows for people."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from events_tracker.base.text import shortened
from events_tracker.base.times import format_duration, local
from events_tracker.commands.tables import Column
from events_tracker.decisions.alarms.versions import Difference, Step
from events_tracker.model.alarms import EmailOptions
from events_tracker.model.versions import OWN_FIELDS

VERSION_COLUMNS = (
    Column("Version", is_number=True),
    Column("When", is_time=True),
    Column("By", least=8, wraps=True),
    Column("Changed", least=24, wraps=True),
    Column("Comment", least=12, wraps=True),
)

_EMPTY_FOR_ALL = ("codes", "cucs", "accounts", "companies")


def version_row(step: Step, names: Mapping[str, str], zone: tzinfo) -> list[str]:
    """Write one version: when, by whom, what it changed and why. Times in ``zone``."""
    version = step.version
    return [
        str(version.version),
        local(version.changed_at, zone),
        version.changed_by or "",
        "; ".join(_changes(step, names)),
        version.comment or "",
    ]


def _changes(step: Step, names: Mapping[str, str]) -> Iterator[str]:
    if step.version.version == 1:
        yield "created"
    yield from differences_told(step.differences, names)


def differences_told(differences: Iterable[Difference], names: Mapping[str, str]) -> Iterator[str]:
    """Write each field that differs; ``names`` are those of alarms by id."""
    for difference in differences:
        if difference.field == "email":
            yield from _email_changes(difference.old, difference.new)
        else:
            yield _change(difference, names)


def _email_changes(old: EmailOptions, new: EmailOptions) -> Iterator[str]:
    for field in EmailOptions.__struct_fields__:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield _change(Difference(f"email {field}", before, after), {})


def _change(difference: Difference, names: Mapping[str, str]) -> str:
    """Write ``value 5 → 3``; of lists that have something, only what came and went."""
    field, old, new = difference.field, difference.old, difference.new
    called = field.replace("_", " ")
    if old and new and not isinstance(old, str | int):
        before, after = _items(old), _items(new)
        came = [f"+{item}" for item in after if item not in before]
        went = [f"-{item}" for item in before if item not in after]
        if came or went:
            return " ".join((called, *came, *went))
    return f"{called} {_text(field, old, names)} → {_text(field, new, names)}"


def _text(field: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None and field in OWN_FIELDS:
        return "as in the settings"
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field in ("window", "clear_after"):
        return format_duration(value)
    if field == "clear_below":
        return f"{value}%"
    if field == "of":
        return names.get(value, "an alarm that was deleted")
    if isinstance(value, str | int):
        return shortened(str(value))
    return ", ".join(_items(value)) or ("all" if field in _EMPTY_FOR_ALL else "none")


def _items(value: Collection[str] | Mapping[str, int]) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{code}={number}" for code, number in value.items()]
    return list(value)
