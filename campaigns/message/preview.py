"""What one contact receives, with tracking undone: the same compiled edition, asked for the decoded parts."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from accounts.models import Organisation
from campaigns.content import blocks, html
from campaigns.merge import language
from campaigns.message import asked_segments, editions
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Campaign, Edition
from campaigns.preflight import foreign_tags
from contacts.merge_values import values
from contacts.models import Contact
from delivery import html_tokens
from delivery.content import Parts, Recipient
from delivery.html_tokens import Token

_NOBODY = "somebody@example.com"
_NO_SENDER = "nobody@example.com"
_LONG_ID = 2**40  # ids of a busy year, so that sizes are not flattered by short links


@dataclass(frozen=True, slots=True)
class Preview:
    """`problem` says why there is no mail to show; the HTML then says so too."""

    sender: str
    subject: str
    preheader: str
    html: str
    text: str
    html_bytes: int  # as sent, with tracked links and the open pixel
    problem: str = ""


def preview(campaign: Campaign, contact: Contact | None, *, with_examples: bool = True) -> Preview:
    """`contact` None: somebody of whom only the address is known. Never raises for what an author can write.

    `with_examples`: blocks without words show their example, which nobody receives.
    """
    try:
        edition = editions.freeze(campaign, with_examples=with_examples)
        recipient = recipient_of(contact, edition)
        shown, sent = compile_for_show(edition, recipient)
        preheader = language.render(edition.preheader, recipient.merge, "header", edition.language)
    except (language.Broken, blocks.Invalid, html.Unusable, ValueError) as problem:
        text = why_not(campaign, problem)
        page = render_to_string("email/problem.html", {"problem": text})
        return Preview(sender(campaign), campaign.subject, campaign.preheader, page, text, len(page.encode()), text)
    return Preview(
        sender(campaign), shown.subject, preheader, shown.html, shown.text, html_bytes=len(sent.html.encode())
    )


def why_not(campaign: Campaign, problem: ValueError) -> str:
    """In words for whoever wrote it."""
    foreign = next(foreign_tags.check(campaign), None) if isinstance(problem, language.Broken) else None
    return f"{foreign.text} {foreign.cure}" if foreign else _words(problem)


def marked(campaign: Campaign, contact: Contact | None) -> str:
    """The HTML for an editor: elements say of which block they are (`data-block`), the first of each has the id
    `block-<block>`, and columns say which they are (`data-column`). Raises like fragment."""
    organisation = Organisation.get()
    return _in_editor(campaign, contact, editions.marked(campaign, organisation), organisation)


def fragment(campaign: Campaign, contact: Contact | None, block: str) -> str:
    """What stands for this block in the marked preview, to take its place there: rows of a table, or a whole section.

    "" when it shows nothing. The campaign's blocks have been through blocks.validate. Raises language.Broken,
    html.Unusable.
    """
    organisation = Organisation.get()
    return _in_editor(campaign, contact, editions.fragment(campaign, block, organisation), organisation)


def _in_editor(campaign: Campaign, contact: Contact | None, html: str, organisation: Organisation | None) -> str:
    edition = Edition(
        campaign=campaign,
        language=campaign.language,
        sender_email=campaign.sender_email or _NO_SENDER,
        html=html,
        organisation=editions.organisation_in(campaign, organisation, is_counted=False),
        is_test=True,
    )
    return show(edition, recipient_of(contact, edition)).html


def of_edition(edition: Edition, contact: Contact | None) -> str:
    """The HTML of a frozen mail, as somebody would see it today."""
    return compile_for_show(edition, recipient_of(contact, edition))[0].html


def without_pictures(html: str) -> str:
    """As a program shows it that asks before it loads a picture; nothing is left in it that a browser would ask for."""
    return "".join(
        _without_source(token) if token.is_opening and token.name in {"img", "source"} else token.text
        for token in html_tokens.tokens(html)
    )


def _without_source(tag: Token) -> str:
    kept, at = "", 0
    for found in html_tokens.attributes(tag.text, 1 + len(tag.name), len(tag.text) - 1):
        if found["name"].lower() in {"src", "srcset"} and found["value"]:
            kept, at = f'{kept}{tag.text[at : found.start("value")]}""', found.end("value")
    return kept + tag.text[at:]


def recipient_of(contact: Contact | None, edition: Edition | None = None, *, tracked: bool = False) -> Recipient:
    """`edition`: what it asks of segments is among the merge values, as it is now."""
    if contact is None:
        return Recipient(0, None, _NOBODY, {"email": _NOBODY}, opens=tracked, clicks=tracked)
    asked = asked_segments.of_person(edition, contact) if edition else {}
    return Recipient(0, contact.pk, contact.email, merge_values(contact) | asked, opens=tracked, clicks=tracked)


def merge_values(contact: Contact) -> dict[str, Any]:
    return values(contact.email, contact.first_name, contact.last_name, contact.best_language, contact.attributes)


def bytes_sent(campaign: Campaign) -> int | None:
    """Of one whole mail on the wire, without its attachments, for somebody of whom only the address is known; in
    several languages, of the largest. None while no mail can be made of it."""
    try:
        return max(_bytes_sent(editions.freeze(each)) for each in (campaign, *campaign.in_other_languages()))
    except (language.Broken, blocks.Invalid, html.Unusable, ValueError):
        return None


def _bytes_sent(edition: Edition) -> int:
    edition.attachments = []
    edition.sender_email = edition.sender_email or _NO_SENDER
    link_ids = [_LONG_ID] * len(link_targets(edition))
    compiled = CompiledEdition(edition, batch_id=_LONG_ID, lists=(), link_ids=link_ids)
    return len(compiled.build(recipient_of(None, tracked=True)._replace(message_id=_LONG_ID)))


def compile_for_show(edition: Edition, recipient: Recipient) -> tuple[Parts, Parts]:
    """The parts without tracking, whose unsubscribe link names nobody, and as they would be sent.

    Raises merge.Broken.
    """
    shown = show(edition, recipient)
    link_ids = [_LONG_ID] * len(link_targets(edition))
    sent = CompiledEdition(edition, batch_id=0, lists=(), link_ids=link_ids)
    return shown, sent.parts(recipient._replace(message_id=_LONG_ID, opens=True, clicks=True))


def show(edition: Edition, recipient: Recipient) -> Parts:
    """The parts without tracking, whose unsubscribe link names nobody. Raises merge.Broken."""
    if not edition.sender_email:
        edition.sender_email = _NO_SENDER
    edition.is_test = True
    parts = CompiledEdition(edition, batch_id=0, lists=(), link_ids=()).parts(recipient)
    edition.is_test = False
    return parts


def sender(campaign: Campaign) -> str:
    if campaign.sender_name and campaign.sender_email:
        return f"{campaign.sender_name} <{campaign.sender_email}>"
    return campaign.sender_email or campaign.sender_name


def _words(problem: ValueError) -> str:
    if isinstance(problem, language.Broken):
        return " ".join(f"{found.text} Near: {found.near}" if found.near else found.text for found in problem.problems)
    return str(problem)
