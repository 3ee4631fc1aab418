"""From a draft to mail under way, and back while that is possible."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.organisation.measuring import Tracking
from accounts.wording import count_people
from campaigns.approval import standing
from campaigns.attachments import attaching
from campaigns.message import editions
from campaigns.models import Campaign
from campaigns.preflight import checklist, findings
from campaigns.preflight.checklist import Finding
from contacts import audience
from contacts.audience import Audience
from delivery import ledger
from delivery.models import Batch

HOLD_SECONDS = 10
LONG_HOLD_SECONDS = 60
MANY_PEOPLE = 5_000  # above it: a longer hold, and the number typed as confirmation


class NotReady(Exception):
    """Something blocks the launch; `findings` say what and how to cure it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(finding.text for finding in findings))
        self.findings = findings


class InThePast(Exception):
    """The planned time has gone by."""


class Changed(Exception):
    """The way out or the draft is not what was shown and agreed to."""


class NotADraft(Exception):
    """It has been launched, so it can no longer be changed or deleted."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the button named: nothing else may happen because somebody changed it in the meantime."""

    provider_id: int
    version: int  # Campaign.stamp
    is_rehearsal: bool | None  # None: it was not said


@transaction.atomic
def launch(
    campaign: Campaign,
    *,
    by: User,
    at: datetime | None = None,
    agreed: Agreed | None = None,
    bad_day: bool = False,
) -> Batch:
    """Freeze the campaign and hand it to delivery, now or for `at`. A second call returns the first one's batch.

    With `bad_day` the sandbox refuses, complains and breaks down; a real way out raises Changed.
    """
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.batch is not None:
        return locked.batch
    if locked.revision_of_id or locked.translation_of_id or locked.is_template:
        raise Changed
    # Asked for once: what is checked is what it leaves through, whoever chooses another default meanwhile.
    locked.provider = locked.way_out
    locked.lock_translations()
    if agreed and agreed != Agreed(locked.provider.pk, locked.stamp, locked.provider.is_rehearsal):
        raise Changed
    if bad_day and not locked.provider.is_rehearsal:
        raise Changed
    if at is not None and at <= timezone.now():
        raise InThePast
    chosen = locked.audience()
    people = audience.summary(chosen).will_receive
    found = checklist.check(locked, people=people)
    if blocking := [finding for finding in found if finding.level == "block"]:
        raise NotReady(blocking)
    return _start(locked, chosen, by, at, bad_day, found, people)


def undo(campaign: Campaign, *, by: User) -> None:
    """Back to a draft, as if never launched. Raises ledger.NotPossible once it has started."""
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.batch is None:
            return
        ledger.undo(locked.batch)
        locked.batch = None
        locked.save(update_fields=["batch", "updated_at"])
        audit.record(by, "campaign.undone", locked.name, campaign=locked.pk)


def pause(campaign: Campaign, *, by: User) -> None:
    ledger.pause(_batch(campaign), reason=f"Paused by {by}")
    audit.record(by, "campaign.paused", campaign.name, campaign=campaign.pk)


@transaction.atomic
def resume(campaign: Campaign, *, by: User) -> None:
    """Raises ledger.NotPossible, also where it is held for want of an approval and still lacks it."""
    batch = _batch(campaign)
    if batch.awaits_approval:  # asked anew: people leave, settings change
        most, people = standing.most_unapproved(campaign, Organisation.get()), standing.people_of(campaign)
        if most is not None and (people is None or people > most):
            raise ledger.NotPossible(
                f"Above {count_people(most)} a campaign needs approval. Once a colleague approves it, it goes on."
            )
        ledger.limit_unapproved(batch, most)
    ledger.resume(batch)
    audit.record(by, "campaign.resumed", campaign.name, campaign=campaign.pk)


def pause_lane(campaign: Campaign, lane: str, *, by: User) -> None:
    """Hold what goes to one mailbox provider; the rest goes on."""
    ledger.pause_lane(_batch(campaign), lane, by=str(by))
    audit.record(by, "campaign.lane_paused", campaign.name, campaign=campaign.pk, lane=lane)


def resume_lane(campaign: Campaign, lane: str, *, by: User) -> None:
    ledger.resume_lane(_batch(campaign), lane)
    audit.record(by, "campaign.lane_resumed", campaign.name, campaign=campaign.pk, lane=lane)


