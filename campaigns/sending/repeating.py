"""A rehearsed campaign goes for real: exactly the mail that was rehearsed, to the people it was rehearsed with."""

from django.db import transaction

from accounts import audit
from accounts.models import Organisation, User
from accounts.organisation.measuring import Tracking
from campaigns.message import editions
from campaigns.models import Campaign, Edition
from campaigns.preflight import checklist
from campaigns.preflight.findings import Finding
from campaigns.sending import launching
from campaigns.sending.launching import NotReady
from contacts.audience import Audience
from delivery import ledger
from delivery.ledger import repeats
from delivery.models import Batch, Provider


class NotRepeatable(Exception):
    """It cannot be sent as it was rehearsed; the text says why and what to do."""


def obstacle(campaign: Campaign) -> str | None:
    """Why the rehearsal cannot be sent as it is; None if it can."""
    batch = campaign.batch
    if batch is None or not batch.rehearsal or batch.state != Batch.State.DONE:
        return "Only a rehearsal that is through can be sent as it is."
    said = {name: value for name, value in _edition(batch).organisation.items() if name != "tracking_address"}
    if said != editions.organisation_now(campaign):
        return (
            "The name, postal address or public address of the organisation has changed since the rehearsal, and it "
            "stands in the mail. Duplicate the campaign and rehearse it once more."
        )
    return None


def findings(campaign: Campaign, provider: Provider, people: int) -> list[Finding]:
    """What preflight says of the same campaign through a real way out, to so many people of the rehearsal."""
    imagined = Campaign.objects.get(pk=campaign.pk)
    imagined.provider, imagined.scheduled_at = provider, None
    return checklist.check(imagined, people=people)


@transaction.atomic
def send(rehearsed: Campaign, provider: Provider, *, by: User) -> Campaign:
    """Launch it, with the usual hold and Undo. A second call returns the campaign of the first.

    Raises NotRepeatable, or NotReady with what blocks it.
    """
    locked = Campaign.objects.select_for_update().get(pk=rehearsed.pk)
    if there := _under_way(locked):
        return there
    why = "That way out delivers to nobody." if provider.is_rehearsal else obstacle(locked)
    if why or locked.batch is None:
        raise NotRepeatable(why or "")
    people = repeats.forecast(locked.batch, provider).people
    blocking = [finding for finding in findings(locked, provider, people) if finding.level == "block"]
    if blocking:
        raise NotReady(blocking)
    campaign = launching.copy_of(locked, locked.name, by=by)
    campaign.repeats, campaign.provider, campaign.fixed_audience = locked, provider, locked.fixed_audience
    campaign.save(update_fields=["repeats", "provider", "fixed_audience"])
    _launch(campaign, locked.batch, provider, by)
    return campaign


def _under_way(rehearsed: Campaign) -> Campaign | None:
    """What was made of it before; a draft that was undone is let go, so that it can be sent after all."""
    there = Campaign.objects.filter(repeats=rehearsed).select_related("batch").first()
    if there is not None and there.batch is None:
        Campaign.objects.filter(pk=there.pk).update(repeats=None)
        return None
    return there


def _launch(campaign: Campaign, rehearsal: Batch, provider: Provider, by: User) -> None:
    rehearsed = _edition(rehearsal)
    others = list(rehearsed.translations.order_by("pk"))
    edition = _copy(rehearsed, campaign, by)
    for other in others:
        _copy(other, campaign, by, translation_of=edition)
    batch = ledger.launch(
        content_kind="edition",
        content_id=edition.pk,
        provider=provider,
        audience=Audience.from_json(rehearsal.audience),
        lists=rehearsal.lists,
        group=campaign.group,
        hold_seconds=launching.hold_seconds(rehearsal.total),
        sender_domain=edition.sender_domain,
        repeats=rehearsal,
        tracking=Tracking(edition.tracking),
        languages=editions.languages_of(edition),
        segments=rehearsal.segments,
    )
    campaign.batch = batch
    editions.freeze_links(edition, batch)
    campaign.save(update_fields=["batch", "updated_at"])
    audit.record(
        by, "campaign.launched", campaign.name, campaign=campaign.pk, people=rehearsal.total, provider=provider.pk
    )


def _copy(edition: Edition, campaign: Campaign, by: User, translation_of: Edition | None = None) -> Edition:
    edition.pk, edition._state.adding = None, True
    edition.campaign, edition.batch, edition.version, edition.link_ids = campaign, None, 1, []
    edition.created_by, edition.translation_of = by, translation_of
    edition.organisation = editions.organisation_in(campaign, Organisation.get())  # links go by what works now
    edition.save()
    return edition


def _edition(batch: Batch) -> Edition:
    return Edition.objects.get(pk=batch.content_id)
