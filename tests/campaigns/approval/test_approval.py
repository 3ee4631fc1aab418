"""Where the organisation asks for it, a colleague reads a campaign before it goes, and what they read is what goes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApprovalRule, AuditEntry, Organisation, User
from accounts.people import mailing
from accounts.people.mailing import Mail
from accounts.shell import problems
from campaigns.approval import deciding, releasing, standing
from campaigns.approval.models import Approval
from campaigns.drafts import deciding as who_gets_it
from campaigns.drafts import saving
from campaigns.drafts.deciding import When
from campaigns.models import Campaign, Edition
from campaigns.morning import stopped
from campaigns.multilingual import changing
from campaigns.sending import launching, repeating, revising
from contacts.models import Segment
from contacts.segments.rules import Group, Match, Rule
from contacts.segments.rules import write as write_rules
from delivery import ledger
from delivery.ledger import building
from delivery.models import Batch, LinkHost
from tests.campaigns import letters
from tests.campaigns.approval.asking import answer, approved, ask, called, write

Browser = Callable[[User], Client]


@pytest.fixture
def outbox() -> Iterator[list[Mail]]:
    sent = list[Mail]()

    class Postbox:
        def is_ready(self) -> bool:
            return True

        def carry(self, mail: Mail) -> None:
            sent.append(mail)

    before = list(mailing._carriers)
    mailing.register(Postbox())
    yield sent
    mailing._carriers[:] = before


def blocking(draft: Campaign) -> list[str]:
    with pytest.raises(launching.NotReady) as refused:
        launching.launch(draft, by=User.objects.filter(is_active=True)[0])
    return [finding.code for finding in refused.value.findings]


def test_without_the_setting_nobody_is_asked_and_nothing_says_so(
    draft: Campaign, owner: User, marketer: User, client_for: Browser
) -> None:
    Organisation.objects.update(approval=ApprovalRule.NONE)
    assert "pproval" not in client_for(marketer).get(f"/campaigns/{draft.pk}/check/").content.decode()
    assert launching.launch(draft, by=owner)


def test_only_what_a_colleague_approved_goes_out(
    draft: Campaign, owner: User, admin: User, marketer: User, outbox: list[Mail]
) -> None:
    assert blocking(draft) == ["not-approved"]
    ask(draft, admin, marketer, "Look at the date")
    assert blocking(draft) == ["not-approved"]
    assert [(mail.to, mail.subject) for mail in outbox] == [
        (admin.email, "Mia Marketer asks you to approve “Harbour news”")
    ]
    assert f"https://news.nordlicht.example/campaigns/{draft.pk}/approval/" in outbox[0].text
    assert "Look at the date" in outbox[0].text
    answer(draft, admin, words="Fine")
    assert (outbox[1].to, outbox[1].subject) == (marketer.email, "Aron Admin approved “Harbour news”")
    assert launching.launch(draft, by=marketer)
    acts = AuditEntry.objects.filter(action__startswith="campaign.").order_by("pk").values_list("action", "user")
    assert list(acts) == [
        ("campaign.approval_asked", marketer.pk),
        ("campaign.approved", admin.pk),
        ("campaign.launched", marketer.pk),
    ]


def test_approval_may_be_asked_above_so_many_people_only(
    draft: Campaign, owner: User, admin: User, marketer: User, client_for: Browser
) -> None:
    draft.lists.set([letters.readers("Ana", "Ben", "Cem", list_name="Three")])
    Organisation.objects.update(approval_above=2)
    page = client_for(marketer).get(f"/campaigns/{draft.pk}/check/").content.decode()
    assert "Above 2 people a campaign needs approval" in page
    assert blocking(draft) == ["not-approved"]
    Organisation.objects.update(approval_above=3)
    browser = client_for(marketer)
    assert "pproval" not in browser.get(f"/campaigns/{draft.pk}/check/").content.decode()
    shown = browser.get(f"/campaigns/{draft.pk}/approval/").content.decode()
    assert "needed above 3 people only" in shown
    assert 'name="of"' not in shown
    # One more comes along before it is launched.
    draft.lists.add(letters.readers("Dora", list_name="Four"))
    assert blocking(draft) == ["not-approved"]
    approved(draft, admin, marketer)
    batch = launching.launch(draft, by=marketer)
    # Other words for the rest are judged by all that it goes to.
    building.build(batch.pk)
    batch.refresh_from_db()
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.PAUSED, started_at=timezone.now())
    revision = revising.begin(Campaign.objects.get(pk=draft.pk), by=marketer)
    assert "not-approved" in [finding.code for finding in revising.check(revision)]
    Organisation.objects.update(approval_above=4)
    assert "not-approved" not in [finding.code for finding in revising.check(revision)]


def planned(draft: Campaign, by: User) -> Batch:
    """For in a minute: its people are counted now."""
    batch = launching.launch(draft, by=by, at=timezone.now() + timedelta(minutes=1))
    building.build(batch.pk)
    batch.refresh_from_db()
    return batch


def test_a_planned_campaign_whose_audience_grew_beyond_the_limit_does_not_start(
    draft: Campaign, owner: User, admin: User, marketer: User, client_for: Browser
) -> None:
    """Until then it needed nobody's approval."""
    Organisation.objects.update(approval_above=1)
    batch = launching.launch(draft, by=marketer, at=timezone.now() + timedelta(hours=1))
    letters.readers("Bea")
    assert not building.build(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.total) == (Batch.State.PAUSED, 0)
    page = client_for(marketer).get(draft.get_absolute_url()).content.decode()
    assert "2 people are to get it, and above 1 a campaign needs approval" in page
    assert 'btn btn-primary" id="approval"' in page
    assert page.count("btn-primary") == 1, "to resume only pauses it again"
    (problem,) = stopped.problems(marketer)
    assert "did not start" in problem.title
    ledger.resume(batch)
    assert not building.build(batch.pk), "to go on is no approval"

    draft.refresh_from_db()
    launching.undo(draft, by=marketer)
    approved(draft, admin, marketer)
    letters.readers("Cleo")
    assert planned(draft, marketer).total == 3, "what a colleague approved goes to whoever is on the list by then"


