"""A mail is built on the mail itself: by mouse, by keyboard alone, by touch. Takes seconds: a browser is started."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Error, Locator, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.content import blocks
from campaigns.merge import language
from campaigns.models import Campaign
from contacts.models import Field
from tests.web import stage
from tests.web.browser import Editor, Held, visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

TEN = ["heading", "text", "button", "image", "divider", "spacer", "columns", "heading", "text", "footer"]


@pytest.fixture
def draft() -> Campaign:
    campaign = stage.campaign(Cast(Role.OWNER))
    campaign.blocks = blocks.validate({"blocks": [{"id": "end", "kind": "footer"}]})
    campaign.save()
    return campaign


def spots(page: Page) -> Locator:
    return page.locator(".spot")


def palette(page: Page, label: str) -> Locator:
    return page.locator("#palette").get_by_role("button", name=label, exact=True)


def expect_added(page: Page, count: int) -> None:
    """The new block is there and has the focus."""
    expect(spots(page)).to_have_count(count)
    expect(page.locator(".spot[aria-pressed=true]:focus")).to_have_count(1)


def kinds(page: Page) -> list[str]:
    """As the server's answer to the last change names them."""
    found: list[str] = page.eval_on_selector_all("#editor [data-block]", "all => all.map(one => one.dataset.kind)")
    return found


