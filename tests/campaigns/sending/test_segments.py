"""A campaign for a segment: chosen, shown, frozen at launch, and paused rather than sent to whom nobody meant."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from campaigns.models import Campaign
from campaigns.sending import launching
from contacts.models import Contact, Field, Segment
from contacts.segments import measuring, registry
from contacts.segments.rules import Group, Match, Rule, write
from delivery.ledger import building
from delivery.models import Batch, Message
from tests.campaigns import letters
from tests.contacts.segments.test_pages import Slow

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