def test_a_planned_campaign_below_the_limit_starts(draft: Campaign, marketer: User) -> None:
    Organisation.objects.update(approval_above=1)
    assert planned(draft, marketer).total == 1


@pytest.mark.parametrize(("typed", "kept"), [("1000", 1000), ("", 0)])
def test_an_admin_sets_above_how_many(
    typed: str, kept: int, organisation: Organisation, admin: User, client_for: Browser
) -> None:
    Organisation.objects.update(approval_above=7)
    words = {
        "name": "Nordlicht",
        "postal_address": "Hafenstraße 7",
        "time_zone": "Europe/Berlin",
        "sender_name": "Nordlicht",
        "sender_email": "news@nordlicht.example",
        "public_url": "",
        "approval": "second",
        "approval_above": typed,
    }
    browser = client_for(admin)
    assert browser.post("/settings/", words).status_code == 302
    assert Organisation.objects.get().approval_above == kept
    assert browser.post("/settings/", words | {"approval_above": "-1"}).status_code == 422


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("the mail", lambda draft: write(draft, draft.created_by, subject="Other news")),
        ("the mail", lambda draft: write(draft, draft.created_by, preheader="And more")),
        ("the sender", lambda draft: write(draft, draft.created_by, sender_email="else@nordlicht.example")),
        ("the sender", lambda draft: write(draft, draft.created_by, reply_to="else@nordlicht.example")),
        ("the people", lambda draft: draft.lists.add(letters.readers("Ben", list_name="Others"))),
        ("the people", lambda draft: write(draft, draft.created_by, excluded_tags=["press"])),
        ("the brand", lambda draft: Organisation.objects.get().own_brand.save()),
        ("the brand", lambda draft: Organisation.objects.update(postal_address="Elsewhere")),
    ],
)
def test_a_change_after_approval_ends_it_and_says_what_was_changed(
    part: str, change: Callable[[Campaign], Any], draft: Campaign, admin: User, marketer: User
) -> None:
    approved(draft, admin, marketer)
    assert standing.of(draft).holds
    change(draft)
    found = standing.of(Campaign.objects.get(pk=draft.pk))
    assert found.changed == (part,)
    assert part in found.sentence
    assert blocking(draft) == ["not-approved"]


