"""Which network addresses belong to the public internet.

The one decision both stages that open connections rest on. Knows nothing about sockets or names.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

# `ipaddress.is_global` follows the IANA registries only in recent patch releases of Python, and
# lets through addresses that carry another address inside (6to4, NAT64). The tables are therefore
# written out: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-.
_REFUSED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("2001::/32", "Teredo"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3ffe::/16", "reserved"),
    ("3fff::/20", "documentation"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)


def _tables() -> tuple[list[tuple[IPv4Network, str]], list[tuple[IPv6Network, str]]]:
    four: list[tuple[IPv4Network, str]] = []
    six: list[tuple[IPv6Network, str]] = []
    for text, name in _REFUSED:
        network = ip_network(text)
        if isinstance(network, IPv4Network):
            four.append((network, name))
        else:
            six.append((network, name))
    return four, six


_FOUR, _SIX = _tables()
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(ip: str | IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is globally routable and stands for no other address.

    Text that is not one IP address in its usual form is not public.
    """
    return special_range(ip) is None


def special_range(ip: str | IPv4Address | IPv6Address) -> str | None:
    """Name the special range an address is in, e.g. ``loopback``; `None` where it is public."""
    if isinstance(ip, str):
        try:
            ip = ip_address(ip)
        except ValueError:
            return "not an address"
    if isinstance(ip, IPv4Address):
        return next((name for network, name in _FOUR if ip in network), None)
    return _special_six(ip)


def _special_six(ip: IPv6Address) -> str | None:
    named = next((name for network, name in _SIX if ip in network), None)
    if named is None and ip not in _GLOBAL_UNICAST:
        return "reserved"
    if named is None and (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "ISATAP"  # RFC 5214: the last 32 bits are an IPv4 address behind a tunnel
    return named
