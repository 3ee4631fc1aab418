"""What the log and people's stories call a mail: the name of its campaign."""

from collections.abc import Mapping, Sequence

from django.urls import reverse

from campaigns.models import Edition
from campaigns.signup_mails.models import SignupMail
from campaigns.signup_mails.sending import CONTENT_KIND
from contacts.models import SignupForm
from delivery.models import Batch
from delivery.titles import Title


def of_batches(batch_ids: Sequence[int]) -> Mapping[int, Title]:
    editions = Edition.objects.filter(batch_id__in=batch_ids).select_related("campaign")
    titles = {edition.batch_id: _title(edition) for edition in editions if edition.batch_id}
    return titles | _of_signups(batch_ids)


def _of_signups(batch_ids: Sequence[int]) -> dict[int, Title]:
    batches = Batch.objects.filter(pk__in=batch_ids, content_kind=CONTENT_KIND).values_list("pk", "content_id")
    of_content = dict(batches)
    if not of_content:
        return {}
    mails = SignupMail.objects.in_bulk(of_content.values())
    there = set(
        SignupForm.objects.filter(pk__in=[mail.form_id for mail in mails.values()]).values_list("pk", flat=True)
    )
    found = {batch: mails[content] for batch, content in of_content.items() if content in mails}
    return {
        batch: Title(str(mail), reverse("form", args=[mail.form_id]) if mail.form_id in there else "")
        for batch, mail in found.items()
    }


def _title(edition: Edition) -> Title:
    if edition.campaign is None:
        return Title(edition.subject)
    name = f"Test of {edition.campaign.name}" if edition.is_test else edition.campaign.name
    return Title(name, edition.campaign.get_absolute_url())
