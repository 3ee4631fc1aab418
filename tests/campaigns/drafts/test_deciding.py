"""Who gets a campaign may be decided beforehand: nobody comes in later, and whoever may not be written to falls out."""

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
from campaigns.sending import launching
from contacts import audience, consent
from contacts.audience import Audience
from contacts.erasing import beginning, working
from contacts.fixed import drawing, fixing
from contacts.merging import joining, parting
from contacts.models import Contact, FixedAudience, FixedMember, Merge, Segment, Suppression
from contacts.segments.rules import Group, Match, Rule, write
from delivery.ledger import building
from delivery.models import Batch, Message
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
VIP = write(Group(Match.ALL, (Rule("tag", {"how": "has", "tag": "vip"}),)))


@pytest.fixture
def draft(owner: User) -> Campaign:
    readers = letters.readers("Ana", "Bo", "Cy", "Di", "Eva")
    Contact.objects.exclude(first_name="Eva").update(attributes={"tags": ["vip"]})
    made = letters.draft(owner, readers)
    made.segments.add(Segment.objects.create(name="The best", rules=VIP))
    return made


@pytest.fixture
def browser(client_for: Browse, owner: User) -> Client:
    return client_for(owner)


def person(name: str) -> Contact:
    return Contact.objects.get(first_name=name)


def choose(browser: Client, draft: Campaign, when: str) -> None:
    """On the card, as it stands, with another answer."""
    draft.refresh_from_db()
    chosen = {name: list(getattr(draft, name).values_list("pk", flat=True)) for name in Campaign.CHOSEN_PEOPLE}
    typed = chosen | {"decided": when, "version": draft.version}
    assert browser.post(reverse("campaign-save", args=[draft.pk, "to"]), typed).status_code == 302
    draft.refresh_from_db()


def shown(browser: Client, draft: Campaign) -> str:
    page = browser.get(draft.get_absolute_url())
    return " ".join(BeautifulSoup(page.content, "html.parser").get_text(" ").split())


def reached(draft: Campaign, owner: User) -> set[str]:
    batch = launching.launch(draft, by=owner)
    building.build(batch.pk)
    batch.refresh_from_db()
    assert batch.total == batch.left_out["matched"] - sum(
        number for reason, number in batch.left_out.items() if reason != "matched"
    )
    emails = Message.objects.filter(batch=batch).values_list("email", flat=True)
    return set(Contact.objects.filter(email__in=emails).values_list("first_name", flat=True))


def test_who_was_decided_on_gets_it_and_nobody_who_comes_later(browser: Client, owner: User, draft: Campaign) -> None:
    choose(browser, draft, "now")
    letters.readers("Fay")
    Contact.objects.filter(first_name__in=("Fay", "Eva")).update(attributes={"tags": ["vip"]})
    Contact.objects.filter(first_name="Ana").update(attributes={})
    said = shown(browser, draft)
    assert "4 people were decided on today" in said
    assert "The best, decided today" in said
    assert "4 matched = 4 will receive" in said
    assert reached(draft, owner) == {"Ana", "Bo", "Cy", "Di"}


def test_who_leaves_is_suppressed_or_deleted_falls_out_with_the_reason(
    browser: Client, owner: User, draft: Campaign
) -> None:
    choose(browser, draft, "now")
    consent.unsubscribe(person("Ana"), lists=[draft.lists.get().pk], channel="page")
    consent.suppress(person("Bo").email, Suppression.Reason.COMPLAINT)
    consent.erase_all([person("Cy").pk])
    assert "4 matched − 1 unsubscribed − 1 suppressed − 1 gone since = 1 will receive" in shown(browser, draft)
    assert reached(draft, owner) == {"Di"}


def test_it_is_decided_again_by_its_button_and_by_another_choice(browser: Client, draft: Campaign) -> None:
    choose(browser, draft, "now")
    first = draft.fixed_audience_id
    Contact.objects.update(attributes={"tags": ["vip"]})
    choose(browser, draft, "now")
    assert draft.fixed_audience_id == first
    assert browser.post(reverse("campaign-decide", args=[draft.pk])).status_code == 302
    assert "5 people were decided on" in shown(browser, draft)
    draft.segments.clear()
    Contact.objects.update(attributes={})
    choose(browser, draft, "now")
    assert "5 people were decided on" in shown(browser, draft)
    assert draft.fixed_audience is not None
    assert draft.fixed_audience.chosen["segments"] == []
    choose(browser, draft, "sent")
    assert not Campaign.objects.exclude(fixed_audience=None).exists()
    FixedAudience.objects.update(asked_at=timezone.now() - timedelta(hours=2))
    deciding.forget()
    assert not FixedAudience.objects.exists()
    assert not FixedMember.objects.exists()


