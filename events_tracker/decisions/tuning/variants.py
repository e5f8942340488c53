"""The rules that are tried: those that somebody lists, or the one in force and its neighbours."""

import dataclasses
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.errors import Refused, UsageError
from events_tracker.base.limits import RULES_TRIED
from events_tracker.base.times import Duration
from events_tracker.decisions.alarms.rules import rule_problems
from events_tracker.model.alarms import Alarm, Clearing
from events_tracker.model.tuning import Rule

_NEIGHBOURS = (Fraction(1, 2), Fraction(2, 3), Fraction(1), Fraction(3, 2), Fraction(2))

_CURVE = (*_NEIGHBOURS, Fraction(5, 6), Fraction(5, 4), Fraction(3))
"""Closer where somebody is about to choose, and further up: most rules tell of too much."""


class Lists(Struct, frozen=True):
    """What somebody wants tried; of what is empty, it is what is in force."""

    windows: Sequence[Duration] = ()
    values: Sequence[int] = ()
    clear_after: Sequence[Duration] = ()
    clear_below: Sequence[int] = ()

    @property
    def empty(self) -> bool:
        return not (self.windows or self.values or self.clear_after or self.clear_below)


def in_force(alarm: Alarm, clearing: Clearing) -> Rule:
    """Return an alarm's own rule; ``clearing``: the settings'."""
    return Rule(alarm.definition.window, alarm.definition.value, clearing.of(alarm))


def variants(alarm: Alarm, clearing: Clearing, wanted: Lists) -> list[Rule]:
    """List the rules to try, the one in force always among them, by window, value and clearing.

    Raises UsageError if they are too many, and Refused for what the alarm cannot be.
    """
    own = in_force(alarm, clearing)
    number = len(wanted.windows or (0,)) * len(wanted.values or (0,))
    number *= len(wanted.clear_after or (0,)) * len(wanted.clear_below or (0,))
    if number > RULES_TRIED:
        raise UsageError(
            f"these lists make {number} rules: at most {RULES_TRIED} are tried at once; "
            "shorten a list"
        )
    if wanted.clear_below:
        _refuse(replace(alarm, clear_below=wanted.clear_below[0]))
    tried = set(_listed(own, wanted)) if not wanted.empty else set(_neighbours(alarm, own))
    for rule in tried:
        _refuse(as_tried(alarm, rule))
    return sorted(tried | {own}, key=_order)


def around(alarm: Alarm, clearing: Clearing, before: int | None) -> list[int]:
    """List the values that make a curve about an alarm's own, lowest first, without what cannot be.

    ``before``: the value that it has by now, if somebody is typing another one; it is left out
    where it lies so far away that the curve would be of other rules.
    """
    own = in_force(alarm, clearing)
    values = {own.value, *(round((own.value or 1) * factor) for factor in _CURVE)}
    if before is not None and min(values) <= 2 * before <= 4 * max(values):
        values.add(before)
    tried = (Rule(own.window, value, own.clearing) for value in sorted(values))
    return [rule.value for rule in tried if not rule_problems(as_tried(alarm, rule))]


def _refuse(alarm: Alarm) -> None:
    """Raise Refused if an alarm cannot be so; its fields are those of :class:`Lists`."""
    called = {"value": "values", "window": "windows"}
    problems = [
        dataclasses.replace(one, field=called.get(one.field, one.field))
        for one in rule_problems(alarm)
    ]
    if problems:
        raise Refused(problems)


def as_tried(alarm: Alarm, rule: Rule) -> Alarm:
    """Return an alarm with another rule; the values of single codes go along with its own."""
    definition, factor = alarm.definition, Fraction(rule.value, alarm.definition.value or 1)
    values = {code: max(1, round(value * factor)) for code, value in definition.values.items()}
    if rule.value == definition.value:
        values = dict(definition.values)
    return replace(
        alarm,
        definition=replace(definition, window=rule.window, value=rule.value, values=values),
        clear_after=rule.clearing.after,
        clear_below=rule.clearing.below if definition.operator.rises else None,
    )


def _listed(own: Rule, wanted: Lists) -> Iterator[Rule]:
    for window, value, after, below in product(
        wanted.windows or (own.window,),
        wanted.values or (own.value,),
        wanted.clear_after or (own.clearing.after,),
        wanted.clear_below or (own.clearing.below,),
    ):
        yield Rule(window, value, Clearing(after, below))


def _neighbours(alarm: Alarm, own: Rule) -> Iterator[Rule]:
    """Yield the rules around one, without what cannot be."""
    for factor in _NEIGHBOURS:
        rule = Rule(own.window, round(own.value * factor), own.clearing)
        if not rule_problems(as_tried(alarm, rule)):
            yield rule


def _order(rule: Rule) -> tuple[int, int, int, int]:
    return rule.window, rule.value, -rule.clearing.below, rule.clearing.after
