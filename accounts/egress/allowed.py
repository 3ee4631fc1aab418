"""What the owner lets this installation reach although it is private: the setting EGRESS_ALLOW. Pure."""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Self

from accounts.egress.networks import Address, Network, plain
from accounts.web_addresses import ascii_host


@dataclass(frozen=True, slots=True)
class Allowed:
    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Host names, addresses and networks with commas between. Raises ValueError, which names the wrong one."""
        names, networks = set(), []
        for entry in filter(None, (each.strip() for each in text.split(","))):
            try:
                networks.append(ip_network(entry))
            except ValueError:
                names.add(_name(entry))
        return cls(frozenset(names), tuple(networks))

    def covers(self, host: str, address: Address) -> bool:
        return host in self.names or any(plain(address) in network for network in self.networks)


def _name(entry: str) -> str:
    try:
        name = ascii_host(entry)
    except ValueError:
        name = ""
    if not name or name.rpartition(".")[2].isdigit():  # a network whose host bits are set, an address cut short
        raise ValueError(f"EGRESS_ALLOW: {entry!r} is neither a host name nor a network such as 10.0.0.0/8.")
    return name