def test_another_rule_of_its_segment_ends_the_approval(draft: Campaign, admin: User, marketer: User) -> None:
    segment = Segment.objects.create(name="Some", rules=called("Ana"))
    draft.segments.add(segment)
    approved(draft, admin, marketer)
    Segment.objects.update(rules=called("Ben"))
    assert standing.of(draft).changed == ("the people",)


def test_another_rule_of_a_segment_within_its_segment_ends_the_approval(
    draft: Campaign, admin: User, marketer: User
) -> None:
    inner = Segment.objects.create(name="Inner", rules=called("Ana"))
    within = write_rules(Group(Match.ALL, (Rule("segment", {"how": "in", "segment": str(inner.pk)}),)))
    draft.segments.add(Segment.objects.create(name="Outer", rules=within))
    approved(draft, admin, marketer)
    assert standing.of(draft).holds
    Segment.objects.filter(pk=inner.pk).update(rules=called("Ben"))
    assert standing.of(draft).changed == ("the people",)


@pytest.mark.parametrize("asks", ["the campaign", "a translation", "a merge tag"])
def test_another_rule_of_a_segment_that_sees_a_block_ends_the_approval(
    asks: str, draft: Campaign, admin: User, marketer: User
) -> None:
    segment = Segment.objects.create(name="Friends", rules=called("Ana"))
    other = Segment.objects.create(name="Others", rules=called("Ana"))
    german = changing.add(draft, "de", by=marketer)
    words = german if asks == "a translation" else draft
    if asks == "a merge tag":
        words.subject = f"News{{% if in_segment_{segment.pk} %}} for friends{{% endif %}}"
    else:
        words.blocks["blocks"][1]["if_segment"] = f"not-{segment.pk}"
    words.save()
    approved(draft, admin, marketer)
    Segment.objects.filter(pk=other.pk).update(rules=called("Cem"))
    assert standing.of(draft).holds, "nothing asks for that one"
    Segment.objects.filter(pk=segment.pk).update(rules=called("Ben"))
    assert standing.of(Campaign.objects.get(pk=draft.pk)).changed == ("the people",)
    Segment.objects.filter(pk=segment.pk).update(rules=called("Ana"))
    assert standing.of(draft).holds


def test_a_broken_link_host_leaves_the_approval_and_mail_goes_around_it(
    draft: Campaign, admin: User, marketer: User
) -> None:
    host = LinkHost.objects.create(address="https://go.nordlicht.example")
    Organisation.objects.update(tracking_url=host.address)
    approved(draft, admin, marketer)
    LinkHost.objects.update(broken_since=timezone.now())
    assert standing.of(Campaign.objects.get(pk=draft.pk)).holds
    batch = launching.launch(draft, by=marketer)
    assert "tracking_address" not in Edition.objects.get(batch=batch).organisation


def test_deciding_again_who_gets_it_ends_the_approval(draft: Campaign, admin: User, marketer: User) -> None:
    def decide(campaign: Campaign) -> None:
        who_gets_it.decide(campaign, When.NOW, again=True)

    saving.save(draft.pk, decide, by=marketer, version=None)
    ask(draft, admin, marketer)
    answer(draft, admin)
    assert not standing.of(Campaign.objects.get(pk=draft.pk)).changed
    saving.save(draft.pk, decide, by=marketer, version=None)
    assert "people" in standing.of(Campaign.objects.get(pk=draft.pk)).sentence


def test_put_back_as_it_was_the_approval_holds_again(draft: Campaign, admin: User, marketer: User) -> None:
    approved(draft, admin, marketer)
    write(draft, marketer, subject="Other news")
    write(draft, marketer, subject=draft.subject)
    assert standing.of(Campaign.objects.get(pk=draft.pk)).holds


