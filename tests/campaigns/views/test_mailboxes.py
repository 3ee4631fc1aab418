"""A campaign under way by mailbox provider: what its servers answered, and one of them paused alone."""

import csv
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from campaigns.models import Campaign
from campaigns.sending import launching
from contacts.models import Contact, MailingList, Subscription
from delivery import ledger
from delivery.ledger import building
from delivery.models import Batch, Message, Provider
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def sending(marketer: User, organisation: object) -> Campaign:
    Provider.objects.create(name="Relay", host="127.0.0.1", port=2525, security="none").make_default()
    readers: MailingList = letters.readers("Ana", "Ben")
    for name in ("cleo", "dan", "eva"):
        contact = Contact.objects.create(email=f"{name}@gmail.com")
        Subscription.objects.create(contact=contact, list=readers)
    batch = launching.launch(letters.draft(marketer, readers), by=marketer)
    building.build(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(state="sending", started_at=batch.created_at)
    return Campaign.objects.get(batch=batch)


def shown(client: Client, campaign: Campaign) -> str:
    return " ".join(client.get(campaign.get_absolute_url()).content.decode().split())


def address(campaign: Campaign, act: str, lane: str = "gmail") -> str:
    return reverse(f"campaign-lane-{act}", args=[campaign.pk, lane])


def test_one_mailbox_provider_is_paused_and_goes_on(client_for: Browse, marketer: User, sending: Campaign) -> None:
    client = client_for(marketer)
    assert "Pause only Gmail …" in shown(client, sending)
    asked = " ".join(client.get(address(sending, "pause")).content.decode().split())
    assert "3 people wait there and get nothing until you go on" in asked
    assert "The other 2 go on." in asked
    assert not Batch.objects.get(group=sending.group).paused_lanes, "asking changes nothing"
    client.post(address(sending, "pause"))
    page = shown(client, sending)
    assert "Paused for Gmail" in page
    assert f"by <bdi>{marketer}</bdi>: 3 people wait." in page
    assert "Nobody else waits" not in page
    assert "paused for Gmail" in client.get(reverse("home")).content.decode()
    assert (
        "Going on with Gmail where it stopped." in client.post(address(sending, "resume"), follow=True).content.decode()
    )
    assert "Paused for Gmail" not in shown(client, sending)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "detail__lane"))[-2:]
    assert actions == [("campaign.lane_paused", "gmail"), ("campaign.lane_resumed", "gmail")]


def test_what_its_servers_answered_is_taken_along(
    client_for: Browse, marketer: User, viewer: User, sending: Campaign
) -> None:
    launching.pause_lane(sending, "gmail", by=marketer)
    (address,) = re.findall(r'href="([^"]+)" download id="mailboxes-csv"', shown(client_for(viewer), sending))
    answer: Any = client_for(viewer).get(address)
    rows = {row["Mailbox"]: row for row in csv.DictReader(StringIO(b"".join(answer).decode("utf-8-sig")))}
    assert [rows["Gmail"][name] for name in ("Accepted", "Waiting", "Refused")] == ["0", "3", "0"]
    assert bool(rows["Gmail"]["Paused since"])
    assert not any(row["Paused since"] for name, row in rows.items() if name != "Gmail")


def test_who_waits_for_it_is_told_so_everywhere(client_for: Browse, marketer: User, sending: Campaign) -> None:
    client = client_for(marketer)
    client.post(address(sending, "pause"))
    waiting = client.get(reverse("batch-people", args=[sending.batch_id]), {"term": "waiting"}).content.decode()
    assert waiting.count("The sending to Gmail is paused.") == 3
    message = Message.objects.get(batch=sending.batch_id, email="cleo@gmail.com")
    told = client.get(reverse("message", args=[message.pk])).content.decode()
    assert "The sending to Gmail is paused." in told
    found = client.get(reverse("search"), {"q": "did cleo@gmail.com get it?"}).content.decode()
    assert "waits. The sending to Gmail is paused." in found


def test_paused_twice_is_told_and_changes_nothing(client_for: Browse, marketer: User, sending: Campaign) -> None:
    client = client_for(marketer)
    client.post(address(sending, "pause"))
    again = client.post(address(sending, "pause"), follow=True).content.decode()
    assert "It is paused already." in again
    assert client.post(address(sending, "pause", "apple")).status_code == 404, "nobody there gets this campaign"


def test_who_may_not_send_sees_the_table_and_pauses_nothing(
    client_for: Browse, viewer: User, sending: Campaign
) -> None:
    client = client_for(viewer)
    page = shown(client, sending)
    assert "By mailbox provider" in page
    assert "Pause only Gmail" not in page
    for act in ("pause", "resume"):
        assert client.post(address(sending, act)).status_code == 403
    assert Client().post(address(sending, "pause")).status_code in (302, 403)


def test_a_campaign_that_is_over_shows_no_table(client_for: Browse, marketer: User, sending: Campaign) -> None:
    Batch.objects.filter(group=sending.group).update(state="done", finished_at="2026-11-01T10:00Z")
    assert "By mailbox provider" not in shown(client_for(marketer), sending)


def test_cancelling_the_rest_says_how_many_get_nothing_also_while_it_goes_on(
    client_for: Browse, marketer: User, sending: Campaign
) -> None:
    client = client_for(marketer)
    asked = shown(client, sending).partition('id="cancel-dialog"')[2].partition("</dialog>")[0]
    assert "5 people who still wait are skipped, for good" in asked
    assert "To confirm, type" not in asked
    polled = client.get(sending.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "flight"})
    renewed = polled.content.decode().partition('id="cancelled" hx-swap-oob="true">')[2]
    assert "5 people who still wait" in " ".join(renewed.split())


def test_cancelling_the_rest_of_a_large_campaign_asks_for_the_number_of_people(
    client_for: Browse, marketer: User, sending: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "MANY_PEOPLE", 4)  # 5 still wait
    Batch.objects.filter(group=sending.group).update(rehearsal=False)
    client = client_for(marketer)
    total = str(ledger.tally(Batch.objects.get(group=sending.group)).total)
    asked = shown(client, sending).partition('id="cancel-dialog"')[2].partition("</dialog>")[0]
    assert f"type how many people the campaign is for: {total}" in asked
    for typed in ({}, {"typed": ""}, {"typed": total + "0"}, {"typed": "4"}):
        page = client.post(f"/campaigns/{sending.pk}/cancel/", typed, follow=True)
        assert f"Not cancelled: the number to type is {total}." in page.content.decode()
        assert Batch.objects.get(group=sending.group).state == Batch.State.SENDING
    client.post(f"/campaigns/{sending.pk}/cancel/", {"typed": f" {total} "})
    assert Batch.objects.get(group=sending.group).state == Batch.State.CANCELLED


def test_cancelling_a_large_rehearsal_asks_for_nothing(
    client_for: Browse, marketer: User, sending: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "MANY_PEOPLE", 4)
    Batch.objects.filter(group=sending.group).update(rehearsal=True)
    client = client_for(marketer)
    assert "To confirm, type" not in shown(client, sending).partition('id="cancel-dialog"')[2].partition("</dialog>")[0]
    client.post(f"/campaigns/{sending.pk}/cancel/")
    assert Batch.objects.get(group=sending.group).state == Batch.State.CANCELLED
