"""What a new installation starts with, and sample data that go as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import Organisation, User
from accounts.permissions import Permission, allows
from accounts.shell.notices import Notice
from campaigns import starters
from campaigns.attachments import attaching
from campaigns.models import Campaign, Edition
from campaigns.sample_data import fields, people
from contacts import addresses, consent
from contacts.importing.rows.preparing import split_name
from contacts.models import Contact, ListSuppression, MailingList, Suppression
from contacts.reach import counting
from delivery.ledger import removing
from delivery.models import Batch, Failure, MailDomain, Message
from delivery.providers import sample_relay
from tracking import removing as events
from tracking.cohorts import folding as cohorts
from tracking.conversions.models import Goal

LIST_OF_ONE = "Me"
FIRST_MAIL = "My first mail"


def begin(*, organisation: Organisation, owner: User, with_sample: bool, **_: Any) -> None:
    """Receives organisation_created: one finished campaign to oneself, so that the first mail is one click away."""
    with transaction.atomic():
        _first_mail(organisation, owner)
        if with_sample:
            load(organisation, owner)


@transaction.atomic
def load(organisation: Organisation, owner: User) -> None:
    """About 200 people on three lists and a campaign to rehearse with."""
    lists = {
        name: MailingList.objects.get_or_create(name=name, defaults={"description": "Sample data", "is_sample": True})[
            0
        ]
        for name in people.LISTS
    }
    fields.make()
    for number, person in enumerate(people.everyone()):
        contact, is_new = Contact.objects.get_or_create(
            email=person.email,
            defaults={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "language": person.language,
                "attributes": fields.values(number),
                "is_sample": True,
                "source": "sample data",
            },
        )
        if is_new:
            chosen = [lists[name].pk for name in person.lists]
            consent.subscribe(contact, lists=chosen, channel="setup", by=owner, text="Sample data: nobody real")
            if person.has_left:
                consent.unsubscribe(contact, lists=chosen, channel="setup", by=owner)
    campaign = _campaign("A rehearsal for everyone", "newsletter", organisation, owner, is_sample=True)
    campaign.subject = "What we read this month"
    campaign.preheader = "Three finds, and one that kept us up all night"
    campaign.save()
    campaign.lists.set(lists.values())


@dataclass(frozen=True, slots=True)
class Inventory:
    contacts: int
    lists: int
    campaigns: int

    @property
    def is_there(self) -> bool:
        return bool(self.contacts or self.lists or self.campaigns)


def inventory() -> Inventory:
    return Inventory(
        Contact.objects.filter(is_sample=True).count(),
        MailingList.objects.filter(is_sample=True).count(),
        Campaign.objects.filter(is_sample=True).count(),
    )


def are_there() -> bool:
    """Cheap, for Home."""
    return (
        Campaign.objects.filter(is_sample=True).exists()
        or MailingList.objects.filter(is_sample=True).exists()
        or Contact.objects.filter(is_sample=True).exists()
    )


@transaction.atomic
def remove(*, by: User) -> Inventory:
    """All of it: contacts, lists, campaigns, their rehearsals and what the demo made look sent. What was sent for real
    stays: its campaign is no sample since.

    So does whatever people got who are no samples: the mails of a rehearsal lie in the sandbox, and without their batch
    nobody could tell that a click on their unsubscribe link is only rehearsed.
    """
    _keep_what_real_people_were_in()
    removed = inventory()
    samples = Campaign.objects.filter(is_sample=True)
    editions = Edition.objects.filter(campaign__in=samples)
    batches = list(Batch.objects.filter(pk__in=list(editions.values_list("batch", flat=True)), kind=Batch.Kind.CLOSED))
    events.remove(batches)
    attaching.remove_all(samples)
    samples.delete()
    removing.remove(batches)
    Goal.objects.filter(is_sample=True, conversions__isnull=True).delete()
    _remove_people()
    cohorts.recount()
    sample_relay.remove()
    for mailing_list in MailingList.objects.filter(is_sample=True):
        consent.delete_list(mailing_list)
    fields.remove()
    cohorts.recount()
    counting.recount()
    audit.record(by, "samples.removed", contacts=removed.contacts, campaigns=removed.campaigns)
    return removed


def notice(user: User) -> Iterator[Notice]:
    """For every page, so that nobody takes the demo for real."""
    if sample_relay.is_there():
        text = "These are demo data: Harbour Books, its people and its figures are made up, and its mail never leaves."
        may_remove = allows(user, Permission.ORGANISATION)
        yield Notice("wait", text, reverse("remove-samples") if may_remove else "", "Remove the demo data")


def _first_mail(organisation: Organisation, owner: User) -> None:
    only_me, _ = MailingList.objects.get_or_create(
        name=LIST_OF_ONE, defaults={"description": "Yourself, for trying things out"}
    )
    first, last = split_name(owner.name, "", "")
    contact, _ = Contact.objects.get_or_create(
        email=owner.email, defaults={"first_name": first, "last_name": last, "source": "set-up"}
    )
    consent.subscribe(contact, lists=[only_me.pk], channel="setup", by=owner, text="Set up this installation")
    campaign = _campaign(FIRST_MAIL, "welcome", organisation, owner)
    campaign.subject = 'Hello {{ first_name|default("you") }}, this is your first mail'
    campaign.preheader = "Open it, click a link, and watch the report move"
    campaign.save()
    campaign.lists.set([only_me])


def _campaign(name: str, starter: str, organisation: Organisation, owner: User, *, is_sample: bool = False) -> Campaign:
    return Campaign(
        name=name,
        sender_name=organisation.sender_name,
        sender_email=organisation.sender_email,
        blocks=starters.get(starter).document,
        is_sample=is_sample,
        created_by=owner,
        updated_by=owner,
    )


def _keep_what_real_people_were_in() -> None:
    for campaign in Campaign.objects.filter(is_sample=True, batch__first_id__isnull=False).select_related("batch"):
        messages = Message.objects.filter(pk__range=(campaign.batch.first_id, campaign.batch.last_id))  # type: ignore[union-attr]  # filtered
        made_up = Contact.objects.filter(is_sample=True).values("pk")
        if messages.filter(batch=campaign.batch).exclude(contact_id__in=made_up).exists():
            Campaign.objects.filter(pk=campaign.pk).update(is_sample=False)


def _remove_people() -> None:
    """With what a rehearsal, which may change made-up people, has noted about their addresses."""
    people = Contact.objects.filter(is_sample=True)
    keys = [addresses.key(email) for email in people.values_list("email", flat=True)]
    Suppression.objects.filter(email__in=keys).delete()
    ListSuppression.objects.filter(email__in=keys).delete()
    Failure.objects.filter(email__in=keys).delete()
    MailDomain.objects.filter(domain__endswith=".example").delete()
    people.delete()