def test_when_it_starts_may_be_changed(draft: Campaign, admin: User, marketer: User) -> None:
    approved(draft, admin, marketer)
    write(draft, marketer, scheduled_at=timezone.now(), name="Another name")
    assert standing.of(Campaign.objects.get(pk=draft.pk)).holds


def test_what_was_changed_while_it_was_read_is_not_approved(draft: Campaign, admin: User, marketer: User) -> None:
    ask(draft, admin, marketer)
    seen = releasing.seal(draft)
    write(draft, marketer, subject="Other news")
    with pytest.raises(deciding.NotPossible, match="changed while you read it"):
        answer(draft, admin, seen=seen)
    assert standing.of(draft).is_asked


def test_a_second_person_neither_asked_nor_changed_it_last(draft: Campaign, admin: User, marketer: User) -> None:
    with pytest.raises(deciding.NotPossible):
        ask(draft, marketer, marketer)
    ask(draft, admin, marketer)
    with pytest.raises(deciding.NotPossible, match="You asked for this"):
        answer(draft, marketer)
    write(draft, admin, subject="As the admin likes it")
    with pytest.raises(deciding.NotPossible, match="You changed this last"):
        answer(draft, admin)


def test_where_anyone_may_approve_so_may_the_author(draft: Campaign, marketer: User, outbox: list[Mail]) -> None:
    Organisation.objects.update(approval=ApprovalRule.ANYONE)
    approved(draft, marketer, marketer)
    assert standing.of(draft).holds
    assert not outbox, "nobody mails themselves"


def test_a_viewer_is_neither_asked_nor_decides(
    draft: Campaign, viewer: User, admin: User, marketer: User, client_for: Browser
) -> None:
    with pytest.raises(deciding.NotPossible):
        ask(draft, viewer, marketer)
    ask(draft, admin, marketer)
    page = client_for(viewer).get(f"/campaigns/{draft.pk}/approval/").content.decode()
    assert "Approve it" not in page
    assert (
        client_for(viewer).post(f"/campaigns/{draft.pk}/approval/decide/", {"decision": "approve"}).status_code == 403
    )


def test_sent_back_with_words_waits_for_whoever_asked(
    draft: Campaign, admin: User, marketer: User, outbox: list[Mail], client_for: Browser
) -> None:
    ask(draft, admin, marketer)
    browser, page = client_for(admin), f"/campaigns/{draft.pk}/approval/"
    assert [found.label for found in problems.for_user(admin)] == ["Read and decide"]
    seen = releasing.seal(draft)
    silent = browser.post(f"{page}decide/", {"decision": "back", "seen": seen})
    assert (silent.status_code, "Say what has to change." in silent.content.decode()) == (422, True)
    browser.post(f"{page}decide/", {"decision": "back", "answer": "The date is wrong", "seen": seen})
    assert "The date is wrong" in outbox[1].text
    assert [(found.title, found.text) for found in problems.for_user(marketer)] == [
        ("Aron Admin sent “Harbour news” back", "The date is wrong")
    ]
    assert not problems.for_user(admin)
    ask(draft, admin, marketer)
    assert not problems.for_user(marketer), "asked again, so it waits for somebody else"
    assert blocking(draft) == ["not-approved"]


def test_asking_somebody_else_takes_the_first_question_back(
    draft: Campaign, owner: User, admin: User, marketer: User
) -> None:
    ask(draft, admin, marketer)
    ask(draft, owner, marketer)
    assert not problems.for_user(admin)
    assert draft.approvals.filter(state=Approval.State.ASKED).get().asked_of == owner
    assert deciding.withdraw(draft, by=marketer)
    assert not deciding.withdraw(draft, by=marketer)
    with pytest.raises(deciding.NotPossible, match="Nobody asks"):
        answer(draft, owner)


