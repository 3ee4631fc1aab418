"""Blocklists, and what an answer of one means (RFC 5782). The data is in lists.toml."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Address, ip_address
from pathlib import Path

from delivery.domains.resolver import Answer, Ask

_FILE = Path(__file__).with_suffix(".toml")
# Not a listing: the list refuses to answer this name server, or was asked what it does not know.
_REFUSALS = frozenset({"127.0.0.1", "127.0.1.255"})


class Standing(StrEnum):
    CLEAR = "clear"
    LISTED = "listed"
    REFUSED = "refused"  # the list does not answer us
    UNKNOWN = "unknown"  # nobody answered


@dataclass(frozen=True, slots=True)
class Blocklist:
    key: str
    name: str
    zone: str
    of: str  # address or domain
    terms: str
    terms_url: str
    delisting_url: str


@dataclass(frozen=True, slots=True)
class Verdict:
    key: str
    standing: str
    words: str = ""  # of the list; hostile


@cache
def known() -> dict[str, Blocklist]:
    return {key: Blocklist(key=key, **fields) for key, fields in tomllib.loads(_FILE.read_text()).items()}


def look_up(listed: Blocklist, subject: str, ask: Ask) -> Verdict:
    """`subject`: an address or a domain, as `listed.of` says. Never raises."""
    name = f"{_reversed(subject) if listed.of == 'address' else subject}.{listed.zone}"
    standing = judge(ask(name, "A"))
    if standing != Standing.LISTED:
        return Verdict(listed.key, standing)
    reasons = ask(name, "TXT").values
    return Verdict(listed.key, standing, reasons[0][:300] if reasons else "")


def judge(answer: Answer) -> Standing:
    if not answer.is_known:
        return Standing.UNKNOWN
    found = [ip_address(value) for value in answer.values]
    if not found:
        return Standing.CLEAR
    # What is outside of 127/8 was said by somebody else: a name server that answers to names that do not exist.
    if any(not _is_of_a_list(one) or _is_refusal(one) for one in found):
        return Standing.REFUSED
    return Standing.LISTED


def _is_of_a_list(one: object) -> bool:
    return isinstance(one, IPv4Address) and one.is_loopback


def _is_refusal(one: object) -> bool:
    return str(one) in _REFUSALS or str(one).startswith("127.255.255.")


def _reversed(address: str) -> str:
    """As in reverse DNS, without its ending."""
    return ip_address(address).reverse_pointer.rsplit(".", 2)[0]
