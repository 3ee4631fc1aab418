"""The three headers the list of mails shows, read without parsing the mail. Hostile text."""

import contextlib
import re
from base64 import b64decode
from binascii import Error as NotDecodable
from binascii import a2b_qp
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header

from delivery.markup import printable

_BLOCK = 65_536
_WANTED = re.compile(rb"^(from|subject|message-id):[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_DECODED_CHARS = 4_000  # decoding a longer one may take as long as somebody likes
# Words in UTF-8 and nothing beside them: nearly all there are, in a tenth of the library's time.
_PLAIN_WORDS = re.compile(r"(?:=\?utf-8\?[qb]\?[!->@-~]*\?=\s*)+", re.IGNORECASE)
_WORD = re.compile(r"=\?[^?]*\?([qb])\?([^?]*)\?=", re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class Listed:
    sender: str
    subject: str
    message_id: str


def read(raw: bytes) -> Listed:
    end = raw.find(b"\r\n\r\n", 0, _BLOCK)
    block = raw[: end if end >= 0 else _BLOCK]
    found: dict[bytes, str] = {}
    for name, value in _WANTED.findall(block):
        found.setdefault(name.lower(), decoded(value))
    return Listed(
        sender=found.get(b"from", "")[:400],
        subject=found.get(b"subject", "")[:1000],
        message_id=found.get(b"message-id", "")[:200],
    )


def decoded(value: bytes) -> str:
    """Unfolded, RFC 2047 undone where that is possible."""
    text = _FOLD.sub(" ", value.decode("utf-8", "replace")).strip()
    if "=?" in text and len(text) <= _DECODED_CHARS:
        if _PLAIN_WORDS.fullmatch(text):
            return printable(_undone(text))
        with contextlib.suppress(MessageError, LookupError, ValueError):
            text = str(make_header(decode_header(text)))
    return printable(text)


def _undone(words: str) -> str:
    """RFC 2047; the space between two encoded words is none (6.2)."""
    octets = b"".join(
        a2b_qp(text, header=True) if kind in "qQ" else _base64(text) for kind, text in _WORD.findall(words)
    )
    return octets.decode("utf-8", "replace")


def _base64(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4))
    except NotDecodable:
        return text.encode()
