"""`trace`: what of a mail of ours can be recognised in a returned one. Never raises, bounded."""

from collections.abc import Iterable, Iterator

from delivery.bounces import addresses, mime, notice
from delivery.bounces.finding import Trace

_MOST = 20
_TEXTS = 4
_ENVELOPE = ("to", "delivered-to", "x-original-to", "return-path", "envelope-to", "original-mail-from")
_ANSWERED = ("references", "in-reply-to")


def trace(raw: bytes) -> Trace:
    try:
        headers, parts = mime.leaves(raw)
        returned = list(_returned(parts)) or list(_returned_in_text(parts))
    except Exception:  # as in `read`
        return Trace((), ())
    return Trace(
        envelope_addresses=_few(_addresses([headers, *returned], _ENVELOPE)),
        message_ids=_few(
            written.strip("<>,")
            for value in (*_values(returned, ("message-id",)), *_values([headers], _ANSWERED))
            for written in value.split()[:_MOST]
            if "@" in written
        ),
        senders=_few(_senders(returned)),
    )


def _senders(returned: list[mime.Headers]) -> Iterator[str]:
    """Without those who had written to themselves."""
    for headers in returned:
        written_to = {address.casefold() for address in _addresses([headers], ("to",))}
        yield from (address for address in _addresses([headers], ("from",)) if address.casefold() not in written_to)


def _returned(parts: list[mime.Part]) -> Iterator[mime.Headers]:
    for part in parts:
        if part.is_original or part.kind == "message/feedback-report":
            yield part.inner_headers


def _returned_in_text(parts: list[mime.Part]) -> Iterator[mime.Headers]:
    """Of mailers that write the returned mail below their own words."""
    for part in parts[:_TEXTS]:
        if part.kind == "text/plain":
            below = notice.divide(part.text).returned
            if below:
                yield mime.read_headers(notice.headers_in(below).encode())


def _addresses(mails: Iterable[mime.Headers], names: Iterable[str]) -> Iterator[str]:
    return (address for value in _values(mails, names) for address in addresses.found_in(value, _MOST))


def _values(mails: Iterable[mime.Headers], names: Iterable[str]) -> list[str]:
    return [value for headers in mails for name in names if name in headers for value in headers[name][:5]]


def _few(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:_MOST]
