"""Where campaigns, templates and saved blocks name a segment."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from campaigns.content.blocks.conditions import IN_SEGMENT
from campaigns.models import Campaign, SavedBlock
from contacts.models import Segment
from contacts.segments.uses import Use


def find(segment: Segment) -> Iterator[Use]:
    """Campaigns that go to people of it, or say something to them alone: drafts hold it, the others were written out at
    their launch."""
    named = Campaign.objects.filter(segments=segment).union(Campaign.objects.filter(excluded_segments=segment))
    for campaign in Campaign.objects.filter(pk__in=[one.pk for one in named]).select_related("batch"):
        kind = "draft" if campaign.is_draft else "rehearsal" if campaign.is_rehearsal else "campaign"
        yield Use(campaign.name, campaign.get_absolute_url(), kind, holds=campaign.is_draft)
    asking = Campaign.objects.still_written().filter(_for_people_of(segment, *Campaign.WORDS))
    for campaign in asking.select_related("template", "translation_of"):
        kind = "template" if hasattr(campaign, "template") else "mail of a draft"
        yield Use(campaign.name, campaign.get_absolute_url(), kind, holds=True)
    for saved in SavedBlock.objects.filter(_for_people_of(segment, "blocks")):
        yield Use(saved.name, reverse("saved-block", args=[saved.pk]), "saved block", holds=True)


def _for_people_of(segment: Segment, *fields: str) -> Q:
    """Whose words ask for it: by a block's setting, or by a merge tag."""
    asked = rf'"if_segment": "(not-)?{segment.pk}"|{IN_SEGMENT}{segment.pk}\M'
    return Q(*((f"{field}__regex", asked) for field in fields), _connector=Q.OR)
