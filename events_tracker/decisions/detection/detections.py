"""Alarms over the detections of another alarm: what they count is register entries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.text import plain_name
from events_tracker.base.times import Span
from events_tracker.decisions.detection.counting import Counted, CountedOf, Evaluation, compared
from events_tracker.decisions.detection.exceptions import excepted
from events_tracker.decisions.detection.numbers import numbers_of
from events_tracker.decisions.detection.scope import is_told
from events_tracker.model.alarms import Alarm, Condition, Definition
from events_tracker.model.alerts import Alert
from events_tracker.model.directory import Directory
from events_tracker.model.exceptions import AccountException
from events_tracker.model.groups import Group


class _Grouped(Struct, frozen=True):
    group: Group
    entry: Alert


def evaluate(
    alarm: Alarm,
    entries: Iterable[Alert],
    window: Span,
    whole: bool,
    directory: Directory,
    exceptions: Sequence[AccountException] = (),
) -> Evaluation:
    """Measure the entries of the other alarm that opened inside the window.

    ``whole``: whether the other alarm was itself evaluated whole; more entries could only raise
    the number. Entries of which it is not known yet whether and where they count are left out.
    ``exceptions`` are those of this alarm that are in force.
    """
    definition = alarm.definition
    told: list[Alert] = []
    untold: list[Alert] = []
    for entry in entries:
        if window.start <= entry.opened_at <= window.end:
            known = _completed(entry, directory)
            (told if _is_told(definition, known, directory) else untold).append(known)
    own = excepted(
        exceptions, [(e.account_id, e.account_code) for e in told if e.account_id is not None]
    )
    taken = [
        _Grouped(group_of(definition, entry), entry)
        for entry in told
        if entry.account_id not in own.never and takes(definition, entry)
    ]
    unknown = {entry.account_id for entry in untold}
    by_account = "account" in definition.group_by and None not in unknown
    return compared(
        alarm,
        window,
        whole and (not untold or by_account),
        numbers_of(_measured(definition, taken)),
        _counted(taken),
        unknown=frozenset(id_ for id_ in unknown if id_ is not None),
        excepted=own,
    )


def _measured(definition: Definition, taken: Sequence[_Grouped]) -> dict[Group, int]:
    values: defaultdict[Group, list[object]] = defaultdict(list)
    for grouped in taken:
        values[grouped.group].append(value_of(definition, grouped.entry))
    if definition.condition == Condition.UNIQUE:
        return {group: len({*found} - {None}) for group, found in values.items()}
    return {group: len(found) for group, found in values.items()}


def _completed(entry: Alert, directory: Directory) -> Alert:
    """Complete an entry that lacks facts with those that are known by now."""
    if entry.facts_due_at is None:
        return entry
    facts = directory.facts(entry.account_id, entry.company_id)
    return replace(
        entry,
        account_code=entry.account_code or facts.account_code,
        company_id=facts.company_id if entry.company_id is None else entry.company_id,
        company=entry.company or facts.company,
    )


def _is_told(definition: Definition, entry: Alert, directory: Directory) -> bool:
    """Tell whether all is known of an entry that the alarm filters and groups by."""
    lacks = (
        (bool(definition.accounts) and entry.account_code is None)
        or ("company" in definition.group_by and entry.company_id is None)
        or (bool(definition.companies) and entry.company is None)
    )
    if entry.facts_due_at is None or not lacks:
        return True
    if entry.account_id is not None:
        return is_told(entry.account_id, definition, directory)
    # A group of no account belongs to a company or to none, and has no account's code.
    return entry.company_id is None or entry.company_id in directory.companies


def takes(definition: Definition, entry: Alert) -> bool:
    """Tell whether an entry, of which all is known that is to be, passes the alarm's filters."""
    return (
        definition.lists(entry.cuc, entry.code)
        and (not definition.accounts or entry.account_code in definition.accounts)
        and (not definition.companies or _is_of(definition.companies, entry.company))
    )


def _is_of(companies: Iterable[str], name: str | None) -> bool:
    return name is not None and plain_name(name) in map(plain_name, companies)


def group_of(definition: Definition, entry: Alert) -> Group:
    """Return the group in which an entry counts."""
    by = definition.group_by
    return Group(
        entry.account_id if "account" in by else None,
        entry.company_id if "company" in by else None,
        entry.cuc if "cuc" in by else None,
        entry.code if "code" in by else None,
    )


def value_of(definition: Definition, entry: Alert) -> object:
    """Return the value of an entry where different ones are counted; None if it has none."""
    values = {"account": entry.account_id, "code": entry.code, "cuc": entry.cuc}
    return values.get(definition.field or "")


def _counted(taken: Sequence[_Grouped]) -> CountedOf:
    def counted(wanted: Collection[Group]) -> Mapping[Group, Sequence[Counted]]:
        sums: dict[Group, Counter[tuple[int | None, str | None, str | None]]] = {
            group: Counter() for group in wanted
        }
        for grouped in taken:
            if grouped.group in sums:
                entry = grouped.entry
                sums[grouped.group][entry.account_id, entry.cuc, entry.code] += 1
        return {
            group: [Counted(*key, count) for key, count in found.items()]
            for group, found in sums.items()
        }

    return counted
