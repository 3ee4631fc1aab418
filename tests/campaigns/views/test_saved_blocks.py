"""The shelf of saved blocks: where each is linked, its name, and its mail whatever stands in it."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from campaigns.content import blocks
from campaigns.models import Campaign, SavedBlock

Browser = Callable[[User], Client]


def saved(name: str, words: str = "Open at nine") -> SavedBlock:
    block = blocks.validate({"blocks": [{"kind": "text", "html": f"<p>{words}</p>"}]})["blocks"]
    return SavedBlock.objects.create(name=name, blocks=block)


def draft(*linked: str) -> Campaign:
    written = [{"kind": "text", "html": "<p>Hi</p>", "saved": tag} for tag in linked]
    return Campaign.objects.create(name="Draft", subject="S", blocks=blocks.validate({"blocks": written}))


def test_shelf_says_in_how_many_drafts_each_is_linked(
    client_for: Browser, marketer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    hours, box, unused = (saved(name) for name in ("Hours", "Box", "Unused"))
    draft(f"{hours.pk}-aaaaaaaa", f"{hours.pk}-bbbbbbbb", f"{box.pk}-aaaaaaaa")
    draft(f"{hours.pk}-cccccccc")
    Campaign.objects.create(name="Empty")
    client = client_for(marketer)
    with django_assert_max_num_queries(30) as asked:
        rows = client.get("/saved-blocks/").context["rows"]
    assert rows == [(box, 1), (hours, 2), (unused, 0)]
    assert sum('"campaigns_campaign"."blocks"' in query["sql"] for query in asked.captured_queries) == 1


@pytest.mark.parametrize("words", ["{{ broken", "{% if city %}Hi", "{{ 1 / 0 }}"])
def test_one_with_a_merge_tag_that_is_not_right_is_shown_all_the_same(
    client_for: Browser, marketer: User, organisation: Organisation, words: str
) -> None:
    response = client_for(marketer).get(f"/saved-blocks/{saved('Hours', words).pk}/mail/")
    assert response.status_code == 200
    assert "<p>" in response.content.decode()


def test_one_is_renamed_and_a_name_of_nothing_is_refused_in_words(
    client_for: Browser, marketer: User, organisation: Organisation
) -> None:
    client, hours = client_for(marketer), saved("Hours")
    refused = client.post(f"/saved-blocks/{hours.pk}/", {"name": "  "})
    assert refused.status_code == 422
    assert "This is missing. Fill it in." in refused.content.decode()
    client.post(f"/saved-blocks/{hours.pk}/", {"name": "Opening hours"})
    hours.refresh_from_db()
    assert hours.name == "Opening hours"


def test_change_that_one_draft_has_no_room_for_changes_none_and_says_so(
    client_for: Browser, marketer: User, organisation: Organisation
) -> None:
    hours, client = saved("Hours"), client_for(marketer)
    first = draft(*[f"{hours.pk}-aaaaaaaa"] * 2)
    full = draft(f"{hours.pk}-bbbbbbbb", *["0-00000000"] * (blocks.MAX_BLOCKS - 1))
    block = first.blocks["blocks"][0]["id"]
    page = client.post(f"/campaigns/{first.pk}/content/{block}/linked/", {"act": "everywhere"}, follow=True)
    assert "Nothing is changed: one of the drafts has no room for it." in page.content.decode()
    hours.refresh_from_db()
    full.refresh_from_db()
    assert len(hours.blocks) == 1
    assert len(full.blocks["blocks"]) == blocks.MAX_BLOCKS


def test_page_that_keeps_a_block_names_its_fields_not_the_block(
    client_for: Browser, marketer: User, organisation: Organisation
) -> None:
    """A page's own words, such as the block that it is about, are no labels of the fields on it."""
    campaign = Campaign.objects.create(
        name="Draft",
        subject="S",
        blocks=blocks.validate({"blocks": [{"id": "hi", "kind": "text", "html": "<p>Hi</p>"}]}),
    )
    page = client_for(marketer).get(f"/campaigns/{campaign.pk}/content/hi/keep/")
    labels = BeautifulSoup(page.content, "html.parser").select("main form label")
    assert [" ".join(label.text.split()) for label in labels] == ["Name", "Link it here"]
