"""Ready-made alarms to start from."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.times import DAY, HOUR, MINUTE
from events_tracker.model.alarms import (
    DEFAULT_ALARM,
    Alarm,
    Condition,
    Definition,
    Operator,
    Priority,
    Source,
)


class Template(Struct, frozen=True):
    """An alarm's beginnings. ``needs`` names the option that must be added, if any."""

    explanation: str
    definition: Definition
    priority: str = Priority.MEDIUM
    needs: str | None = None

    def begun(self, alarm: Alarm) -> Alarm:
        """Give an alarm what is ready-made."""
        return replace(
            alarm,
            definition=self.definition,
            priority=self.priority,
            description=self.explanation,
        )


TEMPLATES: Mapping[str, Template] = {
    "power-failure": Template(
        "10 or more accounts of one company lost power (E301) within 15 minutes: a street or "
        "district without electricity, not one house.",
        Definition(
            codes=("E301", "1301"),
            group_by=("company",),
            condition=Condition.UNIQUE,
            field="account",
            value=10,
            window=15 * MINUTE,
        ),
        priority=Priority.HIGH,
    ),
    "missing-test": Template(
        "No periodic test (E602) in 25 hours from a listed account: its panel or its line is dead.",
        Definition(
            codes=("E602", "1602"),
            group_by=("account",),
            operator=Operator.LESS,
            value=1,
            window=25 * HOUR,
        ),
        priority=Priority.HIGH,
        needs="--accounts",
    ),
    "repeat-offender": Template(
        "3 detections of the alarm default for one account in 7 days: the repair did not last.",
        Definition(
            source=Source.DETECTIONS,
            source_alarm_id=DEFAULT_ALARM,
            group_by=("account",),
            value=3,
            window=7 * DAY,
        ),
    ),
    "slow-runaway": Template(
        "240 burglar alarms of one zone type in 24 hours: under 50 in every two hours, and still a "
        "broken panel.",
        Definition(
            codes=("E130", "E131", "E132", "E133", "1130", "1131", "1132", "1133"),
            value=240,
            window=24 * HOUR,
        ),
        priority=Priority.LOW,
    ),
    "panic-storm": Template(
        "5 or more panic alarms (E120 to E123) of one company within 10 minutes: many people in "
        "trouble, or one button that is stuck.",
        Definition(
            codes=("E120", "E121", "E122", "E123", "1120", "1121", "1122", "1123"),
            group_by=("company",),
            value=5,
            window=10 * MINUTE,
        ),
        priority=Priority.HIGH,
    ),
}
