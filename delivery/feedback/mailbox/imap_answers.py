"""What an IMAP server's answers say, out of the lists that the standard library makes of them. Pure."""

import imaplib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_NUMBER = re.compile(rb"(\d{1,10}) \(")
_UID = re.compile(rb"\bUID (\d{1,10})")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})")
_QUOTED_BODY = re.compile(rb'\bBODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Mail:
    number: int
    uid: int
    size: int = 0
    received_at: datetime | None = None
    raw: bytes | None = None


def mails(said: Sequence[Any]) -> Iterator[Mail]:
    """Of a FETCH; what the server says besides (flags that somebody else changed) has no UID and is left out."""
    for words, raw in _entries(said):
        number, uid = _NUMBER.match(words), _UID.search(words)
        if number and uid:
            size = _SIZE.search(words)
            yield Mail(int(number[1]), int(uid[1]), int(size[1]) if size else 0, _received_at(words), raw)


def text(said: Sequence[Any] | None) -> str:
    """The words of an answer, as far as they are fit to be shown."""
    words = [each for each in said or () if isinstance(each, bytes)]
    return b" ".join(words).decode("utf-8", "replace")[:500]


def number(said: Sequence[Any] | None) -> int:
    found = re.search(r"\d{1,10}", text(said))
    return int(found[0]) if found else 0


def _entries(said: Sequence[Any]) -> Iterator[tuple[bytes, bytes | None]]:
    """A mail with a body comes as its words and its bytes, and then the rest of its words."""
    words, raw = b"", None
    for each in said:
        if isinstance(each, tuple):
            if words:
                yield words, raw
            words, raw = each[0], each[1]
        elif isinstance(each, bytes):
            if raw is not None:
                yield words + each, raw
                words, raw = b"", None
            else:
                yield each, _short_body(each)
    if words:
        yield words, raw


def _short_body(words: bytes) -> bytes | None:
    """Some servers put a short mail in quotes."""
    found = _QUOTED_BODY.search(words)
    return re.sub(rb"\\(.)", rb"\1", found[1]) if found else None


def _received_at(words: bytes) -> datetime | None:
    local = imaplib.Internaldate2tuple(words) if b"INTERNALDATE" in words else None
    try:
        return datetime.fromtimestamp(time.mktime(local), UTC) if local else None
    except (OverflowError, ValueError, OSError):
        return None
