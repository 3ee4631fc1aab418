"""Blocks that only people of a segment see: decided once, at the launch, and for whoever looks at a draft."""

import copy
import email
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns import launching, revising
from campaigns.content import blocks
from campaigns.models import Campaign, SavedBlock
from campaigns.preflight import checklist, for_some
from contacts.models import Contact, Segment
from contacts.segments import uses
from delivery import content, tokens
from delivery.content import Recipient
from delivery.dispatch import tick
from delivery.engine import process, turn
from delivery.ledger import building
from delivery.models import Batch, Message, Provider
from tests.campaigns import letters
from tests.delivery.engine.server import Behaviour, Server
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


class Keeping(Server):
    """Keeps what it takes."""

    def __init__(self, log: Path, behaviour: Behaviour) -> None:
        super().__init__(log, behaviour)
        self.read: dict[str, set[str]] = {}

    def keep(self, body: bytes) -> None:
        super().keep(body)
        mail = email.message_from_bytes(body, policy=default)
        both = "".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
        name = str(mail["To"]).partition("@")[0].title()
        self.read[name] = {words for words in (GUESTS, OTHERS) if both.count(words) == 2}


@pytest.fixture
def server(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Keeping]:
    """Takes the place of the sandbox's server."""
    settings.JOURNAL_DIR = tmp_path / "journal"
    server = Keeping(tmp_path / "log", Behaviour())
    with server:
        settings.SANDBOX_HOST, settings.SANDBOX_PORT = "127.0.0.1", server.port
        Provider.objects.sandbox()
        yield server
        process.close()


def test_each_gets_what_was_decided_at_the_launch(server: Keeping, owner: User) -> None:
    """In both parts of the mail, and in the mail as a page later, though people and rules have changed since."""
    segment = named("An")
    batch = launching.launch(for_people_of(segment, owner), by=owner)
    Segment.objects.update(rules=named("Cleo", "Another").rules)
    building.build(batch.pk)
    Contact.objects.update(first_name="Zoe")
    Batch.objects.filter(pk=batch.pk).update(hold_until=timezone.now())
    tick.tick()
    turn.run(batch.provider_id or 0, batch.stream)
    expected = {"Ana": {GUESTS}, "Anton": {GUESTS}, "Ben": {OTHERS}, "Cleo": {OTHERS}}
    assert server.read == expected
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
