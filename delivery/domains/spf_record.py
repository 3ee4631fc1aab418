"""One SPF record as it is written (RFC 7208 4.5 to 4.6, 5, 6). Pure."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

_VERSION = re.compile(r"v=spf1(?: |\Z)", re.IGNORECASE)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.DOTALL)
_MECHANISM = re.compile(
    r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?![A-Za-z0-9_.-])(.*)", re.IGNORECASE | re.DOTALL
)
_TARGET = re.compile(r"(?::([^/]+))?(?:/(\d{1,3}))?(?://(\d{1,3}))?")
_ASKS = frozenset({"include", "a", "mx", "ptr", "exists"})

Network = IPv4Network | IPv6Network


class BadSpf(ValueError):
    """Receivers give up at this part of the record (permerror)."""


@dataclass(frozen=True, slots=True)
class Term:
    qualifier: str  # + ~ ? -
    mechanism: str
    target: str = ""  # a domain, or nothing: the one that the record is of
    network: Network | None = None
    prefix4: int = 32
    prefix6: int = 128

    @property
    def asks(self) -> bool:
        """Whether it counts among the ten questions."""
        return self.mechanism in _ASKS

    @property
    def has_macro(self) -> bool:
        return "%" in self.target


@dataclass(frozen=True, slots=True)
class Record:
    text: str
    terms: tuple[Term, ...]  # what stands behind `all` is never reached, and is left out
    redirect: str = ""  # without effect beside `all`, and then left out

    @property
    def all_qualifier(self) -> str:
        """Of everybody whom it does not name; empty: it does not say."""
        return self.terms[-1].qualifier if self.terms and self.terms[-1].mechanism == "all" else ""


def is_spf(text: str) -> bool:
    """Whether a receiver takes it for an SPF record at all; capitals are no matter."""
    return bool(_VERSION.match(text))


def read(text: str) -> Record:
    """Raises BadSpf."""
    terms: list[Term] = []
    modifiers: dict[str, str] = {}
    for part in text.split(" ")[1:]:
        if not part:
            continue
        if found := _MODIFIER.fullmatch(part):
            name = found[1].lower()
            if name in ("redirect", "exp") and name in modifiers:
                raise BadSpf(part)
            modifiers[name] = found[2]
            continue
        terms.append(_term(part))
    reached = next((number for number, term in enumerate(terms) if term.mechanism == "all"), None)
    if reached is not None:
        return Record(text, tuple(terms[: reached + 1]))
    return Record(text, tuple(terms), modifiers.get("redirect", ""))


def _term(part: str) -> Term:
    found = _MECHANISM.fullmatch(part)
    if not found:
        raise BadSpf(part)
    qualifier, mechanism, rest = found[1] or "+", found[2].lower(), found[3]
    if mechanism == "all":
        if rest:
            raise BadSpf(part)
        return Term(qualifier, mechanism)
    if mechanism in ("ip4", "ip6"):
        return Term(qualifier, mechanism, network=_network(mechanism, rest, part))
    target = _TARGET.fullmatch(rest)
    if not target:
        raise BadSpf(part)
    name, prefix4, prefix6 = target.groups()
    has_prefix = prefix4 is not None or prefix6 is not None
    needs_name = mechanism in ("include", "exists")
    if (needs_name and not name) or (has_prefix and mechanism not in ("a", "mx")):
        raise BadSpf(part)
    lengths = int(prefix4 or 32), int(prefix6 or 128)
    if lengths[0] > 32 or lengths[1] > 128:
        raise BadSpf(part)
    return Term(qualifier, mechanism, (name or "").rstrip("."), None, *lengths)


def _network(mechanism: str, rest: str, part: str) -> Network:
    try:
        network = ip_network(rest.removeprefix(":"), strict=False)
    except ValueError:
        raise BadSpf(part) from None
    if not rest.startswith(":") or network.version != int(mechanism[-1]):
        raise BadSpf(part)
    return network
