"""The exceptions of one alarm, with the names of those whom they speak of. Reads only."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events_tracker.base.text import did_you_mean, nearest
from events_tracker.base.times import Instant
from events_tracker.decisions.alarms.names import find
from events_tracker.model.alarms import Alarm
from events_tracker.model.directory import Facts
from events_tracker.model.exceptions import AccountException

if TYPE_CHECKING:
    from events_tracker.storage import Rows, Store


class Listed(Struct, frozen=True):
    """One exception, with the clients and companies that are known by its code, if any are."""

    exception: AccountException
    trade_name: str | None
    company: str | None


def of_alarm(store: "Store", name: str, now: Instant, *, ended: bool = False) -> Sequence[Listed]:
    """List the exceptions of the alarm called that: those in force, or all that there ever were.

    Raises UsageError if there is no such alarm.
    """
    return store.read(lambda rows: listed(rows, find(rows.alarms.all(), name), now, ended=ended))


def listed(rows: "Rows", alarm: Alarm, now: Instant, *, ended: bool = False) -> list[Listed]:
    """List the exceptions of an alarm, by account; what is over last."""
    exceptions = rows.exceptions.of_alarm(alarm.id, ended=ended)
    chosen = [one for one in exceptions if ended or one.holds_at(now)]
    clients = _clients(rows, sorted({one.account_code for one in chosen}))
    return [
        Listed(
            one,
            _together(facts.trade_name for facts in clients.get(one.account_code, ())),
            _together(facts.company for facts in clients.get(one.account_code, ())),
        )
        for one in chosen
    ]


def doubt(store: "Store", alarm: Alarm, account_code: str) -> str | None:
    """Say why an exception for this account may never matter; None if nothing speaks for it."""
    if alarm.definition.accounts and account_code not in alarm.definition.accounts:
        return (
            f"the alarm {alarm.name!r} counts only the accounts of its list, "
            f"and {account_code} is not among them"
        )
    if store.read(lambda rows: _clients(rows, [account_code])):
        return None
    codes = store.read(lambda rows: rows.directory.account_codes())
    if account_code in codes:
        return None
    near = nearest(account_code, sorted(codes))
    return f"no account is known by the code {account_code} yet{did_you_mean(near, str)}"


def _clients(rows: "Rows", codes: Sequence[str]) -> dict[str, list[Facts]]:
    """Find what is known of the accounts of these codes: several clients may share one."""
    accounts = rows.directory.accounts_by_code(codes)
    directory = replace(rows.directory.named(), accounts=accounts)
    found: dict[str, list[Facts]] = {}
    for id_, account in sorted(accounts.items()):
        if account.code is not None and account.code in codes:
            found.setdefault(account.code, []).append(directory.facts(id_))
    return found


def _together(names: Iterable[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(name for name in names if name)) or None
