"""What an alarm may be: every problem is named, with what would be right."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from events_tracker.base.limits import LONGEST_CLEAR_AFTER, LONGEST_WINDOW, SHORTEST_WINDOW
from events_tracker.base.problems import Problem
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
    Condition,
    Definition,
    Operator,
    Priority,
    Source,
)
from events_tracker.model.deliveries import CHANNELS, SEGWARE

UNIQUE_FIELDS = ("account", "code", "cuc", "occurrence")
LONGEST_DESCRIPTION, LONGEST_SUBJECT = 1000, 300
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


def problems(alarm: Alarm, others: Mapping[str, Alarm]) -> list[Problem]:
    """Find each thing that cannot be; ``others`` are the living alarms by id."""
    return [
        *_name_problems(alarm.name),
        *_text_problems(alarm),
        *_filter_problems(alarm.definition),
        *rule_problems(alarm),
        *_channel_problems(alarm),
        *_source_problems(alarm, others),
    ]


def rule_problems(alarm: Alarm) -> list[Problem]:
    """Find what cannot be of what an alarm counts, compares with, and when it is over."""
    return [*_counting_problems(alarm.definition), *_clearing_problems(alarm)]


def _name_problems(name: str) -> Iterable[Problem]:
    if not name.strip() or name != name.strip() or len(name) > ALARM_NAME_WIDTH:
        yield Problem("name", "name_length", {"most": ALARM_NAME_WIDTH}, name)
    elif is_unseen(name):
        yield Problem("name", "name_unseen", given=name)
    elif not is_storable(name):
        yield Problem("name", "name_utf8", given=name)
    elif "*" in name:
        yield Problem("name", "name_star", given=name)
    elif name in (DEFAULT_ALARM, TRACKER_ALARM):
        yield Problem("name", "name_built_in", given=name)


def _text_problems(alarm: Alarm) -> Iterable[Problem]:
    yield from _not_among("priority", [alarm.priority], tuple(Priority))
    if len(alarm.description) > LONGEST_DESCRIPTION:
        most = {"most": LONGEST_DESCRIPTION}
        yield Problem("description", "too_long", most, alarm.description)
    if len(alarm.email.subject or "") > LONGEST_SUBJECT:
        most = {"most": LONGEST_SUBJECT}
        yield Problem("email_subject", "too_long", most, alarm.email.subject)
    for field, addresses in (("email_to", alarm.email.to), ("email_cc", alarm.email.cc)):
        for address in addresses:
            if not is_address(address):
                yield Problem(field, "address", given=address)


def _filter_problems(rule: Definition) -> Iterable[Problem]:
    lists = (
        ("codes", rule.codes, CODE_WIDTH),
        ("values", rule.values, CODE_WIDTH),
        ("cucs", rule.cucs, CUC_WIDTH),
    )
    for field, codes, width in lists:
        for code in codes:
            if not is_code(code, width):
                key = "cucs" if field == "cucs" else "code"
                yield Problem(field, key, {"most": width}, code)
    for code in rule.values:
        if rule.codes and code not in rule.codes:
            yield Problem("values", "value_never_applies", {"code": code})
    for field, texts in (("accounts", rule.accounts), ("companies", rule.companies)):
        if any(not text.strip() for text in texts):
            yield Problem(field, "items")
    yield from _not_among("group_by", rule.group_by, GROUP_FIELDS)
    if len(set(rule.group_by)) != len(rule.group_by):
        yield Problem("group_by", "once", given=",".join(rule.group_by))


def _counting_problems(rule: Definition) -> Iterable[Problem]:
    if rule.condition == Condition.UNIQUE and rule.field not in UNIQUE_FIELDS:
        choices = {"choices": ", ".join(UNIQUE_FIELDS)}
        yield Problem("field", "unique_without_field", choices, rule.field)
    if rule.condition == Condition.COUNT and rule.field is not None:
        yield Problem("field", "field_without_unique")
    yield from _not_among("condition", [rule.condition], tuple(Condition))
    if rule.values and "code" not in rule.group_by:
        yield Problem("values", "values_without_code")
    if not SHORTEST_WINDOW <= rule.window <= LONGEST_WINDOW:
        shortest, longest = map(format_duration, (SHORTEST_WINDOW, LONGEST_WINDOW))
        bounds = {"shortest": shortest, "longest": longest}
        yield Problem("window", "duration_between", bounds, format_duration(rule.window))
    yield from _comparison_problems(rule)


def _comparison_problems(rule: Definition) -> Iterable[Problem]:
    values = [rule.value, *rule.values.values()]
    field = "value" if rule.value == 0 else "values"
    if beyond := [value for value in values if not 0 <= value <= LARGEST]:
        bounds = {"lowest": 0, "highest": LARGEST}
        yield Problem("value", "number", bounds, str(beyond[0]))
    elif rule.operator is Operator.AT_LEAST and 0 in values:
        yield Problem(field, "always_holds")
    elif rule.operator is Operator.LESS and 0 in values:
        yield Problem(field, "never_holds")
    elif holds_at_zero(rule) and (rule.group_by != ("account",) or not rule.accounts):
        compared = {"operator": rule.operator.value, "value": rule.value}
        yield Problem("operator", "holds_at_zero", compared)


def _clearing_problems(alarm: Alarm) -> Iterable[Problem]:
    operator, below, after = alarm.definition.operator, alarm.clear_below, alarm.clear_after
    if below is not None and not operator.rises:
        yield Problem("clear_below", "no_clear_line", {"operator": operator.value}, f"{below}%")
    if after is not None and after > LONGEST_CLEAR_AFTER:
        shortest, longest = map(format_duration, (0, LONGEST_CLEAR_AFTER))
        bounds = {"shortest": shortest, "longest": longest}
        yield Problem("clear_after", "duration_between", bounds, format_duration(after))


def exception_problems(rule: Definition, value: int | None) -> list[Problem]:
    """Find why an alarm cannot compare one account with this value; None: not count it."""
    if value is None:
        return []
    given = str(value)
    if "account" not in rule.group_by:
        return [Problem("value", "exception_without_account", given=given)]
    own = replace(rule, value=value, values={})
    found = list(_absence_problems(own)) or list(_comparison_problems(own))
    return [Problem("value", problem.key, problem.values, given) for problem in found]


def _channel_problems(alarm: Alarm) -> Iterable[Problem]:
    yield from _not_among("channels", alarm.channels, CHANNELS)
    if SEGWARE in alarm.channels and "account" not in alarm.definition.group_by:
        yield Problem("channels", "not_injected")


def _source_problems(alarm: Alarm, others: Mapping[str, Alarm]) -> Iterable[Problem]:
    rule = alarm.definition
    yield from _not_among("source", [rule.source], tuple(Source))
    if rule.source == Source.EVENTS and rule.source_alarm_id is not None:
        yield Problem("of", "of_without_detections")
    if rule.source != Source.DETECTIONS:
        return
    if rule.source_alarm_id is None:
        yield Problem("source", "detections_without_of")
    elif rule.source_alarm_id not in others:
        yield Problem("of", "of_gone")
    elif _leads_back(alarm, others):
        yield Problem("of", "counts_itself")
    if rule.field == "occurrence":
        yield Problem("field", "detections_have_no_occurrences")
    yield from _absence_problems(rule)


def _absence_problems(rule: Definition) -> Iterable[Problem]:
    if rule.source == Source.DETECTIONS and holds_at_zero(rule):
        yield Problem("operator", "absence_of_detections")


def _not_among(field: str, given: Iterable[str], choices: Iterable[str]) -> Iterable[Problem]:
    """Find the first that is none of the choices."""
    wrong = [one for one in given if one not in choices]
    if wrong:
        yield Problem(field, "choice", {"choices": ", ".join(choices)}, wrong[0])


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
    waiting = [alarm for alarm in alarms if alarm.definition.source == Source.DETECTIONS]
    ordered: list[Alarm] = []
    while waiting:
        ids = {alarm.id for alarm in waiting}
        ready = [alarm for alarm in waiting if alarm.definition.source_alarm_id not in ids]
        if not ready:
            break
        ordered += ready
        waiting = [alarm for alarm in waiting if alarm not in ready]
    return ordered
