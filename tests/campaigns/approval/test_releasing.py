"""A planned campaign is held, as more people are to get it than may get it unapproved. An approval lets it go on."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ApprovalRule, Organisation, User
from accounts.shell import problems
from campaigns.approval import deciding, releasing
from campaigns.models import Campaign, Edition
from campaigns.sending import launching
from contacts import consent
from contacts.models import Contact, Segment
from delivery import ledger
from delivery.dispatch import tick
from delivery.ledger import building
from delivery.models import Batch, Chunk, Message
from tests.campaigns import letters
from tests.campaigns.approval.asking import answer, ask, called, write

Browser = Callable[[User], Client]


def held(draft: Campaign, by: User) -> Batch:
    """One person may get it unapproved, and there are two when it is about to start."""
    Organisation.objects.update(approval_above=1)
    batch = launching.launch(draft, by=by, at=timezone.now() + timedelta(minutes=1))
    letters.readers("Bea")
    assert not building.build(batch.pk)
    batch.refresh_from_db()
    assert batch.awaits_approval
    draft.refresh_from_db()
    return batch


def too_late(batch: Batch) -> None:
    """Its planned time goes by."""
    gone = timezone.now() - timedelta(hours=3)
    Batch.objects.filter(pk=batch.pk).update(not_before=gone, hold_until=gone)


def begin(batch: Batch) -> None:
    """What the dispatcher does every second."""
    with connection.cursor() as cursor:
        tick.start_due(cursor)
    batch.refresh_from_db()


def mailed(batch: Batch) -> list[str]:
    """Whose message can leave, once for each."""
    sizes = Chunk.objects.filter(batch=batch).values_list("pending", flat=True)
    found = Message.objects.filter(batch=batch).values_list("email", flat=True)
    assert sum(sizes) == len(found)
    return sorted(found)


def test_approved_in_time_it_starts_as_planned_with_whoever_is_there_by_then(
    draft: Campaign, owner: User, admin: User, marketer: User, client_for: Browser
) -> None:
    batch = held(draft, marketer)
    mia, aron, page = client_for(marketer), client_for(admin), f"/campaigns/{draft.pk}/approval/"
    assert "It was launched and is held until somebody approves it" in mia.get(page).content.decode()
    mia.post(f"{page}ask/", {"of": admin.pk, "note": "More people than I thought"})
    assert "Read and decide" in [found.label for found in problems.for_user(admin)]
    assert "See the question" in mia.get(draft.get_absolute_url()).content.decode()
    reading = aron.get(page)
    assert "Approve it: it starts" in reading.content.decode()
    assert f"&amp;version={batch.version}" in reading.content.decode(), "the mail that goes, not the draft as it is now"
    done = aron.post(f"{page}decide/", {"decision": "approve", "seen": reading.context["seen"]}, follow=True)
    assert "Approved. It starts as planned." in done.content.decode()
    letters.readers("Cleo")
    assert building.build(batch.pk)
    assert not building.build(batch.pk)
    begin(batch)
    assert batch.state == Batch.State.HELD, "its time has not come"
    assert mailed(batch) == ["ana@example.org", "bea@example.org", "cleo@example.org"]
    assert not problems.for_user(admin)


def test_approved_too_late_it_starts_at_once_and_the_button_says_so(
    draft: Campaign, admin: User, marketer: User, client_for: Browser
) -> None:
    batch = held(draft, marketer)
    too_late(batch)
    ask(draft, admin, marketer)
    aron, page = client_for(admin), f"/campaigns/{draft.pk}/approval/"
    reading = aron.get(page)
    words = " ".join(reading.content.decode().split())
    assert "Approve it and send it now to 2 people " in words
    assert "has passed: approved, it starts at once, after 10 seconds in which it can be taken back" in words
    done = aron.post(f"{page}decide/", {"decision": "approve", "seen": reading.context["seen"]}, follow=True)
    assert "It starts in 10 seconds; until then it can be taken back." in done.content.decode()
    tick.start_builds()
    assert building.build(batch.pk)
    begin(batch)
    assert batch.state == Batch.State.HELD
    Batch.objects.filter(pk=batch.pk).update(hold_until=timezone.now())
    begin(batch)
    assert batch.state == Batch.State.SENDING
    assert mailed(batch) == ["ana@example.org", "bea@example.org"]


def test_findings_are_those_its_launch_judged_not_those_of_a_draft(
    draft: Campaign, admin: User, marketer: User, client_for: Browser
) -> None:
    write(draft, marketer, preheader="")
    batch = held(draft, marketer)
    too_late(batch)
    edition = Edition.objects.get(pk=batch.content_id)
    page = client_for(marketer).get(f"/campaigns/{draft.pk}/approval/").content.decode()
    words = " ".join(page.split())
    number = len(edition.preflight or ())
    assert f"{number} thing{'s' if number > 1 else ''} that the check said when it was launched" in words
    assert page.count('<li class="finding-') == number
    assert "No preheader" in words
    assert "The planned time has gone by." not in words
    assert "Nobody has approved this yet. Above" not in words
    assert "#card-" not in page, "nothing of it can be changed any more"


def test_until_it_starts_an_approval_can_be_undone_like_a_launch(draft: Campaign, admin: User, marketer: User) -> None:
    batch = held(draft, marketer)
    too_late(batch)
    ask(draft, admin, marketer)
    answer(draft, admin)
    draft.refresh_from_db()
    launching.undo(draft, by=admin)
    assert not building.build(batch.pk)
    assert not mailed(batch)


def test_whoever_was_told_as_planned_does_not_send_it_at_once(draft: Campaign, admin: User, marketer: User) -> None:
    batch = held(draft, marketer)
    ask(draft, admin, marketer)
    seen = releasing.seal(draft)
    too_late(batch)
    with pytest.raises(deciding.NotPossible, match="when it starts was"):
        answer(draft, admin, seen=seen)
    batch.refresh_from_db()
    assert batch.awaits_approval
    assert answer(draft, admin), "looked at again, it can be approved"


@pytest.mark.parametrize("is_launched_again", [True, False])
def test_an_approval_of_an_outdated_version_sets_nothing_going(
    is_launched_again: bool, draft: Campaign, admin: User, marketer: User
) -> None:
    first = held(draft, marketer)
    ask(draft, admin, marketer)
    seen = releasing.seal(draft)
    launching.undo(draft, by=marketer)
    write(draft, marketer, subject="Other news")
    again = Campaign.objects.get(pk=draft.pk)
    if is_launched_again:
        Organisation.objects.update(approval_above=2)
        second = launching.launch(again, by=marketer, at=timezone.now() + timedelta(minutes=1))
        letters.readers("Cleo")
        building.build(second.pk)
    with pytest.raises(deciding.NotPossible, match="changed while you read it"):
        answer(draft, admin, seen=seen)
    waiting = Batch.objects.exclude(pk=first.pk)
    assert [batch.awaits_approval for batch in waiting] == [True] * is_launched_again
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_is_told_and_it_goes_once(
    draft: Campaign, owner: User, admin: User, marketer: User
) -> None:
    batch = held(draft, marketer)
    ask(draft, admin, marketer)
    seen = releasing.seal(draft)
    outcomes = list[str]()
    both = threading.Barrier(2)

    def press(user: User) -> None:
        both.wait()
        try:
            answer(draft, user, seen=seen)
            outcomes.append("approved")
        except deciding.NotPossible as told:
            outcomes.append(str(told))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in (owner, admin)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Nobody asks for approval of this any more.", "approved"]
    assert building.build(batch.pk)
    assert mailed(batch) == ["ana@example.org", "bea@example.org"]


def test_an_approval_given_while_its_people_are_counted_holds_nothing_up(
    draft: Campaign, admin: User, marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Organisation.objects.update(approval_above=1)
    batch = launching.launch(draft, by=marketer, at=timezone.now() + timedelta(minutes=1))
    letters.readers("Bea")
    ask(draft, admin, marketer)
    count = building._collect

    def and_meanwhile(*of: Any) -> Any:
        counted = count(*of)
        answer(draft, admin)
        return counted

    monkeypatch.setattr(building, "_collect", and_meanwhile)
    assert building.build(batch.pk)
    assert mailed(batch) == ["ana@example.org", "bea@example.org"]


def test_an_owner_lets_it_go_on_too(draft: Campaign, owner: User, marketer: User, client_for: Browser) -> None:
    batch = held(draft, marketer)
    browser, page = client_for(owner), f"/campaigns/{draft.pk}/approval/"
    seen = browser.get(page).context["seen"]
    browser.post(f"{page}override/", {"reason": "The ferry does not sail", "seen": seen})
    assert building.build(batch.pk)
    assert len(mailed(batch)) == 2


def test_sent_back_it_stays_held(draft: Campaign, admin: User, marketer: User) -> None:
    batch = held(draft, marketer)
    ask(draft, admin, marketer)
    assert not answer(draft, admin, approve=False, words="Not to all of them")
    batch.refresh_from_db()
    assert batch.awaits_approval


def test_rules_of_a_segment_changed_since_then_are_no_surprise(
    draft: Campaign, admin: User, marketer: User, client_for: Browser
) -> None:
    """It would go by those that were launched, and nobody could read them any more."""
    segment = Segment.objects.create(name="Some", rules=called("a"))
    draft.segments.add(segment)
    batch = held(draft, marketer)
    ask(draft, admin, marketer)
    Segment.objects.update(rules=called("e"))
    page = client_for(admin).get(f"/campaigns/{draft.pk}/approval/").content.decode()
    assert "rules of its segments were changed since it was launched" in page
    assert 'value="approve"' not in page
    with pytest.raises(deciding.NotPossible, match="rules of its segments"):
        answer(draft, admin)
    with pytest.raises(ledger.NotPossible):
        launching.resume(draft, by=marketer)
    Segment.objects.update(rules=called("a"))
    answer(draft, admin)
    assert building.build(batch.pk)
    assert len(mailed(batch)) == 2


@pytest.mark.parametrize("how", ["people left", "a higher limit", "no approval any more"])
def test_what_needs_no_approval_any_more_goes_on_by_hand(how: str, draft: Campaign, marketer: User) -> None:
    batch = held(draft, marketer)
    with pytest.raises(ledger.NotPossible, match="Above 1 person a campaign needs approval"):
        launching.resume(draft, by=marketer)
    match how:
        case "people left":
            consent.unsubscribe(Contact.objects.get(email="bea@example.org"), lists=None, channel="hand")
        case "a higher limit":
            Organisation.objects.update(approval_above=2)
        case _:
            Organisation.objects.update(approval=ApprovalRule.NONE)
    launching.resume(draft, by=marketer)
    assert building.build(batch.pk)
    assert len(mailed(batch)) == (1 if how == "people left" else 2)
