"""The editor of rich text, in the browser: what is pasted keeps its shape, and links are asked about at once.

Takes seconds: a browser is started.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.content import blocks
from campaigns.content.rich import clean_rich
from campaigns.models import Campaign
from tests.web import stage
from tests.web.browser import visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

_PASTE = """(box, html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.a{color:red}</style></head><body>
<!--StartFragment--><h1 style='mso-style:x'>Heading<o:p></o:p></h1>
<p class=MsoNormal><a name="_Toc1">Some</a> <b>bold</b> <span style='color:red'>words</span><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>
&nbsp;&nbsp; </span></span><![endif]>one</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>1.<span> </span></span>in</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span> </span></span>two</p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoNormal dir=RTL style='text-align:right;direction:rtl'><span lang=AR-SA>مرحبا بالعالم</span></p>
<table class=MsoTableGrid border=1><tr><td width=100><p class=MsoNormal>Tea</p></td><td><p>3</p></td></tr>
<tr><td colspan=2><p class=MsoNormal><b>Sum</b></p></td></tr></table><!--EndFragment--></body></html>"""

KEPT = (
    "<h1>Heading</h1><p>Some <strong>bold</strong> words</p>"
    "<ul><li><p>one</p><ol><li><p>in</p></li></ol></li><li><p>two</p></li></ul>"
    '<p dir="rtl">مرحبا بالعالم</p>'
    "<table><tbody><tr><td><p>Tea</p></td><td><p>3</p></td></tr>"
    '<tr><td colspan="2"><p><strong>Sum</strong></p></td></tr></tbody></table>'
)


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


def test_paste_from_word_keeps_headings_lists_tables_and_arabic(editor: Page) -> None:
    box = editor.locator(".rich-text").first
    box.click()
    box.evaluate(_PASTE, WORD)
    assert clean_rich(written(editor)) == KEPT


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
