"""Changing a draft when somebody else may be changing it too."""

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from campaigns.drafts import versions
from campaigns.drafts.words import words_of
from campaigns.models import Campaign
from campaigns.sending.launching import NotADraft


class Conflict(Exception):
    """The draft has changed since this page was loaded; `campaign` is as it stands now."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(f"campaign {campaign.pk} is at version {campaign.version}")
        self.campaign = campaign


@transaction.atomic
def save(campaign_id: int, change: Callable[[Campaign], object], *, by: User, version: int | None) -> Campaign:
    """Apply `change` to the draft as it stands and store it under the next number.

    `version` is what the editor had before it; None overrides whatever others did to the same fields.
    Raises Conflict, NotADraft, Campaign.DoesNotExist.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    if not campaign.is_draft:
        raise NotADraft
    if version is not None and version != campaign.version:
        raise Conflict(campaign)
    before = words_of(campaign)
    change(campaign)
    versions.note(campaign, before, by=by)
    campaign.version += 1
    campaign.updated_by = by
    campaign.save()
    return campaign
