"""Networks that say something about who asks: the table networks.toml, and what an installation puts beside it."""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from socket import AF_INET, inet_pton
from typing import Any

TABLE = Path(__file__).with_name("networks.toml")
_HOSTS_KEPT = {4: 24, 6: 48}  # bits of an address that are stored: a neighbourhood, not a person


class Network(StrEnum):
    UNKNOWN = ""
    SECURITY = "security"
    CLOUD = "cloud"
    OFFICE = "office"
    RELAY = "relay"


# Where prefixes of several owners overlap, the narrower says more; of equals, the first here.
_WEIGHT = {kind: weight for weight, kind in enumerate(Network)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request came from, as far as scoring and storing know: its neighbourhood (None: no address)."""

    neighbourhood: str | None
    network: Network


NOWHERE = Place(None, Network.UNKNOWN)


class Networks:
    """Finds an address among the prefixes by halving, so that ten thousand of them cost no more than a hundred."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self._starts: dict[int, list[int]] = {4: [], 6: []}
        self._kinds: dict[int, list[Network]] = {4: [], 6: []}
        self._known: dict[str, Place] = {}
        prefixes: dict[int, list[tuple[int, int, Network]]] = {4: [], 6: []}
        for row in rows:
            kind = Network(row["kind"])
            for text in row["prefixes"]:
                prefix = ip_network(text)
                prefixes[prefix.version].append((int(prefix[0]), int(prefix[-1]), kind))
        for version, found in prefixes.items():
            for start, kind in _flattened(found):
                self._starts[version].append(start)
                self._kinds[version].append(kind)

    def place(self, address: str) -> Place:
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= 50_000:
                self._known.clear()
            known = self._known[address] = self._placed(address)
        return known

    def _placed(self, address: str) -> Place:
        try:
            number = int.from_bytes(
                inet_pton(AF_INET, address), "big"
            )  # most are of this kind, and so read ten times as fast
        except (OSError, ValueError):
            return self._placed_otherwise(address)
        return Place(f"{address.rpartition('.')[0]}.0", self._kind(4, number))

    def _placed_otherwise(self, address: str) -> Place:
        try:
            found = ip_address(address)
        except ValueError:
            return NOWHERE
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return Place(_neighbourhood(found), self._kind(found.version, int(found)))

    def _kind(self, version: int, number: int) -> Network:
        before = bisect_right(self._starts[version], number) - 1
        return self._kinds[version][before] if before >= 0 else Network.UNKNOWN


def load(*files: Path) -> Networks:
    """From the table of the product and from `files` that are there; a file's owner takes the place of the same one's.

    Raises ValueError (tomllib's own is one), KeyError or TypeError for a file that is none of these.
    """
    by_owner: dict[tuple[str, str], dict[str, Any]] = {}
    for file in (TABLE, *(file for file in files if file.exists())):
        for row in tomllib.loads(file.read_text())["network"]:
            by_owner[row["owner"], row["kind"]] = row
    return Networks(by_owner.values())


def _neighbourhood(address: IPv4Address | IPv6Address) -> str:
    kept = _HOSTS_KEPT[address.version]
    bits = address.max_prefixlen - kept
    return str(type(address)(int(address) >> bits << bits))


def _flattened(prefixes: Sequence[tuple[int, int, Network]]) -> list[tuple[int, Network]]:
    """Nested and overlapping prefixes as places where the kind changes."""
    ordered = sorted(prefixes, key=lambda one: (one[0], -one[1], -_WEIGHT[one[2]]))
    changes: dict[int, Network] = {}
    inside: list[tuple[int, Network]] = []  # ends and kinds of those begun, the narrowest last
    for start, end, kind in ordered:
        _close(inside, start, changes)
        changes[start] = kind
        inside.append((end, kind))
    _close(inside, None, changes)
    return sorted(changes.items())


def _close(inside: list[tuple[int, Network]], until: int | None, changes: dict[int, Network]) -> None:
    while inside and (until is None or inside[-1][0] < until):
        end, _ = inside.pop()
        changes[end + 1] = inside[-1][1] if inside else Network.UNKNOWN
