"""The editor of rich text, in the browser: what is pasted keeps its shape, and links are asked about at once.

Takes seconds: a browser is started.
"""

from collections.abc import Iterator

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


GOOGLE = """<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1a2b-3c">
<h1 dir="ltr" style="line-height:1.38;margin-top:20pt;"><span style="font-size:20pt;font-family:Arial,sans-serif;
color:#000000;background-color:transparent;font-weight:400;font-style:normal;white-space:pre-wrap;">Heading</span></h1>
<p dir="ltr" style="line-height:1.38;"><span style="font-size:11pt;font-weight:400;">Some </span><span
style="font-size:11pt;font-weight:700;">bold</span><span style="font-weight:400;">, </span><span
style="font-weight:400;font-style:italic;">slanted</span><span style="font-weight:400;"> and </span><a
href="https://shop.example/x" style="text-decoration:none;"><span style="color:#1155cc;text-decoration:underline;">a
link</span></a></p><br /><ul style="margin-top:0;padding-inline-start:48px;"><li dir="ltr" style="list-style-type:disc;"
aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400;">one</span></p></li><ul><li dir="ltr"
style="list-style-type:circle;" aria-level="2"><p dir="ltr" role="presentation"><span>in</span></p></li></ul><li
dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>two</span></p></li></ul><br /><p dir="ltr"
style="line-height:1.38;text-align:center;"><span>Middle</span></p><p dir="rtl"
style="text-align:right;"><span>مرحبا</span></p><div dir="ltr" style="margin-left:0pt;" align="left"><table
style="border:none;"><colgroup><col width="100" /><col width="100" /></colgroup><tbody><tr style="height:0pt"><td
style="border:1pt solid #000"><p dir="ltr"><span>Tea</span></p></td><td><p dir="ltr"><span
style="font-weight:700">3</span></p></td></tr></tbody></table></div></b><br class="Apple-interchange-newline">"""

KEPT_OF_GOOGLE = (
    "<h1>Heading</h1>"
    '<p>Some <strong>bold</strong>, <em>slanted</em> and <a href="https://shop.example/x">a link</a></p>'
    "<ul><li><p>one</p><ul><li><p>in</p></li></ul></li><li><p>two</p></li></ul>"
    '<p align="center">Middle</p><p dir="rtl">مرحبا</p>'
    "<table><tbody><tr><td><p>Tea</p></td><td><p><strong>3</strong></p></td></tr></tbody></table>"
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


@pytest.mark.parametrize(("pasted", "kept"), [(WORD, KEPT), (GOOGLE, KEPT_OF_GOOGLE)], ids=["Word", "Google Docs"])
def test_paste_keeps_headings_lists_tables_and_arabic(editor: Page, pasted: str, kept: str) -> None:
    box = editor.locator(".rich-text").first
    box.click()
    box.evaluate(_PASTE, pasted)
    assert clean_rich(written(editor)) == kept


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
