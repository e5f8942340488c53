"""Addresses as those may see them who need to know that it was sent, not where to find somebody."""

import re
from collections.abc import Iterator

from events_tracker.model.deliveries import EMAIL, Destination

_SHOWN_OF_A_NUMBER = 4
_BRAZILIAN = re.compile(r"\+?55(\d{2})\d{8,9}")
"""A phone number as it is dialled from abroad: country, area, eight or nine digits."""


def masked_destination(destination: Destination) -> str | None:
    """Write where to, each address masked; None where the channel has one place, a setting."""
    return ", ".join(masked for _, masked in _addresses(destination)) or None


def whole_destination(destination: Destination) -> str | None:
    """Write where to as it is; None where the channel has one place, a setting."""
    return ", ".join(address for address, _ in _addresses(destination)) or None


def masked_error(error: str | None, destination: Destination) -> str | None:
    """Mask the destination's addresses in what its provider said of them."""
    if error is not None:
        # The longest first: one may be the end of another.
        for address, masked in sorted(_addresses(destination), key=lambda one: -len(one[0])):
            error = error.replace(address, masked)
    return error


def _addresses(destination: Destination) -> Iterator[tuple[str, str]]:
    """Yield the addresses, each with what is shown of it."""
    mask = _masked_email if destination.channel == EMAIL else _masked_number
    for addresses in destination.address.values():
        yield from ((address, mask(address)) for address in addresses if address)


def _masked_email(address: str) -> str:
    """Keep the first letter and the domain: ``a…@example.com``."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _masked_number(number: str) -> str:
    """Keep the last four digits, of a group's number (``…@g.us``) too, and where a phone is.

    ``+55 11 •••• 0000``; of what is no Brazilian phone ``•••• 0000``.
    """
    digits, at, kind = number.partition("@")
    phone = _BRAZILIAN.fullmatch(digits)
    place = f"+55 {phone[1]} " if phone else ""
    return f"{place}•••• {digits[-_SHOWN_OF_A_NUMBER:]}{at}{kind}"
