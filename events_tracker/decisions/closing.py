"""What is over, and why; read from what scans observed, never from a clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from events_tracker.model.alerts import Alert, Observation, OpenAlert
from events_tracker.model.times import Duration

BELOW = "below"
DISABLED = "disabled"
DELETED = "deleted"
REDEFINED = "redefined"
FORCED = "forced"


def reason(open_alert: OpenAlert, clear_after: Duration) -> str | None:
    """Why this alert is over; None while it is not.

    Both ends of the time below the threshold are ends of windows of applied scans: an alert that
    no scan has observed since it held is never cleared for being below. Nor is a group that was
    muted by hand: the scan that sees it below frees it.
    """
    if open_alert.alarm_revision is None:
        return DELETED
    if open_alert.alarm_revision != open_alert.revision:
        return REDEFINED
    if not open_alert.alarm_enabled:
        return DISABLED
    if open_alert.muted or open_alert.below_since is None:
        return None
    quiet = open_alert.observed_at - open_alert.below_since
    return BELOW if quiet >= clear_after else None


def freed_by(observations: Iterable[Observation]) -> list[str]:
    """Register ids of the groups, muted by hand, whose condition a scan saw not to hold.

    They were completed and told when they were muted; from the next breach on they open again.
    """
    return [
        seen.trigger.register_id for seen in observations if seen.trigger.muted and not seen.holds
    ]


@dataclass(frozen=True, slots=True)
class Only:
    """What a command narrows to; texts match exactly, ``*`` is a wildcard, None lets all pass."""

    account: str | None = None
    cuc: str | None = None
    code: str | None = None
    alarm: str | None = None

    @property
    def everything(self) -> bool:
        return self == Only()

    def matches(self, alert: Alert) -> bool:
        return (
            _matches(self.account, alert.account_code)
            and _matches(self.cuc, alert.cuc)
            and _matches(self.code, alert.code)
            and _matches(self.alarm, alert.alarm)
        )


def _matches(wanted: str | None, value: str | None) -> bool:
    if wanted is None:
        return True
    pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
    return value is not None and re.fullmatch(pattern, value, re.DOTALL) is not None
