"""Questions to the DNS, all of them through one resolver: bounded in time, kept for a minute, and never confused.

That a name does not exist, that it exists without such a record, and that nobody answered are three things. Only the
first two say something about a domain.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from threading import Lock

import dns.exception
import dns.message
import dns.name
import dns.nameserver
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.resolver
from django.conf import settings

_TRY_SECONDS = 2.0
_MOST_SECONDS = 5.0  # for one question, over all servers and tries
_KEPT_SECONDS = 60.0
_KEPT_SILENCE_SECONDS = 10.0
_MOST_KEPT = 5_000
_SILENCES = 4  # in a row, after which a check believes that nobody is there
_LONGEST_VALUE = 8_000  # of what is read and shown; no record that means anything is as long
_MOST_VALUES = 100


class Status(StrEnum):
    FOUND = "found"
    EMPTY = "empty"  # the name exists, but has no such record
    MISSING = "missing"  # the name does not exist
    UNKNOWN = "unknown"  # nobody answered, or nobody could: says nothing of the name


@dataclass(frozen=True, slots=True)
class Answer:
    """`values` are hostile text; a TXT record's strings are joined, as RFC 7208 and RFC 6376 read them."""

    status: Status
    values: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()  # the names that CNAMEs led over, the last one included
    strings: tuple[tuple[str, ...], ...] = ()  # of TXT: as they were before they were joined
    why: str = ""

    @property
    def is_known(self) -> bool:
        return self.status != Status.UNKNOWN

    @property
    def is_void(self) -> bool:
        """RFC 7208 4.6.4"""
        return self.status in (Status.EMPTY, Status.MISSING)


Ask = Callable[[str, str], Answer]  # name and type of record


class Resolver:
    """Call it with a name and a type. It never raises; what it was asked in the last minute it knows.

    `most_seconds`: for all its questions together; whatever is asked later stays without an answer.
    """

    def __init__(
        self,
        servers: tuple[str, ...] | None = None,
        *,
        seconds: float = _MOST_SECONDS,
        most_seconds: float = math.inf,
    ) -> None:
        self._servers = tuple(settings.DNS_SERVERS) if servers is None else servers
        self._seconds = seconds
        self._until = time.monotonic() + most_seconds
        self._silences = 0  # in a row
        self._kept: dict[tuple[str, str], tuple[float, Answer]] = {}
        self._lock = Lock()
        self.asked = 0

    def __call__(self, name: str, kind: str) -> Answer:
        key = name.lower().rstrip("."), kind
        with self._lock:
            until, known = self._kept.get(key, (0.0, None))
        if known is not None and time.monotonic() < until:
            return known
        if self._has_given_up():
            return Answer(Status.UNKNOWN, why="no answer in time")
        answer = self._ask(*key)
        self._silences = 0 if answer.is_known else self._silences + 1
        lasts = _KEPT_SECONDS if answer.is_known else _KEPT_SILENCE_SECONDS
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = time.monotonic() + lasts, answer
        return answer

    def _has_given_up(self) -> bool:
        """Nobody is there, or the time is over. Only of a check: a shared one goes on asking."""
        return self._until != math.inf and (self._silences >= _SILENCES or time.monotonic() > self._until)

    def _ask(self, name: str, kind: str) -> Answer:
        self.asked += 1
        try:
            stub = _stub(self._servers)
            found = stub.resolve(
                dns.name.from_text(name), kind, lifetime=self._seconds, raise_on_no_answer=False, search=False
            )
        except dns.resolver.NXDOMAIN as problem:
            return Answer(Status.MISSING, chain=_before_the_end(problem))
        except (dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers) as problem:
            return Answer(Status.UNKNOWN, why=_why(problem))
        except dns.resolver.NoResolverConfiguration:
            return Answer(Status.UNKNOWN, why="this server knows no name server")
        except (dns.exception.DNSException, OSError, UnicodeError, ValueError) as problem:
            return Answer(Status.UNKNOWN, why=f"the answer could not be read ({type(problem).__name__})")
        via = _chain(found.chaining_result)
        if found.rrset is None:
            return Answer(Status.EMPTY, chain=via)
        records = list(found.rrset)[:_MOST_VALUES]
        if kind != "TXT":
            values = [record.to_text().rstrip(".") for record in _in_order(records, kind)]
            return Answer(Status.FOUND, tuple(value[:_LONGEST_VALUE] for value in values), via)
        strings = [tuple(_text(part) for part in record.strings) for record in records]
        strings.sort()  # the order of an answer says nothing, and would make each look different
        joined = tuple("".join(parts)[:_LONGEST_VALUE] for parts in strings)
        return Answer(Status.FOUND, joined, via, tuple(strings))


@cache
def shared() -> Resolver:
    """Of this process: what anybody has asked lately is known. A check by hand takes one of its own."""
    return Resolver()


def _stub(servers: tuple[str, ...]) -> dns.resolver.Resolver:
    stub = dns.resolver.Resolver(configure=not servers)
    if servers:
        stub.nameservers = [_place(server) for server in servers]
    stub.timeout = _TRY_SECONDS
    stub.cache = None
    return stub


def _place(server: str) -> dns.nameserver.Do53Nameserver:
    """ "192.0.2.53", "192.0.2.53:5353", "2001:db8::53" or "[2001:db8::53]:5353"."""
    address, bracket, port = server.strip().rpartition("]:") if "]:" in server else (server.strip(), "", "")
    if not bracket and address.count(":") == 1:
        address, _, port = address.partition(":")
    return dns.nameserver.Do53Nameserver(address.strip("[]"), int(port or 53))


def _text(part: bytes) -> str:
    """As the database can keep it."""
    return part.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _chain(result: dns.message.ChainingResult) -> tuple[str, ...]:
    """The targets of the CNAMEs on the way."""
    return tuple(link[0].to_text().rstrip(".") for link in result.cnames)


def _before_the_end(problem: dns.resolver.NXDOMAIN) -> tuple[str, ...]:
    """A name that is an alias of one that does not exist is there, and leads nowhere."""
    for response in problem.kwargs.get("responses", {}).values():
        try:
            return _chain(response.resolve_chaining())
        except dns.exception.DNSException:
            continue
    return ()


def _why(problem: dns.exception.DNSException) -> str:
    """In words, from the errors of all that was tried."""
    if isinstance(problem, dns.resolver.LifetimeTimeout):
        return "no answer in time"
    codes = {dns.rcode.to_text(error[-1].rcode()) for error in problem.kwargs.get("errors", []) if error[-1]}
    return f"the name server says {', '.join(sorted(codes))}" if codes else "no name server could answer"


def _in_order(records: list[dns.rdata.Rdata], kind: str) -> list[dns.rdata.Rdata]:
    return sorted(records, key=lambda record: (getattr(record, "preference", 0), record.to_text()))
