"""Tokens as the first versions sealed them, a digest each: mails carry them, so they are read for ever.

A token is a key version, the lengths of its numbers, their bytes, and ten bytes of a keyed digest over all that, with
the purpose as the digest's person.
"""

import hmac
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Sequence
from hashlib import blake2b

_BOUNCE = "b"
_PROOF_BYTES = 10
_HEAD_BYTES = 2  # key version, then the lengths of the first and second number in half a byte each
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Reader:
    """`keys` in the order they came into use, derived as in delivery.tokens."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def read(self, purpose: str, token: str) -> tuple[int, ...] | None:
        """The numbers; None if they are forged. Raises ValueError or IndexError for what is no token."""
        raw = bytes.fromhex(token) if purpose == _BOUNCE else urlsafe_b64decode(token + "=" * (-len(token) % 4))
        first_size, second_size = raw[1] >> 4, raw[1] & 15
        head, proof = raw[:-_PROOF_BYTES], raw[-_PROOF_BYTES:]
        if len(head) != _HEAD_BYTES + first_size + second_size or _spelled(purpose, raw) != token:
            return None
        digest = blake2b(head, digest_size=_PROOF_BYTES, key=self._keys[raw[0]], person=purpose.encode()).digest()
        if not hmac.compare_digest(digest, proof):
            return None
        middle = _HEAD_BYTES + first_size
        first = int.from_bytes(head[_HEAD_BYTES:middle], "big")
        return (first, int.from_bytes(head[middle:], "big")) if second_size else (first,)


def _spelled(purpose: str, raw: bytes) -> str:
    if purpose == _BOUNCE:
        return raw.hex()
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_URL_SAFE).decode()
