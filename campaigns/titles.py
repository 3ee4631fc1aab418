"""What the log and people's stories call a mail: the name of its campaign."""

from collections.abc import Mapping, Sequence

from campaigns.models import Edition
from tracking.titles import Title


def of_batches(batch_ids: Sequence[int]) -> Mapping[int, Title]:
    editions = Edition.objects.filter(batch_id__in=batch_ids).select_related("campaign")
    return {edition.batch_id: _title(edition) for edition in editions if edition.batch_id}


def _title(edition: Edition) -> Title:
    if edition.campaign is None:
        return Title(edition.subject)
    name = f"Test of {edition.campaign.name}" if edition.is_test else edition.campaign.name
    return Title(name, edition.campaign.get_absolute_url())
