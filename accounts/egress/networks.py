"""Whose network an address belongs to, in whatever form it is written. Pure.

`is_global` of the standard library leaves out multicast, site-local and 6to4 relays, and does not look at the IPv4
address that a translated or tunnelled IPv6 address leads to: a gateway would carry a connection into our own network.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_IPV6_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments, RFC 6890
            "192.88.99.0/24",  # relays of 6to4, RFC 7526
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "3fff::/20",  # documentation, RFC 9637
        ),
    )
)
# They hand out the keys of a machine to whoever asks from it, and stand in networks that may be allowed otherwise.
_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254"))
)
# By RFC 6761 and by the files of hosts that systems come with.
_THIS_MACHINE = frozenset(
    ("localhost", "localhost.localdomain", "localhost6", "localhost6.localdomain6", "ip6-localhost", "ip6-loopback")
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214, 6.1: with these an interface's number ends in an IPv4 address
_NAT64, _NAT64_LOCAL = IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48")
_ENDS_IN_IPV4 = tuple(map(IPv6Network, ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", str(_NAT64), str(_NAT64_LOCAL))))


def read(text: str) -> Address:
    """An address without its zone. Raises ValueError."""
    return ip_address(text.partition("%")[0])


def is_public(address: Address) -> bool:
    """A server that everybody can reach under this address; so is every IPv4 address within it."""
    if isinstance(address, IPv6Address):
        within = list(_within(address))
        is_translated = address.ipv4_mapped is not None or address in _NAT64
        return (is_translated or _is_given_out(address)) and all(map(is_public, within))
    return address.is_global and not address.is_multicast and not _is_special(address) and address not in _METADATA


def is_never_a_server(address: Address) -> bool:
    """Not even in somebody's own network: link-local addresses, groups, and where a cloud gives out keys."""
    return any(
        each.is_link_local or each.is_multicast or each.is_unspecified or each in _METADATA for each in _forms(address)
    )


def is_loopback(address: Address) -> bool:
    return plain(address).is_loopback


def is_this_machine(host: str) -> bool:
    """Whether a name or an address means the machine that reads it, as people, links or mail write it."""
    name = host.strip().lower().removesuffix(".").strip("[]").removeprefix("ipv6:")
    try:
        return is_loopback(read(name))
    except ValueError:
        return name in _THIS_MACHINE or name.endswith(".localhost")


def plain(address: Address) -> Address:
    """IPv4 as such where it was only written as IPv6."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_given_out(address: IPv6Address) -> bool:
    # Of 6to4 its IPv4 address decides; newer versions of the standard library call all of 2002::/16 private.
    is_global = address.is_global or address.sixtofour is not None
    return address in _IPV6_UNICAST and is_global and not _is_special(address)


def _is_special(address: Address) -> bool:
    return any(address in network for network in _SPECIAL)


def _forms(address: Address) -> Iterator[Address]:
    yield address
    if isinstance(address, IPv6Address):
        yield from _within(address)


def _within(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that a connection to `address` may lead to."""
    number = int(address)
    if any(address in network for network in _ENDS_IN_IPV4) or (number >> 32) & 0xFFFF_FFFF in _ISATAP:
        yield IPv4Address(number & 0xFFFF_FFFF)
    if address in _NAT64_LOCAL:  # RFC 6052, 2.2: behind 48 bits it stands on both sides of eight empty ones
        yield IPv4Address((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
