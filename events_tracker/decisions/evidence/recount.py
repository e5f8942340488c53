"""How the events of an alert's window, counted again, compare with what the register says."""

from events_tracker.decisions.detection.counting import measure
from events_tracker.decisions.detection.exclusions import NeverCounted
from events_tracker.decisions.detection.scope import Scope
from events_tracker.model.alarms import Definition, Source
from events_tracker.model.alerts import Alert
from events_tracker.model.evidence import Recount, Verdict
from events_tracker.model.groups import Group
from events_tracker.model.readings import Tally


def recount(
    alert: Alert, rule: Definition | None, tally: Tally, answered: int, never: NeverCounted
) -> Recount:
    """Compare an alert with its account's events in its window, as Segware answers them today.

    ``answered``: the records of all accounts in that window. Events come late, so there may be more
    than were counted; fewer are a finding, unless it is known why they do not count any more.
    """
    if rule is None:
        return Recount(alert, Verdict.NO_RULE)
    if rule.source != Source.EVENTS:
        return Recount(alert, Verdict.NOT_EVENTS)
    if alert.quantity and not answered:
        return Recount(alert, Verdict.NOTHING_ANSWERED)
    raised_aside = NeverCounted(never.codes, never.injected)
    whole = _quantity(alert, rule, tally)
    not_raised = _quantity(alert, rule, raised_aside.without(tally))
    today = _quantity(alert, rule, never.without(tally))
    if today == alert.quantity:
        verdict = Verdict.SAME
    elif today > alert.quantity:
        verdict = Verdict.MORE
    else:
        verdict = Verdict.EXPLAINED if whole >= alert.quantity else Verdict.FEWER
    return Recount(alert, verdict, today, whole - not_raised, not_raised - today)


def _quantity(alert: Alert, rule: Definition, tally: Tally) -> int:
    """Give the alert's group its number. That the account was in the alarm's lists is history."""
    by_company = "company" in rule.group_by
    companies = {alert.account_id: alert.company_id} if alert.account_id is not None else {}
    scope = Scope(
        frozenset(rule.codes), frozenset(rule.cucs), company_of=companies if by_company else None
    )
    company_id = alert.company_id if by_company else None
    group = Group(alert.account_id, company_id, alert.cuc, alert.code)
    return measure(rule, scope, tally).get(group) or 0
