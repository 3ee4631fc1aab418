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
    every = [headers, *returned]
    return Trace(
        envelope_addresses=_few(found for each in every for name in _ENVELOPE for found in _addresses(each, name)),
        message_ids=_few(
            [
                *(found for each in returned for found in _ids(each, "message-id")),
                *(found for name in _ANSWERED for found in _ids(headers, name)),
            ]
        ),
    )


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


def _addresses(headers: mime.Headers, name: str) -> Iterator[str]:
    for value in headers.get(name, ())[:5]:
        yield from addresses.found_in(value, _MOST)


def _ids(headers: mime.Headers, name: str) -> Iterator[str]:
    for value in headers.get(name, ())[:5]:
        yield from (found.strip("<>,") for found in value.split()[:_MOST] if "@" in found)


def _few(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:_MOST]
