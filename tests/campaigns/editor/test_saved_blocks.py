"""Saved blocks: a copy belongs to its mail, a linked one changes in all drafts when somebody says so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organisation, User
from campaigns.content import blocks
from campaigns.editor import history
from campaigns.models import Campaign, SavedBlock
from delivery.models import Batch, Provider

Browser = Callable[[User], Client]


def text(words: str) -> dict[str, Any]:
    return {"kind": "text", "html": f"<p>{words}</p>"}


def draft(name: str, *content: dict[str, Any]) -> Campaign:
    document = blocks.validate({"blocks": [*content, {"kind": "footer"}]})
    return Campaign.objects.create(name=name, subject=name, blocks=document)


def said(campaign: Campaign) -> list[str]:
    campaign.refresh_from_db()
    return [block["html"] for block in blocks.walk(campaign.blocks) if block["kind"] == "text"]


@pytest.fixture
def first(organisation: Organisation) -> Campaign:
    return draft("First", text("Hello"), text("Open at nine"), text("Closed on Sunday"))


@pytest.fixture
def hours(client_for: Browser, marketer: User, first: Campaign) -> SavedBlock:
    """Two blocks of the first draft, kept and linked there."""
    ids = [block["id"] for block in first.blocks["blocks"]]
    given = {"name": "Hours", "last": ids[2], "linked": "on"}
    client_for(marketer).post(f"/campaigns/{first.pk}/content/{ids[1]}/keep/", given)
    return SavedBlock.objects.get()


def insert(browser: Client, into: Campaign, saved: SavedBlock, way: str) -> None:
    browser.post(f"/campaigns/{into.pk}/content/saved-blocks/", {"saved": saved.pk, "as": way})


def rewrite(first: Campaign, position: int, words: str) -> str:
    """In the draft alone; the id of the block."""
    first.refresh_from_db()
    first.blocks["blocks"][position]["html"] = f"<p>{words}</p>"
    first.save()
    return str(first.blocks["blocks"][position]["id"])


def test_kept_blocks_are_put_above_the_footer_of_another_mail(
    client_for: Browser, marketer: User, hours: SavedBlock
) -> None:
    other = draft("Other", text("Good day"))
    insert(client_for(marketer), other, hours, "copy")
    assert said(other) == ["<p>Good day</p>", "<p>Open at nine</p>", "<p>Closed on Sunday</p>"]
    assert other.blocks["blocks"][-1]["kind"] == "footer"
    assert not any("saved" in block for block in other.blocks["blocks"])


def test_a_linked_one_changes_in_every_draft_and_nowhere_else(
    client_for: Browser, marketer: User, first: Campaign, hours: SavedBlock
) -> None:
    browser = client_for(marketer)
    linked, copied, sent = draft("Linked"), draft("Copied"), draft("Sent")
    for campaign, way in ((linked, "linked"), (copied, "copy"), (sent, "linked")):
        insert(browser, campaign, hours, way)
    sent.refresh_from_db()
    sent.batch = Batch.objects.create(
        provider=Provider.objects.sandbox(), rehearsal=True, content_kind="edition", content_id=1
    )
    sent.save()
    block = rewrite(first, 1, "Open at eight")
    page = browser.get(f"/campaigns/{first.pk}/content/{block}/linked/").content.decode()
    assert "Linked in 2 drafts" in page
    browser.post(f"/campaigns/{first.pk}/content/{block}/linked/", {"act": "everywhere"})
    assert said(linked) == ["<p>Open at eight</p>", "<p>Closed on Sunday</p>"]
    assert said(first)[1:] == ["<p>Open at eight</p>", "<p>Closed on Sunday</p>"]
    assert said(copied) == said(sent) == ["<p>Open at nine</p>", "<p>Closed on Sunday</p>"]
    history.undo(linked)
    assert linked.blocks["blocks"][0]["html"] == "<p>Open at nine</p>"


def test_a_change_in_one_draft_is_put_back_or_unlinked(
    client_for: Browser, marketer: User, first: Campaign, hours: SavedBlock
) -> None:
    browser = client_for(marketer)
    block = rewrite(first, 1, "Open at ten")
    browser.post(f"/campaigns/{first.pk}/content/{block}/linked/", {"act": "restore"})
    assert said(first) == ["<p>Hello</p>", "<p>Open at nine</p>", "<p>Closed on Sunday</p>"]
    block = rewrite(first, 2, "Closed on Monday")
    browser.post(f"/campaigns/{first.pk}/content/{block}/linked/", {"act": "unlink"})
    first.refresh_from_db()
    assert not any("saved" in found for found in first.blocks["blocks"])
    assert browser.get(f"/campaigns/{first.pk}/content/{block}/linked/").status_code == 404


def test_one_kept_before_blocks_had_more_settings_stands_as_it_is_saved(
    client_for: Browser, marketer: User, first: Campaign, hours: SavedBlock
) -> None:
    for block in hours.blocks:
        del block["size"], block["above"]
    hours.save()
    url = f"/campaigns/{first.pk}/content/{first.blocks['blocks'][1]['id']}/linked/"
    assert "Here it stands as it is saved" in client_for(marketer).get(url).content.decode()
    rewrite(first, 1, "Open at ten")
    assert "Here it says something else" in client_for(marketer).get(url).content.decode()


def test_a_deleted_one_leaves_its_words(
    client_for: Browser, marketer: User, first: Campaign, hours: SavedBlock
) -> None:
    browser = client_for(marketer)
    assert "First" in browser.get(f"/saved-blocks/{hours.pk}/").content.decode()
    browser.post(f"/saved-blocks/{hours.pk}/delete/")
    assert not SavedBlock.objects.exists()
    assert said(first) == ["<p>Hello</p>", "<p>Open at nine</p>", "<p>Closed on Sunday</p>"]
    assert not any("saved" in block for block in first.blocks["blocks"])
