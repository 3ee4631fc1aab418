"""What a draft said is kept while people write, and comes back without anything being lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import BrandKit, Organisation, User
from campaigns.drafts import saving, versions
from campaigns.drafts.words import words_of
from campaigns.editor import differences, history, restoring
from campaigns.models import Campaign, DraftVersion
from campaigns.sending import launching
from tests.campaigns import letters

Browser = Callable[[User], Client]
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def draft(organisation: Organisation, marketer: User) -> Campaign:
    return letters.draft(marketer)


def write(draft: Campaign, by: User, **words: Any) -> None:
    def change(campaign: Campaign) -> None:
        for name, value in words.items():
            setattr(campaign, name, value)

    saving.save(draft.pk, change, by=by, version=None)


def write_heading(draft: Campaign, by: User, text: str) -> None:
    def change(campaign: Campaign) -> None:
        first, *rest = campaign.blocks["blocks"]
        history.change(campaign, campaign.blocks | {"blocks": [first | {"text": text}, *rest]}, by=by)

    saving.save(draft.pk, change, by=by, version=None)


def kept(draft: Campaign) -> list[tuple[str | None, User | None]]:
    """Subject (None: still written) and author, newest first."""
    return [(found.words and found.words["subject"], found.by) for found in draft.versions.all()]


def test_another_person_a_pause_and_a_long_sitting_begin_another_version(
    draft: Campaign, marketer: User, admin: User
) -> None:
    write(draft, marketer, subject="One")
    write(draft, marketer, subject="Two")
    assert kept(draft) == [(None, marketer), ("News for you", marketer)]
    write(draft, admin, subject="Three")
    assert kept(draft)[:2] == [(None, admin), ("Two", marketer)]
    draft.versions.filter(words__isnull=True).update(at=datetime.now(UTC) - versions.PAUSE)
    write(draft, admin, subject="Four")
    draft.versions.filter(words__isnull=True).update(began_at=datetime.now(UTC) - versions.SITTING)
    write(draft, admin, subject="Five")
    assert kept(draft)[:3] == [(None, admin), ("Four", admin), ("Three", admin)]


def test_what_changes_no_words_keeps_nothing(draft: Campaign, marketer: User) -> None:
    write(draft, marketer, name="Another name", excluded_tags=["press"])
    assert kept(draft) == []


def test_restored_draft_says_all_it_said_and_what_it_said_until_then_is_kept(
    draft: Campaign, marketer: User, admin: User
) -> None:
    write_heading(draft, admin, "May")
    write(draft, admin, subject="Late words", text="By hand")
    first = draft.versions.last()
    assert first
    assert restoring.restore(first, by=marketer)
    now = Campaign.objects.get(pk=draft.pk)
    assert words_of(now) == first.words == words_of(draft)
    newest, before, _ = now.versions.all()
    assert before.words
    assert (newest.restores, newest.by, before.words["subject"]) == (first, marketer, "Late words")
    assert not restoring.restore(first, by=marketer), "it says that already"
    assert restoring.restore(before, by=marketer)
    now.refresh_from_db()
    assert (now.subject, now.text, now.blocks["blocks"][0]["text"]) == ("Late words", "By hand", "May")
    assert history.undo(now)
    assert now.blocks == draft.blocks


def test_undo_knows_whose_change_it_takes_back(draft: Campaign, marketer: User, admin: User) -> None:
    write_heading(draft, admin, "May")
    write_heading(draft, marketer, "June")
    campaign = Campaign.objects.get(pk=draft.pk)
    found = history.possible(campaign)
    assert found["undo"]
    assert (found["undo"].by, found["redo"]) == (marketer, None)
    history.undo(campaign)
    found = history.possible(campaign)
    assert found["undo"]
    assert found["redo"]
    assert (found["undo"].by, found["redo"].by) == (admin, marketer)


def test_unnamed_versions_thin_out_with_age() -> None:
    """All of a day, the last of each hour of a week, the last of each day, and not more than the bound."""
    ages = [
        *(timedelta(minutes=20 * step) for step in range(72)),  # a day: three an hour
        *(timedelta(days=2, minutes=10 * step) for step in range(12)),  # two hours of another
        *(timedelta(days=20, hours=step) for step in range(6)),
    ]
    kept = [(number, NOW - age) for number, age in enumerate(ages)]
    assert versions.surplus(kept, NOW) == list(range(versions.MOST_UNNAMED, len(ages)))
    assert versions.surplus(kept[72:], NOW) == [74, 75, 76, 77, 78, 80, 81, 82, 83, *range(85, 90)]


def test_a_version_with_a_name_stays_and_there_are_not_more_than_the_bound(
    draft: Campaign, marketer: User, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "MOST_UNNAMED", 2)
    monkeypatch.setattr(versions, "MOST_NAMED", 1)
    named = versions.keep(draft.pk, "Before Ana’s edits")
    for number in range(8):
        write(draft, (marketer, admin)[number % 2], subject=str(number))
    assert [found.name for found in draft.versions.all()] == ["", "", "", "Before Ana’s edits"]
    with pytest.raises(versions.TooMany):
        versions.keep(draft.pk, "Another")
    versions.rename(named, "")
    write(draft, marketer, subject="Last")
    assert not DraftVersion.objects.filter(pk=named.pk).exists()


def test_pages_list_compare_name_and_restore(client_for: Browser, draft: Campaign, marketer: User, admin: User) -> None:
    client, page = client_for(marketer), f"/campaigns/{draft.pk}/versions/"
    assert "No versions yet" in client.get(page).content.decode()
    write_heading(draft, admin, "<b>May")
    write(draft, admin, subject="Late")
    shown = client.get(page).content.decode()
    assert "1 block changed, subject changed" in shown
    assert "The first that was kept" in shown
    first = draft.versions.last()
    assert first
    told = client.get(f"{page}compare/?old={first.pk}").content.decode()
    assert "<ins>Late</ins>" in told
    assert "<ins>&lt;b&gt;May</ins>" in told
    frames = [f"{page}{first.pk}/mail/", f"{page}0/mail/"]
    assert all(frame in told for frame in frames)
    mails = [client.get(frame).content.decode() for frame in frames]
    assert ["May" in mail for mail in mails] == [False, True]
    client.post(f"{page}{first.pk}/name/", {"name": "Before Aron"})
    client.post(page, {"name": "As Aron left it"})
    assert "Before Aron" in client.get(page).content.decode()
    client.post(f"{page}{first.pk}/restore/")
    shown = client.get(page).content.decode()
    assert "Back to “<bdi>Before Aron</bdi>”" in shown
    assert Campaign.objects.get(pk=draft.pk).subject == "News for you"
    assert client.get(f"/campaigns/{letters.draft(marketer).pk}/versions/{first.pk}/mail/").status_code == 404


def test_sender_and_brand_come_back_and_whom_it_goes_to_stays(draft: Campaign, marketer: User, admin: User) -> None:
    brand = BrandKit.objects.create(name="Shop")
    write(draft, marketer, sender_email="shop@nordlicht.example", brand_id=brand.pk)
    write(draft, admin, sender_email="else@nordlicht.example", brand_id=None, excluded_tags=["press"])
    before = draft.versions.get(words__sender_email="shop@nordlicht.example")
    found = differences.between(before.words or {}, words_of(Campaign.objects.get(pk=draft.pk)))
    assert differences.in_short(found) == "Sender’s address changed, brand changed"
    assert restoring.restore(before, by=admin)
    now = Campaign.objects.get(pk=draft.pk)
    assert (now.sender_email, now.brand, now.excluded_tags) == ("shop@nordlicht.example", brand, ["press"])


def test_a_version_whose_brand_is_gone_or_was_never_kept_is_restored(draft: Campaign, marketer: User) -> None:
    brand = BrandKit.objects.create(name="Shop")
    write(draft, marketer, brand_id=brand.pk)
    kept_brand = versions.keep(draft.pk, "In the shop’s brand")
    write(draft, marketer, brand_id=None, subject="Later")
    brand.delete()
    assert restoring.restore(kept_brand, by=marketer)
    assert Campaign.objects.get(pk=draft.pk).brand is None
    old = draft.versions.exclude(words=None).first()
    assert old
    assert old.words
    old.words = {name: old.words[name] for name in ("subject", "preheader", "content_kind", "blocks", "html", "text")}
    old.words["subject"] = "From long ago"
    old.save()
    assert restoring.restore(old, by=marketer)
    now = Campaign.objects.get(pk=draft.pk)
    assert (now.subject, now.sender_email) == ("From long ago", draft.sender_email)


def test_after_the_launch_versions_are_read_and_not_restored(
    draft: Campaign, marketer: User, client_for: Browser
) -> None:
    draft.lists.add(letters.readers("Ana"))
    write(draft, marketer, subject="Second")
    launching.launch(draft, by=marketer)
    browser, page = client_for(marketer), f"/campaigns/{draft.pk}/versions/"
    shown = browser.get(page).content.decode()
    assert "Subject changed" in shown
    assert "Restore" not in shown
    old = draft.versions.last()
    assert old
    assert browser.get(f"{page}compare/?old={old.pk}").status_code == 200
    browser.post(f"{page}{old.pk}/restore/")
    assert Campaign.objects.get(pk=draft.pk).subject == "Second"
