"""Comments beside the mail: by mouse, by keyboard and on a phone. Takes seconds: a browser is started."""

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from campaigns.comments import conversations
from campaigns.content import blocks
from campaigns.models import Campaign
from tests.web import stage
from tests.web.browser import Editor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft() -> Campaign:
    campaign = stage.campaign(Cast(Role.OWNER))
    said = {"id": "head", "kind": "heading", "text": "Summer"}
    campaign.blocks = blocks.validate({"blocks": [said, {"id": "end", "kind": "footer"}]})
    campaign.save()
    return campaign


def test_by_keyboard_a_block_gets_a_comment_an_answer_and_is_done(editor: Editor) -> None:
    with editor() as visit:
        page, press = visit.page, visit.page.keyboard.press
        page.locator(".spot").first.focus()
        press("c")
        expect(page.get_by_label("Comment", exact=True)).to_be_focused()
        expect(page.get_by_text("About “Heading: Summer”")).to_be_visible()
        page.keyboard.type("Which summer?")
        press("Tab")
        press("Tab")
        press("Enter")
        spot = page.locator(".spot").first
        expect(spot).to_have_attribute("aria-label", "Heading: Summer, 1 comment")
        expect(page.get_by_role("tab", name="Comments (1)")).to_be_visible()
        page.locator("#comments summary", has_text="Reply").press("Enter")
        page.locator("#comments").get_by_label("Reply").fill("This one")
        page.locator("#comments").get_by_role("button", name="Reply", exact=True).press("Enter")
        expect(page.get_by_text("This one")).to_be_visible()
        visit.look("a conversation")
        page.get_by_role("button", name="Resolve").press("Enter")
        expect(page.get_by_role("tab", name="Comments", exact=True)).to_be_visible()
        expect(spot).to_have_attribute("aria-label", "Heading: Summer")


def test_a_comment_goes_where_its_block_goes_and_outlives_it(editor: Editor, draft: Campaign) -> None:
    conversations.add(draft, "Which summer?", by=Cast(Role.OWNER).owner, block="head")
    with editor() as visit:
        page = visit.page
        spots = page.locator(".spot")
        expect(spots.first).to_have_attribute("data-comments", "1")
        spots.first.focus()
        page.keyboard.press("Alt+ArrowDown")
        expect(spots.nth(1)).to_have_attribute("data-comments", "1")
        page.get_by_role("button", name="Delete", exact=True).first.click()
        expect(spots).to_have_count(1)
        page.get_by_role("tab", name="Comments").click()
        expect(page.get_by_role("heading", name="On removed blocks")).to_be_visible()


def test_on_a_phone_a_comment_is_said_of_the_chosen_block(editor: Editor) -> None:
    with editor(390, touch=True) as visit:
        page = visit.page
        page.locator(".spot").first.tap()
        page.get_by_role("button", name="Close").tap()
        page.locator("[data-act=comment]").tap()
        page.get_by_label("Comment", exact=True).fill("Which summer?")
        page.get_by_role("button", name="Comment", exact=True).last.tap()
        expect(page.locator("#comments").get_by_text("Which summer?")).to_be_visible()
        visit.look("a comment on a phone")
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_role("button", name="Close").tap()
        expect(page.locator(".spot").first).to_have_attribute("data-comments", "1")
