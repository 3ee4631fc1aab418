"""A mail signed (RFC 6376, RFC 8463): canonicalised relaxed/relaxed, never a part of its body alone. No Django.

What is signed follows what receivers ask for: One-Click unsubscribing counts only if both its headers are covered (RFC
8058 4). From, To and Subject stand in `h=` once more than in the mail, so that nobody can add a second one.
"""

import re
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

_TWICE = ("from", "to", "subject")
_SIGNED = (
    *_TWICE,
    *("date", "message-id", "reply-to", "mime-version", "content-type", "content-transfer-encoding"),
    *("list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"),
)
_KNOWN = frozenset(_SIGNED)
_FOLDED = re.compile(rb"\r\n(?=[ \t])")
_BLANKS = re.compile(rb"[ \t]+")
_AT_THE_END = re.compile(rb"[ \t]+(?=\r\n)")
_LINE = 72

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Key:
    selector: str
    private: PrivateKey

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), SHA256())
        return self.private.sign(sha256(data).digest())


class Signer:
    """For one domain. A key more is a signature more: receivers that know Ed25519 take either."""

    def __init__(self, domain: str, keys: Sequence[Key]) -> None:
        self.domain = domain
        self._keys = tuple(keys)

    def signed(self, mail: bytes, leave_out: frozenset[str] = frozenset()) -> bytes:
        """`mail` with its signatures on top: CRLF line ends, dots not yet doubled.

        `leave_out`: headers that whoever carries it will replace.
        """
        head, _, body = mail.partition(b"\r\n\r\n")
        fields = {name: lines for name, lines in _fields(head).items() if name not in leave_out}
        names = [name for name in _SIGNED for _ in range(len(fields.get(name, ())) + (name in _TWICE))]
        covered = b"".join(line for name in _SIGNED for line in reversed(fields.get(name, ())))
        digest = b64encode(sha256(_body(body)).digest()).decode()
        second = int(time.time())
        return b"".join([*(self._signature(key, names, covered, digest, second) for key in self._keys), mail])

    def _signature(self, key: Key, names: Sequence[str], covered: bytes, digest: str, second: int) -> bytes:
        text = (
            f"v=1; a={key.algorithm}; c=relaxed/relaxed;\r\n d={self.domain};\r\n s={key.selector}; t={second};\r\n"
            f" h={_listed(names)};\r\n bh={digest};\r\n b="
        )
        to_sign = covered + b"dkim-signature:" + text.replace("\r\n", "").encode()
        made = b64encode(key.sign(to_sign)).decode()
        folded = "\r\n ".join(made[at : at + _LINE] for at in range(0, len(made), _LINE))
        return f"DKIM-Signature: {text}{folded}\r\n".encode()


def _fields(head: bytes) -> dict[str, list[bytes]]:
    """The headers that are signed, canonicalised, by name, in their order."""
    found: dict[str, list[bytes]] = {}
    for line in _FOLDED.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        key = name.strip().lower().decode("ascii", "replace")
        if key in _KNOWN:
            found.setdefault(key, []).append(key.encode() + b":" + _BLANKS.sub(b" ", value).strip() + b"\r\n")
    return found


def _body(body: bytes) -> bytes:
    """Mails of ours seldom hold anything to be done: looking for it costs a tenth of doing it."""
    if b" \r\n" in body or b"\t\r\n" in body or body.endswith((b" ", b"\t")):
        body = _AT_THE_END.sub(b"", body).rstrip(b" \t")
    if b"  " in body or b"\t" in body:
        body = _BLANKS.sub(b" ", body)
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body else b""


def _listed(names: Sequence[str]) -> str:
    return "".join(_folded(names))


def _folded(names: Sequence[str]) -> Iterator[str]:
    length = 0
    for number, name in enumerate(names):
        piece = f":{name}" if number else name
        if length + len(piece) > _LINE:
            yield ":\r\n "
            piece, length = name, 0
        length += len(piece)
        yield piece
