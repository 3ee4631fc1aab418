"""Mail that waits for a provider says so, and says who carries it meanwhile."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from campaigns.models import Campaign
from campaigns.sending import launching
from delivery.ledger import building
from delivery.models import Batch, Message, Provider, Route
from delivery.replies import Category
from delivery.routing import circuits
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def relay(organisation: object) -> Provider:
    made = Provider.objects.create(name="Relay", host="127.0.0.1", port=2525, security="none")
    made.make_default()
    return made


@pytest.fixture
def sending(marketer: User, relay: Provider) -> Campaign:
    """On its way through Relay to two people."""
    campaign = letters.draft(marketer, letters.readers("Ana", "Ben"))
    batch = launching.launch(campaign, by=marketer)
    building.build(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(state="sending", started_at=batch.created_at)
    return Campaign.objects.get(pk=campaign.pk)


def page(client: Client, campaign: Campaign) -> str:
    return client.get(campaign.get_absolute_url()).content.decode()


def test_who_waits_is_told_with_the_cause(
    client_for: Browse, marketer: User, admin: User, sending: Campaign, relay: Provider
) -> None:
    assert "Nothing else may carry" not in page(client_for(marketer), sending)
    circuits.refused(relay, Category.PROVIDER_AUTH, "535 no")
    told = page(client_for(marketer), sending)
    assert "2 people wait" in told
    assert "Relay refuses the user name or password." in told
    assert "Next try" in told
    assert "Nothing else may carry mail for nordlicht.example." in told
    assert f'href="/providers/{relay.pk}/"' not in told, "she may not cure it"
    assert f'href="/providers/{relay.pk}/"' in page(client_for(admin), sending)
    batch = sending.batch
    assert batch
    listed = client_for(marketer).get(reverse("batch-people", args=[batch.pk]), {"term": "waiting"}).content.decode()
    assert "Nothing else may carry mail for nordlicht.example." in listed
    message = Message.objects.filter(batch=batch)[0]
    assert "Relay refuses" in client_for(marketer).get(reverse("message", args=[message.pk])).content.decode()


def test_who_carries_it_meanwhile_is_named(
    client_for: Browse, marketer: User, sending: Campaign, relay: Provider
) -> None:
    backup = Provider.objects.create(name="Backup", host="127.0.0.1", port=2526, security="none")
    Route.objects.create(provider=relay, sender_domain="nordlicht.example")
    Route.objects.create(provider=backup, sender_domain="nordlicht.example", position=2)
    assert "meanwhile" not in page(client_for(marketer), sending)
    relay.pause("Paused by hand.")
    told = page(client_for(marketer), sending)
    assert "Relay is paused. Paused by hand." in told
    assert "Backup carries it meanwhile." in told
    assert "2 people wait" not in told


def test_preflight_warns_of_a_provider_in_trouble(
    client_for: Browse, marketer: User, organisation: object, relay: Provider
) -> None:
    campaign = letters.draft(marketer, letters.readers("Ana"))
    circuits.refused(relay, Category.PROVIDER_QUOTA, "454 Daily message quota exceeded")
    assert "Relay is out of order: nothing leaves through it." in page(client_for(marketer), campaign)
