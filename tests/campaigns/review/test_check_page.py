"""One page says everything about a draft before it goes, and each thing leads to where it is mended."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.content import blocks
from campaigns.models import Campaign
from campaigns.review import spam_points
from campaigns.review.spam_points import NoVerdict, Rule, Verdict
from contacts.models import Contact
from tests.campaigns import letters

DOCUMENT = {
    "blocks": [
        {"id": "hello", "kind": "heading", "text": 'Hello {{ first_name|default("there") }}'},
        {"id": "words", "kind": "text", "html": "<p>News for {{ last_name }}.</p>"},
        {"id": "go", "kind": "button", "label": "Read on", "url": "https://nordlicht.example/news"},
        {"id": "end", "kind": "footer"},
    ]
}


@pytest.fixture
def campaign(marketer: User, client: Client) -> Campaign:
    client.force_login(marketer)
    readers = letters.readers("Ana", "Ben")
    Contact.objects.filter(first_name="Ben").update(first_name="")
    Contact.objects.update(last_name="Long")
    found = letters.draft(marketer, readers, blocks=blocks.validate(DOCUMENT), preheader="")
    assert found.preheader == ""
    return found


def page(client: Client, campaign: Campaign, query: str = "", **headers: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(f"/campaigns/{campaign.pk}/check/{query}", headers=headers).content, "html.parser")


def section(soup: BeautifulSoup, title: str) -> Tag:
    found = soup.find("section", attrs={"aria-labelledby": title})
    assert isinstance(found, Tag)
    return found


def words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def test_page_says_what_preflight_says_and_leads_there(campaign: Campaign, client: Client) -> None:
    Contact.objects.filter(email="ben@example.org").update(last_name="")
    soup = page(client, campaign)
    found = section(soup, "findings-title")
    assert "No preheader" in words(found)
    assert "1 person has no last name: they would see a gap." in words(found)
    assert found.select_one(f'a[href="/campaigns/{campaign.pk}/content/?open=words"]')
    lacking = section(soup, "gaps-title")
    assert "1 person has no first name: they will read “ there ”" in words(lacking)
    assert lacking.select_one('a[href$="?open=hello"]')
    leads = section(soup, "links-title")
    assert "Read on nordlicht.example https://nordlicht.example/news" in words(leads)
    assert leads.select_one('a[href$="?open=go"]')
    assert "seconds" in words(section(soup, "reading-title"))


def test_inbox_shows_the_first_words_where_there_is_no_preheader(campaign: Campaign, client: Client) -> None:
    seen = words(section(page(client, campaign), "seen-title"))
    assert seen.count("Nordlicht Books News for you Hello") == 3


def test_each_look_is_asked_for_as_sent(campaign: Campaign, client: Client) -> None:
    frames = section(page(client, campaign), "seen-title").find_all("iframe")
    assert [str(frame["src"]).partition("examples=none")[2] for frame in frames] == [
        "",
        "",
        "&look=dark",
        "&look=inverted",
        "&pictures=off",
        "&as=text",
    ]
    campaign.blocks["blocks"][0]["text"] = ""
    campaign.save()
    assert b"A heading" not in client.get(str(frames[0]["src"])).content
    assert b"invert(1)" in client.get(str(frames[3]["src"])).content


def test_odd_person_is_one_click_away_and_alone_exchanged(campaign: Campaign, client: Client) -> None:
    ben = Contact.objects.get(email="ben@example.org")
    chip = section(page(client, campaign), "seen-title").find("a", string="Has no first name")
    assert isinstance(chip, Tag)
    assert chip["href"] == f"/campaigns/{campaign.pk}/check/?contact={ben.pk}"
    part = page(client, campaign, f"?contact={ben.pk}", HX_Request="true", HX_Target="seen")
    assert part.find("h1") is None
    assert "ben@example.org gets it" in words(part)


def test_spam_points_are_asked_for_on_a_click(
    campaign: Campaign, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam_points, "is_installed", lambda: True)
    rules = [
        Rule(-1.0, "MAILING_LIST_MULTI", "Multiple indicators imply a widely-seen list manager"),
        Rule(0.6, "HTML_IMAGE_ONLY_08", "BODY: HTML: images with 400-800 bytes of words"),
        Rule(0.3, "PDS_ODD", "BODY: Oddly put"),
    ]
    monkeypatch.setattr(spam_points, "ask", lambda mail, raw: Verdict(0.4, rules))
    assert "Ask SpamAssassin" in words(page(client, campaign))
    part = page(client, campaign, "?points=ask", HX_Request="true", HX_Target="points")
    assert "0.4 of SpamAssassin’s points" in words(part)
    assert "It has the marks of a proper mailing list" in words(part)
    assert "Multiple indicators" not in words(part)
    assert "It has pictures and few words. HTML_IMAGE_ONLY_08 0.3" in words(part), "its name, and nothing in its jargon"
    assert "Something about the words of the mail. PDS_ODD BODY: Oddly put" in words(part)

    def refuse(mail: object, raw: bytes) -> Verdict:
        raise NoVerdict("It could not judge the mail.")

    monkeypatch.setattr(spam_points, "ask", refuse)
    assert "It could not judge the mail." in words(page(client, campaign, "?points=ask"))
    monkeypatch.setattr(spam_points, "is_installed", lambda: False)
    assert "SpamAssassin" not in words(page(client, campaign))


def test_draft_of_which_no_mail_can_be_made_says_why(campaign: Campaign, client: Client) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(content_kind=Campaign.ContentKind.HTML, html="")
    soup = page(client, campaign)
    assert "Needed" in words(section(soup, "findings-title"))
    assert "There is no mail to show yet" in words(section(soup, "seen-title"))


def test_gap_of_a_detail_is_told_where_it_is_inserted(campaign: Campaign, client: Client) -> None:
    address = f"/campaigns/{campaign.pk}/check/gap/"
    assert client.get(f"{address}?tag=first_name").content == b"1 person has no first name"
    assert [client.get(f"{address}?tag={name}").content for name in ("last_name", "email", "nothing", "")] == [b""] * 4


def test_spam_points_are_among_the_advice_once_they_are_known(
    campaign: Campaign, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam_points, "is_installed", lambda: True)
    monkeypatch.setattr(spam_points, "known", lambda mail: Verdict(6.2, []))
    advice = words(section(page(client, campaign), "findings-title"))
    assert "SpamAssassin gives the mail 6.2 points" in advice
    monkeypatch.setattr(spam_points, "known", lambda mail: Verdict(0.4, []))
    assert "SpamAssassin gives" not in words(section(page(client, campaign), "findings-title"))


def test_an_audience_that_reads_nothing_is_advised_against(campaign: Campaign, client: Client) -> None:
    letters.readers(*(f"Sleeper{number}" for number in range(28)))
    asleep = Contact.objects.filter(first_name__startswith="Sleeper")
    long_ago = timezone.now() - timedelta(days=200)

    def said() -> str:
        return words(section(page(client, campaign), "findings-title"))

    asleep.update(created_at=long_ago)
    assert "180 days" not in said(), "nobody sent them anything"
    asleep.update(last_sent_at=timezone.now())
    assert "28 of 30 people (93" in said()
    asleep.filter(pk__gt=asleep.order_by("pk")[8].pk).update(last_clicked_at=timezone.now())
    assert "180 days" not in said(), "nine of thirty are too few to tell"
    asleep.update(last_clicked_at=None, open_consent="refused")
    assert "180 days" not in said(), "nobody counts what they read"
