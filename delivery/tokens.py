"""Short tokens that carry numbers and cannot be forged: the authority of every address in a mail.

A token is a head byte, the numbers' bytes, and a part of a keyed digest. Nothing expires: a footer's address works as
long as somebody keeps the mail. Keys rotate by appending one to TOKEN_KEY, separated by a comma; what older keys sealed
stays good.

All that one message needs is cut from one digest of 64 bytes, a slice a purpose, so that a mail with a dozen links
costs two digests: the slice proves the message, and a tag that is the same in every mail proves the link behind it.
Tokens of the first format, a digest each, are read by `delivery.first_tokens` for ever.
"""

import hmac
from base64 import urlsafe_b64decode
from binascii import Error as NotDecodable
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings

from delivery import first_tokens

OPEN = "o"  # message
CLICK = "c"  # message, link
UNSUBSCRIBE = "u"  # contact, batch
BOUNCE = "b"  # message; in the envelope address
MESSAGE_ID = "m"  # message; in the Message-ID header
VIEW = "v"  # message
CONFIRM = "y"  # message; of a sign-up, by whose button it is confirmed
OPEN_OF_BATCH = "O"  # batch; the same in each of its mails, for counting that knows no person
CLICK_OF_BATCH = "C"  # batch, link
SIGN = "s"  # message; on addresses of the organisation's own sites, see tracking.conversions
GOAL = "G"  # goal; stands on those sites

_SLICES = {
    OPEN: slice(0, 10),
    CLICK: slice(10, 20),
    BOUNCE: slice(20, 30),
    MESSAGE_ID: slice(30, 40),
    VIEW: slice(40, 50),
    OPEN_OF_BATCH: slice(0, 10),
    CLICK_OF_BATCH: slice(10, 20),
    SIGN: slice(50, 60),
    GOAL: slice(20, 30),
    CONFIRM: slice(30, 40),
}
# A confirmation's token is of a message, too, but of their digest all 60 octets are given away.
_OF_NO_MESSAGE = frozenset((OPEN_OF_BATCH, CLICK_OF_BATCH, GOAL, CONFIRM))
_WITH_LINK = frozenset((CLICK, CLICK_OF_BATCH))
_PROOF_BYTES = 10
_LINK_PROOF_BYTES = 5  # counts only behind a message's proof
_PAIR_BYTES = 14  # of an unsubscribe token: 19 characters, so that a host of 40 fits a header's 70
_LEAST_PAIR_PROOF_BYTES = 6
_HEAD = 0x80  # set in every head byte of this format; the sizes of the numbers are in the six lowest bits
_HEADS = frozenset("ghijklmnopqrstuvwxyz0123456789-_")  # characters that such a token begins with
_HEXADECIMAL_HEADS = frozenset("89abcdef")
_MAX_CHARS = 64
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_BASE64 = bytes.maketrans(b"-_", b"+/")
_TAGS_KEPT = 50_000


class OfMessage(NamedTuple):
    """The tokens of one message; `click` lacks the link's tag, which comes behind a dot."""

    open: str
    click: str
    message_id: str
    bounce: str
    view: str


