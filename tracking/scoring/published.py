"""Lists of networks as their owners publish them: JSON of any shape, CSV with the network first, a network a line."""

import json
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any


def prefixes(text: str) -> list[str]:
    """All networks in it, neighbours joined; single addresses of a JSON file are none."""
    try:
        found = list(_networks(_strings(json.loads(text))))
    except json.JSONDecodeError:
        found = list(_networks(line.partition(",")[0].strip() for line in text.splitlines()))
    fours = collapse_addresses(one for one in found if isinstance(one, IPv4Network))
    sixes = collapse_addresses(one for one in found if isinstance(one, IPv6Network))
    return [str(one) for one in (*fours, *sixes)]


def as_table(rows: list[dict[str, Any]]) -> str:
    """In the form of networks.toml; a JSON string is a TOML string, too."""
    return "\n".join(
        f"[[network]]\nowner = {json.dumps(row['owner'])}\nkind = {json.dumps(row['kind'])}\n"
        f"source = {json.dumps(row['source'])}\nprefixes = [\n"
        + "".join(f"    {json.dumps(prefix)},\n" for prefix in row["prefixes"])
        + "]\n"
        for row in rows
    )


def _networks(words: Iterator[str]) -> Iterator[IPv4Network | IPv6Network]:
    for word in words:
        if "/" in word:
            try:
                yield ip_network(word)
            except ValueError:
                continue


def _strings(found: Any) -> Iterator[str]:
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
