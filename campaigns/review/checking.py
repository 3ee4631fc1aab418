"""A mail looked into outside any campaign: what would be said against it, and what a person would get."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.organisation.measuring import Tracking
from campaigns.content import blocks, html
from campaigns.merge import language
from campaigns.message import editions
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Campaign, Edition
from campaigns.preflight import content
from campaigns.preflight.findings import Finding
from contacts.merge_values import tags, values
from delivery import html_tokens
from delivery.content import Parts, Recipient
from tracking.public import addresses

_NOBODY = "somebody@example.com"
_NO_SENDER = "nobody@example.com"
_SOMEWHERE = "https://news.example.com"  # stands in for the public address of an installation without one
_MESSAGE_ID = 2**40  # as long as in a busy year
_OF_THE_PERSON = ("email", "first_name", "last_name", "language")


@dataclass(frozen=True, slots=True)
class Checked:
    """`links` pairs what stands in the mail with where it leads, in their order."""

    findings: list[Finding]
    html: str = ""
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_blocked(self) -> bool:
        return any(finding.level == "block" for finding in self.findings)


def check(written: str, person: Mapping[str, Any]) -> Checked:
    """`person` has email, first_name, last_name, language, and fields by their keys, each of which may be missing."""
    campaign = Campaign(content_kind=Campaign.ContentKind.HTML, html=written, sender_email=_NO_SENDER)
    try:
        edition = editions.freeze(campaign)
    except (blocks.Invalid, html.Unusable) as problem:
        return Checked([content.unusable(campaign, problem)])
    if not edition.organisation.get("public_address"):
        edition.organisation["public_address"] = _SOMEWHERE
    # However campaigns count here: it is asked where each link leads.
    edition.tracking = Tracking.INDIVIDUAL
    edition.organisation.pop("tracking_address", None)
    recipient = _recipient(person)
    known = {tag.name for tag in (*tags(), *editions.OWN_TAGS)} | set(recipient.merge)
    findings = content.check_edition(campaign, edition, recipient, known, is_real=True)
    findings.sort(key=lambda finding: finding.level != "block")
    try:
        sent, links = _sent(edition, recipient)
    except (language.Broken, ValueError):  # the findings say so
        return Checked(findings)
    return Checked(findings, sent.html, sent.text, links)


def _recipient(person: Mapping[str, Any]) -> Recipient:
    given = {name: str(person.get(name) or "") for name in _OF_THE_PERSON}
    given["email"] = given["email"] or _NOBODY
    fields = {name: value for name, value in person.items() if name not in _OF_THE_PERSON}
    return Recipient(_MESSAGE_ID, None, given["email"], values(**given, attributes=fields), opens=True, clicks=True)


def _sent(edition: Edition, recipient: Recipient) -> tuple[Parts, list[tuple[str, str]]]:
    targets = [url for url, _ in link_targets(edition)]
    link_ids = [_MESSAGE_ID + number for number in range(len(targets))]
    sent = CompiledEdition(edition, batch_id=0, lists=(), link_ids=link_ids).parts(recipient)
    base = edition.organisation["public_address"].rstrip("/")
    own = [addresses.click_url(base, recipient.message_id, link_id) for link_id in link_ids]
    leads = dict(zip(own, targets, strict=True))
    hrefs = html_tokens.hrefs(html_tokens.tokens(sent.html))
    hidden = addresses.click_url(base, recipient.message_id, addresses.HIDDEN_LINK)
    return sent, [(href, leads.get(href, href)) for href in hrefs if href not in (None, hidden)]
