"""What a finding says of a block can be mended in that block: "Go there" opens it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organisation, User
from campaigns.content import blocks
from campaigns.models import Campaign
from campaigns.preflight import checklist
from contacts.models import Contact, MailingList, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(organisation: Organisation) -> Campaign:
    readers = MailingList.objects.create(name="Readers")
    Subscription.objects.create(contact=Contact.objects.create(email="ana@example.org"), list=readers)
    made = Campaign.objects.create(name="March", subject="News", sender_email="news@nordlicht.example")
    made.lists.add(readers)
    return made


def write(campaign: Campaign, block: dict[str, Any], *, in_column: bool = False) -> None:
    block = {"id": "spoken-of"} | block
    inner = {"id": "both", "kind": "columns", "columns": [[block], []]} if in_column else block
    first = {"id": "first", "kind": "text", "html": "<p>Words that are fine</p>"}
    campaign.blocks = blocks.validate({"blocks": [first, inner, {"id": "last", "kind": "footer"}]})
    campaign.save()


@pytest.mark.parametrize("in_column", [False, True])
@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"kind": "button", "label": "Read"}, "empty-link"),
        ({"kind": "button", "url": "https://nordlicht.example/"}, "button-without-words"),
        ({"kind": "heading", "text": ""}, "empty-block"),
        ({"kind": "image"}, "empty-block"),
        ({"kind": "menu", "label_1": "Shop"}, "empty-block"),
        ({"kind": "image", "image": "https://nordlicht.example/x.png"}, "no-alt"),
        ({"kind": "text", "html": "<p>{{ favourite }}</p>"}, "unknown-tag"),
        ({"kind": "text", "html": "<p>{{ first_name.x }}</p>"}, "template"),
        ({"kind": "text", "html": "<p>Hi {{ first_name }}</p>"}, "no-fallback"),
        ({"kind": "heading", "text": "Hi *|FNAME|*"}, "foreign-tag"),
        ({"kind": "text", "html": '<p><a href="https://example.com/a?b=1&amp;c=2">x</a></p>'}, "placeholder-link"),
        ({"kind": "button", "label": "Read", "url": "http://shop.nordlicht.example/"}, "http-link"),
    ],
)
def test_finding_names_its_block(campaign: Campaign, block: dict[str, Any], code: str, in_column: bool) -> None:
    write(campaign, block, in_column=in_column)
    found = {finding.code: finding.block for finding in checklist.check(campaign)}
    assert found.get(code) == "spoken-of", found


def test_link_of_a_finding_opens_the_block(
    campaign: Campaign, client_for: Callable[[User], Client], marketer: User
) -> None:
    write(campaign, {"kind": "button", "label": "Read"})
    browser = client_for(marketer)
    there = f"/campaigns/{campaign.pk}/content/?open=spoken-of"
    assert there in browser.get(f"/campaigns/{campaign.pk}/").content.decode()
    page = browser.get(there).content.decode()
    assert 'data-open="spoken-of" aria-current' in " ".join(page.split())