def test_an_owner_lets_it_go_with_a_reason_that_is_kept(
    draft: Campaign, owner: User, admin: User, client_for: Browser
) -> None:
    url, seen = f"/campaigns/{draft.pk}/approval/override/", releasing.seal(draft)
    assert client_for(admin).post(url, {"reason": "Urgent", "seen": seen}).status_code == 403
    assert client_for(owner).post(url, {"reason": " ", "seen": seen}).status_code == 422
    assert blocking(draft) == ["not-approved"]
    client_for(owner).post(url, {"reason": "The ferry does not sail", "seen": seen})
    entry = AuditEntry.objects.get(action="campaign.approval_overridden")
    assert (entry.user, entry.detail["reason"]) == (owner, "The ferry does not sail")
    write(draft, owner, subject="And more")
    assert blocking(draft) == ["not-approved"]
    write(draft, owner, subject=draft.subject)
    assert launching.launch(draft, by=owner)


def test_a_rehearsal_needs_none_but_what_follows_it_does(draft: Campaign, owner: User, admin: User) -> None:
    relay = draft.provider
    assert relay
    write(draft, owner, provider=None)
    batch = launching.launch(draft, by=owner)
    building.build(batch.pk)
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.DONE, started_at=now, finished_at=now)
    rehearsed = Campaign.objects.get(pk=draft.pk)
    with pytest.raises(launching.NotReady):
        repeating.send(rehearsed, relay, by=owner)
    approved(rehearsed, admin, owner)
    assert repeating.send(rehearsed, relay, by=owner)


def test_other_words_for_the_rest_of_a_paused_campaign_need_approval_too(
    draft: Campaign, owner: User, admin: User, marketer: User
) -> None:
    batch = launching.launch(approved(draft, admin, marketer), by=owner)
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.PAUSED, built_at=now, started_at=now, hold_until=now)
    revision = revising.begin(Campaign.objects.get(pk=draft.pk), by=marketer)
    assert [finding.code for finding in revising.check(revision)] == ["not-approved"]
    approved(revision, admin, marketer)
    assert not [finding for finding in revising.check(revision) if finding.level == "block"]


def test_a_duplicate_is_not_approved(draft: Campaign, admin: User, marketer: User) -> None:
    copy = launching.duplicate(approved(draft, admin, marketer), by=marketer)
    assert standing.of(copy).newest is None


def test_the_pages_lead_from_the_question_to_the_launch(
    draft: Campaign, admin: User, marketer: User, outbox: list[Mail], client_for: Browser
) -> None:
    """By the forms that the pages show."""
    mia, aron, page = client_for(marketer), client_for(admin), f"/campaigns/{draft.pk}/approval/"
    assert "Ask for approval" in mia.get(f"/campaigns/{draft.pk}/").content.decode()
    check = mia.get(f"/campaigns/{draft.pk}/check/").content.decode()
    assert f'<option value="{admin.pk}"' in check
    assert f'<option value="{marketer.pk}"' not in check
    asked = mia.post(f"{page}ask/", {"of": admin.pk, "note": "Please"}, follow=True)
    assert "Asked. Aron Admin is mailed" in asked.content.decode()
    assert "Approve it" not in asked.content.decode()
    assert "Aron Admin was asked to approve this and has not answered yet." in asked.content.decode()
    reading = aron.get(page)
    assert "Please" in reading.content.decode()
    assert "You were asked to approve this and have not answered yet." in reading.content.decode()
    assert "Aron Admin was asked" not in reading.content.decode()
    assert "Waits for you" in aron.get(f"/campaigns/{draft.pk}/").content.decode()
    check = aron.get(f"/campaigns/{draft.pk}/check/").content.decode()
    assert "You were asked" in check
    assert "Aron Admin was asked" not in check
    aron.post(f"{page}decide/", {"decision": "approve", "seen": reading.context["seen"]})
    ready = mia.get(f"/campaigns/{draft.pk}/").content.decode()
    assert "Approved by Aron Admin" in ready
    assert "Send to 1 person through Relay" in ready
    write(draft, marketer, subject="Other news")
    assert "See what changed in the mail" in mia.get(page).content.decode()
