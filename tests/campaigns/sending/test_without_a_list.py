"""A campaign to segments or tags alone: to those of them who agreed to any list, each once, and to nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.drafts import deciding
from campaigns.models import Campaign
from campaigns.preflight import checklist
from campaigns.sending import launching, repeating
from contacts import audience, consent
from contacts.fixed import drawing
from contacts.models import Contact, FixedAudience, ListBasis, MailingList, Segment, Subscription, Suppression
from contacts.preferences import pausing
from contacts.segments.rules import Group, Match, Rule, write
from contacts.suppression import of_lists
from delivery.ledger import building
from delivery.models import Batch, Message, Provider
from tests.campaigns import letters
from tracking.unsubscribing import Leaver

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
VIP = write(Group(Match.ALL, (Rule("tag", {"how": "has", "tag": "vip"}),)))


def person(name: str, *lists: MailingList, state: str = "subscribed") -> Contact:
    """With the tag and thus in the segment."""
    made = Contact.objects.create(email=f"{name}@example.org", first_name=name, attributes={"tags": ["vip"]})
    for one in lists:
        Subscription.objects.create(contact=made, list=one, state=state)
    return made


@pytest.fixture
def news(db: None) -> MailingList:
    return MailingList.objects.create(name="News")


@pytest.fixture
def events(db: None) -> MailingList:
    return MailingList.objects.create(name="Events")


@pytest.fixture
def people(news: MailingList, events: MailingList) -> None:
    """Two may be written to; everybody else is in the segment, too, and may not."""
    person("plain", news)
    half = person("half", news)
    Subscription.objects.create(contact=half, list=events, state="unsubscribed")
    person("never")
    person("asked", news, events, state="unconfirmed")
    person("left", news, state="unsubscribed")
    person("filed", MailingList.objects.create(name="Old", archived_at=timezone.now()))
    orders = MailingList.objects.create(name="Orders")
    ListBasis.objects.create(list=orders, basis="contract", note="They bought something")
    person("buyer", orders)
    consent.suppress(person("bounced", news, events).email, Suppression.Reason.HARD_BOUNCE)
    consent.unsubscribe(person("gone", events), lists=None, channel="page")
    of_lists.suppress([person("kept-off", events).email], events, reason="Asked", by=None)
    pausing.pause(person("away", news), 30, channel="page")
    late = person("late", events)
    Subscription.objects.filter(contact=late).update(expires_at=timezone.now() - timedelta(days=1))
    person("both", news, events)
    Contact.objects.filter(first_name="both").update(attributes={})
    Contact.objects.create(email="stranger@example.org")


ADDED = {"plain", "half"}


def draft(owner: User, way: str) -> Campaign:
    made = letters.draft(owner, on_any_list=True)
    if way != "tags":
        made.segments.add(Segment.objects.create(name="The best", rules=VIP))
    if way != "segments":
        made.tags = ["vip"]
        made.save()
    return made


def reached(batch: Batch | None) -> set[str]:
    assert batch
    building.build(batch.pk)
    batch.refresh_from_db()
    left_out = sum(number for reason, number in batch.left_out.items() if reason != "matched")
    assert batch.total == batch.left_out["matched"] - left_out
    emails = list(Message.objects.filter(batch=batch).values_list("email", flat=True))
    assert len(emails) == len(set(emails))
    return {email.partition("@")[0] for email in emails}


@pytest.mark.parametrize("way", ["segments", "tags", "both"])
@pytest.mark.parametrize("when", list(deciding.When))
@pytest.mark.usefixtures("people")
def test_only_who_agreed_to_a_list_gets_it_and_the_sum_says_why(owner: User, way: str, when: deciding.When) -> None:
    campaign = draft(owner, way)
    deciding.decide(campaign, when)
    campaign.save()
    assert reached(launching.launch(campaign, by=owner)) == ADDED
    batch = Batch.objects.get()
    left_out = {reason: number for reason, number in batch.left_out.items() if number}
    if when == deciding.When.NOW:
        assert left_out == {"matched": 3, "duplicates": 1}
    else:
        counted = {"unsubscribed": 2, "suppressed": 2, "paused": 1, "expired": 1, "duplicates": 2}
        assert left_out == {"matched": 14, "agreed_to_none": 4, **counted}


@pytest.mark.parametrize("is_late", [True, False], ids=["large", "small"])
@pytest.mark.usefixtures("people")
def test_decided_now_nobody_comes_in_and_who_leaves_every_list_falls_out(
    owner: User, news: MailingList, is_late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_late:
        monkeypatch.setattr("contacts.fixed.fixing.AT_ONCE", 1)
    campaign = draft(owner, "segments")
    deciding.decide(campaign, deciding.When.NOW)
    campaign.save()
    drawing.draw_up(FixedAudience.objects.get().pk)
    person("later", news)
    consent.unsubscribe(Contact.objects.get(first_name="half"), lists=[news.pk], channel="page")
    campaign = Campaign.objects.get(pk=campaign.pk)
    deciding.decide(campaign, deciding.When.NOW)  # the card is saved as it is
    assert audience.summary(campaign.audience()).will_receive == 1
    assert reached(launching.launch(campaign, by=owner)) == {"plain"}


@pytest.mark.usefixtures("people")
def test_lists_are_those_of_the_moment_when_people_are_drawn(
    owner: User, news: MailingList, events: MailingList
) -> None:
    batch = launching.launch(draft(owner, "tags"), by=owner, at=timezone.now() + timedelta(hours=2))
    person("new", MailingList.objects.create(name="Made since"))
    person("was-there", events)
    person("on-archived", filed := MailingList.objects.create(name="Archived since"))
    MailingList.objects.filter(pk=filed.pk).update(archived_at=timezone.now())
    consent.delete_list(events)
    assert reached(batch) == {*ADDED, "new"}
    names = MailingList.objects.filter(pk__in=batch.lists).values_list("name", flat=True)
    assert set(names) == {"News", "Made since"}


@pytest.mark.usefixtures("people")
def test_without_any_list_left_it_waits_and_says_so(owner: User) -> None:
    batch = launching.launch(draft(owner, "tags"), by=owner, at=timezone.now() + timedelta(hours=2))
    MailingList.objects.update(archived_at=timezone.now())
    assert not building.build(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    assert "no list any more" in batch.state_reason


@pytest.mark.usefixtures("people")
def test_a_rehearsal_is_repeated_to_the_same_people(owner: User) -> None:
    rehearsal = draft(owner, "segments")
    reached(launching.launch(rehearsal, by=owner))
    done = {"state": Batch.State.DONE, "started_at": timezone.now(), "finished_at": timezone.now()}
    Batch.objects.update(**done)
    person("newcomer", MailingList.objects.create(name="Newer"))
    relay = Provider.objects.create(name="Relay", host="127.0.0.1", port=2599, security="none")
    rehearsal.refresh_from_db()
    assert reached(repeating.send(rehearsal, relay, by=owner).batch) == ADDED


@pytest.mark.usefixtures("people")
def test_the_unsubscribe_page_names_the_lists_that_the_person_is_on(
    owner: User, news: MailingList, events: MailingList
) -> None:
    Subscription.objects.create(contact=(plain := Contact.objects.get(first_name="plain")), list=events)
    batch = launching.launch(draft(owner, "segments"), by=owner)
    reached(batch)
    assert set(Leaver(plain.pk, batch.pk, plain, batch, plain.email).lists()) == {news, events}


@pytest.mark.usefixtures("people")
def test_a_list_that_is_deleted_never_turns_into_all_of_them(owner: User, news: MailingList) -> None:
    campaign = letters.draft(owner, news)
    campaign.segments.add(Segment.objects.create(name="The best", rules=VIP))
    consent.delete_list(news)
    assert "no-list" in {finding.code for finding in checklist.check(campaign)}
    with pytest.raises(launching.NotReady):
        launching.launch(campaign, by=owner)


@pytest.mark.usefixtures("people")
def test_it_is_said_on_the_card_and_the_check_asks_about_its_purpose(
    client_for: Browse, owner: User, news: MailingList
) -> None:
    campaign, browser = letters.draft(owner, news), client_for(owner)
    segment = Segment.objects.create(name="The best", rules=VIP)

    def choose(**typed: Any) -> str:
        campaign.refresh_from_db()
        chosen = {"lists": [news.pk], "on_any_list": "on", "version": campaign.version} | typed
        assert browser.post(reverse("campaign-save", args=[campaign.pk, "to"]), chosen).status_code == 302
        page = browser.get(campaign.get_absolute_url()).content
        return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())

    assert "Nothing says who of all lists it is for." in choose()
    page = choose(segments=[segment.pk])
    assert "Whoever agreed to any list, in The best: 2 people" in page
    assert "14 matched" in page
    assert "− 4 who agreed to no list" in page
    assert "who gets it agreed to at least one of 2 lists" in page
    assert campaign.audience().on_any_list
    only_the_list = choose(segments=[segment.pk], on_any_list="")
    assert "News, in The best" in only_the_list, "what was ticked before is still ticked"
    choose(segments=[segment.pk])
    Subscription.objects.all().delete()
    assert "Nobody is on a list who may get mail." in choose(segments=[segment.pk])
    letters.readers("Ana")
    assert "Nobody who agreed to a list is in the segment. Choose another segment." in choose(segments=[segment.pk])
    assert "Nobody who agreed to a list has one of the tags. Choose other tags." in choose(tags=["vip"])


@pytest.mark.usefixtures("people")
def test_a_campaign_begins_from_a_segment(client_for: Browse, owner: User) -> None:
    segment, browser = Segment.objects.create(name="The best", rules=VIP), client_for(owner)
    page = BeautifulSoup(browser.get(segment.get_absolute_url()).content, "html.parser")
    (link,) = page.find_all("a", string="Write to them")
    browser.post(str(link["href"]), {"starter": ""})
    made = Campaign.objects.get()
    assert (made.on_any_list, list(made.segments.all()), made.lists.exists()) == (True, [segment], False)
    assert audience.summary(made.audience()).will_receive == len(ADDED)
    assert launching.duplicate(made, by=owner).on_any_list
