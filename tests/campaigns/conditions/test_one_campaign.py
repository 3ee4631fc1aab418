"""One campaign: who got it and did what, and the people of its report as a segment."""

from collections.abc import Callable
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from contacts.models import Contact, Segment
from contacts.segments import asking, compiling
from delivery.models import Batch, Feedback, Message, MessageState, Term, Waiting
from tests.contacts.segments.asked import who
from tracking import segmenting
from tracking.models import Engagement, EventKind, Link
from tracking.reports import people
from tracking.reports.narrowing import Narrow

pytestmark = pytest.mark.django_db


def test_what_people_did_with_one_campaign(sent: Campaign) -> None:
    link = str(Link.objects.filter(batch=sent.batch_id).first().pk)  # type: ignore[union-attr]
    one = {"campaign": str(sent.pk)}
    assert who("campaign", how="got", **one) == {"ana", "bo", "cy"}
    assert who("campaign", how="not-got", **one) == {"di"}
    assert who("campaign", how="opened", **one) == {"ana", "bo"}
    assert who("campaign", how="clicked", **one) == {"ana"}
    assert who("campaign", how="link", link=link, **one) == {"ana"}
    assert who("campaign", how="not-opened", **one) == {"cy"}
    assert who("campaign", how="not-clicked", **one) == {"bo", "cy"}
    assert who("campaign", how="unsubscribed", **one) == {"bo"}
    assert who("campaign", how="complained", **one) == {"bo"}
    assert who("campaign", how="bounced", **one) == {"cy"}


def test_where_one_campaign_s_mail_to_people_stands(sent: Campaign) -> None:
    one = {"campaign": str(sent.pk)}
    assert sent.batch
    assert who("campaign", how="all", **one) == {"ana", "bo", "cy"}
    assert who("campaign", how="no-word", **one) == {"ana"}
    assert who("campaign", how="machines-clicked", **one) == {"cy"}
    mails = {message.email[:2]: message for message in Message.objects.filter(batch=sent.batch_id)}
    seen = {"batch_id": sent.batch_id, "first_at": timezone.now(), "kind": EventKind.OPEN}
    for message in (mails["an"], mails["cy"]):
        Engagement.objects.create(message_id=message.pk, is_machine=True, **seen)
    assert who("campaign", how="machines-opened", **one) == {"ana", "cy"}
    assert who("campaign", how="machines-alone", **one) == {"cy"}
    Feedback.objects.filter(message_id=mails["bo"].pk).update(term=Term.SOFT, is_blocked=True)
    assert who("campaign", how="bounced-for-now", **one) == {"bo"} == who("campaign", how="blocked", **one)
    assert who("campaign", how="hard", **one) == {"cy"}
    for how, state, category in (
        ("refused", MessageState.REFUSED, "unknown_user"),
        ("uncertain", MessageState.UNCERTAIN, "uncertain"),
        ("skipped", MessageState.SKIPPED, "suppressed"),
    ):
        assert who("campaign", how=how, **one) == set()
        Message.objects.filter(pk=mails["an"].pk).update(state=state)
        Waiting.objects.update_or_create(
            message_id=mails["an"].pk,
            defaults={"batch": sent.batch, "state": state, "category": category, "lane": "other"},
        )
        assert who("campaign", how=how, **one) == {"ana"}, how


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
    monkeypatch.setattr("campaigns.conditions.one_campaign._LISTED", 0)
    assert who("campaign", how="opened", campaign=str(sent.pk)) == {"ana", "bo"}
