"""An edition compiled once: literal text encoded in advance, so that a message costs only its merge values.

A mail is encoded before it is rendered: each piece of literal text is quoted-printable already, broken off softly
round every merge tag, and a value is made harmless and encoded on its way in. The Date is the moment of building (a
Date of the launch would look stale at the end of a long send); everything else is the same however often it is built.
"""

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property, lru_cache, partial
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from accounts.organisation.measuring import Tracking
from campaigns.merge import language, places
from campaigns.merge.filters import is_blank
from campaigns.merge.sheet import Sheet
from campaigns.merge.syntax import Piece
from campaigns.message import attached, hidden_link, links, pixel
from campaigns.message.encoding import (
    address_header,
    ascii_address,
    header,
    is_plain_address,
    one_line,
    quoted_printable,
)
from campaigns.models import Edition
from delivery import tokens, verp
from delivery.content import Parts, Recipient
from tracking.public import addresses

OPEN_NAME, CLICK_NAME, _HIDDEN_NAME = "_open", "_click", "_hidden"
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_PHRASE = re.compile(r"[A-Za-z0-9 ]{1,60}")
_UNSUBSCRIBE, _PREFERENCES, _VIEW = "unsubscribe_url", "preferences_url", "view_url"
_HIGHEST_ID = 2**63 - 1
Values = dict[str, Any]
Counted = tuple[bool, bool]  # opens, clicks
NEITHER: Counted = (False, False)


class Bodies(NamedTuple):
    html: language.Template
    text: language.Template


