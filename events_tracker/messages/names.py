"""What accounts, clients and companies go by wherever people read of their alerts."""

from events_tracker.model.alerts import Alert


def named(name: str | None, id_: int | None) -> str:
    """Name an account by its code or a company by its name; by its id while that is not known."""
    return name or ("" if id_ is None else f"id {id_}")


def account(of: Alert) -> str:
    """Name the account of an alert; nothing where it is of no single one."""
    return named(of.account_code, of.account_id)


def company(of: Alert) -> str:
    """Name the company of an alert; nothing where it is of none."""
    return named(of.company, of.company_id)


def client(of: Alert) -> str:
    """Name whose alert it is by the trade name; what is of no account goes by its company."""
    return of.trade_name or ("" if of.account_id is not None else company(of))
