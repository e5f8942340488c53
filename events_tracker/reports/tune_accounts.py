"""The accounts that `tune` counts, as the directory knows them today."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events_tracker.base.errors import UsageError
from events_tracker.base.text import folded
from events_tracker.decisions.detection import scope as scoping
from events_tracker.decisions.detection.scope import Scope
from events_tracker.model.alarms import Alarm, Definition
from events_tracker.model.directory import Directory
from events_tracker.model.hours import KeptCounts
from events_tracker.model.readings import Pair, Tally

if TYPE_CHECKING:
    from events_tracker.storage import Rows


def directory(rows: "Rows", kept: KeptCounts | None, codes: set[str]) -> Directory:
    """Read the accounts that came, where facts of them decide, and those that are named."""
    ids: set[int] = set()
    for hour in kept.hours if kept else ():
        ids.update(hour.accounts)
    found = rows.directory.of(ids)
    named = rows.directory.accounts_by_code(sorted(codes))
    return replace(found, accounts={**found.accounts, **named})


def only(account: str | None, directory: Directory) -> frozenset[int] | None:
    """Find the ids of the only account that is asked for; None if all are. Raises UsageError."""
    if account is None:
        return None
    found = {
        one.id
        for one in directory.accounts.values()
        if one.known and one.code and folded(one.code) == folded(account)
    }
    if not found:
        raise UsageError(f"nothing is known of an account {account!r}: write its code in full")
    return frozenset(found)


def narrowed(scope: Scope, only: frozenset[int]) -> Scope:
    """Leave of a scope these accounts."""
    accounts = only - scope.excepted if scope.accounts is None else scope.accounts & only
    listed = tuple(id_ for id_ in scope.listed if id_ in only)
    return replace(scope, accounts=accounts, listed=listed, unknown=scope.unknown & only)


def scope(root: Alarm, kept: KeptCounts, directory: Directory) -> Scope:
    """Turn the filters into ids, as a scan does that sees all of the accounts at once."""
    tally = Tally()
    if scoping.needs_facts(root.definition):
        tally = Tally(_seen(root.definition, kept))
    found = scoping.scope(root.definition, tally, directory)
    if isinstance(found, str):
        raise UsageError(f"the alarm {root.name!r} cannot be replayed: {found}")
    return found


def _seen(rule: Definition, kept: KeptCounts) -> dict[Pair, Mapping[int, int]]:
    """Collect the accounts of each CUC and code that the rule may count."""
    takes = Scope(frozenset(rule.codes), frozenset(rule.cucs))
    found: dict[Pair, set[int]] = {}
    for hour in kept.hours:
        sets = [
            found.setdefault(pair, set()) if takes.why_not(pair) is None else None
            for pair in hour.pairs
        ]
        for account_id, pair in zip(hour.accounts, hour.pair_of, strict=True):
            if (accounts := sets[pair]) is not None:
                accounts.add(account_id)
    return {pair: dict.fromkeys(accounts, 1) for pair, accounts in found.items()}
