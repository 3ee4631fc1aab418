"""Colleagues talk about a mail beside it, and nobody who receives it ever reads that."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.people.mailing import Mail
from accounts.shell import problems
from campaigns.comments import conversations, mentions
from campaigns.comments.models import Comment, Mention
from campaigns.content import blocks
from campaigns.drafts import saving
from campaigns.editor import arranging
from campaigns.message import editions
from campaigns.models import Campaign
from campaigns.sending import launching
from tests.campaigns import letters

Browser = Callable[[User], Client]


@pytest.fixture
def draft(marketer: User) -> Campaign:
    return letters.draft(marketer, letters.readers("Ana"))


def ids(draft: Campaign) -> list[str]:
    return [block["id"] for block in blocks.walk(draft.blocks)]


def now(draft: Campaign) -> Campaign:
    return Campaign.objects.get(pk=draft.pk)


def arrange(draft: Campaign, change: Callable[[blocks.Document], blocks.Document], by: User) -> None:
    def put(campaign: Campaign) -> None:
        campaign.blocks = change(campaign.blocks)

    saving.save(draft.pk, put, by=by, version=None)


def places(draft: Campaign) -> list[tuple[str, str]]:
    return [(place.title, place.says) for place in conversations.of(now(draft)).places]


def test_a_comment_stays_with_its_block_when_that_is_moved(draft: Campaign, marketer: User) -> None:
    heading, text, *_ = ids(draft)
    conversations.add(draft, "Too short", by=marketer, block=text)
    conversations.add(draft, "Which name?", by=marketer, block=heading)
    conversations.add(draft, "Good work", by=marketer)
    assert places(draft) == [
        ("The campaign as a whole", ""),
        ("Heading", "Hello ‹first name›"),
        ("Text", "News from the harbour."),
    ]
    arrange(draft, lambda document: arranging.move(document, heading, 1), marketer)
    assert [title for title, _ in places(draft)] == ["The campaign as a whole", "Text", "Heading"]


def test_a_comment_on_a_removed_block_is_still_listed_and_comes_back_with_it(draft: Campaign, marketer: User) -> None:
    heading, before = ids(draft)[0], draft.blocks
    conversations.add(draft, "Which name?", by=marketer, block=heading)
    arrange(draft, lambda document: arranging.remove(document, heading), marketer)
    shown = conversations.of(now(draft))
    assert not shown.places
    assert [(place.title, place.open[0].first.text) for place in shown.removed] == [("Heading", "Which name?")]
    with pytest.raises(conversations.NotPossible, match="no longer there"):
        conversations.add(now(draft), "And", by=marketer, block=heading)
    arrange(draft, lambda document: before, marketer)
    assert not conversations.of(now(draft)).removed


def test_another_block_of_the_same_number_does_not_take_over_a_comment(draft: Campaign, marketer: User) -> None:
    heading = ids(draft)[0]
    conversations.add(draft, "Which name?", by=marketer, block=heading)
    other = blocks.validate({"blocks": [{"id": heading, "kind": "text", "html": "<p>Other</p>"}, {"kind": "footer"}]})
    arrange(draft, lambda document: other, marketer)
    shown = conversations.of(now(draft))
    assert (len(shown.places), len(shown.removed)) == (0, 1)


def test_an_answer_opens_what_was_resolved(draft: Campaign, marketer: User, admin: User) -> None:
    first = conversations.add(draft, "Which name?", by=marketer)
    conversations.resolve(first, by=admin, is_resolved=True)
    shown = conversations.of(draft)
    assert (shown.count, shown.resolved[0].first.resolved_by) == (0, admin)
    conversations.answer(first, "The first", by=marketer)
    shown = conversations.of(draft)
    assert [one.text for one in shown.places[0].open[0].all] == ["Which name?", "The first"]
    assert not shown.resolved


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@Aron Admin look", ["admin@nordlicht.example"]),
        ("@aron: look", ["admin@nordlicht.example"]),
        (
            "so @olga, @viewer and @Mia?",
            ["marketer@nordlicht.example", "owner@nordlicht.example", "viewer@nordlicht.example"],
        ),
        ("@aronia is a berry", []),
        ("write to x@admin", []),
        ("nobody", []),
    ],
)
def test_at_names_a_colleague(
    text: str, told: list[str], owner: User, admin: User, marketer: User, viewer: User
) -> None:
    assert sorted(user.email for user in mentions.named(text)) == told


def test_a_first_name_that_two_have_names_nobody(admin: User, marketer: User) -> None:
    User.objects.filter(pk=marketer.pk).update(name="Aron Other")
    assert mentions.named("@Aron, look") == []
    assert mentions.named("@Aron Other, look") == [marketer]


def test_whoever_is_mentioned_is_mailed_once_an_hour_and_finds_it_on_home_until_they_answer(
    draft: Campaign, marketer: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = list[Mail]()
    monkeypatch.setattr("accounts.people.mailing.send", sent.append)
    first = conversations.add(draft, "@Aron, which\nname?", by=marketer, tell=admin)
    conversations.answer(first, "@Aron, please", by=marketer)
    assert [(mail.to, mail.subject) for mail in sent] == [(admin.email, "Mia Marketer on “Harbour news”")]
    assert "which\nname?" in sent[0].text
    assert f"/campaigns/{draft.pk}/comments/" in sent[0].text
    conversations.add(draft, "Another thing, @Aron", by=marketer)
    assert len(sent) == 2, "about another conversation"
    assert len(problems.for_user(admin)) == 2
    assert problems.for_user(admin)[-1].title == "Mia Marketer wants you in a comment on “Harbour news”"
    Mention.objects.update(mailed_at=timezone.now() - timedelta(hours=1))
    conversations.answer(first, "@Aron?", by=marketer)
    assert len(sent) == 3
    conversations.answer(first, "The first", by=admin)
    assert len(problems.for_user(admin)) == 1
    conversations.resolve(Comment.objects.get(text="Another thing, @Aron"), by=marketer, is_resolved=True)
    assert not problems.for_user(admin)


def test_no_comment_is_in_the_mail_an_export_or_a_copy(draft: Campaign, marketer: User, client_for: Browser) -> None:
    secret = "quarrelsome"
    for block in ids(draft):
        conversations.add(draft, secret, by=marketer, block=block)
    composed = editions.compose(draft)
    assert secret not in composed.html + composed.text + composed.subject
    browser = client_for(marketer)
    for kind in ("html", "zip", "json"):
        response = browser.get(f"/campaigns/{draft.pk}/download/{kind}/")
        assert response.status_code == 200
        assert secret.encode() not in b"".join(response)
    assert not Comment.objects.filter(campaign=launching.duplicate(draft, by=marketer)).exists()


def test_viewers_read_and_do_not_write(draft: Campaign, marketer: User, viewer: User, client_for: Browser) -> None:
    conversations.add(draft, "Which name?", by=marketer)
    browser, page = client_for(viewer), f"/campaigns/{draft.pk}/comments/"
    shown = browser.get(page).content.decode()
    assert "Which name?" in shown
    assert "Resolve" not in shown
    assert browser.post(f"{page}add/", {"text": "Mine"}).status_code == 403


def test_without_scripts_the_page_says_answers_and_resolves(
    draft: Campaign, marketer: User, client_for: Browser
) -> None:
    browser, page = client_for(marketer), f"/campaigns/{draft.pk}/comments/"
    assert browser.post(f"{page}add/", {"text": " "}).status_code == 422
    browser.post(f"{page}add/", {"text": "<b>Which</b> name?"})
    first = Comment.objects.get()
    browser.post(f"{page}{first.pk}/answer/", {"text": "The first"})
    shown = browser.get(page).content.decode()
    assert "&lt;b&gt;Which&lt;/b&gt; name?" in shown
    assert "The first" in shown
    browser.post(f"{page}{first.pk}/resolve/", {"act": "resolve"})
    assert "1 resolved" in browser.get(page).content.decode()


def test_whoever_wrote_it_says_it_otherwise_and_it_is_shown_as_edited(
    draft: Campaign, marketer: User, admin: User, viewer: User, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = list[Mail]()
    monkeypatch.setattr("accounts.people.mailing.send", sent.append)
    said = conversations.add(draft, "@Aron, which date?", by=marketer)
    page, before = f"/campaigns/{draft.pk}/comments/", conversations.stamp(draft.pk)
    assert ", edited" not in client_for(viewer).get(page).content.decode()
    form, label = f"{page}{said.pk}/change/", "What you said</label>"
    assert label not in client_for(marketer).get(page).content.decode()
    assert label in client_for(marketer).get(f"{page}?change={said.pk}").content.decode()
    assert label not in client_for(admin).get(f"{page}?change={said.pk}").content.decode()
    client_for(marketer).post(form, {"text": "@Viewer, which hour?"})
    shown = client_for(viewer).get(page).content.decode()
    assert "@Viewer, which hour?" in shown
    assert ", edited" in shown
    assert conversations.stamp(draft.pk) != before, "the editor of a colleague shows it, too"
    assert [mail.to for mail in sent] == [admin.email, viewer.email]
    assert not problems.for_user(admin), "nobody asks him any more"
    assert len(problems.for_user(viewer)) == 1
    refused = client_for(marketer).post(f"{page}{said.pk}/change/", {"text": " "})
    assert refused.status_code == 422
    assert Comment.objects.get().text == "@Viewer, which hour?"


def test_nobody_changes_or_takes_back_what_others_said(
    draft: Campaign, marketer: User, owner: User, viewer: User, client_for: Browser
) -> None:
    said = conversations.add(draft, "Which name?", by=marketer)
    page = f"/campaigns/{draft.pk}/comments/"
    assert "take-back" in client_for(marketer).get(page).content.decode()
    for other, status in ((owner, 422), (viewer, 403)):
        assert "take-back" not in client_for(other).get(page).content.decode()
        for act in ("change", "take-back"):
            assert client_for(other).post(f"{page}{said.pk}/{act}/", {"text": "None"}).status_code == status
    refused = client_for(owner).post(f"{page}{said.pk}/take-back/").content.decode()
    assert "Only who wrote a comment can change it or take it back." in refused
    assert Comment.objects.get().text == "Which name?"
    elsewhere = letters.draft(owner)
    address = f"/campaigns/{elsewhere.pk}/comments/{said.pk}/take-back/"
    assert client_for(marketer).post(address).status_code == 404


def test_what_is_taken_back_is_gone_and_what_was_answered_leaves_its_place(
    draft: Campaign, marketer: User, admin: User, client_for: Browser
) -> None:
    page, browser = f"/campaigns/{draft.pk}/comments/", client_for(marketer)
    alone = conversations.add(draft, "quarrelsome", by=marketer, tell=admin)
    browser.post(f"{page}{alone.pk}/take-back/")
    assert not Comment.objects.exists()
    assert not problems.for_user(admin)
    first = conversations.add(draft, "quarrelsome @Aron", by=marketer)
    more = conversations.answer(first, "quarrelsome, too", by=marketer)
    answer = conversations.answer(first, "Why, @Mia?", by=admin)
    for said in (first, more):
        assert browser.post(f"{page}{said.pk}/take-back/", follow=True).status_code == 200
    shown = browser.get(page).content.decode()
    assert "quarrelsome" not in shown
    assert "Taken back." in shown
    assert [one.pk for one in conversations.of(now(draft)).places[0].open[0].all] == [first.pk, answer.pk]
    assert not problems.for_user(admin), "nobody asks him any more"
    assert len(problems.for_user(marketer)) == 1, "the answer still asks her"
    assert browser.post(f"{page}{first.pk}/change/", {"text": "Again"}).status_code == 422