def cancel_needs_typing(batch: Batch, tally: ledger.Tally) -> bool:
    """So many would never get the mail that a button alone is pressed too easily."""
    return not batch.rehearsal and batch.started_at is not None and tally.waiting > MANY_PEOPLE


def cancel(campaign: Campaign, *, by: User) -> None:
    """The rest is skipped. What has not begun at all is undone instead."""
    batch = _batch(campaign)
    if batch.started_at is None:
        undo(campaign, by=by)
    else:
        ledger.cancel(batch)
        revision = Campaign.objects.filter(revision_of=campaign)
        with transaction.atomic():
            attaching.remove_all(revision)
            revision.delete()
        audit.record(by, "campaign.cancelled", campaign.name, campaign=campaign.pk)


@transaction.atomic
def duplicate(campaign: Campaign, *, by: User) -> Campaign:
    """A draft of its own with the same lists and content, without a time."""
    copy = copy_of(campaign, f"{campaign.name[:190]} (copy)", by=by)
    audit.record(by, "campaign.created", copy.name, campaign=copy.pk, copy_of=campaign.pk)
    return copy


def copy_of(campaign: Campaign, name: str, *, by: User, revision_of: Campaign | None = None) -> Campaign:
    campaign = campaign.translation_of or campaign
    chosen = {name: list(getattr(campaign, name).all()) for name in Campaign.CHOSEN_PEOPLE}
    copy = Campaign.objects.get(pk=campaign.pk)
    copy.pk, copy._state.adding = None, True
    copy.name, copy.revision_of = name, revision_of
    copy.batch = copy.scheduled_at = copy.repeats = copy.fixed_audience = None
    copy.is_sample, copy.version = False, 1
    copy.created_by = copy.updated_by = by
    copy.save()
    for name, several in chosen.items():
        if several:
            getattr(copy, name).add(*several)
    attaching.copy(campaign, copy)
    for translation in campaign.in_other_languages():
        copy_of_words(translation, copy, translation.language, by=by)
    return copy


def copy_of_words(words: Campaign, whole: Campaign, language: str, *, by: User) -> Campaign:
    """What `words` says as the translation of `whole` into this language."""
    said = {name: getattr(words, name) for name in Campaign.WORDS}
    return Campaign.objects.create(
        name=whole.name, translation_of=whole, language=language, created_by=by, updated_by=by, **said
    )


@transaction.atomic
def delete_draft(campaign: Campaign, *, by: User) -> None:
    """For good; test mails already sent keep their words. Raises NotADraft for anything that was launched."""
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if not locked.is_draft:
        raise NotADraft
    audit.record(by, "campaign.deleted", locked.name, campaign=locked.pk)
    attaching.remove_all(Campaign.objects.filter(pk=locked.pk))
    locked.delete()


def hold_seconds(people: int) -> int:
    return LONG_HOLD_SECONDS if people > MANY_PEOPLE else HOLD_SECONDS


def _start(
    campaign: Campaign,
    chosen: Audience,
    by: User,
    at: datetime | None,
    bad_day: bool,
    found: list[Finding],
    people: int,
) -> Batch:
    edition = editions.freeze(campaign)
    edition.created_by, edition.preflight = by, findings.kept(found)
    edition.save()
    editions.freeze_translations(campaign, edition)
    batch = ledger.launch(
        content_kind="edition",
        content_id=edition.pk,
        provider=campaign.way_out,
        audience=chosen,
        lists=list(chosen.lists),
        group=campaign.group,
        hold_seconds=hold_seconds(people),
        sender_domain=edition.sender_domain,
        not_before=at,
        bad_day=bad_day,
        tracking=Tracking(edition.tracking),
        languages=editions.languages_of(edition),
        segments=editions.segments_of(edition),
        most_unapproved=standing.most_unapproved(campaign, Organisation.for_page()),
    )
    campaign.batch = batch
    editions.freeze_links(edition, batch)
    campaign.scheduled_at = at
    if not batch.rehearsal:
        campaign.is_sample = False  # a record of real mail stays when the sample data go
    campaign.save(update_fields=["batch", "scheduled_at", "is_sample", "updated_at"])
    audit.record(
        by, "campaign.launched", campaign.name, campaign=campaign.pk, people=people, provider=batch.provider_id
    )
    return batch


def _batch(campaign: Campaign) -> Batch:
    if campaign.batch is None:
        raise ledger.NotPossible("This campaign has not been launched.")
    return campaign.batch
