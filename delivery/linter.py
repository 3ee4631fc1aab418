"""One finished message against the rules of mailbox providers and standards (RFC 5322, 2045, 2047, 2369, 8058).

The same function judges every message that tests build and the sample that is built before a launch.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from html import unescape

from accounts.egress import networks
from delivery import html_tokens, markup, tokens, verp
from delivery.html_tokens import Token

MAX_HTML_BYTES = 95_000
_ONCE = ("Date", "From", "To", "Message-ID", "MIME-Version", "Subject")
_STRUCTURAL = frozenset(
    {"message-id", "references", "in-reply-to", "list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"}
    | {"auto-submitted", "date", "mime-version", "content-type", "content-transfer-encoding", "precedence"}
)
_UNRESOLVED = re.compile(r"\{\{|\{%|\*\||\bNone\b,|%%\w+%%")
_ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")
_FEEDBACK_ID = re.compile(r"[^:]*:[^:]*:[^:]*:[A-Za-z0-9_-]{5,15}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACTIVE = re.compile(r"<script\b|javascript:|<[^<>]*\son\w+\s*=|<(?:form|object|iframe|embed)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    text: str


@dataclass(frozen=True)
class _Mail:
    raw: bytes
    marketing: bool
    known_hosts: Collection[str] | None
    unsubscribe_url: str | None
    postal_address: str | None
    envelope_from: str | None

    @cached_property
    def message(self) -> EmailMessage:
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(self.raw)

    @cached_property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @cached_property
    def html(self) -> str:
        return self._body("html")

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def page(self) -> list[Token]:
        return list(html_tokens.tokens(self.html))

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Read once: the message itself reads a header anew each time that it is asked for it."""
        return [(name, str(value)) for name, value in self.message.items()]

    def values(self, name: str) -> list[str]:
        return [value for own, value in self.headers if own.lower() == name.lower()]


def lint(
    raw: bytes,
    *,
    marketing: bool,
    known_hosts: Collection[str] | None = None,
    unsubscribe_url: str | None = None,
    postal_address: str | None = None,
    envelope_from: str | None = None,
    besides: Collection[str] = (),
) -> list[Violation]:
    """Everything that is wrong with one message as it would go out; [] for one that may.

    `known_hosts` are the hosts links may lead to (None: any). `unsubscribe_url` must stand in both parts; by default it
    is the one of the List-Unsubscribe header. `postal_address` must stand in both, on one line or several;
    `envelope_from` must name the same message as the Message-ID. `besides`: rules that are not asked about.
    """
    mail = _Mail(raw, marketing, known_hosts, unsubscribe_url, postal_address, envelope_from)
    return [Violation(rule, text) for rule, check in _RULES if rule not in besides for text in check(mail)]


def _headers_once(mail: _Mail) -> Iterator[str]:
    for name in _ONCE:
        if (count := len(mail.values(name))) != 1:
            yield f"{name} stands in the message {count} times"
    for name in ("From", "To"):
        if _ADDRESS.search(",".join(mail.values(name))) is None:
            yield f"{name} holds no address"
    if mail.marketing and (defects := mail.message.defects):
        yield f"the message has defects: {defects}"


def _line_ends(mail: _Mail) -> Iterator[str]:
    if re.search(rb"(?<!\r)\n|\r(?!\n)", mail.raw):
        yield "a bare CR or LF stands in the message"
    if not mail.raw.endswith(b"\r\n"):
        yield "the message does not end with CRLF"


def _line_lengths(mail: _Mail) -> Iterator[str]:
    lines = mail.raw.split(b"\r\n")
    if any(len(line) > 998 for line in lines):
        yield "a line has more than 998 octets"
    body = mail.raw[len(mail.head) :]
    if any(len(line) > 76 for line in body.split(b"\r\n")):
        yield "an encoded line has more than 76 characters"
    if re.search(rb"[ \t]=?\r\n", body):
        yield "an encoded line ends with a space"
    for line in mail.head.split(b"\r\n"):
        words = _ENCODED_WORD.findall(line)
        if any(len(word) > 75 for word in words) or (words and len(line) > 76):
            yield "an encoded word is longer than RFC 2047 allows"


def _ascii(mail: _Mail) -> Iterator[str]:
    if not mail.raw.isascii():
        yield "an octet above 127 stands in the message"


def _line_begins(mail: _Mail) -> Iterator[str]:
    if re.search(rb"(?:\A|\r\n)\.", mail.raw):
        yield "a line begins with a dot"
    if re.search(rb"(?:\A|\r\n)From ", mail.raw):
        yield "a line begins with 'From ', to which servers that keep mail in one file add a '>'"


