"""A campaign for a segment: chosen, shown, frozen at launch, and paused rather than sent to whom nobody meant."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns import launching
from campaigns.models import Campaign
from contacts.models import Contact, Field, Segment
from contacts.segments import asking, compiling, measuring, registry
from contacts.segments.rules import Group, Match, Rule, write
from delivery.ledger import building
from delivery.models import Batch, Feedback, Message, MessageState, Term, Waiting
from tests.campaigns import letters
from tests.contacts.segments.test_pages import Slow
from tracking import segmenting
from tracking.models import Engagement, EventKind, Link
from tracking.reports import people
from tracking.reports.narrowing import Narrow

pytestmark = pytest.mark.django_db


def only(city: str) -> dict[str, object]:
    return write(Group(Match.ALL, (Rule("profile", {"field": "field:city", "how": "is", "value": city}),)))


@pytest.fixture
def segment() -> Segment:
    Field.objects.create(key="city", label="City")
    return Segment.objects.create(name="Parisians", rules=only("Paris"))


@pytest.fixture
def draft(owner: User, segment: Segment) -> Campaign:
    readers = letters.readers("Ana", "Bo", "Cy")
    Contact.objects.filter(first_name__in=("Ana", "Bo")).update(attributes={"city": "Paris"})
    made = letters.draft(owner, readers)
    made.segments.add(segment)
    return made


def reached(batch: Batch) -> set[str]:
    emails = Message.objects.filter(batch=batch).values_list("email", flat=True)
    return set(Contact.objects.filter(email__in=emails).values_list("first_name", flat=True))


def test_only_people_of_the_segment_get_it(owner: User, draft: Campaign) -> None:
    batch = launching.launch(draft, by=owner)
    building.build(batch.pk)
    assert reached(batch) == {"Ana", "Bo"}
    assert launching.duplicate(draft, by=owner).segments.count() == 1


def test_a_segment_changed_after_the_launch_changes_nothing(owner: User, draft: Campaign, segment: Segment) -> None:
    batch = launching.launch(draft, by=owner)
    Segment.objects.filter(pk=segment.pk).update(rules=only("Lyon"))
    building.build(batch.pk)
    assert reached(batch) == {"Ana", "Bo"}


def test_a_launch_whose_rules_lost_their_field_waits_for_somebody(owner: User, draft: Campaign) -> None:
    batch = launching.launch(draft, by=owner)
    Field.objects.all().delete()
    assert not building.build(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    assert "its segment asks for has been deleted" in batch.state_reason
    assert not reached(batch)


def test_the_page_says_for_whom_it_is(client_for: Callable[[User], Client], owner: User, draft: Campaign) -> None:
    browser = client_for(owner)
    said = browser.get(draft.get_absolute_url()).content.decode()
    assert "in Parisians: 2 people" in said
    assert "Only people in a segment" in said
    Field.objects.all().delete()
    assert (
        "cannot be asked: What was chosen as field is gone." in browser.get(draft.get_absolute_url()).content.decode()
    )


def test_no_page_of_a_campaign_waits_for_a_slow_segment(
    client_for: Callable[[User], Client], owner: User, draft: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow()
    slow.text = "EXISTS (SELECT FROM pg_sleep(600))"
    monkeypatch.setitem(registry._conditions, Slow.key, slow)
    monkeypatch.setattr(measuring, "PAGE_MS", 200)
    monkeypatch.setattr(measuring, "PATIENT_MS", 200)
    Segment.objects.update(rules=write(Group(Match.ALL, (Rule(Slow.key, {}),))))
    browser, address = client_for(owner), draft.get_absolute_url()
    said = browser.get(address).content.decode()
    assert "in Parisians: it takes too long to say how many" in said
    assert "It takes too long to say who gets it." in said
    for part in ("ready/", "launch/"):
        assert "It takes too long to say" in browser.get(f"{address}{part}").content.decode()
    asked = {"provider": draft.way_out.pk, "version": draft.stamp, "way": "real", "typed": "0"}
    assert "This cannot go yet." in browser.post(f"{address}launch/", asked).content.decode()
    assert not Batch.objects.filter(content_kind="edition").exists()


def test_a_segment_that_a_draft_uses_stays(client_for: Callable[[User], Client], owner: User, draft: Campaign) -> None:
    browser = client_for(owner)
    said = browser.post(f"/segments/{draft.segments.get().pk}/delete/", follow=True).content.decode()
    assert f"It is used by the draft “{draft.name}”" in said
    assert Segment.objects.exists()
    draft.segments.clear()
    browser.post(f"/segments/{Segment.objects.get().pk}/delete/")
    assert not Segment.objects.exists()


@pytest.fixture
def sent(owner: User) -> Campaign:
    """Ana opened and clicked, Bo opened and left, a program clicked Cy's, which came back; Di got nothing."""
    readers = letters.readers("Ana", "Bo", "Cy")
    letters.readers("Di", list_name="Others")
    campaign = letters.draft(owner, readers)
    batch = launching.launch(campaign, by=owner)
    building.build(batch.pk)
    Message.objects.filter(batch=batch).update(state=MessageState.ACCEPTED)
    Batch.objects.filter(pk=batch.pk).update(started_at=timezone.now(), rehearsal=False)
    link = Link.objects.filter(batch=batch).first()
    assert link
    for name, kind, link_id, is_machine in (
        ("ana", EventKind.OPEN, 0, False),
        ("ana", EventKind.CLICK, 0, False),
        ("ana", EventKind.CLICK, link.pk, False),
        ("bo", EventKind.OPEN, 0, False),
        ("bo", EventKind.UNSUBSCRIBE, 0, False),
        ("cy", EventKind.CLICK, 0, True),
    ):
        Engagement.objects.create(
            message_id=Message.objects.get(batch=batch, email=f"{name}@example.org").pk,
            batch=batch,
            kind=kind,
            link_id=link_id,
            is_machine=is_machine,
            first_at=timezone.now(),
        )
    for name, term in (("bo", Term.COMPLAINED), ("cy", Term.HARD)):
        message = Message.objects.get(batch=batch, email=f"{name}@example.org")
        Feedback.objects.create(message_id=message.pk, batch=batch, lane="other", term=term, at=timezone.now())
    campaign.refresh_from_db()
    return campaign


