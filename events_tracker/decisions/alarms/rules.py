"""What an alarm may be: every problem is named, with what would be right."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from events_tracker.base.limits import LONGEST_WINDOW, SHORTEST_WINDOW
from events_tracker.base.text import (
    ALARM_NAME_WIDTH,
    CODE_WIDTH,
    CUC_WIDTH,
    is_address,
    is_code,
    is_storable,
    is_unseen,
)
from events_tracker.base.times import format_duration
from events_tracker.model.alarms import (
    DEFAULT_ALARM,
    GROUP_FIELDS,
    TRACKER_ALARM,
    Alarm,
    Definition,
    Operator,
)
from events_tracker.model.deliveries import CHANNELS, SEGWARE

UNIQUE_FIELDS = ("account", "code", "cuc", "occurrence")
PRIORITIES = ("low", "medium", "high")
LARGEST = 2**53
"""The largest whole number that JSON keeps."""


def holds_at_zero(definition: Definition) -> bool:
    """Whether no event at all is what the alarm looks for: something is missing."""
    values = [definition.value, *definition.values.values()]
    return any(definition.operator.holds(0, value) for value in values)


def detect_alike(one: Definition, other: Definition) -> bool:
    """Whether both detect the same: the order of a list means nothing."""
    return _ordered(one) == _ordered(other)


def _ordered(rule: Definition) -> Definition:
    return replace(
        rule,
        codes=tuple(sorted(rule.codes)),
        cucs=tuple(sorted(rule.cucs)),
        accounts=tuple(sorted(rule.accounts)),
        companies=tuple(sorted(rule.companies)),
        group_by=tuple(sorted(rule.group_by)),
    )


def problems(alarm: Alarm, others: Mapping[str, Alarm]) -> list[str]:
    """A sentence for each thing that cannot be; ``others`` are the living alarms by id."""
    return [
        *name_problems(alarm.name),
        *_text_problems(alarm),
        *_filter_problems(alarm.definition),
        *_counting_problems(alarm.definition),
        *_channel_problems(alarm),
        *_source_problems(alarm, others),
    ]


def name_problems(name: str) -> list[str]:
    """Whether people can tell an alarm by this name."""
    if not name.strip() or name != name.strip():
        return ["the name is empty, or has spaces at its ends: choose one of 1 to 80 characters"]
    if len(name) > ALARM_NAME_WIDTH:
        return [f"the name has {len(name)} characters: at most {ALARM_NAME_WIDTH}"]
    if is_unseen(name):
        return ["the name has control characters: use letters that can be seen"]
    if not is_storable(name):
        return ["the name is not a text in UTF-8"]
    if "*" in name:
        return ["the name has a *: it stands for anything where names are searched"]
    if name in (DEFAULT_ALARM, TRACKER_ALARM):
        return [f"the name {name!r} belongs to the built-in alarm: choose another"]
    return []


def _text_problems(alarm: Alarm) -> Iterable[str]:
    if alarm.priority not in PRIORITIES:
        yield f"priority {alarm.priority!r} is none of {', '.join(PRIORITIES)}"
    if len(alarm.description) > 1000:
        yield f"the description has {len(alarm.description)} characters: at most 1000"
    if len(alarm.email.subject or "") > 300:
        yield "the e-mail subject has more than 300 characters"
    for address in (*alarm.email.to, *alarm.email.cc):
        if not is_address(address):
            yield f"{address[:60]!r} is not an e-mail address"


def _filter_problems(rule: Definition) -> Iterable[str]:
    for code in (*rule.codes, *rule.values):
        if not is_code(code, CODE_WIDTH):
            yield f"code {code[:60]!r} is not 1 to {CODE_WIDTH} capital letters and digits (E130)"
    for cuc in rule.cucs:
        if not is_code(cuc, CUC_WIDTH):
            yield f"CUC {cuc[:60]!r} is not 1 to {CUC_WIDTH} capital letters and digits (ALR)"
    for code in rule.values:
        if rule.codes and code not in rule.codes:
            yield f"a value for code {code[:60]!r} never applies: the codes leave it out"
    if any(not text.strip() for text in (*rule.accounts, *rule.companies)):
        yield "an account or a company in a list is empty"
    unknown = [field for field in rule.group_by if field not in GROUP_FIELDS]
    if unknown:
        yield f"group by {unknown[0]!r} is none of {', '.join(GROUP_FIELDS)}"
    if len(set(rule.group_by)) != len(rule.group_by):
        yield "group by names a field twice"


def _counting_problems(rule: Definition) -> Iterable[str]:
    if rule.condition == "unique" and rule.field not in UNIQUE_FIELDS:
        yield f"unique needs a field: {', '.join(UNIQUE_FIELDS)}"
    if rule.condition == "count" and rule.field is not None:
        yield "a field goes with the condition unique"
    if rule.condition not in ("count", "unique"):
        yield f"condition {rule.condition!r} is neither count nor unique"
    if rule.values and "code" not in rule.group_by:
        yield "values of single codes need code in the grouping"
    if not SHORTEST_WINDOW <= rule.window <= LONGEST_WINDOW:
        bounds = f"{format_duration(SHORTEST_WINDOW)} to {format_duration(LONGEST_WINDOW)}"
        yield f"a window of {format_duration(rule.window)} is outside {bounds}"
    values = [rule.value, *rule.values.values()]
    if not all(0 <= value <= LARGEST for value in values):
        yield "a value is a whole number, zero or more"
    elif rule.operator is Operator.AT_LEAST and 0 in values:
        yield ">= 0 always holds: compare with 1 or more"
    elif rule.operator is Operator.LESS and 0 in values:
        yield "< 0 never holds: compare with 1 or more"
    elif holds_at_zero(rule) and (rule.group_by != ("account",) or not rule.accounts):
        yield (
            f"{rule.operator.value} {rule.value} holds where nothing happens at all: it needs "
            "group by account alone, and the list of accounts that should be heard of"
        )


def _channel_problems(alarm: Alarm) -> Iterable[str]:
    for channel in alarm.channels:
        if channel not in CHANNELS:
            yield f"channel {channel!r} is none of {', '.join(CHANNELS)}"
    if SEGWARE in alarm.channels and "account" not in alarm.definition.group_by:
        yield "an alarm that does not group by account cannot be injected: leave out segware"


def _source_problems(alarm: Alarm, others: Mapping[str, Alarm]) -> Iterable[str]:
    rule = alarm.definition
    if rule.source not in ("events", "detections"):
        yield f"source {rule.source!r} is neither events nor detections"
    if rule.source == "events" and rule.source_alarm_id is not None:
        yield "--of goes with --source detections"
    if rule.source != "detections":
        return
    if rule.source_alarm_id is None:
        yield "--source detections needs --of: the alarm whose detections count"
    elif rule.source_alarm_id not in others:
        yield "the alarm whose detections are to count does not exist"
    elif _leads_back(alarm, others):
        yield "the alarm would count its own detections, through those that it counts"
    if rule.field == "occurrence":
        yield "detections have no occurrences: use account, code or cuc"
    if holds_at_zero(rule):
        yield "the absence of detections cannot be an alarm: compare with > or >="


def _leads_back(alarm: Alarm, others: Mapping[str, Alarm]) -> bool:
    seen = {alarm.id}
    following = alarm.definition.source_alarm_id
    while following is not None:
        if following in seen:
            return True
        seen.add(following)
        source = others.get(following)
        following = source.definition.source_alarm_id if source else None
    return False


def evaluation_order(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Alarms over detections, each after the one whose detections it counts."""
    waiting = [alarm for alarm in alarms if alarm.definition.source == "detections"]
    ordered: list[Alarm] = []
    while waiting:
        ids = {alarm.id for alarm in waiting}
        ready = [alarm for alarm in waiting if alarm.definition.source_alarm_id not in ids]
        if not ready:
            break
        ordered += ready
        waiting = [alarm for alarm in waiting if alarm not in ready]
    return ordered
