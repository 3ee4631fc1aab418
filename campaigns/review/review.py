"""All that the page of checks says about a draft beside what preflight finds, worked out once a request."""

from dataclasses import dataclass
from functools import cached_property

from campaigns.content import blocks, html
from campaigns.merge import language
from campaigns.message import editions, preview
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Campaign, Edition
from campaigns.preflight import content, for_some, gaps, link_checks, places
from campaigns.preflight.for_some import ForSome
from campaigns.preflight.gaps import Gap
from campaigns.preflight.link_checks import Found
from campaigns.preflight.places import Places
from campaigns.review import inbox_lines, mail_links, odd_ones, reading_ease, spam_points
from campaigns.review.inbox_lines import Line
from campaigns.review.mail_links import Link
from campaigns.review.odd_ones import Odd
from campaigns.review.reading_ease import Reading
from campaigns.review.spam_points import Verdict
from contacts.models import Contact
from contacts.segments.measuring import TooSlow
from delivery.content import Parts, Recipient
from delivery.linter import MAX_HTML_BYTES

_GMAIL_BYTES = 100_000  # from which Gmail cuts: hteumeuleu/email-bugs 41
_LARGE_BYTES = 80_000
_FIRST_CHARS = 200


@dataclass
class Review:
    """As `contact` would get the mail; None: somebody of whom only the address is known."""

    campaign: Campaign
    contact: Contact | None

    @cached_property
    def edition(self) -> Edition | None:
        """None while no mail can be made of the draft, of which preflight says why."""
        try:
            return editions.freeze(self.campaign)
        except (blocks.Invalid, html.Unusable):
            return None

    @cached_property
    def parts(self) -> tuple[Parts, Parts] | None:
        """Without tracking and as sent."""
        if self.edition is None:
            return None
        try:
            return preview.compile_for_show(self.edition, self._recipient)
        except (language.Broken, ValueError):
            return None

    @cached_property
    def inbox(self) -> list[Line]:
        name = self.campaign.sender_name or self.campaign.sender_email
        subject = self.parts[0].subject if self.parts else self.campaign.subject
        return inbox_lines.lines(name or "No sender yet", subject or "No subject yet", self._preheader)

    @property
    def initials(self) -> str:
        return inbox_lines.initials(self.campaign.sender_name or self.campaign.sender_email) or "?"

    @cached_property
    def reading(self) -> Reading | None:
        spoken = editions.brand_of(self.campaign).language
        return reading_ease.of(self.parts[0].text, spoken) if self.parts else None

    @cached_property
    def links(self) -> list[Link]:
        return mail_links.links(self.parts[0].html, self._places) if self.parts else []

    @cached_property
    def followable(self) -> list[str]:
        """Addresses of others, as somebody gets them of whom only the address is known: nobody's token is in them."""
        if self.parts is None or self.edition is None:
            return []
        try:
            shown = self.parts[0] if self.contact is None else preview.show(self.edition, preview.recipient_of(None))
        except (language.Broken, ValueError):
            return []
        said = self.edition.organisation
        own = [f"{said[name].rstrip('/')}/" for name in ("public_address", "tracking_address") if said.get(name)]
        targets = (link.target for link in mail_links.links(shown.html, self._places) if link.host)
        return [target for target in targets if not target.startswith(tuple(own))]

    @cached_property
    def followed(self) -> list[tuple[Link, Found | None]]:
        """Each link, and what was found at its address within the hour."""
        found = link_checks.known(self.followable)
        return [(link, found.get(link.target)) for link in self.links]

    @property
    def is_followed(self) -> bool:
        return len(link_checks.known(self.followable)) == len(self.followable)

    @property
    def is_followed_in_part(self) -> bool:
        """It was asked for, and the mail has got more links since."""
        return bool(link_checks.known(self.followable)) and not self.is_followed

    @property
    def kilobytes(self) -> float:
        return self._bytes / 1000

    @property
    def percent(self) -> int:
        """Of what Gmail shows."""
        return min(100, round(self._bytes * 100 / _GMAIL_BYTES))

    @property
    def size_kind(self) -> str:
        if self._bytes > MAX_HTML_BYTES:
            return "bad"
        return "warn" if self._bytes > _LARGE_BYTES else "good"

    @property
    def size_words(self) -> str:
        return {"bad": "Too large", "warn": "Large"}.get(self.size_kind, "Fits")

    @cached_property
    def gaps(self) -> list[Gap]:
        return gaps.gaps(self.campaign, content.sources(self.edition), self._places) if self.edition else []

    @cached_property
    def for_some(self) -> list[ForSome]:
        """None as well where it takes too long, which preflight says."""
        try:
            return for_some.seen(self.campaign) if self.edition else []
        except TooSlow:
            return []

    @cached_property
    def odd_ones(self) -> list[Odd]:
        return odd_ones.find(self.campaign, gaps.said(content.sources(self.edition)) if self.edition else [])

    @property
    def can_count_points(self) -> bool:
        return self.parts is not None and spam_points.is_installed()

    def known_points(self) -> Verdict | None:
        return spam_points.known(self._said) if self.can_count_points else None

    def ask_for_points(self) -> Verdict:
        """Takes seconds. Raises spam_points.NoVerdict."""
        return spam_points.ask(self._said, self._raw)

    @cached_property
    def _recipient(self) -> Recipient:
        return preview.recipient_of(self.contact, self.edition, tracked=True)

    @cached_property
    def _places(self) -> Places:
        return places.of(self.campaign)

    @property
    def _bytes(self) -> int:
        return len(self.parts[1].html.encode()) if self.parts else 0

    @property
    def _preheader(self) -> str:
        """Where there is none, inboxes show the first words of the mail."""
        if self.parts is None or self.edition is None:
            return self.campaign.preheader
        written = language.render(self.edition.preheader, self._recipient.merge, "header", self.edition.language)
        return written or reading_ease.without_addresses(self.parts[0].text[:_FIRST_CHARS])

    @property
    def _said(self) -> tuple[str, ...]:
        mail = self.edition
        return (mail.sender_name, mail.sender_email, mail.subject, mail.html, mail.text) if mail else ()

    @property
    def _raw(self) -> bytes:
        """As somebody gets it of whom only the address is known, whoever is looked at."""
        assert self.edition is not None  # noqa: S101 - where there are parts, there is one
        ids = [1] * len(link_targets(self.edition))
        compiled = CompiledEdition(self.edition, batch_id=0, lists=(), link_ids=ids)
        return compiled.build(preview.recipient_of(None, tracked=True))
