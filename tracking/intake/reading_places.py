"""What is stored of the internet address that an open or a click came from. Pure."""

from ipaddress import ip_address, ip_network

from accounts.organisation.measuring import AddressKept

_BITS_KEPT = {4: 24, 6: 48}  # a neighbourhood, not a person


def kept(ip: str, rule: str) -> str | None:
    if rule == AddressKept.NONE:
        return None
    try:
        address = ip_address(ip)
    except ValueError:
        return None
    if rule == AddressKept.FULL:
        return str(address)
    return str(ip_network((address, _BITS_KEPT[address.version]), strict=False).network_address)
