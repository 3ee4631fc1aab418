"""A paused campaign goes on with other words: a draft of them is written beside it and takes its place for the rest."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import User
from campaigns.attachments import attaching
from campaigns.message import editions
from campaigns.models import Campaign, Edition, Stage
from campaigns.preflight import checklist, findings
from campaigns.preflight.checklist import Finding
from campaigns.sending import launching
from delivery import ledger
from delivery.models import Batch

CARDS = ("subject", "content")


@dataclass(frozen=True, slots=True)
class Sent:
    """One version of a campaign's mail, and how many got it."""

    number: int
    subject: str
    since: datetime
    people: int


@transaction.atomic
def begin(campaign: Campaign, *, by: User) -> Campaign:
    """The draft of the next version; a second call returns the same. Raises ledger.NotPossible."""
    locked = Campaign.objects.select_for_update(of=("self",)).select_related("batch").get(pk=campaign.pk)
    if locked.stage != Stage.PAUSED or locked.batch is None or locked.batch.started_at is None:
        raise ledger.NotPossible("Pause it first. Then you can change what is left.")
    if found := Campaign.objects.filter(revision_of=locked).first():
        return found
    return launching.copy_of(locked, locked.name, by=by, revision_of=locked)


def check(revision: Campaign) -> list[Finding]:
    """What preflight says of the words and of where their links lead; to whom and through whom is decided already."""
    found = checklist.check(revision)
    asked = (*CARDS, "approval", "attachments")
    return [finding for finding in found if finding.card in asked or finding.code.startswith("public-address")]


@transaction.atomic
def go_on(revision: Campaign, *, by: User, version: int) -> Campaign:
    """Send the draft's words to everybody who is left; returns the campaign.

    `version`: the draft's stamp, as it was shown. Raises launching.Changed, launching.NotReady, ledger.NotPossible.
    """
    draft = Campaign.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    draft.lock_translations()
    if draft.stamp != version or draft.revision_of_id is None:
        raise launching.Changed
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("batch").get(pk=draft.revision_of_id)
    found = check(draft)
    if blocking := [finding for finding in found if finding.level == "block"]:
        raise launching.NotReady(blocking)
    if campaign.batch is None:
        raise ledger.NotPossible("It has not been launched.")
    people = ledger.tally(campaign.batch).waiting
    number = _replace(campaign, draft, campaign.batch, by, found)
    ledger.resume(campaign.batch)
    audit.record(by, "campaign.revised", campaign.name, campaign=campaign.pk, version=number, people=people)
    return campaign


def versions(batch: Batch) -> list[Sent]:
    """Empty for a campaign that always said the same."""
    parts = ledger.parts(batch)
    subjects = dict(Edition.objects.filter(pk__in=[part.content_id for part in parts]).values_list("pk", "subject"))
    return [Sent(part.version, subjects.get(part.content_id, ""), part.since, part.accepted) for part in parts]


def _replace(campaign: Campaign, draft: Campaign, batch: Batch, by: User, found: list[Finding]) -> int:
    _remember_links(batch)
    edition = editions.freeze(draft)
    edition.campaign, edition.batch, edition.version, edition.created_by = campaign, batch, batch.version + 1, by
    edition.tracking = batch.tracking  # whatever the settings say meanwhile
    edition.preflight = findings.kept(found)
    edition.save()
    editions.freeze_translations(draft, edition)
    editions.freeze_links(edition, batch)
    number = ledger.revise(batch, edition.pk)
    for word in Campaign.WORDS:
        setattr(campaign, word, getattr(draft, word))
    campaign.version += 1
    campaign.updated_by = by
    campaign.save(update_fields=[*Campaign.WORDS, "version", "updated_by", "updated_at"])
    for translation in draft.translations.all():
        said = {word: getattr(translation, word) for word in Campaign.WORDS}
        campaign.translations.filter(language=translation.language).update(**said)
    Edition.objects.filter(campaign=draft).update(campaign=campaign)
    attaching.move(draft, campaign)
    draft.delete()
    return number


def _remember_links(batch: Batch) -> None:
    """Of an edition that was frozen before editions knew their links."""
    first = Edition.objects.get(pk=batch.content_id)
    if not first.link_ids:
        editions.freeze_links(first, batch)
