"""What becomes of alarms that are brought in together: they may name one another, in any order."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.errors import Refused, RefusedTogether
from events_tracker.base.problems import Problem
from events_tracker.decisions.alarms.changes import changed
from events_tracker.decisions.alarms.editing import created, edited
from events_tracker.decisions.alarms.versions import alike
from events_tracker.model.alarms import DEFAULT_ALARM, Alarm


class Planned(Struct, frozen=True):
    """An alarm as it is, None if there is none of this name, and as it is to be."""

    before: Alarm | None
    after: Alarm

    @property
    def differs(self) -> bool:
        return self.before is None or not alike(self.before, self.after)


def planned(
    living: Mapping[str, Alarm], wanted: Mapping[str, Mapping[str, Any]], fresh: Mapping[str, Alarm]
) -> list[Planned]:
    """Make the next state of each alarm that is wanted, by name.

    ``living`` are those that there are, by id; ``fresh`` the beginnings of those that there are
    not, by name, and nameless. Raises RefusedTogether with everything that cannot be.
    """
    known = {alarm.name: alarm for alarm in living.values()}
    problems: list[tuple[str, Problem]] = []
    named = {alarm.id: replace(alarm, name=name) for name, alarm in fresh.items()}
    drafts = {**living, **named}
    for name, given in wanted.items():
        if name == DEFAULT_ALARM:
            problems.append((name, Problem("", "default_in_file")))
            continue
        begun = known.get(name) or fresh[name]
        try:
            drafts[begun.id] = changed(begun, given, {**living, **named})
        except Refused as refused:
            problems += [(name, problem) for problem in refused.problems]
    unread = {name for name, _ in problems}
    found = []
    for name, given in wanted.items():
        if name in unread:
            continue
        before = known.get(name)
        try:
            found.append(Planned(before, _after(before, fresh, given, drafts)))
        except Refused as refused:
            problems += [(name, problem) for problem in refused.problems]
    if problems:
        raise RefusedTogether(problems)
    return found


def _after(
    before: Alarm | None,
    fresh: Mapping[str, Alarm],
    given: Mapping[str, Any],
    drafts: Mapping[str, Alarm],
) -> Alarm:
    if before is not None:
        return edited(before, given, drafts)
    first = fresh[given["name"]]
    others = {id_: alarm for id_, alarm in drafts.items() if id_ != first.id}
    return created(first, given, others)
