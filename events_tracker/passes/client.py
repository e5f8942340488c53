"""Whose an account code is: several clients may use one, each with a company of its own."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from events_tracker.base.errors import SegwareError, UsageError
from events_tracker.base.text import did_you_mean, folded, nearest, shortened
from events_tracker.decisions.detection.scope import ids_of
from events_tracker.fetch.directory import LookUp
from events_tracker.model.directory import Facts
from events_tracker.model.filters import listed, matcher

if TYPE_CHECKING:
    from events_tracker.storage import Store


class NoSuchCode(UsageError):
    """Nobody has the code; ``near`` is the known one most like it, None if none is."""

    def __init__(self, code: str, near: str | None) -> None:
        hint = did_you_mean(near, shortened)
        super().__init__(f"no account {shortened(code)} is known{hint}")
        self.near = near


class SharedCode(UsageError):
    """Several clients use the code: each with its trade name and its company."""

    def __init__(self, code: str, clients: Sequence[Facts]) -> None:
        named = "; ".join(
            sorted(
                f"{facts.trade_name or 'unnamed'} of {facts.company or 'a company not known yet'}"
                for facts in clients
            )
        )
        what = "say --company"
        if len({facts.company for facts in clients}) == 1:
            what = f"`tracker scan --dry-run --account {code}` shows them side by side"
        super().__init__(f"several clients have the code {code}: {named}; {what}")
        self.clients = clients


def one_client(
    code: str, company: str | None, store: "Store", look_up: LookUp
) -> tuple[int, Facts]:
    """Find the one account that is meant by a code, and by its company if that is given.

    Raises UsageError where none is (NoSuchCode) or several are (SharedCode), and SegwareError if it
    cannot be told.
    """
    codes = {code}
    look_up.know_codes(codes, None)
    found = _found(codes, look_up)
    if not found and look_up.errors:
        raise SegwareError(look_up.errors[0])
    if not found:
        codes = _spelled_otherwise(code, store, look_up)
        look_up.know_codes(codes, None)
        found = _found(codes, look_up) or _refuse_former(code, look_up)
    if company is not None and not _of_company(found, company):
        # One who never sent anything is not known yet, though somebody else with his code is.
        look_up.know_codes(codes, None, others=True)
        found = _found(codes, look_up)
    if company is not None:
        found = _of_company(found, company) or _refuse(found, code, company, look_up)
    if len(found) > 1:
        raise SharedCode(code, list(found.values()))
    ((account_id, facts),) = found.items()
    return account_id, facts


def accounts_called(codes: str | None, look_up: LookUp) -> frozenset[int] | None:
    """Find the ids of all accounts with one of these codes, in any case; None for no codes.

    Raises UsageError for a code that nobody has, and SegwareError if that cannot be told.
    """
    if codes is None:
        return None
    look_up.know_codes(listed(codes), None)
    accounts = look_up.directory().accounts.values()
    found = {account.id: folded(account.code) for account in accounts if account.code}
    for code in listed(codes):
        if folded(code) not in found.values():
            if look_up.errors:
                raise SegwareError(look_up.errors[0])
            hint = did_you_mean(nearest(code, [one.code for one in accounts if one.code]))
            raise UsageError(f"Segware lists no account with the code {code!r}{hint}")
    wanted = {folded(code) for code in listed(codes)}
    return frozenset(id_ for id_, code in found.items() if code in wanted)


def _found(codes: set[str], look_up: LookUp) -> dict[int, Facts]:
    ids = ids_of(codes, look_up.directory())
    look_up.know(ids)
    return {id_: look_up.directory().facts(id_) for id_ in ids}


def _spelled_otherwise(code: str, store: "Store", look_up: LookUp) -> set[str]:
    """Find the codes that differ from this in case alone. Raises NoSuchCode if there is none."""
    listed = {account.code for account in look_up.directory().accounts.values()}
    known = {*store.read(lambda rows: rows.directory.account_codes()), *filter(None, listed)}
    spelled = {one for one in known if folded(one) == folded(code)}
    if not spelled:
        raise NoSuchCode(code, nearest(code, sorted(known)))
    return spelled


def _refuse_former(code: str, look_up: LookUp) -> NoReturn:
    """Say that nobody has a code any more which is in the register alone."""
    if look_up.errors:
        raise SegwareError(look_up.errors[0])
    listed = {account.code for account in look_up.directory().accounts.values()}
    raise NoSuchCode(code, nearest(code, sorted(filter(None, listed))))


def _of_company(found: Mapping[int, Facts], company: str) -> dict[int, Facts]:
    """Choose the accounts of one company."""
    is_meant = matcher(company)
    return {
        id_: facts
        for id_, facts in found.items()
        if facts.company is not None and is_meant(facts.company)
    }


def _refuse(found: Mapping[int, Facts], code: str, company: str, look_up: LookUp) -> NoReturn:
    """Say of which companies the accounts are, unless it cannot be told whether that is all."""
    if look_up.errors:
        raise SegwareError(look_up.errors[0])
    others = " and of ".join(sorted({facts.company for facts in found.values() if facts.company}))
    raise UsageError(
        f"no account {code} is of a company called {company!r}"
        + (f": it is of {others}" if others else "")
    )
