"""Short tokens that carry numbers and cannot be forged: the authority of every address in a mail.

A token is a key version, the numbers' bytes, and a keyed digest over both and the purpose. Nothing expires: a footer's
address works as long as somebody keeps the mail. Keys rotate by appending one to TOKEN_KEY, separated by a comma; old
tokens stay good because they name the key that made them.
"""

import hmac
from base64 import urlsafe_b64decode
from binascii import Error as NotDecodable
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

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
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


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

    def each(self, wanted: Sequence[tuple[str, int | None]]) -> Callable[[int], list[str]]:
        """For one first number after the other: its tokens of each (purpose, second number); none may be BOUNCE.

        What `seal` gives for each, in half the time: base64 is asked once.
        """
        cuts: dict[int, list[tuple[Any, bytes, bytes, bytes, slice]]] = {}

        def seal(first: int) -> list[str]:
            number = _octets(first)
            plan = cuts.get(len(number))
            if plan is None:
                plan = cuts[len(number)] = self._plan(len(number), wanted)
            raws: list[bytes] = []
            for digest, head, tail, padding, _ in plan:
                body = head + number + tail
                state = digest.copy()
                state.update(body)
                raws += body, state.digest(), padding
            text = b2a_base64(b"".join(raws), newline=False).translate(_URL_SAFE).decode()
            return [text[piece] for *_, piece in plan]

        return seal

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

    def _plan(
        self, size: int, wanted: Sequence[tuple[str, int | None]]
    ) -> list[tuple[Any, bytes, bytes, bytes, slice]]:
        """For first numbers of `size` bytes: digest, head, tail, padding to a multiple of three, place in the text."""
        plan, at = [], 0
        for purpose, second in wanted:
            tail = b"" if second is None else _octets(second)
            length = _HEAD_BYTES + size + len(tail) + _DIGEST_BYTES
            padding = bytes(-length % 3)
            head = bytes((self._newest, size << 4 | len(tail)))
            piece = slice(at, at + (length * 4 + 2) // 3)
            plan.append((self._digests[self._newest][purpose], head, tail, padding, piece))
            at += (length + len(padding)) // 3 * 4
        return plan

    def _seal(self, version: int, purpose: str, first: int, second: int | None) -> str:
        number, tail = _octets(first), b"" if second is None else _octets(second)
        body = bytes((version, len(number) << 4 | len(tail))) + number + tail
        digest = self._digests[version][purpose].copy()
        digest.update(body)
        return _encode(purpose, body + digest.digest())


def seal(purpose: str, first: int, second: int | None = None) -> str:
    """A token of at most 32 characters for numbers below 2^48, about 2 us. Bounce tokens survive a change of case."""
    return _sealer().seal(purpose, first, second)


def each(wanted: Sequence[tuple[str, int | None]]) -> Callable[[int], list[str]]:
    """What stands in one mail, sealed together for one mail after the other; see Sealer.each."""
    return _sealer().each(wanted)


def read(purpose: str, token: str) -> tuple[int, ...] | None:
    """The sealed numbers, or None for a forged, foreign, truncated or oversized token. Never raises."""
    return _sealer().read(purpose, token)


def _encode(purpose: str, raw: bytes) -> str:
    # Some mail servers lower-case the local part of an address: hexadecimal does not mind.
    if purpose == BOUNCE:
        return raw.hex()
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_URL_SAFE).decode()


def _decode(purpose: str, token: str) -> bytes:
    if len(token) > _MAX_CHARS:
        raise ValueError(token)
    if purpose == BOUNCE:
        return bytes.fromhex(token)
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) >> 3 or 1, "big")


def _key(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=32, person=b"tallypost-token").digest()


@cache
def _sealer() -> Sealer:
    return Sealer(settings.TOKEN_KEY.split(","))
