"""The editor of rich text, in the browser: what is pasted keeps its shape, and links are asked about at once.

Takes seconds: a browser is started.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.content import blocks
from campaigns.content.rich import clean_rich
from campaigns.merge import language
from campaigns.models import Campaign
from tests.web import stage
from tests.web.browser import visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

_PASTED = Path(__file__).resolve().parents[1] / "data" / "pasted"  # beside each, what is meant by it
_PASTE = """(box, html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def editor(live_server: LiveServer) -> Iterator[Page]:
    """A draft with one empty text, open in the editor."""
    cast = Cast(Role.OWNER)
    campaign = stage.campaign(cast)
    document = blocks.validate({"blocks": [blocks.new("text") | {"id": "words"}, {"kind": "footer"}]})
    Campaign.objects.filter(pk=campaign.pk).update(blocks=document)
    with visitor(live_server.url, cast.browser().cookies["sessionid"].value) as visit:
        visit.page.goto(f"/campaigns/{campaign.pk}/content/?open=words")
        visit.page.wait_for_selector(".rich-text")
        yield visit.page
        assert not [note for note in visit.found if "script error" in note]


def written(page: Page) -> str:
    return str(page.eval_on_selector("textarea[data-behaviour=rich]", "box => box.value"))


def test_paste_keeps_what_is_meant_and_nothing_of_the_program_it_comes_from(editor: Page) -> None:
    box = editor.locator(".rich-text").first
    box.click()
    programs = sorted(_PASTED.glob("*.kept.html"))
    assert programs
    for kept in programs:
        editor.keyboard.press("Control+a")
        editor.keyboard.press("Delete")
        box.evaluate(_PASTE, kept.with_name(kept.name.replace(".kept", "")).read_text())
        assert clean_rich(written(editor)) == kept.read_text().replace("\n", ""), kept.name


def test_link_may_hold_a_personal_detail(editor: Page) -> None:
    editor.locator(".rich-text").first.click()
    editor.keyboard.type("shop")
    editor.keyboard.press("Control+a")
    editor.get_by_role("button", name="Link", exact=True).first.click()
    address = editor.get_by_label("Where the link leads").first
    address.fill("https://shop.test/")
    editor.get_by_role("button", name="Insert a personal detail into the link").first.click()
    editor.get_by_label("If it is not known, say").fill("you")
    editor.get_by_role("button", name="Insert", exact=True).click()
    expect(address).to_have_value('https://shop.test/{{ first_name|default("you") }}')
    editor.get_by_role("button", name="Set the link").first.click()
    made = clean_rich(written(editor))
    assert language.render(made, {"first_name": "Ana"}) == '<p><a href="https://shop.test/Ana">shop</a></p>'


def test_grey_example_counts_as_nothing(editor: Page) -> None:
    box = editor.locator(".rich-text").first
    assert box.get_attribute("data-example") == "Write here."
    box.click()
    editor.keyboard.type("Hi")
    assert box.get_attribute("data-example") is None
    assert written(editor) == "<p>Hi</p>"
    for _ in range(2):
        editor.keyboard.press("Backspace")
    assert box.get_attribute("data-example") == "Write here."
    assert written(editor) == ""


def test_link_is_completed_asked_about_and_leaves_no_trace_when_removed(editor: Page) -> None:
    box = editor.locator(".rich-text").first
    box.click()
    editor.keyboard.type("shop")
    editor.keyboard.press("Control+a")
    for typed in ("nonsense", "shop.test/x"):
        editor.get_by_role("button", name="Link", exact=True).first.click()
        editor.get_by_label("Where the link leads").first.fill(typed)
        editor.get_by_role("button", name="Set the link").first.click()
        if typed == "nonsense":
            assert "is not a whole address" in editor.locator(".rich-link .field-error").first.inner_text()
    assert clean_rich(written(editor)) == '<p><a href="https://shop.test/x">shop</a></p>'
    editor.get_by_role("button", name="Link", exact=True).first.click()
    editor.get_by_label("Where the link leads").first.fill("")
    editor.get_by_role("button", name="Set the link").first.click()
    assert written(editor) == "<p>shop</p>"


def test_alignment_by_keyboard_and_a_colour_of_the_brand_are_kept_by_name(editor: Page) -> None:
    box = editor.locator(".rich-text").first
    box.click()
    editor.keyboard.type("One")
    editor.keyboard.press("Control+a")
    editor.keyboard.press("Control+Shift+e")
    brand = editor.get_by_role("button", name="Colour of words: Brand colour").first
    brand.focus()
    editor.keyboard.press("Enter")
    assert written(editor) == '<p align="center"><span data-ink="brand">One</span></p>' == clean_rich(written(editor))
    assert brand.get_attribute("aria-pressed") == "true"
    editor.get_by_role("button", name="Align left").first.click()
    brand.click()
    assert written(editor) == '<p align="left">One</p>'
