"""The pages on which a mail is written, checked and launched in several languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import BrandKit, User
from campaigns import tasks
from campaigns.attachments.models import Attachment
from campaigns.content import blocks
from campaigns.message import editions, preview
from campaigns.models import Campaign, DraftStep, Edition
from campaigns.multilingual import shares
from campaigns.preflight import checklist, link_checks
from campaigns.sending import launching, revising
from contacts.models import Contact
from delivery.models import Batch, Message
from tests.campaigns.multilingual.conftest import READS, SUBJECTS

pytestmark = pytest.mark.django_db

Browse = Callable[[User], Client]


def page(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def german(campaign: Campaign) -> Campaign:
    found: Campaign = campaign.translations.get(language="de")
    return found


def person(name: str) -> Contact:
    return Contact.objects.get(email=f"{name.lower()}@example.org")


def test_a_language_is_added_and_removed(campaign: Campaign, marketer: User, client_for: Browse) -> None:
    client = client_for(marketer)
    answer = client.post(reverse("campaign-language-add", args=[campaign.pk]), {"language": "it"})
    added = campaign.translations.get(language="it")
    assert answer["Location"] == reverse("campaign-content", args=[added.pk])
    shown = page(client, answer["Location"])
    assert "Italiano" in shown
    assert "Deutsch" in shown
    assert "English" in shown
    answer = client.post(reverse("campaign-language-remove", args=[added.pk]), follow=True)
    assert "Italian is removed" in answer.content.decode()
    assert not campaign.translations.filter(language="it").exists()
    answer = client.post(reverse("campaign-language-add", args=[campaign.pk]), {"language": "de"}, follow=True)
    assert "not written in yet" in answer.content.decode()


@pytest.mark.parametrize(
    ("form", "typed", "reason"),
    [
        ("add", "", "Choose a language that the mail is not written in yet."),
        ("add", "de", "Choose a language that the mail is not written in yet."),
        ("own", "de", "It is written in German besides. Remove that language first."),
        ("own", "tlh", "Choose a language from the list."),
    ],
)
def test_a_language_that_is_refused_says_why_beside_the_field(
    campaign: Campaign, marketer: User, client_for: Browse, form: str, typed: str, reason: str
) -> None:
    client, there = client_for(marketer), campaign.translations.count()
    url = reverse(f"campaign-language-{form}", args=[campaign.pk])
    asked = BeautifulSoup(client.get(campaign.get_absolute_url()).content, "html.parser")
    place = asked.select_one(f"#language-dialog form[hx-post='{url}'][hx-swap=outerHTML][hx-target=this]")
    assert place is not None, "the answer takes its place within the dialog, which stays open"
    answer = client.post(url, {"language": typed}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    control = page.select_one("form [name=language]")
    assert control is not None
    assert control["aria-invalid"] == "true"
    assert control.has_attr("autofocus")
    beside = page.find(id=str(control["aria-describedby"]).split()[-1])
    assert beside is not None
    assert beside.get_text(strip=True) == reason
    assert campaign.translations.count() == there


def test_a_language_that_is_added_leads_to_its_mail(campaign: Campaign, marketer: User, client_for: Browse) -> None:
    url = reverse("campaign-language-add", args=[campaign.pk])
    answer = client_for(marketer).post(url, {"language": "it"}, headers={"HX-Request": "true"})
    added = campaign.translations.get(language="it")
    assert answer.headers["HX-Redirect"] == reverse("campaign-content", args=[added.pk])


def test_each_language_is_edited_undone_and_kept_for_itself(
    campaign: Campaign, marketer: User, client_for: Browse
) -> None:
    client, translation = client_for(marketer), german(campaign)
    heading = translation.blocks["blocks"][0]["id"]
    save = reverse("block-save", args=[translation.pk, heading])
    assert client.post(save, {"text": "Anders"}, headers={"Accept": "application/json"}).status_code == 200
    assert german(campaign).blocks["blocks"][0]["text"] == "Anders"
    assert Campaign.objects.get(pk=campaign.pk).blocks == campaign.blocks
    assert set(DraftStep.objects.values_list("campaign", flat=True)) == {translation.pk}
    assert "Anders" in page(client, reverse("canvas-mail", args=[translation.pk]))
    client.post(reverse("content-undo", args=[translation.pk]))
    assert german(campaign).blocks["blocks"][0]["text"] == "Neues aus dem Hafen"
    assert client.get(reverse("versions", args=[translation.pk])).status_code == 200
    refused = client.post(reverse("campaign-save", args=[translation.pk, "from"]), {"sender_email": "x@y.example"})
    assert refused.status_code == 404, "people, sender and time are the campaign's"


@pytest.mark.parametrize("name", READS)
def test_the_preview_of_a_person_is_in_their_language(
    campaign: Campaign, marketer: User, client_for: Browse, name: str
) -> None:
    client, who = client_for(marketer), person(name)
    assert f'lang="{READS[name]}"' in page(client, f"{reverse('campaign-mail', args=[campaign.pk])}?contact={who.pk}")
    line = page(client, f"{reverse('campaign-inbox', args=[campaign.pk])}?contact={who.pk}")
    assert SUBJECTS[READS[name]].replace("{{ first_name }}", name) in line
    assert 'lang="de"' in page(client, f"{reverse('campaign-mail', args=[german(campaign).pk])}?contact={who.pk}")


def test_the_check_says_who_gets_which_and_of_which_language_it_speaks(
    campaign: Campaign, marketer: User, client_for: Browse
) -> None:
    assert {one.language.code: one.people for one in shares.count(campaign)} == {"en": 3, "de": 2, "fr": 1}
    translation = german(campaign)
    translation.subject, translation.blocks = "", translation.blocks | {"blocks": translation.blocks["blocks"][:-1]}
    translation.save()
    found = {finding.code: finding for finding in checklist.check(campaign) if finding.level == "block"}
    assert {"no-subject", "no-unsubscribe"} <= found.keys()
    assert {finding.draft for finding in found.values()} == {translation.pk}
    assert found["no-subject"].text == "German: No subject yet."
    client = client_for(marketer)
    shown = page(client, reverse("campaign-check", args=[campaign.pk]))
    assert "German: No subject yet." in shown
    assert f'href="/campaigns/{translation.pk}/#card-subject"' in shown
    assert re.search(r"German ?</td> <td class=\"num\" data-label=\"people\">2</td>", shown)
    own = page(client, reverse("campaign-check", args=[translation.pk]))
    assert "No subject yet." in own
    with pytest.raises(launching.NotReady, match="German"):
        launching.launch(campaign, by=marketer)


def test_the_check_as_a_reader_leads_to_the_mail_that_they_get(
    campaign: Campaign,
    marketer: User,
    client_for: Browse,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.follow_links, "delay", lambda campaign_id: asked.append(campaign_id))
    client, translation = client_for(marketer), german(campaign)
    address = f"{reverse('campaign-check', args=[campaign.pk])}?contact={person('Clara').pk}"
    links = page(client, address).partition('id="links"')[2]
    assert "nordlicht.example/de" in links
    assert set(re.findall(r'href="/campaigns/(\d+)/content/\?open=', links)) == {str(translation.pk)}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"links": "follow"})
    assert asked == [translation.pk]


def test_the_links_of_a_translation_are_followed_in_its_campaign_s_brand(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[str] = []
    monkeypatch.setattr(link_checks, "follow", followed.extend)
    brand = BrandKit.objects.create(name="Shop", social={"mastodon": "https://social.example/@shop"})
    Campaign.objects.filter(pk=campaign.pk).update(brand=brand)
    translation = german(campaign)
    translation.blocks["blocks"].insert(0, blocks.new("social"))
    translation.save()
    tasks.follow_links(campaign_id=translation.pk)
    assert "https://social.example/@shop" in followed


def test_what_a_translation_says_is_asked_of_its_readers_alone(campaign: Campaign, owner: User) -> None:
    """Only a reader of German lacks a first name, which only the English asks for; and the other way round."""
    Contact.objects.filter(email="dora@example.org").update(first_name="")
    Campaign.objects.filter(pk=campaign.pk).update(subject="News for {{ first_name }}")
    found = [one for one in checklist.check(Campaign.objects.get(pk=campaign.pk)) if one.code == "no-fallback"]
    assert [one.text for one in found] == ["German: 1 person has no first name: they would see a gap."]


def test_what_is_not_translated_yet_is_said(campaign: Campaign, owner: User) -> None:
    Campaign.objects.filter(pk=german(campaign).pk).update(subject=campaign.subject, blocks=campaign.blocks)
    codes = {finding.code for finding in checklist.check(campaign) if finding.draft}
    assert {"untranslated-subject", "untranslated-mail"} <= codes
    written = {"content_kind": "html", "html": '<html lang="en"><body>Hallo</body></html>'}
    Campaign.objects.filter(pk=german(campaign).pk).update(**written)
    assert "other-language" in {finding.code for finding in checklist.check(campaign) if finding.draft}


def test_the_launch_names_the_languages_and_takes_them_as_they_were_shown(
    campaign: Campaign, owner: User, client_for: Browse
) -> None:
    client, url = client_for(owner), reverse("campaign-launch", args=[campaign.pk])
    shown = page(client, url)
    assert "3 in English" in shown
    assert "2 in German" in shown
    agreed = {"provider": str(campaign.way_out.pk), "version": str(campaign.stamp), "way": "rehearsal"}
    client.post(reverse("campaign-save", args=[german(campaign).pk, "subject"]), {"subject": "Anders"})
    assert client.post(url, agreed).status_code == 422
    campaign.refresh_from_db()
    assert client.post(url, agreed | {"version": str(campaign.stamp)}).status_code == 302
    frozen = dict(Edition.objects.filter(batch=Batch.objects.get()).values_list("language", "subject"))
    assert frozen == {"en": "News for you", "de": "Anders", "fr": "Des nouvelles"}
    translation = german(campaign)
    assert client.get(translation.get_absolute_url())["Location"] == campaign.get_absolute_url()
    refused = client.post(reverse("campaign-save", args=[translation.pk, "subject"]), {"subject": "Zu spät"})
    assert refused["Location"] == reverse("campaign", args=[translation.pk])
    assert german(campaign).subject == "Anders"


def test_a_test_mail_is_in_the_language_of_whoever_it_is_written_as_to(
    campaign: Campaign, marketer: User, client_for: Browse
) -> None:
    client = client_for(marketer)
    for row, name in ((campaign, "Clara"), (german(campaign), "Ana")):
        answer = client.post(
            reverse("campaign-test", args=[row.pk]), {"to": marketer.email, "contact": str(person(name).pk)}
        )
        assert answer.status_code == 200
        edition = Edition.objects.filter(is_test=True).latest("pk")
        assert (edition.language, edition.subject) == ("de", "[TEST] Neues für {{ first_name }}")
        message = Message.objects.get(batch=edition.batch)
        assert client.get(reverse("campaign-test-outcome", args=[row.pk, message.batch_id])).status_code == 200


def test_a_new_version_is_written_in_the_same_languages(campaign: Campaign, owner: User, client_for: Browse) -> None:
    batch = launching.launch(campaign, by=owner)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.PAUSED, started_at=batch.created_at)
    campaign.refresh_from_db()
    draft = revising.begin(campaign, by=owner)
    client = client_for(owner)
    shown = page(client, draft.get_absolute_url())
    assert "Deutsch" in shown
    assert "Add a language" not in shown
    answer: Any = client.post(reverse("campaign-language-add", args=[draft.pk]), {"language": "it"}, follow=True)
    assert "keeps the languages" in answer.content.decode()
    translation = german(draft)
    assert (
        "keeps the languages"
        in client.post(reverse("campaign-language-remove", args=[translation.pk]), follow=True).content.decode()
    )
    assert preview.preview(translation, None).subject == "Neues für {{ first_name }}".replace("{{ first_name }}", "")


def test_files_go_along_in_every_language(campaign: Campaign, marketer: User, client_for: Browse) -> None:
    file = {"name": "plan.pdf", "media_type": "application/pdf", "size_bytes": 3, "path": "attachments/plan"}
    Attachment.objects.create(campaign=campaign, **file)
    translation = german(campaign)
    attached = editions.freeze(translation).attachments
    assert attached == editions.freeze(campaign).attachments
    assert [one["name"] for one in attached] == ["plan.pdf"]
    assert "plan.pdf" in page(client_for(marketer), reverse("attachments", args=[translation.pk]))
