"""Mails, templates and saved blocks that name a field of contacts: in a merge tag, or to say who sees a block."""

from collections.abc import Iterator
from html import unescape

from django.urls import reverse

from campaigns.content import blocks
from campaigns.content.blocks import Document, conditions
from campaigns.merge import language
from campaigns.models import Campaign, Edition, SavedBlock
from contacts.models import Field
from contacts.profile_fields.uses import Use
from delivery.models import Batch

_MOST = 50
_GOING_OUT = (Batch.State.BUILDING, Batch.State.HELD, Batch.State.SENDING, Batch.State.PAUSED)


def find(field: Field) -> Iterator[Use]:
    """Drafts, and campaigns on their way out: those hold the field."""
    going = Edition.objects.filter(campaign__batch__state__in=_GOING_OUT, is_test=False).select_related("campaign")
    for edition in going.filter(html__icontains=field.key)[:_MOST]:
        if edition.campaign and _names(field.key, edition.subject, edition.preheader, edition.html, edition.text):
            yield Use(str(edition.campaign), edition.campaign.get_absolute_url(), "campaign going out", holds=True)
    for campaign in Campaign.objects.still_written().select_related("template")[: 10 * _MOST]:
        if _names(field.key, campaign.subject, campaign.preheader, *_words(campaign)):
            yield _use(campaign)
    for saved in SavedBlock.objects.all()[: 10 * _MOST]:
        if _names(field.key, *_of_blocks({"blocks": saved.blocks})):
            yield Use(saved.name, reverse("saved-block", args=[saved.pk]), "saved block", holds=False)


def _use(campaign: Campaign) -> Use:
    if hasattr(campaign, "template"):
        return Use(str(campaign), reverse("template", args=[campaign.pk]), "template", holds=False)
    is_planned = campaign.scheduled_at is not None
    kind = "planned campaign" if is_planned else "draft"
    return Use(str(campaign), campaign.get_absolute_url(), kind, holds=is_planned)


def _words(campaign: Campaign) -> Iterator[str]:
    yield campaign.text
    if campaign.content_kind == Campaign.ContentKind.HTML:
        yield campaign.html
    else:
        yield from _of_blocks(campaign.blocks or blocks.empty())


def _of_blocks(written: Document) -> Iterator[str]:
    try:
        document = blocks.validate(written)
    except blocks.Invalid:
        return
    for block in blocks.walk(document):
        if condition := conditions.opening(block):
            yield f"{condition}{{% endif %}}"
    for block, field in blocks.words(document):
        yield str(block[field.name])


def _names(key: str, *texts: str) -> bool:
    return any(key in text and key in language.tags_used(unescape(text)) for text in texts)
