"""What attachments make of a mail: bytes on the wire, over everybody, and against what the servers on its way take."""

from collections.abc import Iterable
from math import ceil

from campaigns.message.encoding import ascii_address
from campaigns.models import Campaign
from delivery.domains import known
from delivery.models import Batch, Provider, Route
from delivery.routing import explain
from delivery.transports import size_limits

_OF_A_MAIL = 100_000  # headers, HTML and text, where they are not known: more is cut off by Gmail anyway
_LINE_BYTES, _LINE_CHARACTERS = 57, 78  # base64 with its line end (RFC 2045)
_AROUND = 300  # headers and boundary of a part


def encoded(size_bytes: int) -> int:
    """Bytes on the wire: a good third more."""
    return ceil(size_bytes / _LINE_BYTES) * _LINE_CHARACTERS + _AROUND


def of_mail(sizes: Iterable[int], own: int | None = None) -> int:
    """Of one mail with these attachments. `own`: of the mail without them; None: that is not known, this is a bound."""
    return (_OF_A_MAIL if own is None else own) + sum(map(encoded, sizes))


def smallest_limit(campaign: Campaign, provider: Provider) -> tuple[Provider, int] | None:
    """Of all that may carry it, the one that takes the least, and how many bytes a mail. None: no limit is known."""
    limits = [(one, size_limits.of(one)) for one in _carriers(campaign, provider)]
    found = [(one, limit) for one, limit in limits if limit]
    return min(found, key=lambda pair: pair[1], default=None)


def in_words(size_bytes: float) -> str:
    """2.1 MB, 25 GB; of a thousand each."""
    for unit, of_one in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if size_bytes >= of_one:
            number = size_bytes / of_one
            return f"{number:.0f}\N{NO-BREAK SPACE}{unit}" if number >= 10 else f"{number:.1f}\N{NO-BREAK SPACE}{unit}"
    return f"{ceil(size_bytes / 1000)}\N{NO-BREAK SPACE}kB"


def _carriers(campaign: Campaign, provider: Provider) -> list[Provider]:
    if provider.is_rehearsal or not Route.objects.exists():
        return [provider]
    try:
        domain = known.domain_of(ascii_address(campaign.sender_email))
    except ValueError:
        return [provider]
    return [stop.provider for stop in explain.way(Batch.Stream.MARKETING, domain, provider).stops] or [provider]
