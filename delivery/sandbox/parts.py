"""A mail taken apart into its leaves, in time that grows with its length alone. Hostile; nothing here raises.

The standard library's parser calls itself for every level, and asks every level about every line.
"""

import re
from base64 import b64decode
from binascii import Error as NotDecodable
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass

_DEEPEST = 20  # levels; mail programs make three or four
_MOST = 1_000  # parts
_PARAMETERS_BYTES = 2_000  # of a Content-Type; a boundary has at most 70
_LINE_FEED = 0x0A
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")  # behind the boundary
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_PARAMETER = re.compile(rb""";\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^;\s"]*))""")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True)
class Part:
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> bytes:
        return next((value for found, value in self.headers if found.lower() == name), b"")

    @property
    def kind(self) -> bytes:
        found = self.header(b"content-type").partition(b";")[0].strip().lower()
        return found if found.count(b"/") == 1 else b"text/plain"

    @property
    def is_attachment(self) -> bool:
        return self.header(b"content-disposition").partition(b";")[0].strip().lower() == b"attachment"

    def parameter(self, name: bytes) -> bytes:
        """Of the Content-Type."""
        return _parameter(self.header(b"content-type"), name)

    @property
    def file_name(self) -> bytes:
        """Of an attachment, as it is written."""
        found = _parameter(self.header(b"content-disposition"), b"filename")
        return found or self.parameter(b"name")

    @property
    def text(self) -> str:
        charset = self.parameter(b"charset").decode("ascii", "replace") or "utf-8"
        try:
            return self.octets.decode(charset, "replace")
        except (LookupError, ValueError):
            return self.octets.decode("utf-8", "replace")

    @property
    def octets(self) -> bytes:
        encoding = self.header(b"content-transfer-encoding").strip().lower()
        if encoding == b"quoted-printable":
            return a2b_qp(self.body)
        if encoding != b"base64":
            return self.body
        pure = _NO_BASE64.sub(b"", self.body)
        try:
            return b64decode(pure[: len(pure) - (len(pure) % 4 == 1)] + b"==")
        except NotDecodable:
            return self.body


def _parameter(header: bytes, name: bytes) -> bytes:
    for found, quoted, bare in _PARAMETER.findall(header[:_PARAMETERS_BYTES]):
        if found.lower() == name:
            return bytes(quoted or bare)
    return b""


def read(source: bytes) -> Part:
    """Head and body."""
    if source.startswith((b"\n", b"\r\n")):
        return Part([], source.lstrip(b"\r").removeprefix(b"\n"))
    end = _BLANK_LINE.search(source)
    head, body = (source[: end.start()], source[end.end() :]) if end else (source, b"")
    headers: list[list[bytes]] = []
    folded: list[list[bytes]] = []
    for line in head.split(b"\n"):
        line = line.removesuffix(b"\r")
        if line[:1] in (b" ", b"\t"):
            if folded:
                folded[-1].append(line)
            continue
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            headers.append([name.strip()])
            folded.append([value.strip()])
    return Part([(name, b"\n".join(lines)) for (name,), lines in zip(headers, folded, strict=True)], body)


def leaves(mail: Part) -> Iterator[Part]:
    """The parts that hold no others, in their order; what lies too deep is passed over."""
    waiting, seen = [(mail, 0)], 0
    while waiting and seen < _MOST:
        part, depth = waiting.pop()
        seen += 1
        inner = _inside(part)
        if inner is None:
            yield part
        elif depth < _DEEPEST:
            waiting += [(found, depth + 1) for found in reversed(inner)]


def _inside(part: Part) -> list[Part] | None:
    if part.kind == b"message/rfc822":
        return [read(part.body)]
    boundary = part.parameter(b"boundary")
    if not part.kind.startswith(b"multipart/") or not boundary:
        return None
    delimiter, body = b"--" + boundary, part.body
    found: list[Part] = []
    begin, at = -1, body.find(delimiter)
    while at >= 0 and len(found) < _MOST:
        line = _DELIMITER_END.match(body, at + len(delimiter))
        if line is None or not (at == 0 or body[at - 1] == _LINE_FEED):
            at = body.find(delimiter, at + 1)
            continue
        if begin >= 0:
            found.append(read(body[begin : max(begin, _line_end_before(body, at))]))
        if line[1]:
            return found
        begin = line.end()
        at = body.find(delimiter, begin)
    if begin >= 0:
        found.append(read(body[begin:]))
    return found


def _line_end_before(body: bytes, at: int) -> int:
    """Where the line break before `at` begins; it belongs to the delimiter (RFC 2046, 5.1.1)."""
    return at - 2 if body[at - 2 : at] == b"\r\n" else max(0, at - 1)
