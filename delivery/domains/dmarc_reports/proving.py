"""Who sent the mail that brings a report, by its signature (RFC 6376): what it says of itself anybody can write."""

from email.utils import parseaddr

from delivery.domains import dmarc
from delivery.domains.free_mail import FREE_MAIL
from delivery.domains.resolver import Ask

_MOST_SIGNATURES = 5


def sender(raw: bytes, ask: Ask) -> str:
    """The organisation's domain of the From address, where a signature of its own covers the whole mail; else empty.

    Never raises. Empty also for free mail, where anybody may have an address, and while no name server answers.
    """
    try:
        return _sender(raw, ask)
    except Exception:  # what hostile text brings a library to is no proof
        return ""


def _sender(raw: bytes, ask: Ask) -> str:
    import dkim  # for this alone

    def key(name: bytes, timeout: int = 5) -> bytes | None:
        found = ask(name.decode("ascii").rstrip("."), "TXT")
        return found.values[0].encode() if len(found.values) == 1 else None

    headers = dkim.DKIM(raw).headers
    froms = [value for name, value in headers if name.lower() == b"from"]
    count = sum(name.lower() == b"dkim-signature" for name, _ in headers)
    if len(froms) != 1 or not count:
        return ""
    _, address = parseaddr(" ".join(froms[0].decode("ascii").split()))
    domain = address.rpartition("@")[2].lower().rstrip(".")
    if not domain or domain in FREE_MAIL:
        return ""
    for number in range(min(count, _MOST_SIGNATURES)):
        checked = dkim.DKIM(raw)
        try:
            holds = checked.verify(number, dnsfunc=key)
        except dkim.DKIMException:
            continue
        # A signature over the first part of the mail leaves room for another report behind it.
        if not holds or b"l" in checked.signature_fields:
            continue
        if dmarc.is_aligned(domain, checked.domain.decode("ascii"), ask, strict=False):
            return dmarc.walk(domain, ask).organisational[:253]
    return ""
