"""Whom to repair first: who had the most alerts, and how many of them before."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from events_tracker.model.reports import By, Offender, Opened, Opening, Ranking

_Whose = int | str | None
_Some = Opening | Opened

_WHOSE: Mapping[By, Callable[[_Some], _Whose]] = {
    # Two companies may use one code.
    By.ACCOUNT: lambda one: one.account_id,
    By.COMPANY: lambda one: one.company,
    By.GROUP: lambda one: one.client_group,
}


def ranking(now: Sequence[Opening], before: Sequence[Opened], by: By, top: int) -> Ranking:
    """Rank by what opened in the span. Shares, with that of all others, come to the whole."""
    whose = _WHOSE[by]
    known = {whose(one): one for one in now}
    counts = Counter(map(whose, now))
    earlier: Counter[_Whose] = Counter()
    for some in before:
        earlier[whose(some)] += some.alerts
    total = counts.total()
    worst = [
        Offender(
            key=_key(known[one], by),
            account_id=known[one].account_id if by is By.ACCOUNT else None,
            name=known[one].trade_name if by is By.ACCOUNT else None,
            alerts=alerts,
            share=alerts / total,
            before=earlier[one],
        )
        for one, alerts in sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))[:top]
    ]
    left = total - sum(one.alerts for one in worst)
    left_before = earlier.total() - sum(one.before for one in worst)
    if not left and not left_before:
        return Ranking(worst, None)
    share = left / total if total else 0.0
    return Ranking(worst, Offender(None, None, None, left, share, left_before))


def _key(one: Opening, by: By) -> str | None:
    keys = {By.ACCOUNT: one.account_code, By.COMPANY: one.company, By.GROUP: one.client_group}
    return keys[by]
