"""The parts of a mail that somebody else wrote, in linear time whatever it holds. Pure.

The standard library's parser is no choice here: on hostile nesting it takes seconds for a megabyte, it drops the
blocks of a message/global-delivery-status (RFC 6533), and a wrong boundary makes it lose the text.
"""

import binascii
import html
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from functools import lru_cache

MAX_BYTES = 1_000_000
_DEPTH = 5
_PARTS = 30
_HEADER_BYTES = 65_536
_HEADER_LINES = 600
_VALUE_CHARS = 4_000
_TEXT_BYTES = 65_536

_ORIGINAL = ("message/rfc822", "message/global", "message/global-headers", "text/rfc822-headers", "text/rfc822-header")

# Escape stays for the time being: ISO-2022-JP is made of it.
_CONTROLS = bytes([*range(9), 11, 12, 13, *range(14, 27), *range(28, 32), 127])

Headers = dict[str, list[str]]


class Part:
    """A part without parts of its own, or a whole mail inside the mail, unopened."""

    __slots__ = ("_content", "_inner_headers", "_text", "body", "headers", "kind")

    def __init__(self, kind: str, headers: Headers, body: bytes) -> None:
        self.kind, self.headers, self.body = kind, headers, body  # kind: "text/plain", in lower case
        self._content: bytes | None = None
        self._text: str | None = None
        self._inner_headers: Headers | None = None

    @property
    def is_original(self) -> bool:
        """The mail that came back, whole or its headers."""
        return self.kind in _ORIGINAL

    @property
    def content(self) -> bytes:
        """The transfer encoding undone."""
        if self._content is None:
            self._content = _unencoded(self.body[:_TEXT_BYTES], first(self.headers, "content-transfer-encoding"))
        return self._content

    @property
    def text(self) -> str:
        if self._text is None:
            text = _decoded(self.content, self.headers)
            self._text = _without_tags(text) if self.kind == "text/html" else text
        return self._text

    @property
    def inner_headers(self) -> Headers:
        """Of a mail inside the mail: its headers."""
        if self._inner_headers is None:
            self._inner_headers = split(self.content)[0]
        return self._inner_headers


def leaves(raw: bytes) -> tuple[Headers, list[Part]]:
    """The mail's own headers, and its parts in their order."""
    return _leaves(raw[:MAX_BYTES])


@lru_cache(maxsize=1)  # what a mail says, and which of ours it is about, is asked one after the other
def _leaves(raw: bytes) -> tuple[Headers, list[Part]]:
    text = raw.translate(None, _CONTROLS)
    if text.startswith((b"From ", b">From ")):
        text = text.partition(b"\n")[2]
    headers, body = split(text)
    found: list[Part] = []
    _collect(headers, body, found, 0)
    return headers, found


def split(text: bytes) -> tuple[Headers, bytes]:
    """Headers by lower-case name, unfolded; the body."""
    if text.startswith(b"\n"):
        return {}, text[1:]
    end = text.find(b"\n\n", 0, _HEADER_BYTES)
    block, body = (text[:end], text[end + 2 :]) if end >= 0 else (text[:_HEADER_BYTES], b"")
    return read_headers(block), body


def read_headers(block: bytes) -> Headers:
    headers: Headers = {}
    for line in _FOLD.sub(" ", _readable(block)).split("\n", _HEADER_LINES)[:_HEADER_LINES]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.rstrip().lower(), []).append(value[:_VALUE_CHARS].strip())
    return headers


_FOLD = re.compile(r"\n[ \t]")


def first(headers: Headers, name: str) -> str:
    values = headers.get(name)
    return values[0] if values else ""


def words(value: str) -> str:
    """RFC 2047 undone where that is possible."""
    if "=?" not in value or len(value) > _VALUE_CHARS:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def _collect(headers: Headers, body: bytes, found: list[Part], depth: int) -> None:
    kind = _content_type(headers)
    if kind.startswith("multipart/") and depth < _DEPTH:
        pieces = list(_pieces(headers, body))
        for piece in pieces:
            if len(found) < _PARTS:
                _collect(*split(piece), found, depth + 1)
        if pieces:
            return
        kind = "text/plain"  # no such boundary: what is there is read as text
    found.append(Part(kind, headers, body))


def _content_type(headers: Headers) -> str:
    kind = first(headers, "content-type").partition(";")[0].strip().lower()
    return kind if "/" in kind else "text/plain"


def _pieces(headers: Headers, body: bytes) -> Iterator[bytes]:
    named = _BOUNDARY.search(first(headers, "content-type"))
    boundary = (named[1] or named[2] or "").rstrip() if named else ""
    if not boundary:
        return
    # Of the whole line, as the boundary of a part within may begin with this one (Haraka)
    named_by = re.escape(boundary.encode("utf-8", "replace"))
    delimiter = re.compile(rb"\n--" + named_by + rb"(?=(?:--)?[ \t]*(?:\n|\Z))")
    for piece in delimiter.split(b"\n" + body, _PARTS * 2)[1:]:
        line, _, rest = piece.partition(b"\n")
        if line.startswith(b"--"):
            return
        yield rest


_BOUNDARY = re.compile(r"""\bboundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)


def _unencoded(body: bytes, encoding: str) -> bytes:
    encoding = encoding.lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body).translate(None, _CONTROLS)
    if encoding == "base64":
        return _base64(body).translate(None, _CONTROLS)
    return body


def _base64(body: bytes) -> bytes:
    letters = _NO_BASE64.sub(b"", body)
    try:
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])
    except binascii.Error:
        return body


_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")


def _decoded(content: bytes, headers: Headers) -> str:
    named = _CHARSET.search(first(headers, "content-type"))
    charset = named[1].lower() if named else ""
    if charset and _KNOWN_CHARSETS.fullmatch(charset):
        try:
            return _clean(content.decode(charset, "replace"))
        except LookupError:
            pass
    if b"\x1b$" in content:
        return _clean(content.decode("iso-2022-jp", "replace"))
    return _readable(content)


_CHARSET = re.compile(r"""\bcharset\s*=\s*"?([\w.-]{1,40})""", re.IGNORECASE)
# Only what is a table of characters: some of Python's codecs take quadratic time, others are no text at all.
_KNOWN_CHARSETS = re.compile(
    r"iso-8859-\d+|(?:windows|cp)-?\d{3,4}|koi8-[ru]|iso-2022-(?:jp|kr)|shift_?jis|euc-(?:jp|kr)|gb2312|gbk|"
    r"gb18030|big5"
)


def _readable(content: bytes) -> str:
    try:
        return _clean(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _clean(content.decode("utf-8", "replace"))


def _clean(text: str) -> str:
    """Without what a terminal or a database may not bear, and without what turns the direction of the words beside."""
    if "\x1b" in text:
        text = text.replace("\x1b", "")
    return text if text.isascii() else _SIGNS.sub("", text)


_SIGNS = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd\ud800-\udfff]")


def _without_tags(text: str) -> str:
    broken = _BREAKS.sub("\n", text)
    return html.unescape(_TAGS.sub("", broken))


_BREAKS = re.compile(r"<(?:br|p|/p|/?div|/?tr|/?li|/?h\d)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>@]*>")