def _structural_headers(mail: _Mail) -> Iterator[str]:
    for line in re.sub(rb"\r\n[ \t]", b" ", mail.head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.decode("latin-1").lower() in _STRUCTURAL and b"=?" in value:
            yield f"{name.decode('latin-1')} is encoded, so that no machine can read it"


def _list_headers(mail: _Mail) -> Iterator[str]:
    if not mail.marketing:
        return
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"):
        if len(mail.values(name)) != 1:
            yield f"{name} must stand in the message once"
    if len(targets := _one_click(mail)) != 1:
        yield "List-Unsubscribe must hold one https address"
    elif len(targets[0]) > 70:
        yield "the address in List-Unsubscribe is longer than 70 characters"
    if mail.values("List-Unsubscribe-Post") != ["List-Unsubscribe=One-Click"]:
        yield "List-Unsubscribe-Post must read List-Unsubscribe=One-Click"
    if not all(re.fullmatch(r"[^<>]*<[^<>\s]{1,255}>", value) for value in mail.values("List-Id")):
        yield "List-Id must be an identifier in angle brackets"
    if any(not _FEEDBACK_ID.fullmatch(value) for value in mail.values("Feedback-ID")):
        yield "Feedback-ID must have four fields, the last of 5 to 15 letters"
    if mail.values("Precedence") != ["bulk"]:
        yield "Precedence: bulk is missing"


def _one_click(mail: _Mail) -> list[str]:
    found = re.findall(r"<(https?://[^>]+)>", ",".join(mail.values("List-Unsubscribe")))
    # A rehearsal on one machine has no certificate; preflight keeps real mail from going out so.
    return [url for url in found if url.startswith("https:") or networks.is_this_machine(markup.host_of(url))]


def _bodies(mail: _Mail) -> Iterator[str]:
    kinds = [part.get_content_type() for part in mail.message.walk() if not part.is_multipart()]
    if kinds[:2] != ["text/plain", "text/html"]:
        yield "plain text must come first, HTML second"
    url = mail.unsubscribe_url or next(iter(_one_click(mail)), "")
    for name, body in (("text", mail.text), ("HTML", unescape(mail.html))):
        if not body.strip():
            yield f"the {name} part is empty"
        elif mail.marketing and url and url not in body:
            yield f"the {name} part has no unsubscribe link"


def _size(mail: _Mail) -> Iterator[str]:
    if (size := len(mail.html.encode())) > MAX_HTML_BYTES:
        yield f"{size:,} bytes of HTML: Gmail cuts a mail off at about 100,000"


def _resolved(mail: _Mail) -> Iterator[str]:
    for name, body in (("subject", " ".join(mail.values("Subject"))), ("text", mail.text), ("HTML", mail.html)):
        body = re.sub(r"<style\b.*?(?:</style(?=[\s/>])|\Z)", "", body, flags=re.DOTALL | re.IGNORECASE)
        if found := _UNRESOLVED.search(body):
            yield f"the {name} still holds “{body[found.start() : found.start() + 30]}”"


def _no_strangers(mail: _Mail) -> Iterator[str]:
    """A list of recipients in one mail would give each the others' addresses."""
    if len(_ADDRESS.findall(",".join(mail.values("To")))) > 1 or mail.values("Cc") or mail.values("Bcc"):
        yield "the message names more than one recipient"
    recipients = {address.lower() for address in _ADDRESS.findall(",".join(mail.values("To")))}
    for name, value in mail.headers:
        if name.lower() not in {"to", "from", "reply-to", "sender", "subject"} and (
            recipients & {address.lower() for address in _ADDRESS.findall(value)}
        ):
            yield f"{name} holds the recipient's address"


def _links(mail: _Mail) -> Iterator[str]:
    for href in html_tokens.hrefs(mail.page):
        link = (href or "").strip()
        parts = markup.split(link)
        if not link:
            yield "a link leads nowhere"
        elif parts.scheme in {"mailto", "tel", "sms"} or link.startswith("#"):
            continue
        elif parts.scheme not in {"http", "https"} or not parts.hostname:
            yield f"“{link[:60]}” is not a full web address"
        elif parts.scheme == "http" and not networks.is_this_machine(parts.hostname):
            yield f"“{link[:60]}” is not encrypted (http)"
        elif mail.known_hosts is not None and parts.hostname not in mail.known_hosts:
            yield f"“{link[:60]}” leads to a host that is not tracked"


def _accessible(mail: _Mail) -> Iterator[str]:
    if silent := sum(image.get("alt") is None for image in html_tokens.elements(mail.page, "img")):
        yield f"{silent} pictures have no description (alt)"
    bare = sum(table.get("role") is None for table in html_tokens.elements(mail.page, "table"))
    if bare and "<th" not in mail.html.lower():
        yield f"{bare} layout tables have no role"
    if not any(page.get("lang") for page in html_tokens.elements(mail.page, "html")):
        yield "the HTML names no language"


def _postal_address(mail: _Mail) -> Iterator[str]:
    wanted = _words(mail.postal_address or "")
    for name, body in (("text", mail.text), ("HTML", unescape(re.sub(r"<[^<>]*>", " ", mail.html)))):
        if wanted and wanted not in _words(body):
            yield f"the {name} part lacks the postal address"


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _envelope(mail: _Mail) -> Iterator[str]:
    if mail.envelope_from is None:
        return
    message_ids = [value.strip().strip("<").partition("@")[0] for value in mail.values("Message-ID")]
    named = {tokens.read(tokens.MESSAGE_ID, token) for token in message_ids}
    if named != {(verp.message_id(mail.envelope_from),)}:
        yield "the return address does not name this message"


def _nothing_active(mail: _Mail) -> Iterator[str]:
    if found := _ACTIVE.search(mail.html):
        yield f"the HTML holds “{found[0][:30]}”"


_RULES: tuple[tuple[str, Callable[[_Mail], Iterator[str]]], ...] = (
    ("headers-once", _headers_once),
    ("line-ends", _line_ends),
    ("line-lengths", _line_lengths),
    ("ascii", _ascii),
    ("line-begins", _line_begins),
    ("structural-headers", _structural_headers),
    ("list-headers", _list_headers),
    ("bodies", _bodies),
    ("size", _size),
    ("resolved", _resolved),
    ("strangers", _no_strangers),
    ("links", _links),
    ("accessible", _accessible),
    ("postal-address", _postal_address),
    ("active", _nothing_active),
    ("envelope", _envelope),
)