class Sealer:
    """Seals and reads tokens with `keys` in the order they came into use; the last one seals."""

    def __init__(self, keys: Sequence[str]) -> None:
        newest_first = [_key(key) for key in reversed(keys)]
        self._messages = [blake2b(digest_size=64, key=key, person=b"message") for key in newest_first]
        self._batches = [blake2b(digest_size=64, key=key, person=b"batch") for key in newest_first]
        self._pairs = [blake2b(digest_size=_PAIR_BYTES, key=key, person=b"unsubscribe") for key in newest_first]
        self._links = [blake2b(digest_size=_LINK_PROOF_BYTES, key=key, person=b"link") for key in newest_first]
        self._first = first_tokens.Reader([_key(key) for key in keys])
        self._known_tags: dict[str, tuple[int, int]] = {}  # key and link of tags that were proven

    def of_message(self, message_id: int) -> OfMessage:
        """What the mail itself carries, from one digest; about 2 us."""
        body = _body(message_id)
        state = self._messages[0].copy()
        state.update(body)
        digest = state.digest()
        size = len(body) + _PROOF_BYTES
        gap = b"\0" * (-size % 3) + body
        text = b2a_base64(
            body + digest[0:10] + gap + digest[10:20] + gap + digest[30:40] + gap + digest[40:50], newline=False
        )
        pieces = text.translate(_URL_SAFE).decode()
        step = (size + 2) // 3 * 4
        chars = (size * 4 + 2) // 3
        return OfMessage(
            pieces[:chars],
            pieces[step : step + chars],
            pieces[2 * step : 2 * step + chars],
            (body + digest[20:30]).hex(),
            pieces[3 * step : 3 * step + chars],
        )

    def link_tag(self, link_id: int) -> str:
        """Stands behind `OfMessage.click` and a dot; the same in every mail."""
        return self._link_tag(0, link_id)

    def seal(self, purpose: str, first: int, second: int | None = None) -> str:
        return self._seal(0, purpose, first, second)

    def read(self, purpose: str, token: str) -> tuple[int, ...] | None:
        """The numbers, or None for anything we did not seal for this purpose, to the last bit. Never raises."""
        try:
            if len(token) > _MAX_CHARS:
                return None
            if purpose == BOUNCE:
                token = token.lower()
            if token[0] not in (_HEXADECIMAL_HEADS if purpose == BOUNCE else _HEADS):
                return self._first.read(purpose, token)
            return self._read(purpose, token)
        except (ValueError, IndexError, KeyError, OverflowError, NotDecodable):
            return None

    def _read(self, purpose: str, token: str) -> tuple[int, ...] | None:
        if purpose == CLICK:
            message, _, tag = token.partition(".")
            key, link_id = self._known_tags.get(tag) or self._link_of(tag)
            message_id = self._message_of(CLICK, message, key)
            return None if message_id is None else (message_id, link_id)
        if purpose == OPEN:
            for key in range(len(self._messages)):
                message_id = self._message_of(OPEN, token, key)
                if message_id is not None:
                    return (message_id,)
            return None
        numbers = _numbers(purpose, token)
        given = token.encode()
        for key in range(len(self._messages)):
            # Sealing again and comparing the text refuses every other spelling of the same bytes too.
            if hmac.compare_digest(self._seal(key, purpose, *numbers).encode(), given):
                return numbers
        return None

    def _message_of(self, purpose: str, text: str, key: int) -> int | None:
        """Of the addresses that are asked for most: proven by the bytes that came, not by sealing anew."""
        given = text.encode()
        raw = a2b_base64(given.translate(_BASE64) + b"===")
        end = 2 + (raw[0] & 7)
        body = raw[:end]
        state = self._messages[key].copy()
        state.update(body)
        # Comparing the text refuses every other spelling of the same bytes too.
        expected = b2a_base64(body + state.digest()[_SLICES[purpose]], newline=False).rstrip(b"=").translate(_URL_SAFE)
        return int.from_bytes(body[1:], "big") if hmac.compare_digest(expected, given) else None

    def _link_of(self, tag: str) -> tuple[int, int]:
        """The key that proves a link's tag, and the link. Every mail of an edition has the same: proven once."""
        link_id = _number(_decode(tag))
        for key in range(len(self._links)):
            if hmac.compare_digest(self._link_tag(key, link_id).encode(), tag.encode()):
                if len(self._known_tags) >= _TAGS_KEPT:
                    self._known_tags.clear()
                self._known_tags[tag] = found = (key, link_id)
                return found
        raise ValueError("forged")

    def _seal(self, key: int, purpose: str, first: int, second: int | None = None) -> str:
        if purpose == UNSUBSCRIBE and second is not None:
            return self._pair(key, first, second)
        body = _body(first)
        state = (self._batches if purpose in _OF_NO_MESSAGE else self._messages)[key].copy()
        state.update(body)
        raw = body + state.digest()[_SLICES[purpose]]
        if purpose == BOUNCE:  # some mail servers lower-case the local part of an address: hexadecimal does not mind
            return raw.hex()
        return _encode(raw) if second is None else f"{_encode(raw)}.{self._link_tag(key, second)}"

    def _pair(self, key: int, first: int, second: int) -> str:
        body = _body(first, second)
        state = self._pairs[key].copy()
        state.update(body)
        return _encode(body + state.digest()[: max(_LEAST_PAIR_PROOF_BYTES, _PAIR_BYTES - len(body))])

    def _link_tag(self, key: int, link_id: int) -> str:
        body = _body(link_id)
        state = self._links[key].copy()
        state.update(body)
        return _encode(body + state.digest())


def seal(purpose: str, first: int, second: int | None = None) -> str:
    """A token for numbers below 2^63; those of a pair or with a link carry two. Bounce tokens survive a change of
    case.

    An unsubscribe token has 19 characters for contacts below 2^32 and batches below 2^24.
    """
    return _sealer().seal(purpose, first, second)


def of_message(message_id: int) -> OfMessage:
    return _sealer().of_message(message_id)


def link_tag(link_id: int) -> str:
    return _sealer().link_tag(link_id)


def read(purpose: str, token: str) -> tuple[int, ...] | None:
    """The sealed numbers, or None for a forged, foreign, truncated or oversized token. Never raises."""
    return _sealer().read(purpose, token)


def _body(first: int, second: int | None = None) -> bytes:
    size = (first.bit_length() + 7) >> 3 or 1  # in octets
    if second is None:
        return ((_HEAD | size - 1) << 8 * size | first).to_bytes(size + 1, "big")
    other = (second.bit_length() + 7) >> 3 or 1
    head = _HEAD | (other - 1) << 3 | size - 1
    return ((head << 8 * size | first) << 8 * other | second).to_bytes(1 + size + other, "big")


def _numbers(purpose: str, token: str) -> tuple[int, ...]:
    """What the token says, not yet believed."""
    if purpose == CLICK_OF_BATCH:
        batch, _, link = token.partition(".")
        return _number(_decode(batch)), _number(_decode(link))
    raw = bytes.fromhex(token) if purpose == BOUNCE else _decode(token)
    if purpose != UNSUBSCRIBE:
        return (_number(raw),)
    middle, end = 2 + (raw[0] & 7), 3 + (raw[0] & 7) + (raw[0] >> 3 & 7)
    if len(raw) < end:
        raise ValueError(token)
    return int.from_bytes(raw[1:middle], "big"), int.from_bytes(raw[middle:end], "big")


def _number(raw: bytes) -> int:
    end = 2 + (raw[0] & 7)
    if len(raw) < end:
        raise ValueError("cut off")
    return int.from_bytes(raw[1:end], "big")


def _encode(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_URL_SAFE).decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _key(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=32, person=b"tallypost-token").digest()


@cache
def _sealer() -> Sealer:
    return Sealer(settings.TOKEN_KEY.split(","))
