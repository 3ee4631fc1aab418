"""From a campaign to the bytes of one message: composed when looked at, frozen at launch, compiled by each worker."""

from dataclasses import dataclass, replace
from typing import Any

from accounts.models import Organisation
from campaigns.attachments import freezing
from campaigns.compiling import results
from campaigns.content import blocks, mjml
from campaigns.content.blocks import Document
from campaigns.content.drawing import Piece
from campaigns.content.images import pixels
from campaigns.merge import field_defaults
from campaigns.message import asked_segments, attached
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.message.multilingual import Multilingual
from campaigns.models import Campaign, Edition
from contacts.merge_values import Tag, defaults, values
from contacts.models import Contact
from delivery.content import Compiled
from delivery.domains import known
from delivery.domains.link_hosts.models import LinkHost
from delivery.models import Batch
from tracking.models import Link
from tracking.public import links

# Merge tags that every mail may use besides those of the person; a picker offers them without a fallback.
OWN_TAGS = (
    Tag("unsubscribe_url", "Unsubscribe link (an address for a link)", "https://news.example.com/u/…"),
    Tag(
        "preferences_url", "Topics, a pause, language, address (an address for a link)", "https://news.example.com/u/…"
    ),
    Tag("view_url", "The mail as a web page (an address for a link)", "https://news.example.com/v/…"),
    Tag("organisation_name", "Name of the organisation", "Harbour Books"),
    Tag("postal_address", "Postal address of the organisation", "12 Quay Street, Bristol"),
)


class LinksMissing(Exception):
    """An edition is to be built whose links were never frozen."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What a campaign says, merge tags still in it; the preheader is in the HTML too."""

    subject: str
    preheader: str
    html: str
    text: str


def compose(campaign: Campaign, *, with_examples: bool = False) -> Composed:
    """Raises blocks.Invalid or html.Unusable for content that no mail can be made of."""
    return _composed(campaign, Organisation.get(), with_examples=with_examples)


def _composed(
    campaign: Campaign, organisation: Organisation | None, *, with_examples: bool = False, marked: bool = False
) -> Composed:
    subject, preheader = campaign.subject.strip(), campaign.preheader.strip()
    if campaign.content_kind == Campaign.ContentKind.HTML:
        page = results.of_html(campaign.html, preheader)
    else:
        document = blocks.validate(campaign.blocks or blocks.empty())
        brand = _brand(campaign, organisation)
        drawn = _drawn(campaign, document, brand, with_examples=with_examples)
        page = results.of_drawing(drawn, marked=marked)
    return Composed(subject, preheader, page.html, f"{campaign.text.strip()}\n" if campaign.text.strip() else page.text)


def marked(campaign: Campaign, organisation: Organisation | None) -> str:
    """The HTML for an editor, merge tags still in it. Raises like compose."""
    return field_defaults.written(_composed(campaign, organisation, with_examples=True, marked=True).html, defaults())


def fragment(campaign: Campaign, block: str, organisation: Organisation | None) -> str:
    """One block as an editor shows it, merge tags still in it; "" when it shows nothing. Raises like compose.

    The campaign's blocks have been through blocks.validate: this is done for every key that is pressed.
    """
    brand = _brand(campaign, organisation)
    html = results.of_block(_drawn(campaign, campaign.blocks, brand, with_examples=True), block)
    return field_defaults.written(html, defaults())


def _drawn(campaign: Campaign, document: Document, brand: mjml.Brand, *, with_examples: bool) -> Piece:
    return mjml.draw(
        document,
        brand,
        title=campaign.subject.strip(),
        preheader=campaign.preheader.strip(),
        with_examples=with_examples,
        pixels=pixels.of(document, brand.logo_url),
    )


def freeze(campaign: Campaign, *, with_examples: bool = False) -> Edition:
    """An unsaved edition of the campaign as it stands; the caller sets is_test, contact_id, created_by and saves."""
    organisation, empty = Organisation.get(), defaults()
    composed = _composed(campaign, organisation, with_examples=with_examples)
    return Edition(
        campaign=campaign,
        language=campaign.language,
        sender_name=campaign.sender_name,
        sender_email=campaign.sender_email,
        reply_to=campaign.reply_to,
        subject=field_defaults.written(composed.subject, empty),
        preheader=field_defaults.written(composed.preheader, empty),
        html=field_defaults.written(composed.html, empty),
        text=field_defaults.written(composed.text, empty),
        organisation=organisation_in(campaign, organisation),
        tracking=campaign.way_of_tracking,
        attachments=freezing.frozen(campaign),
    )


