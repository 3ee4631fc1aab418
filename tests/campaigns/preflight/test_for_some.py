"""Blocks that only people of a segment see: decided once, at the launch, and for whoever looks at a draft."""

import copy
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.content import blocks
from campaigns.message import editions, preview
from campaigns.models import Campaign, SavedBlock
from campaigns.preflight import checklist, for_some
from campaigns.review.review import Review
from campaigns.sending import launching, revising
from contacts.models import Contact, Segment
from contacts.segments import measuring, registry, uses
from delivery import content, tokens
from delivery.content import Recipient
from delivery.ledger import building
from delivery.models import Batch, Message
from tests.campaigns import letters
from tests.campaigns.multilingual.test_sending import Keeping, built, send
from tests.campaigns.multilingual.test_sending import server as server
from tests.contacts.segments.test_pages import Slow
from tracking.recipients import viewing

Browse = Callable[[User], Client]
GUESTS, OTHERS = "Come to the evening for friends", "Become a friend of the house"


def named(names: str, name: str = "Friends") -> Segment:
    """People whose first name contains these letters."""
    row = {"is": "profile", "values": {"field": "first_name", "how": "contains", "value": names}}
    return Segment.objects.create(name=name, rules={"match": "all", "parts": [row]})


def for_people_of(segment: Segment, by: User, **changes: Any) -> Campaign:
    document = blocks.validate(letters.DOCUMENT)
    inside, outside = (blocks.new("heading") | {"text": words} for words in (GUESTS, OTHERS))
    inside["if_segment"], outside["if_segment"] = str(segment.pk), f"not-{segment.pk}"
    document["blocks"][1:1] = [inside, outside]
    people = letters.readers("Ana", "Anton", "Ben", "Cleo")
    return letters.draft(by, people, blocks=blocks.validate(document), **changes)


@pytest.fixture
def segment(db: None) -> Segment:
    return named("An")


@pytest.fixture
def campaign(segment: Segment, owner: User) -> Campaign:
    return for_people_of(segment, owner)


def in_both_parts(mail: EmailMessage) -> set[str]:
    both = "".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
    return {words for words in (GUESTS, OTHERS) if both.count(words) == 2}


def test_each_gets_what_was_decided_at_the_launch(server: Keeping, owner: User) -> None:
    """In both parts of the mail, and in the mail as a page later, though people and rules have changed since."""
    segment = named("An")
    batch = launching.launch(for_people_of(segment, owner), by=owner)
    Segment.objects.update(rules=named("Cleo", "Another").rules)
    built(batch)
    Contact.objects.update(first_name="Zoe")
    send(batch)
    expected = {"Ana": {GUESTS}, "Anton": {GUESTS}, "Ben": {OTHERS}, "Cleo": {OTHERS}}
    assert {to.partition("@")[0].title(): in_both_parts(mail) for to, mail in server.mails.items()} == expected
    for name, words in expected.items():
        message = Message.objects.get(batch=batch, email=f"{name.lower()}@example.org")
        page = viewing.shown(tokens.seal(tokens.VIEW, message.pk))
        assert {said for said in (GUESTS, OTHERS) if said in page} == words


@pytest.mark.django_db
def test_a_mail_that_asks_for_no_segment_notes_none(owner: User) -> None:
    batch = launching.launch(letters.draft(owner, letters.readers("Ana")), by=owner)
    building.build(batch.pk)
    assert batch.segments == []
    assert Message.objects.get(batch=batch).segments is None


def test_the_preview_decides_it_at_once(campaign: Campaign, marketer: User, client_for: Browse) -> None:
    client = client_for(marketer)
    for name, words, other in (("ana", GUESTS, OTHERS), ("ben", OTHERS, GUESTS)):
        who = Contact.objects.get(email=f"{name}@example.org")
        for page in ("campaign-mail", "canvas-mail"):
            shown = client.get(f"{reverse(page, args=[campaign.pk])}?contact={who.pk}").content.decode()
            assert words in shown
            assert other not in shown


@pytest.mark.parametrize("part", ["subject", "preheader"])
def test_a_merge_tag_in_one_line_alone_is_shown_as_it_goes_out(part: str, segment: Segment, owner: User) -> None:
    """No block of the mail asks for the segment."""
    asks = f"{{% if in_segment_{segment.pk} %}}{GUESTS}{{% else %}}{OTHERS}{{% endif %}}"
    campaign = letters.draft(owner, letters.readers("Ana", "Ben"), **{part: asks})
    for name, words in (("ana", GUESTS), ("ben", OTHERS)):
        who = Contact.objects.get(email=f"{name}@example.org")
        assert getattr(preview.preview(campaign, who), part) == words
        line = Review(campaign, who).inbox[0]
        assert words[:20] in f"{line.subject} {line.preheader}"
    assert {use.name for use in uses.of(segment) if use.holds} == {campaign.name}