def found(condition: str, **values: str) -> set[str]:
    inside = compiling.predicate(Group(Match.ALL, (Rule(condition, values),)), asking.known())
    sql = f"SELECT c.* FROM contacts_contact c WHERE {inside.text}"  # noqa: S608
    rows = Contact.objects.raw(sql, list(inside.parameters))
    return {contact.first_name for contact in rows} & {"Ana", "Bo", "Cy", "Di"}


def test_what_people_did_with_one_campaign(sent: Campaign) -> None:
    link = str(Link.objects.filter(batch=sent.batch_id).first().pk)  # type: ignore[union-attr]
    one = {"campaign": str(sent.pk)}
    assert found("campaign", how="got", **one) == {"Ana", "Bo", "Cy"}
    assert found("campaign", how="not-got", **one) == {"Di"}
    assert found("campaign", how="opened", **one) == {"Ana", "Bo"}
    assert found("campaign", how="clicked", **one) == {"Ana"}
    assert found("campaign", how="link", link=link, **one) == {"Ana"}
    assert found("campaign", how="not-opened", **one) == {"Cy"}
    assert found("campaign", how="not-clicked", **one) == {"Bo", "Cy"}
    assert found("campaign", how="unsubscribed", **one) == {"Bo"}
    assert found("campaign", how="complained", **one) == {"Bo"}
    assert found("campaign", how="bounced", **one) == {"Cy"}


def test_where_one_campaign_s_mail_to_people_stands(sent: Campaign) -> None:
    one = {"campaign": str(sent.pk)}
    assert sent.batch
    assert found("campaign", how="all", **one) == {"Ana", "Bo", "Cy"}
    assert found("campaign", how="no-word", **one) == {"Ana"}
    assert found("campaign", how="machines-clicked", **one) == {"Cy"}
    mails = {message.email[:2]: message for message in Message.objects.filter(batch=sent.batch_id)}
    seen = {"batch_id": sent.batch_id, "first_at": timezone.now(), "kind": EventKind.OPEN}
    for message in (mails["an"], mails["cy"]):
        Engagement.objects.create(message_id=message.pk, is_machine=True, **seen)
    assert found("campaign", how="machines-opened", **one) == {"Ana", "Cy"}
    assert found("campaign", how="machines-alone", **one) == {"Cy"}
    Feedback.objects.filter(message_id=mails["bo"].pk).update(term=Term.SOFT, is_blocked=True)
    assert found("campaign", how="bounced-for-now", **one) == {"Bo"} == found("campaign", how="blocked", **one)
    assert found("campaign", how="hard", **one) == {"Cy"}
    for how, state, category in (
        ("refused", MessageState.REFUSED, "unknown_user"),
        ("uncertain", MessageState.UNCERTAIN, "uncertain"),
        ("skipped", MessageState.SKIPPED, "suppressed"),
    ):
        assert found("campaign", how=how, **one) == set()
        Message.objects.filter(pk=mails["an"].pk).update(state=state)
        Waiting.objects.update_or_create(
            message_id=mails["an"].pk,
            defaults={"batch": sent.batch, "state": state, "category": category, "lane": "other"},
        )
        assert found("campaign", how=how, **one) == {"Ana"}, how


