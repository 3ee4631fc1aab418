"""Short tokens that carry numbers and cannot be forged: the authority of every address in a mail.

A token is a key version, the numbers' bytes, and a keyed digest over both and the purpose. Nothing expires: a footer's
address works as long as somebody keeps the mail. Keys rotate by appending one to TOKEN_KEY, separated by a comma; old
tokens stay good because they name the key that made them.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotDecodable
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

from django.conf import settings

OPEN = "o"  # message
CLICK = "c"  # message, link
UNSUBSCRIBE = "u"  # contact, batch
BOUNCE = "b"  # message; in the envelope address
MESSAGE_ID = "m"  # message; in the Message-ID header

_PURPOSES = (OPEN, CLICK, UNSUBSCRIBE, BOUNCE, MESSAGE_ID)
_DIGEST_BYTES = 10
_HEAD_BYTES = 2  # key version, then the lengths of the first and second number in half a byte each
_MAX_CHARS = 64


class Sealer:
    """Seals and reads tokens with `keys` in the order they came into use; the last one seals."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = len(keys) - 1
        self._digests = [
            {
                purpose: blake2b(digest_size=_DIGEST_BYTES, key=_key(key), person=purpose.encode())
                for purpose in _PURPOSES
            }
            for key in keys
        ]

    def seal(self, purpose: str, first: int, second: int | None = None) -> str:
        return self._seal(self._newest, purpose, first, second)

    def read(self, purpose: str, token: str) -> tuple[int, ...] | None:
        """The numbers, or None for anything we did not seal for this purpose, to the last bit. Never raises."""
        try:
            if purpose == BOUNCE:
                token = token.lower()
            raw = _decode(purpose, token)
            version, first_size, second_size = raw[0], raw[1] >> 4, raw[1] & 15
            body = raw[_HEAD_BYTES : len(raw) - _DIGEST_BYTES]
            if len(body) != first_size + second_size:
                return None
            first = int.from_bytes(body[:first_size], "big")
            second = int.from_bytes(body[first_size:], "big") if second_size else None
            # Sealing again and comparing the text refuses every other spelling of the same bytes too.
            expected = self._seal(version, purpose, first, second)
            if not hmac.compare_digest(expected.encode(), token.encode()):
                return None
        except (ValueError, IndexError, KeyError, OverflowError, NotDecodable):
            return None
        return (first,) if second is None else (first, second)

    def _seal(self, version: int, purpose: str, first: int, second: int | None) -> str:
        first_size = (first.bit_length() + 7) >> 3 or 1
        if second is None:
            body = bytes((version, first_size << 4)) + first.to_bytes(first_size, "big")
        else:
            second_size = (second.bit_length() + 7) >> 3 or 1
            head = bytes((version, first_size << 4 | second_size))
            body = head + first.to_bytes(first_size, "big") + second.to_bytes(second_size, "big")
        digest = self._digests[version][purpose].copy()
        digest.update(body)
        return _encode(purpose, body + digest.digest())


def seal(purpose: str, first: int, second: int | None = None) -> str:
    """A token of at most 32 characters for numbers below 2^48, about 2 us. Bounce tokens survive a change of case."""
    return _sealer().seal(purpose, first, second)


def read(purpose: str, token: str) -> tuple[int, ...] | None:
    """The sealed numbers, or None for a forged, foreign, truncated or oversized token. Never raises."""
    return _sealer().read(purpose, token)


def _encode(purpose: str, raw: bytes) -> str:
    # Some mail servers lower-case the local part of an address: hexadecimal does not mind.
    if purpose == BOUNCE:
        return raw.hex()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(purpose: str, token: str) -> bytes:
    if len(token) > _MAX_CHARS:
        raise ValueError(token)
    if purpose == BOUNCE:
        return bytes.fromhex(token)
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))


def _key(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=32, person=b"tallypost-token").digest()


@cache
def _sealer() -> Sealer:
    return Sealer(settings.TOKEN_KEY.split(","))
