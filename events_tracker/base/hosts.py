"""Hosts and their addresses."""

from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
"""A range of addresses; of a single one, too."""


def is_loopback(host: str) -> bool:
    """Tell whether what is sent to this host stays on this machine."""
    return host == "localhost" or (is_ip(host) and ip_address(host).is_loopback)


def is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def shown(host: str, port: int | None, usual: int | None) -> str:
    """Write a host for people, with its port where that is not the usual one."""
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, usual) else f"{name}:{port}"