def test_a_test_mail_is_as_its_person_gets_it(campaign: Campaign, marketer: User, client_for: Browse) -> None:
    who = Contact.objects.get(email="ana@example.org")
    client_for(marketer).post(reverse("campaign-test", args=[campaign.pk]), {"to": marketer.email, "contact": who.pk})
    message = Message.objects.select_related("batch").get(email=marketer.email)
    parts = content.load(message.batch).parts(Recipient(message.pk, None, message.email, {}, opens=False, clicks=False))
    assert GUESTS in parts.html
    assert OTHERS not in parts.html


def test_the_editor_offers_segments_and_the_check_counts_them(
    campaign: Campaign, segment: Segment, marketer: User, client_for: Browse
) -> None:
    client, heading = client_for(marketer), campaign.blocks["blocks"][0]["id"]
    panel = client.get(reverse("block-panel", args=[campaign.pk, heading])).content.decode()
    assert f'<option value="{segment.pk}">Friends</option>' in panel
    assert f'<option value="not-{segment.pk}">Not Friends</option>' in panel
    save = reverse("block-save", args=[campaign.pk, heading])
    client.post(save, {"if_segment": str(segment.pk)}, headers={"Accept": "application/json"})
    campaign.refresh_from_db()
    assert [(one.people, one.of, one.is_for_others) for one in for_some.seen(campaign)] == [
        *((2, 4, False), (2, 4, False), (2, 4, True))
    ]
    shown = " ".join(client.get(reverse("campaign-check", args=[campaign.pk])).content.decode().split())
    assert "only people of “<bdi>Friends</bdi>”, 2 of 4." in shown
    assert "only people who are not in “<bdi>Friends</bdi>”, 2 of 4." in shown


def test_all_segments_of_a_mail_are_counted_in_one_statement(campaign: Campaign, segment: Segment, owner: User) -> None:
    more = copy.deepcopy(campaign.blocks)
    for number, block in enumerate(more["blocks"][3:5]):
        block["if_segment"] = str(named("en", f"More {number}").pk)
    with_more = letters.draft(owner, *campaign.lists.all(), blocks=more)
    plain = letters.draft(owner, *campaign.lists.all())
    counted = [counts_of(one) for one in (plain, campaign, with_more)]
    assert counted == [0, 1, 1]
    assert [(one.people, one.of) for one in for_some.seen(with_more)] == [(2, 4), (2, 4), *[(1, 4)] * 2]


def counts_of(campaign: Campaign) -> int:
    """How many statements of preflight look through everybody who gets it."""
    with CaptureQueriesContext(connection) as asked:
        checklist.check(campaign)
    return sum("SELECT count(*)" in query["sql"] or "WITH place" in query["sql"] for query in asked.captured_queries)


def test_a_segment_that_is_slow_to_look_up_holds_up_no_page(
    campaign: Campaign, segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow()
    slow.text = "EXISTS (SELECT FROM pg_sleep(600))"
    monkeypatch.setitem(registry._conditions, Slow.key, slow)
    monkeypatch.setattr(measuring, "PATIENT_MS", 200)
    Segment.objects.update(rules={"match": "all", "parts": [{"is": Slow.key, "values": {}}]})
    found = [(one.level, one.code) for one in for_some.check(campaign, editions.freeze(campaign))]
    assert found == [("warn", "seen-too-slow")]
    assert Review(campaign, None).for_some == []


def test_what_nobody_sees_is_said(owner: User, segment: Segment) -> None:
    codes = {one.code for one in checklist.check(for_people_of(named("Xaver", "Nobody"), owner))}
    assert "seen-by-nobody" in codes


def test_a_segment_is_kept_while_a_draft_asks_for_it(
    campaign: Campaign, segment: Segment, owner: User, client_for: Browse
) -> None:
    saved = SavedBlock.objects.create(name="Evening", blocks=[campaign.blocks["blocks"][1]])
    assert {use.name for use in uses.of(segment) if use.holds} == {campaign.name, saved.name}
    client_for(owner).post(reverse("segment-delete", args=[segment.pk]))
    assert Segment.objects.filter(pk=segment.pk).exists()
    Segment.objects.all().delete()
    found = [one for one in checklist.check(campaign) if one.code == "segment-gone"]
    assert [(one.level, one.block) for one in found] == [("block", campaign.blocks["blocks"][1]["id"])]


def test_a_new_version_asks_only_for_what_was_noted(campaign: Campaign, segment: Segment, owner: User) -> None:
    batch = launching.launch(campaign, by=owner)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.PAUSED, started_at=timezone.now())
    campaign.refresh_from_db()
    draft = revising.begin(campaign, by=owner)
    assert not [one for one in revising.check(draft) if one.level == "block"]
    draft.blocks["blocks"][1]["if_segment"] = str(named("Ben", "Late").pk)
    draft.save()
    assert [one.code for one in revising.check(draft) if one.level == "block"] == ["segment-late"]
