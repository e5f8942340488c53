"""Whom to repair first: who had the most alerts or events, and how many of them before."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from events_tracker.model.directory import Directory
from events_tracker.model.reports import By, Offender, Opened, Opening, Ranking, Whose

_Some = Opening | Opened

_BY: Mapping[By, Callable[[_Some], Whose]] = {
    # Two companies may use one code.
    By.ACCOUNT: lambda one: one.account_id,
    By.COMPANY: lambda one: one.company,
    By.GROUP: lambda one: one.client_group,
}


def alerts_by(found: Iterable[Opening], by: By) -> Counter[Whose]:
    """Count what opened, by whose it is."""
    return Counter(map(_BY[by], found))


def earlier_by(found: Iterable[Opened], by: By) -> Counter[Whose]:
    """Add up what opened before, by whose it is."""
    counts: Counter[Whose] = Counter()
    for one in found:
        counts[_BY[by](one)] += one.alerts
    return counts


def events_by(events: Mapping[int, int], directory: Directory, by: By) -> Counter[Whose]:
    """Add up the events of accounts, by whose they are."""
    counts: Counter[Whose] = Counter()
    for account_id, number in events.items():
        whose: Whose = account_id
        if by is not By.ACCOUNT:
            facts = directory.facts(account_id)
            whose = facts.company if by is By.COMPANY else facts.client_group
        counts[whose] += number
    return counts


def ranking(
    now: Counter[Whose], before: Counter[Whose] | None, alerts: Counter[Whose], top: int
) -> Ranking:
    """Rank by the numbers of the span. Shares, with that of all others, come to the whole.

    ``before``: those of the span before, None if nobody knows. ``alerts``: what opened.
    """
    total = now.total()

    def offender(whose: Whose, number: int, earlier: int | None, opened: int) -> Offender:
        return Offender(whose, number, number / total if total else 0.0, earlier, opened)

    ranked = sorted(now, key=lambda whose: (-now[whose], str(whose)))[:top]
    worst = [
        offender(whose, now[whose], None if before is None else before[whose], alerts[whose])
        for whose in ranked
    ]
    rest = offender(
        None,
        total - sum(one.number for one in worst),
        None if before is None else before.total() - sum(before[whose] for whose in ranked),
        alerts.total() - sum(one.alerts for one in worst),
    )
    return Ranking(total, worst, rest if rest.number or rest.before or rest.alerts else None)


def names(entries: Sequence[Opening]) -> dict[Whose, tuple[str | None, str | None]]:
    """Return the codes and trade names of the accounts of entries, by their ids."""
    return {one.account_id: (one.account_code, one.trade_name) for one in entries}
