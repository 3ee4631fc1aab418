"""The mail on which its editor works."""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.content import blocks
from campaigns.editor import arranging, editing, history
from campaigns.merge import localised
from campaigns.models import Campaign
from contacts.models import Contact
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
JSON = {"Accept": "application/json"}
IN_COLUMN = {"id": "inner", "kind": "text", "html": "<p>Inside</p>"}


@pytest.fixture
def campaign(marketer: User) -> Campaign:
    draft = letters.draft(marketer, letters.readers("Ana", "Ben"))
    draft.blocks = blocks.validate(
        {
            "blocks": [
                {"id": "top", "kind": "heading", "text": "Hello {{ first_name }}"},
                {"id": "pair", "kind": "columns", "columns": [[IN_COLUMN], []]},
                {"id": "photo", "kind": "image"},
                {"id": "end", "kind": "footer"},
            ]
        }
    )
    draft.save()
    return draft


def test_editors_mail_may_be_read_by_its_page_but_runs_nothing(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    policy = client_for(marketer).get(reverse("canvas-mail", args=[campaign.pk])).headers["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["sandbox"] == "allow-same-origin"
    assert (rules["default-src"], rules["script-src"], rules["frame-ancestors"]) == ("'none'", "'none'", "'self'")


def test_block_is_drawn_as_its_form_stands_and_nothing_is_stored(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    ana = Contact.objects.get(first_name="Ana").pk
    url = f"{reverse('block-draw', args=[campaign.pk, 'top'])}?contact={ana}"
    drawn = client_for(marketer).post(url, {"text": "Ahoy {{ first_name }}"}, headers=JSON).content.decode()
    assert "Ahoy Ana" in drawn
    assert 'data-block="pair"' not in drawn, "the changed block alone"
    assert Campaign.objects.get(pk=campaign.pk).blocks == campaign.blocks


def test_block_in_a_column_is_drawn_alone(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    url = reverse("block-draw", args=[campaign.pk, "inner"])
    drawn = client_for(marketer).post(url, {"html": "<p>Newer</p>"}, headers=JSON).content.decode()
    assert "Newer" in drawn
    assert drawn.startswith('<tr id="block-inner"')


def test_half_a_merge_tag_is_named_in_place_of_a_mail(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    url = reverse("block-draw", args=[campaign.pk, "top"])
    answer = client_for(marketer).post(url, {"text": "Ahoy {{ first_"}, headers=JSON)
    assert answer.status_code == 422
    assert "{{ first_" in answer.json()["problem"]


def test_panel_says_how_a_block_looks_without_a_look_of_its_own(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    """Of the mail's style where the brand leaves it open; what it has of its own is not folded away."""
    campaign.blocks["style"] |= {"heading_font": "palatino"}
    campaign.blocks["blocks"][0] |= {"level": "2", "size": "36"}
    campaign.save()
    browser = client_for(marketer)
    panel = browser.get(reverse("block-panel", args=[campaign.pk, "top"])).content.decode()
    for usual in ("Palatino", "22 pixels", "20 pixels", "4 pixels", "#23262b"):
        assert f"As the mail has it: {usual}" in panel
    assert '<option value="36" selected>36 pixels</option>' in panel
    assert re.search(r'<details class="block-when" open><summary>A look of its own', panel)
    inner = browser.get(reverse("block-panel", args=[campaign.pk, "inner"])).content.decode()
    assert re.search(r'<details class="block-when"><summary>A look of its own', inner)
    drawn = browser.post(reverse("block-draw", args=[campaign.pk, "top"]), {"font": "times"}, headers=JSON)
    assert b"font-family:'Times New Roman'" in drawn.content


def test_panel_says_sides_as_they_are_in_the_language_of_the_mail(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    """A mail in Arabic begins at the right: what comes first in it stands there."""
    campaign.language = "ar"
    campaign.blocks["blocks"][2] = blocks.new("image_text") | {"id": "photo"}
    campaign.save()
    browser = client_for(marketer)
    for block in ("top", "photo"):
        panel = browser.get(reverse("block-panel", args=[campaign.pk, block])).content.decode()
        assert '<option value="left" selected>Right</option>' in panel, block


def test_gone_block_has_an_empty_panel_and_cannot_be_drawn(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    client = client_for(marketer)
    assert "Choose a block" in client.get(reverse("block-panel", args=[campaign.pk, "gone"])).content.decode()
    assert client.post(reverse("block-draw", args=[campaign.pk, "gone"]), headers=JSON).status_code == 422
    panel = client.get(reverse("block-panel", args=[campaign.pk, "top"])).content.decode()
    assert 'value="Hello {{ first_name }}"' in panel


@pytest.mark.parametrize("kind", ["blocks", "html"])
def test_personal_details_can_be_inserted(client_for: Browse, marketer: User, campaign: Campaign, kind: str) -> None:
    """In what is written, and as the condition under which a block is shown, which the page opens with."""
    Campaign.objects.filter(pk=campaign.pk).update(content_kind=kind)
    page = client_for(marketer).get(reverse("campaign-content", args=[campaign.pk]) + "?open=top").content.decode()
    _, _, dialog = page.partition('id="merge-tag"')
    assert '<option value="first_name"' in dialog
    _, _, reads = dialog.partition('id="merge-filter"')
    offered = re.findall(r"""<option value=["']([a-z]+)""", reads.partition("</select>")[0])
    assert set(offered) == set(localised.FILTERS) - {"default", "url"}  # asked for beside; written by hand
    if kind == "blocks":
        _, _, condition = page.partition('name="if_field"')
        assert '<option value="first_name"' in condition.partition("</select>")[0]


def test_new_block_follows_the_chosen_one_and_never_the_footer(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    client, url = client_for(marketer), reverse("block-add", args=[campaign.pk])
    for kind, place in {
        "divider": {"after": "top"},
        "spacer": {"after": "end"},
        "button": {"after": "inner"},
        "columns": {"after": "inner"},
        "logo": {"inside": "pair", "column": "1"},
        "heading": {},
        "image": {"before": "top"},
    }.items():
        assert client.post(url, {"kind": kind} | place).status_code == 302
    document = Campaign.objects.get(pk=campaign.pk).blocks
    assert [block["kind"] for block in document["blocks"]] == [
        *("image", "heading", "divider", "columns", "columns", "image", "spacer", "heading", "footer"),
    ]
    columns = document["blocks"][3]["columns"]
    assert [[block["kind"] for block in column] for column in columns] == [["text", "button"], ["logo"]]


def test_block_is_dragged_into_a_column_and_out_of_it(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    client = client_for(marketer)
    move = {"inside": "pair", "column": "0", "before": "inner"}
    client.post(reverse("block-move", args=[campaign.pk, "top"]), move)
    assert order(campaign) == ["pair", "top", "inner", "photo", "end"]
    client.post(reverse("block-move", args=[campaign.pk, "inner"]), {"inside": "", "column": "0", "before": ""})
    assert order(campaign) == ["pair", "top", "photo", "inner", "end"]
    before = order(campaign)
    refused = client.post(reverse("block-move", args=[campaign.pk, "pair"]), {"inside": "pair", "column": "1"})
    gone = client.post(reverse("block-move", args=[campaign.pk, "top"]), {"before": "gone"})
    assert (refused.status_code, gone.status_code, order(campaign)) == (422, 422, before)
    shown = client.post(reverse("block-delete", args=[campaign.pk, "gone"]), headers={"HX-Request": "true"})
    assert shown.status_code == 422
    assert "This block is no longer there." in shown.content.decode()
    assert f'data-block="{before[0]}"' in shown.content.decode(), "the editor goes on with what is there"


def test_two_people_write_in_two_blocks_and_neither_overwrites_the_other(
    client_for: Browse, marketer: User, admin: User, campaign: Campaign
) -> None:
    """What counts is what each form was filled from, not what happened in the rest of the mail."""
    seen = {block["id"]: editing.seen(block) for block in blocks.walk(campaign.blocks)}

    def save(user: User, block: str, **more: str) -> Any:
        url = reverse("block-save", args=[campaign.pk, block])
        return client_for(user).post(url, {"version": "1", "seen": seen[block]} | more, headers=JSON)

    first = save(admin, "top", text="Aron's")
    assert save(marketer, "inner", html="<p>Mia's</p>").status_code == 200
    late = save(marketer, "top", text="Mia's")
    assert late.status_code == 409
    assert late.json()["version"] == 3
    campaign.refresh_from_db()
    assert arranging.find(campaign.blocks, "top")["text"] == "Aron's"
    seen["top"] = first.json()["seen"]
    assert save(marketer, "top", text="Both").status_code == 200
    assert save(admin, "top", text="Mine after all", force="1").status_code == 200


def test_who_else_is_at_the_draft_is_told_with_the_place(
    client_for: Browse, marketer: User, admin: User, campaign: Campaign
) -> None:
    url = reverse("canvas-here", args=[campaign.pk])
    alone = client_for(marketer).post(url, {"block": "top"}).json()
    assert (alone["version"], alone["others"]) == (1, [])
    told = client_for(admin).post(url, {"block": ""}).json()
    assert told["others"] == [{"name": "Mia Marketer", "block": "top"}]
    assert client_for(marketer).post(url, {"block": "inner"}).json()["others"][0]["name"] == "Aron Admin"


def test_undo_has_no_limit(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    for number in range(150):
        history.change(campaign, arranging.update(campaign.blocks, "top", {"text": str(number)}), by=None)
    while history.undo(campaign):
        pass
    assert arranging.find(campaign.blocks, "top")["text"] == "Hello {{ first_name }}"


def test_steps_of_a_draft_take_no_more_room_than_is_stated(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest are kept, and Undo goes on from state to state as far as they reach."""
    for number in range(20):
        words = "".join(random.Random(number).choices("abcdefghijklmnopqrstuvwxyz", k=20_000))
        history.change(campaign, arranging.update(campaign.blocks, "top", {"text": f"{number} {words}"}), by=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(pg_column_size(blocks)) FROM campaigns_draftstep")
        monkeypatch.setattr(history, "ROOM_BYTES", 5 * cursor.fetchone()[0])
    history.change(campaign, arranging.update(campaign.blocks, "top", {"text": "last"}), by=None)
    found = []
    while history.undo(campaign):
        found.append(arranging.find(campaign.blocks, "top")["text"].partition(" ")[0])
    assert found == ["19", "18", "17", "16", "15"]


def test_steps_older_than_a_month_go_whosever_draft_they_are(campaign: Campaign, marketer: User) -> None:
    forgotten = letters.draft(marketer)
    for draft in (forgotten, campaign):
        for number in range(3):
            history.change(draft, arranging.update(campaign.blocks, "top", {"text": str(number)}), by=None)
    long_ago = timezone.now() - history.KEPT_FOR - timedelta(minutes=1)
    forgotten.steps.update(at=long_ago)
    newest = campaign.steps.latest("id")
    campaign.steps.exclude(pk=newest.pk).update(at=long_ago)
    history.change(campaign, arranging.update(campaign.blocks, "top", {"text": "again"}), by=None)
    assert (forgotten.steps.count(), campaign.steps.count()) == (0, 2)


def order(campaign: Campaign) -> list[str]:
    return [block["id"] for block in blocks.walk(Campaign.objects.get(pk=campaign.pk).blocks)]


@pytest.mark.parametrize(
    ("block", "move", "heard"),
    [
        ("photo", {"direction": "up"}, "Picture moved up, 2 of 4."),
        ("top", {"direction": "down"}, "Heading moved down, 2 of 4."),
        ("top", {"direction": "up"}, "Heading is the first of 4 already."),
        ("end", {"direction": "down"}, "Footer is the last of 4 already."),
        ("inner", {"direction": "down"}, "Text is alone here."),
        ("top", {"inside": "pair", "column": "0", "before": "inner"}, "Heading moved, 1 of 2 in column 1."),
    ],
)
def test_moved_block_says_where_it_stands_to_those_who_hear_the_page(
    client_for: Browse, marketer: User, campaign: Campaign, block: str, move: dict[str, str], heard: str
) -> None:
    url = reverse("block-move", args=[campaign.pk, block])
    answer = client_for(marketer).post(url, move, headers={"HX-Request": "true"}).content.decode()
    assert f'data-said="{heard}"' in answer
    assert answer.count(heard) == 1, "everybody else sees it"


def test_row_without_words_is_known_by_what_is_in_it() -> None:
    def said(*inside: dict[str, str]) -> str:
        row = {"id": "row", "kind": "columns", "columns": [list(inside), []]}
        return editing.excerpt(blocks.validate({"blocks": [row]})["blocks"][0])

    image, divider = {"id": "photo", "kind": "image"}, {"id": "line", "kind": "divider"}
    assert said(image, divider) == "Picture · Divider"
    assert said(image, {"id": "words", "kind": "heading", "text": "Summer"}) == "Summer"
    assert said() == "Nothing here yet"
