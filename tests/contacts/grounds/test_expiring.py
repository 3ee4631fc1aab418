"""Consent for a time: one query counts, shows and sends, and saying yes keeps it for good."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from contacts import audience, consent
from contacts.audience import Audience
from contacts.grounds import expiring
from contacts.models import Contact, Field, MailingList, Subscription
from contacts.reach import counting, figures
from delivery.models import Batch
from tracking.public.addresses import preferences_url, unsubscribe_url

pytestmark = pytest.mark.django_db


def joined(name: str, mailing_list: MailingList, days_ago: int, *, channel: str = "import", **own: str) -> Contact:
    contact = Contact.objects.create(email=f"{name}@example.org", attributes=own)
    consent.subscribe(contact, lists=[mailing_list.pk], channel=channel)
    then = timezone.now() - timedelta(days=days_ago)
    Subscription.objects.filter(contact=contact).update(created_at=then, changed_at=then)
    return contact


def names(mailing_list: MailingList) -> list[str]:
    found = audience.sample(Audience((mailing_list.pk,)), 100)
    return sorted(one.email.partition("@")[0] for one in found)


def test_implied_consent_ends_is_said_before_and_stays_where_people_say_yes(client: Client, marketer: User) -> None:
    shop = MailingList.objects.create(name="Shop")
    Field.objects.create(key="bought", label="Last purchase", kind=Field.Kind.DATE)
    bought = Field.objects.get()
    lately = f"{timezone.localdate() - timedelta(days=30):%Y-%m-%d}"
    joined("over", shop, 800)
    soon = joined("soon", shop, 720)
    joined("bought-since", shop, 800, bought=lately)
    joined("agreed", shop, 800, channel="form")
    joined("new", shop, 3)

    client.force_login(marketer)
    page = reverse("list-basis", args=[shop.pk])
    refused = client.post(page, {"basis": "implied", "months": ""})
    assert refused.status_code == 422
    assert "Implied consent ends" in refused.content.decode()
    said = {"basis": "implied", "note": "They bought from us", "months": "24", "counted_from": bought.pk}
    assert client.post(page, said).status_code == 302
    assert expiring.apply_rules(shop.pk) == 4
    assert expiring.apply_rules() == 0  # safe to repeat

    # One query counts, shows and sends.
    assert names(shop) == ["agreed", "bought-since", "new", "soon"]
    found = audience.summary(Audience((shop.pk,)))
    assert (found.matched, found.expired, found.unsubscribed, found.will_receive) == (5, 1, 0, 4)
    shown = client.get(f"{reverse('contacts')}?list={shop.pk}&state=expired").content.decode()
    assert "over@example.org" in shown
    assert "soon@example.org" not in shown
    counting.recount()
    reach = figures.audience()
    assert reach
    assert (reach.reachable, reach.changes[90].expired) == (4, 1)

    # Said before it happens, with a way to ask.
    page_of_list = client.get(reverse("list", args=[shop.pk])).content.decode()
    assert "Ask 1 person to agree" in page_of_list
    assert "consent of people on the list" in page_of_list
    campaign_url = client.post(reverse("campaign-ask-again", args=[shop.pk])).headers["Location"]
    campaign = Campaign.objects.get()
    assert [one.email for one in audience.sample(campaign.audience(), 10)] == ["soon@example.org"]
    assert "Shop (implied consent)" in client.get(campaign_url).content.decode()

    # Whoever says yes on the page of their mail stays for good.
    batch = Batch.objects.create(content_kind="campaign", content_id=1, rehearsal=False, lists=[shop.pk])
    theirs = preferences_url(unsubscribe_url("", soon.pk, batch.pk))
    reader = Client()
    assert "Yes, go on" in reader.get(theirs).content.decode()
    reader.post(theirs, {"part": "agree"})
    assert "Yes, go on" not in reader.get(theirs).content.decode()
    subscription = soon.subscriptions.get()
    assert (subscription.is_express, subscription.expires_at) == (True, None)
    proof = soon.consent_events.latest("id")
    assert (proof.kind, proof.channel) == ("given", "page")
    assert "Shop" in proof.text
    assert expiring.apply_rules() == 0
