"""SPF of a domain as receivers see it: the whole tree of records, its questions counted against RFC 7208's limits."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from itertools import pairwise

from delivery.domains import spf_record
from delivery.domains.finding import Finding
from delivery.domains.resolver import Answer, Ask, Status
from delivery.domains.spf_record import BadSpf, Network, Record, Term

MOST_LOOKUPS, MOST_VOID, MOST_NAMES = 10, 2, 10
_MOST_WALKED = 40  # questions after which even a count is given up: somebody's tree has no end
_WIDE = {4: 8, 6: 16}  # a network of that length or shorter is no list of servers any more
_LONG = 450  # RFC 7208 3.4: with more, an answer may not fit into a packet of 512 octets
_ENTRIES = ("include:", "ip4:", "ip6:", "a:", "mx ", "~all", "-all")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A network that may send, and the records that lead to it."""

    network: Network
    path: tuple[str, ...]
    passes: bool = True


@dataclass(frozen=True, slots=True)
class Branch:
    """A record of the tree: whose it is, how deep, and what it costs by itself."""

    domain: str
    depth: int
    lookups: int
    text: str


@dataclass(frozen=True, slots=True)
class Spf:
    domain: str
    status: Status
    records: tuple[str, ...] = ()
    lookups: int = 0
    voids: int = 0
    findings: tuple[Finding, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    branches: tuple[Branch, ...] = ()
    all_qualifier: str = ""
    is_complete: bool = True  # no part of it stayed without an answer

    @property
    def record(self) -> str:
        return self.records[0] if len(self.records) == 1 else ""

    @property
    def holds(self) -> bool:
        """Whether receivers can use it: one record without a fault that ends in permerror."""
        return len(self.records) == 1 and not any(one.level == "bad" and one.code != "all" for one in self.findings)

    def includes(self, domain: str) -> bool:
        """Whether what `domain` allows is allowed here."""
        return any(branch.depth and branch.domain == domain.lower() for branch in self.branches)

    def permits(self, address: str) -> bool:
        asked = ip_address(address)
        return any(one.passes and asked.version == one.network.version and asked in one.network for one in self.allowed)


def check(domain: str, ask: Ask) -> Spf:
    """Never raises; asks at most some hundred questions, however the records are."""
    answer = ask(domain, "TXT")
    records = tuple(text for text in answer.values if spf_record.is_spf(text))
    if not answer.is_known:
        return Spf(domain, answer.status, is_complete=False)
    if not records:
        return Spf(domain, answer.status, findings=tuple(_almost(answer)))
    if len(records) > 1:
        text = f"{domain} has {len(records)} SPF records. Receivers then use none of them."
        cure = "Put everything into one record, and delete the others."
        return Spf(domain, answer.status, records, findings=(Finding("bad", "several", text, cure),))
    walk = _Walk(ask)
    walk.into(domain.lower(), answer, depth=0, path=(), passes=True, is_tail=True)
    return Spf(
        domain,
        answer.status,
        records,
        walk.lookups,
        walk.voids,
        (*walk.findings, *walk.verdicts(), *_length(answer)),
        tuple(walk.allowed),
        tuple(walk.branches),
        walk.all_qualifier,
        walk.is_complete,
    )


@dataclass
class _Walk:
    ask: Ask
    lookups: int = 0
    voids: int = 0
    findings: list[Finding] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    all_qualifier: str = ""
    is_complete: bool = True

    def into(
        self, domain: str, answer: Answer, *, depth: int, path: tuple[str, ...], passes: bool, is_tail: bool
    ) -> None:
        """`is_tail`: what this record says of everybody else is what the whole one says."""
        record = self._record(domain, answer, depth)
        if record is None:
            return
        path = (*path, domain)
        own = sum(term.asks for term in record.terms) + bool(record.redirect)
        self.branches.append(Branch(domain, depth, own, record.text))
        for term in record.terms:
            if term.mechanism == "all":
                self._everybody(term, domain, depth, passes=passes, is_tail=is_tail)
            elif term.network is not None:
                self._allow(term.network, path, passes=passes and term.qualifier == "+")
            else:
                self._follow(term, domain, path, depth, passes=passes and term.qualifier == "+")
        if record.redirect:
            self._enter(record.redirect, path, depth, passes=passes, is_tail=is_tail, word="redirect=")
        elif is_tail and not record.all_qualifier:
            self.all_qualifier = ""

    def verdicts(self) -> list[Finding]:
        found = []
        if self.lookups > MOST_LOOKUPS:
            many = f"more than {_MOST_WALKED}" if self.lookups > _MOST_WALKED else str(self.lookups)
            text = f"It takes {many} further DNS questions to read; after {MOST_LOOKUPS} receivers give up."
            cure = "Take out services that no longer send for you."
            found.append(Finding("bad", "lookups", text, cure))
        elif self.lookups == MOST_LOOKUPS:
            text = f"Reading it takes {self.lookups} further DNS questions, which is the most receivers allow."
            found.append(Finding("info", "lookups-full", text, "Before another service is added, one has to go."))
        if self.voids > MOST_VOID:
            text = f"{self.voids} of the names in it lead nowhere; from {MOST_VOID + 1} on receivers use none of it."
            found.append(Finding("bad", "voids", text, "Take out the names that no longer exist."))
        if not self.all_qualifier and not any(one.level == "bad" for one in [*self.findings, *found]):
            text = "It does not end with “all”, so it says nothing about servers that it does not name."
            found.append(Finding("warn", "no-all", text, "Put “~all” at its end."))
        return found

    def _record(self, domain: str, answer: Answer, depth: int) -> Record | None:
        texts = [text for text in answer.values if spf_record.is_spf(text)]
        if not answer.is_known:
            self.is_complete = False
            return None
        if len(texts) != 1:
            what = "has no SPF record" if not texts else f"has {len(texts)} SPF records"
            if answer.status == Status.MISSING:
                what = "does not exist"
            text = f"It refers to {domain}, which {what}. Receivers then use nothing of it."
            if joined := _joined(domain):
                text, cure = f"“{joined}” stands in it as one word: a space is missing.", "Put the space back."
            else:
                cure = f"Take {domain} out, or correct its spelling."
            self.findings.append(Finding("bad", "include-missing", text, cure))
            return None
        try:
            return spf_record.read(texts[0])
        except BadSpf as problem:
            where = f" of {domain}" if depth else ""
            text = f"The part “{str(problem)[:80]}”{where} is no SPF. Receivers then use nothing of the record."
            self.findings.append(Finding("bad", "syntax", text, "Correct that part, or take it out."))
            return None

    def _everybody(self, term: Term, domain: str, depth: int, *, passes: bool, is_tail: bool) -> None:
        if is_tail:
            self.all_qualifier = term.qualifier
        if term.qualifier == "+" and passes:
            where = f" (by way of {domain})" if depth and not is_tail else ""
            text = f"It ends with “+all”{where}: anybody in the world may send as this domain."
            self.findings.append(Finding("bad", "all", text, "Write “~all” in its place."))
        elif term.qualifier == "?" and is_tail:
            text = "It ends with “?all”: it has no opinion about servers that it does not name."
            self.findings.append(Finding("warn", "neutral", text, "Write “~all” in its place."))

    def _follow(self, term: Term, domain: str, path: tuple[str, ...], depth: int, *, passes: bool) -> None:
        target = term.target or domain
        if term.mechanism == "include":
            self._enter(target, path, depth, passes=passes, is_tail=False, word="include:")
            return
        self.lookups += 1
        if term.mechanism == "ptr":
            text = "It uses “ptr”, which is slow, and which large mailboxes ignore."
            self.findings.append(Finding("warn", "ptr", text, "Name the servers by their addresses instead."))
        if term.has_macro or term.mechanism in ("ptr", "exists") or self.lookups > _MOST_WALKED:
            return
        hosts = [target] if term.mechanism == "a" else self._mail_servers(target)
        for host in hosts:
            self._addresses(host, term, path, passes=passes, counts=term.mechanism == "a")

    def _enter(self, target: str, path: tuple[str, ...], depth: int, *, passes: bool, is_tail: bool, word: str) -> None:
        target = target.lower().rstrip(".")
        self.lookups += 1
        if "%" in target or self.lookups > _MOST_WALKED:
            return
        if target in path:
            text = f"It goes round in a circle: {word}{target} leads back to where it came from."
            self.findings.append(Finding("bad", "circle", text, f"Take {word}{target} out."))
            return
        answer = self.ask(target, "TXT")
        self.voids += answer.is_void
        self.into(target, answer, depth=depth + 1, path=path, passes=passes, is_tail=is_tail)

    def _mail_servers(self, domain: str) -> list[str]:
        answer = self.ask(domain, "MX")
        self.is_complete &= answer.is_known
        self.voids += answer.is_void
        if len(answer.values) > MOST_NAMES:
            text = f"It refers to {len(answer.values)} mail servers of {domain}; receivers allow {MOST_NAMES}."
            self.findings.append(Finding("bad", "mx-names", text, "Name the servers by their addresses instead."))
        return [host for value in answer.values[:MOST_NAMES] if (host := value.rpartition(" ")[2].rstrip("."))]

    def _addresses(self, host: str, term: Term, path: tuple[str, ...], *, passes: bool, counts: bool) -> None:
        answers = [self.ask(host, kind) for kind in ("A", "AAAA")]
        self.is_complete &= all(answer.is_known for answer in answers)
        if counts:
            self.voids += all(answer.is_void for answer in answers)
        for answer in answers:
            for value in answer.values:
                address = ip_address(value)
                length = term.prefix4 if address.version == 4 else term.prefix6
                self._allow(ip_network(f"{value}/{length}", strict=False), path, passes=passes)

    def _allow(self, network: Network, path: tuple[str, ...], *, passes: bool) -> None:
        self.allowed.append(Allowed(network, path, passes))
        if passes and network.prefixlen == 0:
            text = f"It allows {network}: anybody in the world may send as this domain."
            self.findings.append(Finding("bad", "all", text, f"Take {network} out."))
        elif passes and network.prefixlen <= _WIDE[network.version]:
            text = f"It allows {network}, which is far more than anybody's mail servers."
            self.findings.append(Finding("warn", "wide", text, "Name the servers by their addresses instead."))


def _almost(answer: Answer) -> list[Finding]:
    """Records that were meant to be one, and are none."""
    meant = [text for text in answer.values if "spf1" in text.lower() or text.lower().startswith(("spf", "v=spf"))]
    if not meant:
        return []
    text = f"There is “{meant[0][:80]}”, which receivers do not take for an SPF record: it has to begin with “v=spf1 ”."
    return [Finding("bad", "almost", text, "Correct its beginning.")]


def _length(answer: Answer) -> list[Finding]:
    found = []
    for text, strings in zip(answer.values, answer.strings, strict=True):
        if not spf_record.is_spf(text):
            continue
        if len(text) > _LONG:
            words = f"It is {len(text)} characters long; from {_LONG} on some receivers cannot read it."
            found.append(Finding("warn", "long", words, "Take out services that no longer send for you."))
        if any(_is_glued(one, after) for one, after in pairwise(strings)):
            words = "Its parts are joined without a space, so that two entries became one word."
            found.append(Finding("warn", "joint", words, "Put a space at the end of the first part."))
    return found


def _is_glued(part: str, after: str) -> bool:
    """Whether the second begins with what looks like an entry of its own, and no space parts it from the first."""
    return not part.endswith(" ") and after.lower().startswith(_ENTRIES)


def _joined(domain: str) -> str:
    return domain if any(word in domain for word in ("include:", "ip4:", "ip6:")) else ""
