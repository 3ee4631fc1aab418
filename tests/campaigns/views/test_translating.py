"""A mail from another system is put into our words by one click, and stands as it came after another."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from campaigns.content import blocks
from campaigns.models import Campaign
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
DOCUMENT = {
    "blocks": [
        {"kind": "text", "html": "<p>Hi {{ contact.FIRSTNAME }}, *|MMERGE5|*</p>"},
        {"kind": "columns", "columns": [[{"kind": "button", "label": "Go", "url": "%UNSUBSCRIBELINK%"}], []]},
        {"kind": "footer"},
    ]
}


@pytest.fixture
def campaign(marketer: User) -> Campaign:
    words = {"subject": "For *|FNAME|*", "blocks": blocks.validate(DOCUMENT)}
    return letters.draft(marketer, letters.readers("Ana"), **words)


def test_one_click_translates_and_another_takes_it_back(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    client = client_for(marketer)
    assert "Translate all" in client.get(campaign.get_absolute_url()).content.decode()
    page = client.post(reverse("campaign-translate", args=[campaign.pk]), follow=True)
    translated = Campaign.objects.get(pk=campaign.pk)
    text, columns, _ = translated.blocks["blocks"]
    assert translated.subject == "For {{ first_name }}"
    assert text["html"] == "<p>Hi {{ first_name }}, *|MMERGE5|*</p>"
    assert columns["columns"][0][0]["url"] == "{{ unsubscribe_url }}"
    assert "3 merge tags put into our words." in page.content.decode()
    key = page.redirect_chain[-1][0].partition("translated=")[2]
    client.post(reverse("campaign-translate-undo", args=[campaign.pk]), {"key": key})
    again = Campaign.objects.get(pk=campaign.pk)
    assert (again.subject, again.blocks) == (campaign.subject, campaign.blocks)


def test_undo_does_not_cost_anybody_later_words(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    client = client_for(marketer)
    page = client.post(reverse("campaign-translate", args=[campaign.pk]), follow=True)
    client.post(reverse("campaign-save", args=[campaign.pk, "subject"]), {"subject": "Better", "preheader": ""})
    key = page.redirect_chain[-1][0].partition("translated=")[2]
    client.post(reverse("campaign-translate-undo", args=[campaign.pk]), {"key": key})
    assert Campaign.objects.get(pk=campaign.pk).subject == "Better"
    client.post(reverse("campaign-translate-undo", args=[campaign.pk]), {"key": "unknown"})
    assert Campaign.objects.get(pk=campaign.pk).subject == "Better"
