"""Addresses as those may see them who need to know that it was sent, not where to find somebody."""

from collections.abc import Iterator

from events_tracker.model.deliveries import EMAIL, Destination

_SHOWN_OF_A_NUMBER = 4


def masked_destination(destination: Destination) -> str | None:
    """Write where to, each address masked; None where the channel has one place, a setting."""
    return ", ".join(masked for _, masked in _addresses(destination)) or None


def whole_destination(destination: Destination) -> str | None:
    """Write where to as it is; None where the channel has one place, a setting."""
    return ", ".join(address for address, _ in _addresses(destination)) or None


def masked_error(error: str | None, destination: Destination) -> str | None:
    """Mask the destination's addresses in what its provider said of them."""
    if error is not None:
        for address, masked in _addresses(destination):
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
    """Keep the last four digits, of a group's number (``…@g.us``) too: ``…0000``."""
    digits, at, kind = number.partition("@")
    return f"…{digits[-_SHOWN_OF_A_NUMBER:]}{at}{kind}"