class CompiledEdition:
    """Keeps the promise of delivery.content.Compiled. `link_ids` are in the order of `link_targets`.

    `segments`: merge tags that the bits of a recipient's stand for. `stand_in`: merge values that take the place of
    every recipient's own. `files`: of all mails of the batch.
    """

    dot_safe = True  # quoted_printable begins no line with a dot, header() folds at spaces

    def __init__(
        self,
        edition: Edition,
        *,
        batch_id: int,
        lists: Sequence[int],
        link_ids: Sequence[int],
        segments: Sequence[str] = (),
        stand_in: Values | None = None,
        files: attached.Files | None = None,
    ) -> None:
        self._edition = edition
        self._kept = attached.Files() if files is None else files
        self._stand_in = stand_in
        self._segments = [(1 << place, name) for place, name in enumerate(segments)]
        self._batch_id = batch_id
        self._base = str(edition.organisation.get("public_address", "")).rstrip("/")
        self._counts = edition.tracking != Tracking.OFF and not edition.is_test  # a test mail counts nothing
        self._sender = ascii_address(edition.sender_email)
        self._domain = self._sender.rpartition("@")[2]
        self._return_domain = str(edition.organisation.get("bounce_domain", "")) or self._domain
        self._link_ids = list(link_ids)
        names = _names(edition)
        self._is_viewed = _VIEW in names
        self._has_preferences = _PREFERENCES in names
        self._sealed_for, self._tokens = -1, tokens.of_message(0)
        self._constants = constants(edition)
        self._names = sorted(names - {*self._constants, _UNSUBSCRIBE, _PREFERENCES, _VIEW})
        self._boundary = "=_" + blake2b(f"{batch_id}:{edition.pk}".encode(), digest_size=12).hexdigest()
        self._fixed = fixed_headers(edition, self._domain, batch_id, lists, self._boundary)
        self._inner = ""
        if edition.attachments:
            self._mix()
        self._from = address_header("From", edition.sender_name, self._sender)
        self._subject = language.Template(language.read(edition.subject), place="header", language=edition.language)
        self._constant_subject = None if language.tags_used(edition.subject) else header("Subject", self._subject({}))
        self._template = partial(language.Template, constants=self._constants, language=edition.language)
        self._sheets: dict[Counted, Sheet] = {}
        self._bodies: dict[Counted, Bodies] = {}

    @property
    def held_bytes(self) -> int:
        """Of the attachments of all mails of the batch."""
        return self._kept.held_bytes

    def fetch(self) -> None:
        """Have the attachments at hand, so that building reads nothing. Raises attached.Unreadable."""
        self._kept.whole(self._edition.attachments)

    def envelope_from(self, recipient: Recipient) -> str:
        return verp.spelled(self._own(recipient).bounce, self._return_domain)

    def build(self, recipient: Recipient) -> bytes:
        counted = self._counted(recipient)
        values = self._values(recipient)
        own = self._own(recipient)
        if counted != NEITHER:
            values[OPEN_NAME], values[CLICK_NAME] = own.open, own.click
        sheet = self._sheets.get(counted) or self._prepare(counted)
        subject = self._constant_subject or _subject_header(self._subject(values))
        built = (
            f"{self._from}{_to(recipient.email)}{subject}Date: {_date(int(time.time()))}\r\n"
            f"Message-ID: <{own.message_id}@{self._domain}>\r\n"
            f"List-Unsubscribe: <{values[_UNSUBSCRIBE]}>\r\n{sheet(values)}"
        ).encode("ascii")
        return b"".join((built, *self._tail)) if self._inner else built

    def parts(self, recipient: Recipient) -> Parts:
        """The same words decoded. Date and the MIME frame are left to whoever sends them."""
        counted = self._counted(recipient)
        values = self._values(recipient)
        if counted != NEITHER:
            values[OPEN_NAME], values[CLICK_NAME] = self._own(recipient)[:2]
        bodies = self._bodies.get(counted) or self._decoded(counted)
        edition = self._edition
        name = one_line(edition.sender_name)
        headers = [
            ("From", f"{name} <{self._sender}>" if name else self._sender),
            ("To", recipient.email),
            ("Message-ID", f"<{self._own(recipient).message_id}@{self._domain}>"),
            ("List-Unsubscribe", f"<{values[_UNSUBSCRIBE]}>"),
            *self._listed,
        ]
        html, text = bodies.html(values), bodies.text(values)
        return Parts(headers, self._subject(values), html, text, lambda: self._kept.whole(edition.attachments))

    def html_with(self, recipient: Recipient, written: Sequence[str]) -> str:
        """The HTML with these in the place of its links' addresses, in the order of `link_targets`, and no pixel."""
        html_pieces, text_pieces = self._read(NEITHER)
        html, text = places.masked(html_pieces), places.masked(text_pieces)
        _, found, numbers, _, _ = links.targets(html, text)
        html, pieces = links.replaced(html, html_pieces, found, [f"_link{number}" for number in numbers])
        template = self._template(places.unmasked(html, pieces))
        return template(self._values(recipient) | {f"_link{number}": value for number, value in enumerate(written)})

    def _mix(self) -> None:
        """The words become the first part of the mail, the attachments follow (RFC 2046, 5.1.3)."""
        words = f'Content-Type: multipart/alternative; boundary="{self._boundary}"\r\n'
        self._mixed = f"=_m{self._boundary[2:]}"
        self._fixed = self._fixed.replace(words, f'Content-Type: multipart/mixed; boundary="{self._mixed}"\r\n')
        self._inner = f"--{self._mixed}\r\n{words}\r\n"

    @cached_property
    def _tail(self) -> list[bytes]:
        """The attachments, encoded once: however many get it, they share these bytes."""
        return self._kept.encoded(self._edition.attachments, self._mixed)

    @cached_property
    def _listed(self) -> list[tuple[str, str]]:
        """The constant headers that say something to people and relays."""
        lines = self._fixed.replace("\r\n ", " ").split("\r\n")
        pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return [(name, value) for name, value in pairs if name not in {"", "MIME-Version", "Content-Type"}]

    def _counted(self, recipient: Recipient) -> Counted:
        return (recipient.opens, recipient.clicks) if self._counts else NEITHER

    def _own(self, recipient: Recipient) -> tokens.OfMessage:
        """Of one message they are asked for several times in a row."""
        if self._sealed_for != recipient.message_id:
            self._sealed_for, self._tokens = recipient.message_id, tokens.of_message(recipient.message_id)
        return self._tokens

    def _values(self, recipient: Recipient) -> Values:
        given = recipient.merge if self._stand_in is None else self._stand_in
        values = {"email": recipient.email, **self._constants}
        for name in self._names:
            value = given.get(name)
            # Of texts, which most are, the same in a third of the time.
            if value.strip() if type(value) is str else not is_blank(value):
                values[name] = value
        if recipient.segments:
            values |= {name: True for bit, name in self._segments if recipient.segments & bit}
        values[_UNSUBSCRIBE] = self._unsubscribe_url(recipient.contact_id or 0)
        if self._has_preferences:
            values[_PREFERENCES] = addresses.preferences_url(values[_UNSUBSCRIBE])
        if self._is_viewed:
            values[_VIEW] = f"{self._base}/v/{self._own(recipient).view}"
        return values

    def _unsubscribe_url(self, contact_id: int) -> str:
        """A test mail's opens the page but names nobody, so that trying it unsubscribes nobody."""
        return addresses.unsubscribe_url(self._base, 0 if self._edition.is_test else contact_id, self._batch_id)

    def _prepare(self, counted: Counted) -> Sheet:
        """All of a mail that follows its own headers."""
        harmless = [_UNSUBSCRIBE, _PREFERENCES, _VIEW] if is_plain_address(self._unsubscribe_url(_HIGHEST_ID)) else []
        encoding = partial(self._template, encode=quoted_printable, harmless=harmless)
        html, text = (encoding(body).parts for body in self._read(counted))
        sheet = Sheet(
            [
                f"{self._fixed}{self._inner}--{self._boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n",
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                *text,
                f"\r\n--{self._boundary}\r\nContent-Type: text/html; charset=utf-8\r\n",
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                *html,
                f"\r\n--{self._boundary}--\r\n",
            ]
        )
        self._sheets[counted] = sheet
        return sheet

    def _decoded(self, counted: Counted) -> Bodies:
        html, text = self._read(counted)
        bodies = Bodies(*map(self._template, (html, text)))
        self._bodies[counted] = bodies
        return bodies

    def _read(self, counted: Counted) -> tuple[list[Piece], list[Piece]]:
        base = str(self._edition.organisation.get("tracking_address", "")).rstrip("/") or self._base
        is_anonymous = self._edition.tracking == Tracking.ANONYMOUS
        return read_bodies(
            self._edition, _Spelling(base, self._link_ids, self._batch_id if is_anonymous else None), counted
        )


