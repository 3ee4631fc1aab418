"""DKIM keys of a domain as receivers find them: behind a name that the mail's signature gives, often by a CNAME."""

from dataclasses import dataclass, field

from delivery.domains import dkim_record
from delivery.domains.dkim_record import Key
from delivery.domains.finding import Finding
from delivery.domains.resolver import Ask, Status


@dataclass(frozen=True, slots=True)
class Selector:
    name: str  # what stands before ._domainkey
    host: str
    status: Status
    values: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    key: Key = field(default_factory=Key)
    findings: tuple[Finding, ...] = ()

    @property
    def passes(self) -> bool:
        return self.key.verifies and not any(one.level == "bad" for one in self.findings)


def check(selector: str, domain: str, ask: Ask) -> Selector:
    """Never raises."""
    host = f"{selector}._domainkey.{domain}"
    answer = ask(host, "TXT")
    if answer.status != Status.FOUND:
        return Selector(
            selector, host, answer.status, chain=answer.chain, findings=_why_not(host, answer.chain, answer.status)
        )
    records = [text for text in answer.values if "p=" in text or text.startswith("v=DKIM1")]
    if not records:
        text = f"What stands at {host} is no DKIM key."
        found: tuple[Finding, ...] = (Finding("bad", "other", text, "Replace it."),)
        return Selector(selector, host, answer.status, answer.values, answer.chain, findings=found)
    if len(records) > 1:
        text = f"There are {len(records)} keys at {host}; receivers take either, or none."
        found = (Finding("bad", "several", text, "Leave the one that belongs there, and delete the others."),)
        return Selector(selector, host, answer.status, tuple(records), answer.chain, findings=found)
    key = dkim_record.read(records[0])
    return Selector(selector, host, answer.status, tuple(records), answer.chain, key, key.findings)


def _why_not(host: str, chain: tuple[str, ...], status: Status) -> tuple[Finding, ...]:
    if status == Status.UNKNOWN or not chain:
        return ()
    text = f"{host} leads to {chain[-1]}, where there is no key."
    cure = "Compare the value with what the provider shows, or wait: some put the key there only after a while."
    return (Finding("bad", "dangling", text, cure),)