def middle(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def top_of(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + 2


def settle(page: Page, what: Locator | None = None, where: Locator | None = None) -> None:
    """The mail is as the list of its blocks says. Only then a place on it is measured: of what can be taken hold of,
    and of where it is to go: not at the edge of the window, where it would scroll for as long as a drag lasts.
    """
    expect(page.locator("[data-canvas]:not([aria-busy])")).to_have_count(1)
    if where:
        where.evaluate("one => one.scrollIntoView({ block: 'center', behavior: 'instant' })")
        where.element_handle().wait_for_element_state("stable")
    if what:
        what.click(trial=True)


TWO_FRAMES = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
# Playwright's own waiting compiles its condition again in the page, which the content security policy refuses.
LOADED = """async () => {
    const picture = () => document.querySelector(".canvas iframe").contentDocument.images[0]
    while (!(picture().complete && picture().naturalHeight === 300)) await new Promise(requestAnimationFrame)
}"""
# In another tab, which this page does not hear of before the mouse is back.
LET_GO_ELSEWHERE = """() => window.dispatchEvent(new PointerEvent("pointermove", {pointerType: "mouse", buttons: 0}))"""
Place = Callable[[Locator], tuple[float, float]]


def carry(page: Page, what: Locator, where: Locator, place: Place = middle) -> None:
    """By mouse, not dropped yet."""
    settle(page, what, where)
    x, y = place(where)
    page.mouse.move(*middle(what))
    page.mouse.down()
    page.mouse.move(x - 20, y - 10)
    page.mouse.move(x, y)
    expect(page.locator(".drop-line.is-chosen")).to_have_count(1)


def drag(page: Page, what: Locator, where: Locator, place: Place = middle) -> None:
    carry(page, what, where, place)
    page.mouse.up()


def test_ten_blocks_by_mouse(editor: Editor) -> None:
    with editor() as visit:
        page = visit.page
        for number, label in enumerate(("Heading", "Text", "Button", "Picture", "Divider", "Space", "Section"), 2):
            page.get_by_role("tab", name="Add").click()
            drag(page, palette(page, label), spots(page).last, top_of)
            expect_added(page, number if label != "Section" else number + 2)
        for number, label in enumerate(("Heading", "Text"), 1):
            page.get_by_role("tab", name="Add").click()
            drag(page, palette(page, label), page.get_by_role("button", name=f"Add to column {number}"))
            expect_added(page, 10)
        assert kinds(page) == TEN
        spots(page).first.click()
        page.locator("#side-panel [name=text]").fill("On the mail")
        expect(page.frame_locator(".canvas iframe").get_by_text("On the mail")).to_be_visible()
        divider = page.get_by_role("button", name="Divider", exact=True).first
        drag(page, page.locator("[data-act=grip]"), divider)
        expect(spots(page).first).to_have_attribute("aria-label", "Text")
        text = spots(page).first
        text.click()
        expect(text).to_have_attribute("aria-pressed", "true")
        text.click()
        expect(page.locator(".in-place .in-place-rich")).to_be_focused()
        page.keyboard.type("Written here")
        expect(page.frame_locator(".canvas iframe").get_by_text("Written here")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(text).to_have_attribute("aria-label", "Text: Written here")
        visit.look("a chosen block")


def test_ten_blocks_by_keyboard_alone(editor: Editor) -> None:
    with editor() as visit:
        page, press = visit.page, visit.page.keyboard.press
        for number, label in enumerate(("Heading", "Text", "Button", "Picture", "Divider", "Space", "Section"), 2):
            page.locator("[role=tab][aria-selected=true]").focus()
            if number > 2:
                press("ArrowRight")
            press("Tab")
            expect(page.get_by_label("Find a block")).to_be_focused()
            page.keyboard.type(label)
            press("Enter")
            expect_added(page, number if label != "Section" else number + 2)
        for number, label in enumerate(("Heading", "Text"), 1):
            page.get_by_role("button", name=f"Add to column {number}").focus()
            press("Enter")
            page.keyboard.type(label)
            press("Enter")
            expect_added(page, 10)
        assert kinds(page) == TEN
        expect(page.locator(".spot:focus")).to_have_attribute("aria-label", "Text")
        press("Enter")
        expect(page.locator(".in-place-rich")).to_be_focused()
        page.keyboard.type("By hand")
        press("Escape")
        expect(page.locator(".spot:focus")).to_have_attribute("aria-label", "Text: By hand")
        for _ in range(4):
            press("ArrowUp")
        press("Alt+ArrowUp")
        expect(page.locator("#said")).to_have_text(re.compile(r"moved up, \d of 8\.$"))
        press("Delete")
        expect(spots(page)).to_have_count(9)
        page.keyboard.press("Control+z")
        expect(spots(page)).to_have_count(10)


def test_ten_blocks_by_touch_on_a_phone(editor: Editor) -> None:
    with editor(390, touch=True) as visit:
        page = visit.page
        for number, label in enumerate(("Heading", "Text", "Button", "Picture", "Divider", "Space", "Section"), 2):
            page.get_by_role("tab", name="Add").tap()
            palette(page, label).tap()
            expect_added(page, number if label != "Section" else number + 2)
        for number, label in enumerate(("Heading", "Text"), 1):
            page.get_by_role("button", name="Close").tap()
            page.get_by_role("button", name=f"Add to column {number}").tap()
            palette(page, label).tap()
            expect_added(page, 10)
        assert kinds(page) == TEN
        page.get_by_role("button", name="Close").tap()
        settle(page)
        spots(page).last.tap()
        sheet = page.locator(".studio-side[data-open]")
        expect(sheet).to_be_visible()
        above = "([block, sheet]) => block.getBoundingClientRect().bottom <= sheet.getBoundingClientRect().top"
        assert page.evaluate(above, [spots(page).last.element_handle(), sheet.element_handle()])
        expect(page.locator("#panel-title")).to_have_text("Footer")
        sheet.evaluate("sheet => sheet.scrollTop = 200")
        page.get_by_role("button", name="Close").tap()
        spots(page).first.tap()
        expect(page.locator("#panel-title")).to_have_text("Heading")
        assert not sheet.evaluate("sheet => sheet.scrollTop")
        page.locator("#side-panel [name=text]").fill("By thumb")
        expect(page.frame_locator(".canvas iframe").get_by_text("By thumb")).to_be_visible()


@pytest.fixture
def with_columns(draft: Campaign) -> Campaign:
    """A heading, and a section with a text in the first of two columns."""
    section = {"id": "cols", "kind": "columns", "layout": "1-1"}
    section["columns"] = [[{"id": "words", "kind": "text", "html": "<p>Inside</p>"}], []]  # type: ignore[assignment]
    head = {"id": "head", "kind": "heading", "text": "Above"}
    draft.blocks = blocks.validate({"blocks": [head, section, *draft.blocks["blocks"]]})
    draft.save()
    return draft


def spot_of(page: Page, block: str) -> Locator:
    return page.locator(f".spot[data-spot={block}]:not([data-column])")


def expect_in(page: Page, inside: str, column: int, *ids: str) -> None:
    row = page.locator(f'#editor .blocks[data-inside="{inside}"][data-column="{column}"] > [data-block]')
    expect(row).to_have_count(len(ids))
    for number, block in enumerate(ids):
        expect(row.nth(number)).to_have_attribute("data-block", block)


def drag_by_finger(page: Page, what: Locator, where: Locator, place: Place = middle) -> None:
    settle(page, what, where)
    x, y = place(where)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        found = [{"x": left, "y": top} for left, top in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    send("touchStart", middle(what))
    send("touchMove", (x - 20, y - 10))
    send("touchMove", (x, y))
    expect(page.locator(".drop-line.is-chosen")).to_have_count(1)
    send("touchEnd")


def test_block_is_dragged_out_of_a_column_and_into_one_by_mouse(editor: Editor, with_columns: Campaign) -> None:
    with editor() as visit:
        page = visit.page
        drag(page, spot_of(page, "words"), spot_of(page, "head"), top_of)
        expect_in(page, "", 0, "words", "head", "cols", "end")
        expect_in(page, "cols", 0)
        carry(page, spot_of(page, "head"), page.get_by_role("button", name="Add to column 2"))
        page.evaluate(LET_GO_ELSEWHERE)
        expect(page.locator(".drag-ghost, .drop-line")).to_have_count(0)
        page.mouse.up()
        drag(page, spot_of(page, "head"), page.get_by_role("button", name="Add to column 2"))
        expect_in(page, "", 0, "words", "cols", "end")
        expect_in(page, "cols", 1, "head")


def test_block_is_dragged_out_of_a_column_and_into_one_by_touch(editor: Editor, with_columns: Campaign) -> None:
    with editor(390, touch=True) as visit:
        page = visit.page

        def choose(block: str) -> Locator:
            settle(page, spot_of(page, block))
            spot_of(page, block).tap()
            expect(spot_of(page, block)).to_have_attribute("aria-pressed", "true")
            page.get_by_role("button", name="Close").tap()
            return page.locator("[data-act=grip]")

        drag_by_finger(page, choose("words"), spot_of(page, "head"), top_of)
        expect_in(page, "", 0, "words", "head", "cols", "end")
        expect_in(page, "cols", 0)
        drag_by_finger(page, choose("head"), page.get_by_role("button", name="Add to column 2"))
        expect_in(page, "", 0, "words", "cols", "end")
        expect_in(page, "cols", 1, "head")


def test_nothing_moves_under_a_block_that_is_being_dragged(editor: Editor, with_columns: Campaign) -> None:
    """What was asked for before it was taken up is shown first, what comes later after the drop, pictures too."""
    picture = {"id": "late", "kind": "image", "image": "https://pictures.example/late.svg"}
    with_columns.blocks = blocks.validate(
        {"blocks": [*with_columns.blocks["blocks"][:-1], picture, {"id": "end", "kind": "footer"}]}
    )
    with_columns.save()
    with editor() as visit:
        page, mail = visit.page, visit.page.frame_locator(".canvas iframe")
        pictures = Held(page, "https://pictures.example/*")
        page.goto(page.url, wait_until="commit")
        late = pictures.next()
        settle(page)
        moving, whole = Held(page, "**/words/move/"), Held(page, "**/content/mail/*")
        drag(page, spot_of(page, "words"), spot_of(page, "head"), top_of)
        moving.next().continue_()
        expect_in(page, "", 0, "words", "head", "cols", "late", "end")
        redrawn = whole.next()
        page.mouse.move(*middle(spot_of(page, "head")))
        page.mouse.down()
        page.mouse.move(10, 10)
        page.mouse.move(*top_of(spot_of(page, "end")))
        expect(page.locator(".drag-ghost")).to_be_visible()
        expect(page.locator(".drop-line")).to_have_count(0)
        redrawn.continue_()
        expect(page.locator(".drop-line.is-chosen")).to_have_count(1)
        page.keyboard.press("Escape")

        carry(page, spot_of(page, "head"), page.get_by_role("button", name="Add to column 2"))
        page.evaluate("document.querySelector('[data-look=dark]').click()")
        asked = whole.next()
        answer = asked.fetch()
        with page.expect_response("**/content/mail/*") as redrawn_late:
            asked.fulfill(response=answer, body=answer.text().replace("Above", "Above " * 60))
        redrawn_late.value.finished()
        page.evaluate(TWO_FRAMES)
        expect(mail.get_by_role("heading")).to_have_text("Above")
        expect(page.locator(".drop-line.is-chosen")).to_have_count(1)
        page.mouse.up()
        expect(mail.get_by_role("heading")).to_have_text("Above " * 60)
        whole.next().continue_()
        expect_in(page, "cols", 1, "head")
        settle(page)
        expect(mail.get_by_role("heading")).to_have_text("Above")

        carry(page, spot_of(page, "words"), spot_of(page, "end"), top_of)
        before = spot_of(page, "end").bounding_box()
        assert before
        late.fulfill(content_type="image/svg+xml", body=TALL_PICTURE)
        page.evaluate(LOADED)
        page.evaluate(TWO_FRAMES)
        assert spot_of(page, "end").bounding_box() == before
        page.keyboard.press("Escape")
        expect(spot_of(page, "late")).not_to_have_js_property("clientHeight", 0)


def test_finding_leads_to_its_block_and_words_are_written_where_somebody_clicked(
    live_server: LiveServer, draft: Campaign
) -> None:
    """The page is scrolled to a block far below, stays there when words are written on it, and the cursor goes between
    the letters that were clicked; a space that holds two words together stays one. Of a section's settings those are
    there that count beside its background.
    """
    above = [{"id": f"room-{number}", "kind": "spacer", "height": 120} for number in range(20)]
    low = [{"id": "low", "kind": "heading", "text": "Far\u00a0below"}, {"id": "part", "kind": "columns"}]
    draft.blocks = blocks.validate({"blocks": [*above, *low, *draft.blocks["blocks"]]})
    draft.save()
    with visitor(live_server.url, Cast(Role.OWNER).browser().cookies["sessionid"].value) as visit:
        page = visit.page
        page.goto(f"/campaigns/{draft.pk}/content/?open=low")
        low_spot = page.locator(".spot[data-spot=low]")
        expect(low_spot).to_be_in_viewport()
        expect(page.locator("#side-panel [name=text]")).to_have_value("Far\u00a0below")
        settle(page, low_spot)
        words = page.frame_locator(".canvas iframe").get_by_text("Far below")
        box = words.bounding_box()
        assert box
        page.mouse.click(box["x"] + 1, box["y"] + box["height"] / 2)
        line = page.locator(".in-place-line")
        expect(line).to_be_focused()
        expect(line).to_be_in_viewport()
        page.keyboard.type("Not so ")
        expect(line).to_have_text("Not so Far below")
        expect(page.locator("#side-panel [name=text]")).to_have_value("Not so Far\u00a0below")
        page.keyboard.press("Escape")
        expect(low_spot).to_have_attribute("aria-label", "Heading: Not so Far below")

        page.keyboard.press("ArrowDown")
        band = page.locator("#side-panel [name=band]")
        expect(band).to_be_visible()
        colour = page.get_by_label("Own colour", exact=True)
        picture = page.get_by_text("Background picture", exact=True)
        expect(colour).to_be_hidden()
        band.select_option(label="Picture")
        expect(picture).to_be_visible()
        expect(colour).to_be_visible()
        band.select_option(label="Own colour")
        expect(picture).to_be_hidden()


TALL_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="300"/>'


@pytest.fixture
def writing(live_server: LiveServer, draft: Campaign) -> Iterator[Page]:
    """A draft with a heading whose form is open."""
    draft.blocks = blocks.validate(
        {"blocks": [{"id": "head", "kind": "heading", "text": "Before"}, *draft.blocks["blocks"]]}
    )
    draft.save()
    with visitor(live_server.url, Cast(Role.OWNER).browser().cookies["sessionid"].value) as visit:
        visit.page.goto(f"/campaigns/{draft.pk}/content/?open=head")
        expect(spots(visit.page)).to_have_count(2)
        yield visit.page
        assert not [note for note in visit.found if "script error" in note]


def words_of(page: Page) -> Locator:
    return page.locator("#side-panel form[data-block=head] [name=text]")


def has_saved(words: str) -> Callable[[Response], bool]:
    """Whether that answers a save of these words: the mail is drawn with them, too, by another request."""
    return lambda answer: answer.url.endswith("/save/") and words.encode() in (answer.request.post_data_buffer or b"")


def is_stored(page: Page, words: str, *, begins: bool = False) -> bool:
    """Whether the heading says so, or begins so, where somebody else opens it."""
    path = page.evaluate("location.pathname.match(/^.campaigns.\\d+./)[0]")
    panel = page.request.get(f"{path}content/head/panel/").text()
    return f'name="text" value="{words}{"" if begins else chr(34)}' in panel


def test_words_typed_while_the_mail_or_their_form_is_asked_for_anew_stay(writing: Page) -> None:
    """As the mail and the form are stored, they know nothing of them yet."""
    mail = writing.frame_locator(".canvas iframe")
    whole, panel = Held(writing, "**/content/mail/*"), Held(writing, "**/head/panel/")
    writing.get_by_role("group", name="Look").get_by_role("button", name="Dark").click()
    asked = whole.next()
    as_stored = asked.fetch()
    words_of(writing).fill("After")
    expect(mail.get_by_text("After")).to_be_visible()
    expect(writing.locator("#save-state")).to_contain_text("Saved")
    with writing.expect_response("**/head/draw/*"):
        asked.fulfill(response=as_stored)
    expect(mail.get_by_text("After")).to_be_visible()

    writing.evaluate("document.body.dispatchEvent(new CustomEvent('mail-changed', {detail: {open: ''}}))")
    whole.next().continue_()
    asked = panel.next()
    as_stored = asked.fetch()
    words_of(writing).fill("After all")
    asked.fulfill(response=as_stored)
    again = panel.next()
    assert is_stored(writing, "After all")
    again.continue_()
    writing.get_by_role("tab", name="Order").click()
    expect(writing.locator("#editor")).to_contain_text("After all")
    expect(words_of(writing)).to_have_value("After all")
    expect(writing.locator("#conflict")).to_be_hidden()


def expect_kinds(page: Page, *kinds: str) -> None:
    listed = page.locator("#editor [data-block]")
    expect(listed).to_have_count(len(kinds))
    for number, kind in enumerate(kinds):
        expect(listed.nth(number)).to_have_attribute("data-kind", kind)


def test_changes_asked_for_while_another_is_on_its_way_follow_it_in_their_order(writing: Page) -> None:
    """By keyboard and by mouse: none is left out, and Undo takes back the one before it."""
    press = writing.keyboard.press
    for number, label in enumerate(("Text", "Divider"), 3):
        writing.get_by_role("tab", name="Add").click()
        palette(writing, label).click()
        expect_added(writing, number)
    moving, deleting, copying = (Held(writing, f"**/{act}/") for act in ("move", "delete", "duplicate"))
    press("Alt+ArrowUp")
    first = moving.next()
    for key in ("Alt+ArrowUp", "Delete", "Control+z", "Control+d"):
        press(key)
    first.continue_()
    moving.next().continue_()
    with writing.expect_response("**/undo/") as undone:
        deleting.next().continue_()
    assert undone.value.ok
    copying.next().continue_()
    expect_kinds(writing, "divider", "divider", "heading", "text", "footer")

    writing.get_by_role("tab", name="Order").click()
    copy = writing.locator("#copy-head")
    copy.click()
    first = copying.next()
    copy.click()
    writing.get_by_role("button", name="Undo").click()
    first.continue_()
    with writing.expect_response("**/undo/") as undone:
        copying.next().continue_()
    assert undone.value.ok
    expect_kinds(writing, "divider", "divider", "heading", "heading", "text", "footer")
    expect(writing.locator("#conflict")).to_be_hidden()
    writing.reload()
    expect_kinds(writing, "divider", "divider", "heading", "heading", "text", "footer")


def test_words_typed_two_seconds_ago_outlive_the_page(writing: Page) -> None:
    """While somebody types without a pause, and after the last key. The page ends without a word, as in a crash."""
    writing.clock.install()
    words_of(writing).focus()
    writing.keyboard.press("End")
    with writing.expect_response("**/head/save/") as while_typing:
        for key in " and more":
            writing.keyboard.type(key)
            writing.clock.run_for(250)
    assert while_typing.value.ok
    assert is_stored(writing, "Before a", begins=True)  # two of the keys of the last two seconds
    with writing.expect_response(has_saved("more!")) as at_rest:
        writing.keyboard.type("!")
        writing.clock.run_for(2_000)
    assert at_rest.value.ok
    address, request = writing.url.partition("?")[0], writing.request
    with pytest.raises(Error):
        writing.goto("chrome://crash")
    assert 'value="Before and more!"' in request.get(f"{address}head/panel/").text()


def test_a_block_has_colours_of_its_own_that_undo_takes_back(writing: Page) -> None:
    """Where one is too faint, the form says what the mail has instead."""
    mail, panel = writing.frame_locator(".canvas iframe"), writing.locator("#side-panel")
    heading = mail.get_by_role("heading", name="Before")
    before = heading.evaluate("one => getComputedStyle(one).color")
    panel.get_by_label("Background").select_option("tint")
    panel.get_by_text("A look of its own").click()
    panel.get_by_label("Colour of words").select_option("muted")
    expect(panel.locator("[data-contrast]")).to_contain_text("to 1: readable.")
    expect(heading).not_to_have_css("color", before)
    writing.get_by_role("button", name="Undo").click()
    expect(heading).to_have_css("color", before)
    expect(panel.get_by_label("Colour of words")).to_have_value("")


def test_details_go_into_links_and_cells_and_read_as_chosen(editor: Editor, draft: Campaign) -> None:
    button = {"id": "go", "kind": "button", "label": "Go", "url": "https://shop.test/"}
    table = {"id": "rows", "kind": "table", "rows": "Boat\tPrice"}
    draft.blocks = blocks.validate({"blocks": [button, table, *draft.blocks["blocks"]]})
    draft.save()
    with editor() as visit:
        page = visit.page
        reads, argument = page.get_by_label("How it reads"), page.locator("#merge-argument")

        def insert(block: str, field: str, how: str, said: str = "") -> Locator:
            spot_of(page, block).click()
            page.locator(f"[data-for=field-{block}-{field}]").click()
            reads.select_option(how)
            expect(argument).to_be_visible(visible=bool(said))
            if said:
                argument.fill(said)
            page.get_by_role("button", name="Insert", exact=True).click()
            return page.locator(f"#field-{block}-{field}")

        expect(insert("go", "url", "upper")).to_have_value('https://shop.test/{{ first_name|upper|default("there") }}')
        cells = insert("rows", "rows", "currency", "USD")
        expect(cells).to_have_value('Boat\tPrice{{ first_name|currency("USD")|default("there") }}')
        cells = insert("rows", "rows", "plural", "net, nets")
        expect(cells).to_have_value(re.compile(r'\{\{ first_name\|plural\("net", "nets"\) \}\}$'))


def test_conditions_and_lists_are_inserted_without_writing_them(editor: Editor, draft: Campaign) -> None:
    """What comes of it is read by the merge language as it was meant."""
    Field.objects.create(key="sports", label="Sports", kind=Field.Kind.CHOICES, options=["Rowing", "Judo"])
    heading = {"id": "head", "kind": "heading", "text": "Ahoy"}
    draft.blocks = blocks.validate({"blocks": [heading, *draft.blocks["blocks"]]})
    draft.save()
    with editor() as visit:
        page = visit.page
        dialog = page.locator("#merge-dialog")

        def insert(detail: str, how: str, said: str = "", words: str = "", others: str = "") -> str:
            spot_of(page, "head").click()
            field = page.locator("#field-head-text")
            field.fill("")
            page.locator("[data-for=field-head-text]").click()
            dialog.get_by_label("What", exact=True).select_option(detail)
            dialog.get_by_label("How it reads").select_option(label=how)
            for name, value in (("argument", said), ("words", words), ("fallback", others)):
                if value:
                    dialog.locator(f"#merge-{name}").fill(value)
            dialog.get_by_role("button", name="Insert", exact=True).click()
            expect(dialog).to_be_hidden()
            return field.input_value()

        known = insert("first_name", "Words for whoever has it", words="Ahoy {{ first_name }}", others="Ahoy")
        assert [language.render(known, of) for of in ({"first_name": "Ana"}, {})] == ["Ahoy Ana", "Ahoy"]
        one = insert("first_name", "Words for those with one value", "Ana", "It is you")
        assert [language.render(one, {"first_name": name}) for name in ("ANA", "Bea")] == ["It is you", ""]
        rows = insert("sports", "Words for those with one value", "Judo", "On the mat", "Outside")
        people = [{"sports": ["Judo", "Rowing"]}, {"sports": ["Rowing"]}, {}]
        assert [language.render(rows, of) for of in people] == ["On the mat", "Outside", "Outside"]
        each = insert("sports", "Each choice in turn", words="{{ one }}! ")
        assert [language.render(each, of) for of in people] == ["Judo! Rowing! ", "Rowing! ", ""]
        assert not [problem for made in (known, one, rows, each) for problem in language.check(made)]

        page.locator("[data-for=field-head-text]").click()
        dialog.get_by_label("What", exact=True).select_option("sports")
        dialog.get_by_label("How it reads").select_option("?is")
        suggested = "one => [...one.list.options].map(({value}) => value)"
        assert dialog.get_by_label("Where it is").evaluate(suggested) == ["Rowing", "Judo"]
        dialog.get_by_label("How it reads").select_option("?each")
        dialog.get_by_label("What", exact=True).select_option("email")
        expect(dialog.get_by_label("How it reads")).to_have_value("")  # one address has no choices


def test_a_change_that_cannot_be_is_refused_in_words_and_the_blocks_stay(writing: Page) -> None:
    """Such as a second Delete of one block, or of one that a colleague has taken out meanwhile."""
    refusal, deleting = writing.locator(".studio-mail [role=alert]"), Held(writing, "**/delete/")
    spot_of(writing, "head").focus()
    writing.keyboard.press("Delete")
    first = deleting.next()
    writing.keyboard.press("Delete")
    first.continue_()
    deleting.next().continue_()
    expect(refusal).to_contain_text("no longer there")
    expect_kinds(writing, "footer")
    writing.keyboard.press("Control+z")
    expect_kinds(writing, "heading", "footer")
    expect(refusal).to_be_hidden()

    spot_of(writing, "head").focus()
    writing.route("**/duplicate/", lambda route: route.abort())
    writing.keyboard.press("Control+d")
    expect(refusal).to_contain_text("did not answer")
    writing.unroute("**/duplicate/")
    writing.keyboard.press("Control+d")
    expect_kinds(writing, "heading", "heading", "footer")
    expect(refusal).to_be_hidden()


def test_a_change_of_whoever_was_logged_out_leads_to_the_log_in(writing: Page) -> None:
    writing.context.clear_cookies(name="sessionid")
    spot_of(writing, "head").focus()
    writing.keyboard.press("Control+d")
    expect(writing).to_have_url(re.compile("/login/"))


# Somebody who types one more letter whenever what they typed is on its way.
TYPES_ON = """() => {
  const asked = window.fetch
  let more = 3
  window.fetch = (address, options) => {
    const answer = asked(address, options)
    const field = document.querySelector("#side-panel form[data-block=head] [name=text]")
    if (field && String(address).endsWith("/head/save/") && more-- > 0) {
      field.value += "!"
      field.dispatchEvent(new Event("input", {bubbles: true}))
    }
    return answer
  }
}"""


def test_a_change_is_not_left_out_because_somebody_types_on(writing: Page) -> None:
    writing.evaluate(TYPES_ON)
    words_of(writing).fill("After")
    writing.get_by_role("tab", name="Order").click()
    writing.locator("#copy-head").click()
    expect_kinds(writing, "heading", "heading", "footer")
    expect(writing.locator("[data-excerpt=head]")).to_have_text("After!!!")
    assert is_stored(writing, "After!!!")
    expect(writing.locator("#conflict")).to_be_hidden()


def test_style_can_be_changed_again_after_an_undo(writing: Page) -> None:
    """Its form shows what Undo brought back, so nobody is told of a change in another window."""
    writing.get_by_role("tab", name="Style").click()
    corners = writing.get_by_label("Corners of buttons")
    with writing.expect_response("**/content/style/"):
        corners.select_option("square")
    writing.get_by_role("button", name="Undo").click()
    expect(corners).to_have_value("")
    with writing.expect_response("**/content/style/") as answer:
        corners.select_option("round")
    assert answer.value.ok
    expect(writing.locator("#conflict")).to_be_hidden()


def test_form_that_comes_into_the_page_stores_what_is_chosen_in_it_at_once(writing: Page) -> None:
    """Nobody is faster than the page: what they chose would be seen and never stored."""
    writing.get_by_role("tab", name="Style").click()
    with writing.expect_response("**/content/style/"):
        writing.get_by_label("Corners of buttons").select_option("square")
    writing.evaluate(
        """() => {
            const choose = (form) => {
                const corners = form.querySelector("select[name=corners]")
                corners.value = "round"
                corners.dispatchEvent(new Event("change", {bubbles: true}))
            }
            new MutationObserver((_, watch) => {
                const form = document.querySelector("#style-form:not([data-old])")
                if (!form) return
                watch.disconnect()
                choose(form)
            }).observe(document.body, {childList: true, subtree: true})
            document.getElementById("style-form").dataset.old = ""
        }"""
    )
    with writing.expect_response("**/content/style/") as answer:
        writing.get_by_role("button", name="Undo").click()
    assert answer.value.ok
    writing.reload()
    expect(writing.get_by_label("Corners of buttons")).to_have_value("round")


def test_what_never_reached_the_server_is_offered_and_nothing_else(writing: Page, draft: Campaign) -> None:
    """On the page of the campaign, too; what did arrive, though its page was closed before the answer, is dropped."""
    notice = writing.locator("[data-leftovers]")
    keep = """([path, fields]) => {
        const user = document.querySelector("[data-user]").dataset.user
        localStorage.setItem(`unsaved:${user}:${path}`, JSON.stringify({fields, at: Date.now()}))
    }"""
    fields = writing.evaluate(
        """() => [...new FormData(document.querySelector("#side-panel form"))]
            .filter(([name]) => !["csrfmiddlewaretoken", "version", "seen"].includes(name))"""
    )
    block, name = f"/campaigns/{draft.pk}/content/head/save/", writing.locator(".title-form [name=name]")
    writing.evaluate(keep, [block, fields])
    writing.evaluate(keep, [f"/campaigns/{draft.pk}/save/name/", [["name", "Another name"]]])
    writing.goto(f"/campaigns/{draft.pk}/")
    expect(notice).to_contain_text("did not reach the server")
    expect(notice).not_to_contain_text("Heading")
    with writing.expect_navigation():
        notice.get_by_role("button", name="Put it back").click()
    expect(name).to_have_value("Another name")
    writing.evaluate(keep, [block, [[key, "After" if key == "text" else value] for key, value in fields]])
    writing.reload()
    expect(notice).to_contain_text("Heading")
    with writing.expect_navigation():
        notice.get_by_role("button", name="Put it back").click()
    assert is_stored(writing, "After")
    expect(notice).to_be_hidden()


def asks_before_it_is_left(page: Page) -> bool:
    found: bool = page.evaluate(
        """() => {
            const leaving = new Event("beforeunload", {cancelable: true})
            window.dispatchEvent(leaving)
            return leaving.defaultPrevented
        }"""
    )
    return found


def test_leaving_asks_about_changes_that_wait_for_their_turn(writing: Page) -> None:
    copying = Held(writing, "**/duplicate/")
    spot_of(writing, "head").focus()
    writing.keyboard.press("Control+d")
    first = copying.next()
    writing.keyboard.press("Control+d")
    assert asks_before_it_is_left(writing)
    first.continue_()
    copying.next().continue_()
    expect_kinds(writing, "heading", "heading", "heading", "footer")
    settle(writing)
    assert not asks_before_it_is_left(writing)

    writing.get_by_role("tab", name="Add").click()
    palette(writing, "Section").click()
    expect_added(writing, 7)
    settle(writing)
    listing = Held(writing, "**/content/?open=*")
    writing.get_by_label("Columns").select_option("1-1-1")
    asked = listing.next()
    assert not asks_before_it_is_left(writing)
    asked.continue_()
    expect(spots(writing)).to_have_count(8)


def test_changes_that_wait_when_the_page_is_closed_are_stored_in_their_order(writing: Page, draft: Campaign) -> None:
    """Behind the one whose answer this page does not live to see."""
    copying = Held(writing, "**/duplicate/")
    spot_of(writing, "head").focus()
    writing.keyboard.press("Control+d")
    first = copying.next()
    for key in ("Control+d", "Alt+ArrowDown", "Delete", "Control+z", "Control+z"):
        writing.keyboard.press(key)
    words_of(writing).fill("Typed at last")
    answer = first.fetch()
    with writing.expect_response("**/content/waiting/") as sent:
        writing.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert sent.value.ok
    first.fulfill(response=answer)
    settle(writing)
    page = writing.request.get(f"/campaigns/{draft.pk}/content/").text()
    assert re.findall(r'data-excerpt="[^"]*">([^<]*)<', page) == [
        "Typed at last",
        "Typed at last",
        "Before",
        "Unsubscribe",
    ]


def test_leaving_asks_about_what_cannot_be_stored_and_sends_what_is_on_its_way(writing: Page, draft: Campaign) -> None:
    """A request ends with its page."""
    writing.goto(f"/campaigns/{draft.pk}/")
    name, state = writing.locator(".title-form [name=name]"), writing.locator("#save-state")
    name.fill("")
    expect(state).to_contain_text("Not saved")
    assert asks_before_it_is_left(writing)
    name.fill("Named again")
    expect(state).to_have_text(re.compile("^Saved"))
    assert not asks_before_it_is_left(writing)

    saving = Held(writing, "**/save/name/")
    name.fill("Typed at last")
    first = saving.next()
    writing.evaluate("window.dispatchEvent(new Event('pagehide'))")
    with writing.expect_response("**/save/name/"):
        saving.next().continue_()
    assert 'value="Typed at last"' in writing.request.get(f"/campaigns/{draft.pk}/").text()
    first.abort()


def test_a_sender_address_is_marked_once_it_is_typed_and_not_before(writing: Page, draft: Campaign) -> None:
    writing.goto(f"/campaigns/{draft.pk}/")
    writing.locator("#card-from summary").click()
    address, state = writing.locator("[name=sender_email]"), writing.locator("#save-state")
    marked = writing.locator("#card-from .autosave-error")
    address.fill("post@localhost")
    expect(state).to_have_text("Not saved yet")
    expect(marked).to_have_count(0)
    address.blur()
    expect(marked).to_contain_text("“localhost” is no domain of the internet")
    expect(state).to_have_text("Not saved: see the marked field")
    address.fill("post@localhost.example")
    expect(state).to_have_text(re.compile("^Saved"))
    expect(marked).to_have_count(0)


def test_first_picture_takes_the_place_of_none_yet(live_server: LiveServer) -> None:
    session = Cast(Role.OWNER).browser().cookies["sessionid"].value
    blue = stage.picture()
    with visitor(live_server.url, session) as visit:
        visit.page.goto("/images/")
        expect(visit.page.get_by_role("heading", name="No picture yet")).to_be_visible()
        visit.page.set_input_files(
            "[data-upload-form] [type=file]", {"name": "blue.png", "mimeType": "image/png", "buffer": blue.read()}
        )
        expect(visit.page.get_by_text("1 of 1 added")).to_be_visible()
        expect(visit.page.get_by_text("No picture yet")).to_have_count(0)