def link_targets(edition: Edition) -> list[tuple[str, str]]:
    """(url, label) of every tracked link, in an order that depends on nothing but the edition's words."""
    html, text = (places.masked(language.read(source)) for source in (edition.html, edition.text))
    return links.targets(html, text)[0]


class _Spelling:
    """Our own addresses in an edition: literal text of the mail but for the token of the message.

    With `batch_id` they carry the batch's token in its place: the same addresses in every mail.
    """

    def __init__(self, base: str, link_ids: Sequence[int], batch_id: int | None) -> None:
        self.names = [f"_link{number}" for number in range(len(link_ids))]
        self._around: dict[str, tuple[tuple[str, str], str]] = {}
        self.has_hidden_link = batch_id is None and bool(link_ids)  # which tells people from programs
        links = list(zip(self.names, link_ids, strict=True))
        if batch_id is not None:
            self._around[OPEN_NAME] = ((addresses.open_of_batch(base, batch_id), ""), "")
            for name, link_id in links:
                self._around[name] = ((addresses.click_of_batch(base, batch_id, link_id), ""), "")
            return
        self._around[OPEN_NAME] = (addresses.around_open(base), OPEN_NAME)
        self._around[_HIDDEN_NAME] = (addresses.around_click(base, addresses.HIDDEN_LINK), CLICK_NAME)
        for name, link_id in links:
            self._around[name] = (addresses.around_click(base, link_id), CLICK_NAME)

    def spelled(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Every output that stands for an address of ours as text, token, text; texts that meet become one."""
        out: list[Piece] = []
        for piece in pieces:
            for part in self._parts(piece):
                if part.kind == "text" and out and out[-1].kind == "text":
                    out[-1] = Piece("text", out[-1].source + part.source)
                elif part.kind != "text" or part.source:
                    out.append(part)
        return out

    def _parts(self, piece: Piece) -> list[Piece]:
        if piece.kind != "output" or piece.place != "ours" or piece.source not in self._around:
            return [piece]
        (before, after), name = self._around[piece.source]
        if not name:
            return [Piece("text", before)]
        token = Piece("output", name, tokens=(("name", name),), place="ours")
        return [Piece("text", before), token, Piece("text", after)]


def read_bodies(edition: Edition, spelling: _Spelling, counted: Counted) -> tuple[list[Piece], list[Piece]]:
    """The pieces of both parts, placed; where clicks or opens are counted, links or the pixel are addresses of ours."""
    opens, clicks = counted
    html_pieces = places.placed(language.read(edition.html))
    text_pieces = places.in_text(language.read(edition.text))
    if counted == NEITHER:
        return html_pieces, text_pieces
    html, text = places.masked(html_pieces), places.masked(text_pieces)
    if clicks:
        link_names = spelling.names
        _, html_links, html_numbers, text_links, text_numbers = links.targets(html, text)
        html, html_pieces = links.replaced(html, html_pieces, html_links, [link_names[n] for n in html_numbers])
        text, text_pieces = links.replaced(text, text_pieces, text_links, [link_names[n] for n in text_numbers])
    if opens:
        html, html_pieces = pixel.added(html, html_pieces, OPEN_NAME)
    if clicks and spelling.has_hidden_link:
        html, html_pieces = hidden_link.added(html, html_pieces, _HIDDEN_NAME, hidden_link.addresses(text, text_pieces))
    html_pieces, text_pieces = places.unmasked(html, html_pieces), places.unmasked(text, text_pieces)
    return spelling.spelled(html_pieces), spelling.spelled(text_pieces)


def constants(edition: Edition) -> Values:
    """Merge values that are the same for everybody."""
    organisation = edition.organisation
    return {
        "organisation_name": organisation.get("name", ""),
        "postal_address": ", ".join(line.strip() for line in organisation.get("postal_address", "").splitlines()),
    }


def fixed_headers(edition: Edition, domain: str, batch_id: int, lists: Sequence[int], boundary: str) -> str:
    """Everything that is the same for all recipients, up to the empty line that ends the headers."""
    reply_to = address_header("Reply-To", "", ascii_address(edition.reply_to)) if edition.reply_to else ""
    # Stable for the life of a list; a campaign to several lists belongs to none of them alone (RFC 2919).
    list_id = f"list-{lists[0]}" if len(lists) == 1 else "campaigns"
    name = one_line(str(edition.organisation.get("name", "")))
    phrase = f"{name} " if _PHRASE.fullmatch(name) else ""
    # Gmail's counter: two numbers of ours, the kind, and a stable name of the sender; nothing about the recipient.
    sender_id = blake2b(domain.encode(), digest_size=5).hexdigest()
    return (
        f"{reply_to}"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        f"List-Id: {phrase}<{list_id}.{domain}>\r\n"
        f"Feedback-ID: c{edition.campaign_id}:b{batch_id}:campaign:{sender_id}\r\n"
        "Precedence: bulk\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
        "\r\n"
    )


def is_short_enough(public_address: str) -> bool:
    """Whether unsubscribe addresses stay within the 70 characters that every mail library leaves alone."""
    longest = addresses.unsubscribe_url(public_address, 2**32 - 1, 2**24 - 1)
    return bool(urlsplit(public_address).hostname) and len(longest) <= 70


def _names(edition: Edition) -> set[str]:
    """Of a person, all that the edition may ask for."""
    pieces = [piece for words in (edition.subject, edition.text, edition.html) for piece in language.read(words)]
    return {"email"}.union(*(piece.names for piece in pieces))


def _to(email: str) -> str:
    """Raises ValueError for an address that cannot travel: the caller refuses that one message."""
    if not email.isascii():
        email = ascii_address(email)
    if not _ADDRESS.fullmatch(email):
        raise ValueError(f"not an address: {email!r}")
    return f"To: {email}\r\n" if len(email) <= 72 else f"To:\r\n {email}\r\n"


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


# First names come again, and subjects with them.
_subject_header = lru_cache(maxsize=1024)(partial(header, "Subject"))