def test_a_planned_campaign_says_who_gets_it_and_is_still_decided_as_a_draft_again(
    browser: Client, owner: User, draft: Campaign
) -> None:
    choose(browser, draft, "now")
    launching.launch(draft, by=owner, at=timezone.now() + timedelta(days=1))
    assert "It goes to the 4 people who were decided on today" in shown(browser, draft)
    copy = launching.duplicate(draft, by=owner)
    assert copy.fixed_audience is None
    launching.undo(draft, by=owner)
    assert "4 people were decided on" in shown(browser, draft)
    deciding.forget()
    assert FixedAudience.objects.count() == 1


def test_large_lists_are_looked_through_by_a_worker_and_nothing_leaves_before(
    browser: Client, draft: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixing, "AT_ONCE", 2)
    choose(browser, draft, "now")
    assert draft.is_being_decided
    assert "Who gets it is still being looked up" in shown(browser, draft)
    FixedAudience.objects.update(asked_at=timezone.now() - timedelta(minutes=3))
    for fixed_id in drawing.abandoned():
        drawing.draw_up(fixed_id)
        drawing.draw_up(fixed_id)
    said = shown(browser, draft)
    assert "4 people were decided on" in said
    assert "still being looked up" not in said


def test_a_choice_that_is_changed_before_it_was_looked_up_is_not_looked_up(
    browser: Client, draft: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixing, "AT_ONCE", 2)
    best = draft.segments.get()
    for segments in ([best], [], [best]):
        draft.segments.set(segments)
        choose(browser, draft, "now")
    subject = {"subject": "Another", "preheader": "", "version": draft.version}
    browser.post(reverse("campaign-save", args=[draft.pk, "subject"]), subject)
    choose(browser, draft, "now")
    assert FixedAudience.objects.get() == draft.fixed_audience
    drawing.draw_up(FixedAudience.objects.get().pk)
    assert "4 people were decided on" in shown(browser, draft)


def test_one_that_is_superseded_while_it_is_looked_up_leaves_nobody_behind(
    draft: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed, select = FixedAudience.objects.create(chosen=draft.chosen_audience().to_json()), audience.select

    def superseded(chosen: Audience) -> tuple[str, list[Any]]:
        drawing.give_up(fixed.pk)
        return select(chosen)

    monkeypatch.setattr(audience, "select", superseded)
    drawing.draw_up(fixed.pk)
    assert not FixedAudience.objects.exists()
    assert not FixedMember.objects.exists()


@pytest.mark.parametrize(
    ("days", "is_rehearsal", "kept"), [(6, False, 4), (8, False, 0), (8, True, 4)], ids=["soon", "sent", "rehearsal"]
)
def test_who_it_was_is_forgotten_some_days_after_it_was_sent(
    days: int, is_rehearsal: bool, kept: int, browser: Client, owner: User, draft: Campaign
) -> None:
    choose(browser, draft, "now")
    batch = launching.launch(draft, by=owner)
    deciding.forget()
    assert FixedMember.objects.count() == 4, "it is not built yet"
    building.build(batch.pk)
    ended = timezone.now() - timedelta(days=days)
    of_batch = Batch.objects.filter(pk=batch.pk)
    of_batch.update(state=Batch.State.DONE, rehearsal=is_rehearsal, started_at=ended, finished_at=ended)
    deciding.forget()
    assert FixedMember.objects.count() == kept
    assert FixedAudience.objects.get().people == 4


def test_merged_people_keep_their_place_and_erased_ones_lose_it(browser: Client, owner: User, draft: Campaign) -> None:
    choose(browser, draft, "now")
    other = Contact.objects.create(email="ana@elsewhere.example", first_name="Anna")
    consent.subscribe(other, lists=[draft.lists.get().pk], channel="hand")
    ana = person("Ana")
    joining.merge(other.pk, ana.pk, values={}, by=owner, request=owner)
    assert "4 matched = 4 will receive" in shown(browser, draft)
    parting.undo(Merge.objects.get().pk, by=owner, request=owner)
    assert FixedMember.objects.filter(contact_id=ana.pk).exists()
    erasure = beginning.begin(ana.email, by=owner, request=owner, reason="Asked")
    working.work(erasure.pk)
    assert not FixedMember.objects.filter(contact_id=ana.pk).exists()
    assert "4 matched − 1 gone since = 3 will receive" in shown(browser, draft)


def test_the_choice_stands_beside_why_segments_only_narrow(browser: Client, draft: Campaign) -> None:
    said = shown(browser, draft)
    assert "Who gets it is decided" in said
    assert "Segments and tags only choose among them" in said
