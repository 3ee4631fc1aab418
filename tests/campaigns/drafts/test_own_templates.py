"""Templates of the organisation's own: kept from a campaign, edited, used, put away, never sent."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import BrandKit, Organisation, User
from campaigns.content import blocks
from campaigns.drafts import own_templates
from campaigns.models import Campaign, Template
from campaigns.sending import launching
from contacts.models import MailingList

Browser = Callable[[User], Client]


@pytest.fixture
def campaign(organisation: Organisation, marketer: User) -> Campaign:
    made = Campaign.objects.create(
        name="May",
        subject="In May",
        blocks=blocks.validate({"blocks": [{"kind": "heading", "text": "Every May"}, {"kind": "footer"}]}),
        sender_name="Ana",
        sender_email="ana@nordlicht.example",
        tags=["vip"],
        excluded_tags=["press"],
        created_by=marketer,
    )
    made.lists.add(MailingList.objects.create(name="Readers"))
    return made


@pytest.fixture
def template(campaign: Campaign, marketer: User) -> Template:
    return own_templates.keep(campaign, "Monthly", "First of the month", by=marketer)


def test_a_campaign_is_kept_as_a_template_without_its_people(
    client_for: Browser, marketer: User, campaign: Campaign
) -> None:
    given = {"name": "Monthly", "description": "First of the month"}
    Campaign.objects.update(on_any_list=True)
    client_for(marketer).post(f"/campaigns/{campaign.pk}/template/", given)
    made = Template.objects.get()
    assert (made.campaign.subject, made.campaign.lists.count()) == ("In May", 0)
    assert made.campaign.tags == made.campaign.excluded_tags == []
    assert not made.campaign.on_any_list
    assert campaign.lists.count() == 1
    shown = client_for(marketer).get("/templates/").content.decode()
    assert "Monthly" in shown
    assert "First of the month" in shown


def test_a_new_campaign_begins_with_it(client_for: Browser, marketer: User, template: Template) -> None:
    browser = client_for(marketer)
    assert f'value="own-{template.pk}"' in browser.get("/campaigns/new/").content.decode()
    browser.post("/campaigns/new/", {"starter": f"own-{template.pk}"})
    made = Campaign.objects.drafts().order_by("-pk").first()
    assert made is not None
    assert made.name.startswith("Monthly, ")
    assert (made.subject, made.sender_email) == ("In May", "news@nordlicht.example")
    assert made.blocks["blocks"][0]["text"] == "Every May"


def test_a_draft_takes_its_words(client_for: Browser, marketer: User, template: Template, campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(blocks=blocks.empty())
    given = {"starter": f"own-{template.pk}", "version": campaign.version}
    client_for(marketer).post(f"/campaigns/{campaign.pk}/content/starter/", given)
    campaign.refresh_from_db()
    assert campaign.blocks["blocks"][0]["text"] == "Every May"


def test_a_template_is_no_campaign_and_is_never_sent(client_for: Browser, marketer: User, template: Template) -> None:
    browser = client_for(marketer)
    assert not Campaign.objects.whole().filter(pk=template.pk).exists()
    assert "Monthly" not in browser.get("/campaigns/").content.decode()
    assert browser.get(f"/campaigns/{template.pk}/").headers["Location"] == f"/templates/{template.pk}/"
    with pytest.raises(launching.Changed):
        launching.launch(template.campaign, by=marketer)


def test_it_is_described_copied_put_away_and_deleted(
    client_for: Browser, marketer: User, template: Template, campaign: Campaign
) -> None:
    browser, place = client_for(marketer), f"/templates/{template.pk}/"
    browser.post(place, {"name": "Each month", "description": "New"})
    gallery = browser.get("/templates/").content.decode()
    assert "Each month" in gallery
    assert "put away" not in gallery
    browser.post(f"{place}duplicate/")
    assert set(Template.objects.values_list("campaign__name", flat=True)) == {"Each month", "Each month (copy)"}
    browser.post(f"{place}archive/")
    assert f'value="own-{template.pk}"' not in browser.get("/campaigns/new/").content.decode()
    assert "put away" in browser.get("/templates/").content.decode()
    assert "Each month" in browser.get("/templates/?show=archived").content.decode()
    browser.post(f"{place}delete/")
    assert not Template.objects.filter(pk=template.pk).exists()
    assert Campaign.objects.filter(pk=campaign.pk).exists()


def test_a_new_campaign_begins_in_another_brand(client_for: Browser, marketer: User, template: Template) -> None:
    shop = BrandKit.objects.create(name="Shop", colour="#aa3300", sender_email="shop@nordlicht.example")
    browser = client_for(marketer)
    assert f"?brand={shop.pk}" in browser.get(f"/campaigns/new/?brand={shop.pk}").content.decode()
    assert "#aa3300" in browser.get(f"/templates/sale/mail/?brand={shop.pk}").content.decode()
    browser.post("/campaigns/new/", {"starter": "sale", "brand": shop.pk})
    made = Campaign.objects.drafts().latest("pk")
    assert (made.brand, made.sender_email, made.blocks["style"]["colour"]) == (shop, "shop@nordlicht.example", "")
