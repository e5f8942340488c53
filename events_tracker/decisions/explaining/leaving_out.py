"""Whether an alarm counts an account at all, by its lists and exceptions alone."""

from events_tracker.base.text import plain_name
from events_tracker.decisions.detection.exceptions import Excepted
from events_tracker.decisions.detection.reasons import NotCounted
from events_tracker.model.alarms import Definition
from events_tracker.model.directory import Facts


def left_out(rule: Definition, own: Excepted, account_id: int, account: Facts) -> NotCounted | None:
    """Say why an alarm would count no event of an account at all; None if it would."""
    if account_id in own.never:
        return NotCounted.EXCEPTED
    if rule.accounts and account.account_code not in rule.accounts:
        return NotCounted.ACCOUNT
    if rule.companies and plain_name(account.company or "") not in map(plain_name, rule.companies):
        return NotCounted.COMPANY
    return None
