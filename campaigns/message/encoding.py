"""Text as it travels: quoted-printable bodies (RFC 2045) and header lines (RFC 5322, RFC 2047)."""

import re
from base64 import b64encode
from collections.abc import Iterator

from accounts.web_addresses import ascii_host

_LINE = 76
SOFT_BREAK = "=\r\n"
_FROM = "From "
_LEAST_ROOM = 12  # of a line, to put anything on it
# Printable ASCII stays as it is but for "=": everything else becomes =XX, byte by byte.
_ESCAPES = {byte: f"={byte:02X}" for byte in range(256) if not (32 <= byte <= 126 and byte != 61) and byte != 9}
# No line begins with "From ": servers that keep mail in one file write ">From " instead, in sight of the reader.
_UNTOUCHED = re.compile(r"(?!From )[!-\-/-<>-~](?:[ -<>-~]{0,73}[!-<>-~])?")
# Begins and ends with a character that stays in any place of a mail: HTML, address or text.
needs_nothing = re.compile(r"(?!From )[0-9A-Za-z](?:[0-9A-Za-z /:.,?#_~+@()!*-]{0,73}[0-9A-Za-z_-])?").fullmatch
# A web address of such characters: needs nothing even where an address from a record is made harmless.
is_plain_address = re.compile(
    r"(?=.{10,75}\Z)https?://(?:[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*\.)+[A-Za-z]{2,63}"
    r"(?:[/?#](?:[0-9A-Za-z/:.,?#_~+@()!*-]*[0-9A-Za-z_-])?)?"
).fullmatch
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127)) | dict.fromkeys(range(0xD800, 0xE000))
_SPACES = re.compile(r"\s+")
_WORD_OCTETS = 45  # 60 characters of base64 and 12 of frame: 72 of the 75 that RFC 2047 allows
# Words on one line that need no folding, whatever else makes a header encode them.
header_words = re.compile(r"[!-~]{1,30}(?: [!-~]{1,30}){0,9}").fullmatch
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def tidy(text: str) -> str:
    """Line ends as \\n; without control characters and lone surrogates, which no mail may carry."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_CONTROLS) if not text.isprintable() else text


def quoted_printable(text: str) -> str:
    """`text` encoded so that it begins and ends at the start of a line: such pieces may follow one another freely.

    Line ends are \\n in `text` and CRLF in the result. No line begins with a dot or "From ", or exceeds 76 characters.
    """
    if _UNTOUCHED.fullmatch(text):
        return text + SOFT_BREAK
    if not text:
        return ""
    lines = [_encode_line(line) for line in text.split("\n")]
    last = lines.pop()
    return "".join(line + "\r\n" for line in lines) + (last + SOFT_BREAK if last else "")


class Lines:
    """Quoted-printable lines of a text with gaps, of which only the most is known that may stand in each.

    What is asked for in order, and put together with the gaps filled, decodes to the whole text. A filling has at most
    `room` characters, is encoded, and neither begins like a line must not nor ends with a blank; or it begins and ends
    with a soft break.
    """

    def __init__(self) -> None:
        self._column = 0  # characters on the line, at most
        self._begin = ""  # with what the line begins, as far as it is known

    def text(self, text: str) -> str:
        if not text:
            return ""
        before = self.end() if self._begin and (self._begin + text).startswith(_FROM) else ""
        first, *others = text.split("\n")
        start = _encode_line(first, self._column, is_begin=not self._begin) if first else ""
        written = before + "\r\n".join([start, *map(_encode_line, others)])
        _, line_end, tail = written.rpartition("\r\n")
        self._column, self._begin = (0, tail) if line_end else (self._column, self._begin + tail)
        self._column += len(tail)
        return written

    def gap(self, room: int, *, lead: str = "", fixed: bool = False) -> str:
        """What stands before the gap. Its filling begins with `lead`; `fixed`: it is a word of ours."""
        is_unsafe = not fixed and _FROM.startswith(self._begin + lead)  # it may go on just so
        before = ""
        if self._column + room >= _LINE or (is_unsafe and self._column):
            before = self.end()
            is_unsafe = not fixed and not lead
        self._column = _LINE if is_unsafe else self._column + room
        self._begin = _FROM.lower() if fixed else ""
        return before

    def end(self) -> str:
        """What goes on at the beginning of a line."""
        before = SOFT_BREAK if self._column else ""
        self._column, self._begin = 0, ""
        return before


def _encode_line(line: str, column: int = 0, *, is_begin: bool = True) -> str:
    encoded = line.encode("utf-8", "replace").decode("latin-1").translate(_ESCAPES)
    if encoded.endswith((" ", "\t")):
        encoded = encoded[:-1] + f"={ord(encoded[-1]):02X}"
    return SOFT_BREAK.join(_wrap(encoded, column, is_begin))


def _wrap(whole: str, column: int, is_begin: bool) -> Iterator[str]:
    """`column`: characters that stand on the first line already; `is_begin`: they may turn out to be none."""
    at = 0
    while True:
        room = _LINE - column
        line, added = whole[at : at + room], 0
        if is_begin and line.startswith("."):
            line, added = "=2E" + line[1:], 2
        elif is_begin and line.startswith(_FROM):
            line, added = "=46" + line[1:], 2
        # One short of the limit: the piece may still be joined to a soft break of its own.
        if len(line) < room:
            yield line
            return
        column, is_begin = 0, True
        if room < _LEAST_ROOM:
            yield ""
            continue
        cut = room - 1
        if "=" in line[cut - 2 : cut]:  # never through the middle of =XX
            cut = line.rindex("=", cut - 2, cut)
        piece = line[:cut].rstrip(" \t")  # a space before a soft break gets lost on the way
        if len(piece) < cut - 30:
            cut -= 5
            piece = f"{line[: cut - 1]}={ord(line[cut - 1]):02X}"
        else:
            cut = len(piece)
        yield piece
        at += cut - added


def one_line(text: str) -> str:
    """Text for a header: line breaks and other white space become single spaces."""
    return _SPACES.sub(" ", tidy(text)).strip()


def header(name: str, text: str) -> str:
    """The unstructured header `name`, folded and encoded, with its CRLF."""
    if len(name) + len(text) < _LINE - 2 and header_words(text) and "=?" not in text:
        return f"{name}: {text}\r\n"
    text = one_line(text)
    plain = f"{name}: {text}"
    if text.isascii() and "=?" not in text:
        if len(plain) <= _LINE:
            return plain + "\r\n"
        folded = _fold(plain)
        if folded:
            return folded + "\r\n"
    return f"{name}: {_encoded_words(text, len(name) + 2)}\r\n"


def address_header(name: str, display: str, address: str) -> str:
    """A header of one mailbox, `address` being ASCII already."""
    display = one_line(display)
    if not display:
        line = f"{name}: {address}"
        return (line if len(line) <= _LINE else f"{name}:\r\n {address}") + "\r\n"
    if display.isascii() and "=?" not in display and len(display) <= _LINE - len(name) - 6:
        if not _ATOM.fullmatch(display):
            display = '"' + display.replace("\\", "\\\\").replace('"', '\\"') + '"'
        phrase = display
    else:
        phrase = _encoded_words(display, len(name) + 2)
    last_line = f"{name}: {phrase}".rpartition("\r\n")[2]
    gap = " " if len(last_line) + len(address) + 3 <= _LINE else "\r\n "
    return f"{name}: {phrase}{gap}<{address}>\r\n"


def ascii_address(address: str) -> str:
    """The address with its domain as A-labels. Raises ValueError when it cannot travel without SMTPUTF8."""
    local, at, domain = address.strip().rpartition("@")
    if not (local and at and domain and local.isascii() and local.isprintable() and "\x7f" not in local):
        raise ValueError(f"not an address that mail servers without SMTPUTF8 take: {address!r}")
    return f"{local}@{ascii_host(domain.removesuffix('.'))}"


def _fold(line: str) -> str:
    """Folded at single spaces, or "" when a word is too long for a line."""
    lines, current = [], ""
    for word in line.split(" "):
        if current and len(current) + 1 + len(word) > _LINE:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    lines.append(current)
    # The first line needs more than the header's name, or some readers see an empty header.
    if any(len(part) >= _LINE for part in lines) or lines[0].endswith(":"):
        return ""
    return "\r\n ".join(lines)


def _encoded_words(text: str, indent: int) -> str:
    words, room, chunk = [], _WORD_OCTETS - indent, b""
    for character in text:
        octets = character.encode("utf-8", "replace")
        if len(chunk) + len(octets) > room:
            words.append(chunk)
            room, chunk = _WORD_OCTETS, b""
        chunk += octets
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)
