"""The logo that a sender's domain names for inboxes (BIMI), as far as the last look at its DNS found one."""

from django.core.cache import cache

from accounts.egress.fetching import Client, Limits, NoAnswer
from accounts.egress.guard import Refused
from delivery.domains import known
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report

_LIMITS = Limits(seconds=5.0, answer_bytes=64_000, redirects=2)  # BIMI asks for 32 kB at most
_KEPT_SECONDS = 86_400
_MISSING_SECONDS = 3_600
_MISSING = b""


def address(sender: str) -> str:
    """Where the logo is; "" when mailboxes show none for this sender."""
    domain = SendingDomain.objects.filter(name=known.domain_of(sender)).first()
    if domain is None or not domain.report:
        return ""
    row = next((row for row in Report.read(domain.report).rows if row.kind == "bimi" and row.state == "good"), None)
    pairs = (part.partition("=") for part in (row.now[0] if row and row.now else "").split(";"))
    return next((value.strip() for name, _, value in pairs if name.strip().lower() == "l"), "")


def fetch(url: str) -> bytes:
    """The SVG file; empty when there is none to be had. Asked for once a day."""
    key = f"sender-logo:{url}"
    found: bytes | None = cache.get(key)
    if found is None:
        found = _fetched(url)
        cache.set(key, found, _KEPT_SECONDS if found else _MISSING_SECONDS)
    return found


def _fetched(url: str) -> bytes:
    try:
        answer = Client(_LIMITS).get(url)
    except (Refused, NoAnswer):
        return _MISSING
    return answer.body if answer.status == 200 and b"<svg" in answer.body[:2_000] else _MISSING