def test_every_list_of_a_report_is_a_segment_or_says_why_not(
    client_for: Callable[[User], Client], owner: User, sent: Campaign
) -> None:
    assert sent.batch
    for term in people.LABELS:
        rules = segmenting.rules(sent.batch, term, Narrow())
        assert (rules is None) is (term in ("waiting", "unaccounted")), term
        if rules:
            listed = {person.contact_id for person in people.everyone(sent.batch, term)}
            inside = compiling.predicate(rules, asking.known())
            sql = f"SELECT c.* FROM contacts_contact c WHERE {inside.text}"  # noqa: S608
            assert {contact.pk for contact in Contact.objects.raw(sql, list(inside.parameters))} == listed, term
    Message.objects.filter(batch=sent.batch_id, email__startswith="ana").update(state=MessageState.PENDING)
    Batch.objects.filter(pk=sent.batch.pk).update(state=Batch.State.SENDING)
    page = client_for(owner).get(reverse("batch-people", args=[sent.batch_id]), {"term": "waiting"}).content.decode()
    assert "changes by the minute" in page
    assert "Tag these people" in page


def test_so_many_of_the_last_campaigns(sent: Campaign) -> None:
    """Of their own last ones, as the folding leaves them on the contact: the latest campaign is the last bit."""
    for name, mails, opened, clicked in (("Ana", 6, 0b011010, 0b000010), ("Bo", 5, 0b10000, 0), ("Cy", 2, 0, 0)):
        Contact.objects.filter(first_name=name).update(recent_mails=mails, recent_opened=opened, recent_clicked=clicked)
    assert found("recent", how="opened", least="1", last="5") == {"Ana", "Bo"}
    assert found("recent", how="opened", least="3", last="5") == {"Ana"}
    assert found("recent", how="opened", least="3", last="4") == set()
    assert found("recent", how="clicked", least="1", last="2") == {"Ana"}
    assert found("recent", how="not-opened", last="4") == {"Bo"}
    assert found("recent", how="not-clicked", last="2") == {"Bo", "Cy"}
    Contact.objects.filter(first_name="Cy").update(click_consent="refused")
    assert found("recent", how="not-clicked", last="2") == {"Bo"}
    assert found("recent", how="got", least="1", last="1") == {"Ana", "Bo", "Cy"}
    assert found("recent", how="got", least="2", last="5") == set()


def test_when_people_opened_or_clicked_last(sent: Campaign) -> None:
    for name, days in (("Ana", 5), ("Bo", 100)):
        at = timezone.now() - timedelta(days=days)
        Contact.objects.filter(first_name=name).update(last_clicked_at=at, last_opened_at=at, last_sent_at=at)
    assert found("clicked", how="last", days="90") == {"Ana"}
    assert found("clicked", how="not-last", days="90") == {"Bo", "Cy", "Di"}
    assert found("opened", how="ever") == {"Ana", "Bo"}
    assert found("received", how="never") == {"Cy", "Di"}


def test_by_mailbox_provider(sent: Campaign) -> None:
    Contact.objects.filter(first_name="Di").update(email="di@googlemail.com")
    assert found("mailbox", lane="gmail") == {"Di"}
    assert found("mailbox", lane="other") == {"Ana", "Bo", "Cy"}


def test_people_of_a_report_become_a_segment(client_for: Callable[[User], Client], owner: User, sent: Campaign) -> None:
    link = Link.objects.filter(batch=sent.batch_id).first()
    assert link
    client = client_for(owner)
    page = client.get(f"{reverse('batch-people', args=[sent.batch_id])}?term=clicked&link={link.pk}")
    offer = BeautifulSoup(page.content, "html.parser").find("a", string="Make a segment of these")
    assert offer
    begun = str(offer["href"])
    form = client.get(begun)
    assert f"clicked “{link.label or link.url}” in “{sent.name}”" in unescape(form.content.decode())
    chosen = BeautifulSoup(form.content, "html.parser").select("[name^=r-] [selected]")
    said = {str(option.find_parent("select")["name"]): str(option["value"]) for option in chosen}  # type: ignore[index]
    client.post(begun, {**said, "name": "Followed it"})
    saved = Segment.objects.get(name="Followed it")
    assert saved.rules["parts"] == [
        {"is": "campaign", "values": {"how": "link", "campaign": str(sent.pk), "link": str(link.pk)}}
    ]
    assert saved.people == 1


def test_a_report_of_an_address_or_a_day_offers_no_segment(
    client_for: Callable[[User], Client], owner: User, sent: Campaign
) -> None:
    people = reverse("batch-people", args=[sent.batch_id])
    assert b"Make a segment" in client_for(owner).get(people, {"term": "opened"}).content
    assert b"Make a segment" not in client_for(owner).get(people, {"term": "opened", "q": "ana"}).content
    for term, offered in (("unsubscribed", True), ("bounced-hard", True), ("waiting", False)):
        assert (b"Make a segment" in client_for(owner).get(people, {"term": term}).content) is offered, term


def test_a_segment_about_an_old_campaign_goes_on(sent: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many were sent since: the list to choose from is bounded, what may be named is not."""
    monkeypatch.setattr("campaigns.conditions._LISTED", 0)
    assert found("campaign", how="opened", campaign=str(sent.pk)) == {"Ana", "Bo"}