def freeze_translations(campaign: Campaign, edition: Edition) -> None:
    """The same mail in its other languages, saved beside `edition`, which is saved and of a launch.

    The caller has locked them before it looked at them, see Campaign.lock_translations.
    """
    for translation in campaign.in_other_languages():
        other = freeze(translation)
        other.translation_of, other.campaign, other.version = edition, edition.campaign, edition.version
        other.created_by, other.tracking = edition.created_by, edition.tracking
        other.save()


def sent(batch_id: int, version: int, language: str = "") -> Edition | None:
    """What a batch said in this version to who reads this language."""
    of_version = Edition.objects.filter(batch=batch_id, version=version, is_test=False)
    own = of_version.filter(translation_of=None).first()
    return of_version.filter(translation_of=own, language=language).first() or own if own else None


def segments_of(edition: Edition) -> list[dict[str, Any]]:
    """That it asks for in any of its languages, as a batch keeps them."""
    return asked_segments.frozen(edition, *_translations(edition))


def languages_of(edition: Edition) -> list[str]:
    """Its own first, as a batch keeps them; empty for a mail in one language."""
    others = [other.language for other in _translations(edition)]
    return [edition.language, *others] if others else []


def _translations(edition: Edition) -> list[Edition]:
    return list(edition.translations.order_by("pk"))


def brand_of(campaign: Campaign) -> mjml.Brand:
    """What the campaign's mail looks like, as its brand is now."""
    return _brand(campaign, Organisation.get())


def _brand(campaign: Campaign, organisation: Organisation | None) -> mjml.Brand:
    return replace(mjml.Brand.of(organisation, campaign.brand), language=campaign.language)


def organisation_now(campaign: Campaign) -> dict[str, str]:
    """What a frozen mail says of the organisation, under the name and address of the campaign's brand.

    Without where its links are counted: mail goes around a host that breaks, and says the same.
    """
    return organisation_in(campaign, Organisation.get(), is_counted=False)


def organisation_in(
    campaign: Campaign, organisation: Organisation | None, *, is_counted: bool = True
) -> dict[str, str]:
    """`is_counted`: with where its links are counted, unless that is the public address."""
    if organisation is None:
        return dict.fromkeys(("name", "postal_address", "public_address", "bounce_domain"), "")
    name, postal_address = mjml.signed(organisation, campaign.brand or organisation.own_brand)
    own = [known.counting_address(campaign.sender_email), organisation.tracking_url] if is_counted else []
    counting = LinkHost.objects.first_that_leads_here(own)
    return ({"tracking_address": counting} if counting else {}) | {
        "name": name,
        "postal_address": postal_address,
        "public_address": organisation.public_address,
        "bounce_domain": organisation.bounce_domain,
    }


def freeze_links(edition: Edition, batch: Batch) -> None:
    """Of all its languages. To be called once the editions have their batch, before anything is built. Idempotent.

    A later version keeps the links that it shares with those before.
    """
    others = _translations(edition)
    for one in (edition, *others):
        targets, language = link_targets(one), one.language if others else ""
        if one.version == 1:
            frozen = links.freeze(batch, targets, language=language)
        else:
            frozen = links.extend(batch, targets, one.version, language=language)
        one.batch, one.link_ids = batch, [link.pk for link in frozen]
        one.save(update_fields=["batch", "link_ids"])


def load_edition(batch: Batch) -> Compiled:
    """What delivery.content calls for a batch of kind "edition". Raises LinksMissing."""
    edition = Edition.objects.get(pk=batch.content_id)
    files = attached.Files()
    compiled = _compiled(edition, batch, files)
    others = {other.language: _compiled(other, batch, files) for other in _translations(edition)}
    return Multilingual(compiled, others) if others else compiled


def _compiled(edition: Edition, batch: Batch, files: attached.Files) -> CompiledEdition:
    link_ids = edition.link_ids or list(
        Link.objects.filter(batch=batch).order_by("position").values_list("id", flat=True)
    )
    if not edition.is_test and len(link_ids) != len(link_targets(edition)):
        raise LinksMissing(f"edition {edition.pk} has {len(link_targets(edition))} links, its batch {len(link_ids)}")
    return CompiledEdition(
        edition,
        batch_id=batch.pk,
        lists=batch.lists,
        link_ids=link_ids,
        segments=asked_segments.tags(batch.segments),
        stand_in=_stand_in(edition),
        files=files,
    )


def _stand_in(edition: Edition) -> dict[str, Any] | None:
    """A test mail is written as if to this contact, whoever gets it."""
    contact = Contact.objects.filter(pk=edition.contact_id).first() if edition.contact_id else None
    if contact is None:
        return None
    own = values(contact.email, contact.first_name, contact.last_name, contact.best_language, contact.attributes)
    return own | asked_segments.of_person(edition, contact)
