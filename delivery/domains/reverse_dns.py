"""Reverse DNS: the name of an address, and whether that leads back to it."""

from dataclasses import dataclass
from ipaddress import ip_address

from delivery.domains.resolver import Ask


@dataclass(frozen=True, slots=True)
class Reverse:
    name: str  # the first that leads back, else the first, else empty; hostile
    leads_back: bool | None  # None: a name server was silent


def look_up(ip: str, ask: Ask, *, most: int) -> Reverse | None:
    """By the first `most` of its names. None: nobody says whether it has any."""
    answer = ask(ip_address(ip).reverse_pointer, "PTR")
    if not answer.is_known:
        return None
    is_known = True
    for name in answer.values[:most]:
        back = ask(name, "AAAA" if ":" in ip else "A")
        is_known &= back.is_known
        if ip_address(ip) in {ip_address(value) for value in back.values}:
            return Reverse(name, True)
    return Reverse(answer.values[0] if answer.values else "", False if is_known else None)
