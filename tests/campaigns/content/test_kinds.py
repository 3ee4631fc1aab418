"""Each kind of block: what it sends, what it costs, whom it is shown to."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from django.test import Client
from PIL import Image as Picture

from accounts.brands.colours import contrast
from accounts.models import Organisation, User
from campaigns import starters
from campaigns.brands import networks
from campaigns.content import blocks, calendar_files, drawing, mjml, playing
from campaigns.content.blocks.fields import LETTERS
from campaigns.content.calendar_files import Event
from campaigns.merge import language
from campaigns.message import editions, links
from campaigns.models import Image
from delivery.sandbox.checks import clients
from tests.campaigns import letters
from tests.campaigns.content import every_kind
from tests.campaigns.content.every_kind import BRAND, PICTURE, document, page

# Of a block by itself, without the section it shares with its neighbours; of a section without what stands in it.
_MOST_BYTES, _MOST_BYTES_A_COLUMN = 1_000, 250
_BY_THE_AUTHOR = re.compile(r""" (?:href|src|alt|background)="[^"]*"|url\('[^']*'\)|(?<=>)[^<]+""")
_STORED = "aB3_-aB3_-aB3_-aB3_-aB.jpg"  # as the library calls a file


def compiled(written: blocks.Document) -> tuple[drawing.Piece, dict[str, drawing.Compiled]]:
    frame = mjml.draw(written, BRAND)
    return frame, {piece.key: drawing.compiled(*piece.as_job()) for piece in frame.all()}


def text_of(*written: dict[str, Any], **values: str) -> str:
    frame, known = compiled(document(*written))
    return language.render(drawing.text_of(frame, lambda piece: known[piece.key]), values, "text")


def test_every_kind_is_in_the_mail_that_these_tests_look_at() -> None:
    assert {block["kind"] for block in blocks.walk(document())} == set(blocks.KINDS)
    for kind in blocks.KINDS.values():
        assert kind.group in blocks.GROUPS
        assert kind.icon


def test_a_block_costs_no_more_than_a_kilobyte() -> None:
    written = document()
    kinds = {block["id"]: block["kind"] for block in blocks.walk(written)}
    frame, known = compiled(written)
    for section in frame.slots[0]:
        for piece in section.all():
            kind = kinds.get(piece.block, "")
            size = len("".join(known[piece.key].parts).encode())
            assert kind == "columns" or size <= _MOST_BYTES, (kind, size)
    assert len(page().encode()) < 800 * len(kinds)


def test_colours_of_its_own_cost_a_block_no_more_than_sixty_bytes() -> None:
    own = {"ink": "accent", "fill": "accent", "corners": "round"}
    for written in (every_kind.WRITTEN[6], every_kind.WRITTEN[9]["columns"][0][0]):
        plain = written | {"look": "outline"}
        assert _bytes(plain) < _bytes(plain | own) <= _bytes(plain) + 60


def _html(block: dict[str, Any]) -> str:
    """Of a block by itself, without its section or, of one with columns, what stands in them."""
    frame = mjml.draw(document(block), BRAND)
    (piece,) = (one for one in frame.all() if one.block == "b0")
    known = {one.key: drawing.compiled(*one.as_job()) for one in piece.all()}
    return "".join(known[piece.key].parts) if piece.slots else drawing.html_of(piece, lambda one: known[one.key])


def _bytes(block: dict[str, Any]) -> int:
    return len(_html(block).encode())


def _written(kind: str) -> list[dict[str, Any]]:
    return [block for block in blocks.walk({"blocks": every_kind.WRITTEN}) if block["kind"] == kind]


@pytest.mark.parametrize("kind", sorted(set(blocks.KINDS) - {"columns"}))
def test_a_block_costs_no_more_than_a_kilobyte_in_any_look(kind: str) -> None:
    """In the dearest one, letters of its own among it, beside what its author wrote: words, addresses, descriptions."""
    for written in _written(kind)[:3]:
        dearest = dict(written)
        for field in blocks.KINDS[kind].fields:
            if field.widget == "choice" and field.group != "when":
                ways = [dearest | {field.name: value} for value, _ in field.choices]
                dearest = max(ways, key=_bytes)
        assert _bytes_of_ours(dearest) <= _MOST_BYTES, dearest


def _bytes_of_ours(block: dict[str, Any]) -> int:
    return len(_BY_THE_AUTHOR.sub("", _html(block)).encode())


@pytest.mark.parametrize("band", ["paper", "picture"])
@pytest.mark.parametrize("wide", ["mail", "window"])
@pytest.mark.parametrize("stack", ["stack", "keep"])
def test_a_section_costs_no_more_than_a_kilobyte_and_each_of_its_columns_a_quarter(
    band: str, wide: str, stack: str
) -> None:
    look = {"band": band, "wide": wide, "stack": stack, "picture": PICTURE, "valign": "middle"}
    for layout in ("1", "1-1", "1-2", "1-1-1", "1-1-1-1"):
        section = {"kind": "columns", "layout": layout, "columns": [[every_kind.WRITTEN[1]]], **look}
        count = blocks.column_count(section)
        assert _bytes_of_ours(section) <= _MOST_BYTES + _MOST_BYTES_A_COLUMN * count, layout


def test_letters_are_said_once_for_the_whole_mail() -> None:
    html = page(*every_kind.WRITTEN)
    (frame,) = re.findall(r'<div [^<>]*class="mail"[^<>]*>', html)
    assert "font-family:-apple-system, 'Segoe UI'" in frame
    assert html.count("'Segoe UI'") == 2  # and in what Outlook alone reads


def test_what_mail_programs_ignore_is_only_finish(organisation: Organisation) -> None:
    """By the tables of caniemail.com; whoever ignores one of these sees every word and link all the same."""
    finish = {
        *("color-scheme meta tag", "color-scheme CSS property", "@media (prefers-color-scheme)", "@media"),
        *("target attribute", "word-break", "aria-hidden attribute", "Attribute selector", "Child combinator"),
        *("opacity", "white-space", "background-size", "background-position", "background-repeat", "border-spacing"),
        *("height property", "overflow", "border-radius", "word-spacing", "outline", "max-height property"),
        *("table-layout", "display:flex", "flex-direction:column"),
        # Outlook gets VML in place of this one, and conditional comments in place of the next.
        *("background attribute", "display:none"),
    }
    mails = [page(), *(mjml.compile(starter.document, BRAND, title=starter.subject) for starter in starters.all())]
    for mail in mails:
        assert {problem.title for problem in clients.check(mail).problems if problem.is_grave} <= finish


def test_no_letters_are_smaller_than_14_pixels(organisation: Organisation) -> None:
    """But for those that are there to leave no room."""
    for html in (page(), *(mjml.compile(starter.document, BRAND) for starter in starters.all())):
        shown = re.sub(r"<!--.*?-->|<style.*?</style>", "", html, flags=re.DOTALL)
        assert min(int(size) for size in re.findall(r"font-size:(\d+)", shown) if int(size) > 1) >= 14


def test_same_document_gives_the_same_html() -> None:
    assert page() == page()


def test_pictures_and_layout_tables_say_what_they_are() -> None:
    """Also those that Outlook alone sees."""
    html = page()
    assert all(" alt=" in image for image in re.findall(r"<img [^>]*>", html))
    data = [table for table in re.findall(r"<table[^>]*>", html) if 'role="presentation"' not in table]
    assert len(data) == 2  # those of boats
    layout = [table for table in re.findall(r"<table[^>]*>", html) if table not in data]
    assert all(re.search(r' border="0"[^>]* cellpadding="(?:0|16)" cellspacing="0"', table) for table in layout)
    assert any(f"<!--[if mso]>{table}" in html for table in layout)
    assert '<th scope="col" align="right"' in html


@pytest.mark.django_db
def test_pictures_keep_their_room_until_they_are_loaded(marketer: User) -> None:
    """Programs that show no pictures leave as much room, too. Of one from elsewhere nobody knows how high it is."""
    Image.objects.create(storage_name=_STORED, width=1200, height=900, size_bytes=1, created_by=marketer)
    picture = {"kind": "image", "width": "text", "image": f"https://news.nordlicht.example/i/{_STORED}"}
    draft = letters.draft(marketer)
    draft.blocks = document(picture, picture | {"image": "https://a.test/x.png"}, picture | {"width": "half"})
    shown = re.findall(r"<img [^>]*>", editions.freeze(draft).html)
    rooms = [re.findall(r' (?:width|height)="(\d+)"', image) for image in shown]
    assert rooms == [["536", "402"], ["536"], ["300", "225"]]
    assert ["height:auto" in image for image in shown] == [True, False, True]  # as wide as a phone has room for
    art = re.search(r"<img [^>]*starter-hills[^>]*>", page({"kind": "image", "image": PICTURE, "width": "text"}))
    assert art
    assert ' width="536" height="268" ' in art[0]


@pytest.mark.parametrize(("split", "shares"), [("30-70", 2), ("25/50/25", 3), ("40 60", 2), ("1-99", 3), ("x", 3)])
def test_columns_take_any_split_that_leaves_room(split: str, shares: int) -> None:
    (block,) = document({"kind": "columns", "layout": "1-1-1", "split": split})["blocks"]
    assert len(block["columns"]) == blocks.column_count(block) == shares


def test_button_is_a_shape_for_outlook_and_a_link_for_the_others() -> None:
    html = page({"kind": "button", "label": 'Go {{ city|default("on") }}', "url": "https://shop.example/{{ city }}"})
    shape = re.search(r'<!--\[if mso\]><v:roundrect data-twin href="([^"]+)"[^>]*arcsize="12%"', html)
    assert shape
    assert shape[1] == "https://shop.example/{{ city }}"
    assert html.count('Go {{ city|default("on") }}') == 2


def test_button_has_a_colour_and_corners_of_its_own() -> None:
    """One that would not be seen on its band is as the band asks for."""
    button = {"kind": "button", "label": "Go", "url": "https://shop.example/", "fill": "accent", "corners": "round"}
    html = page(button, button | {"look": "outline", "corners": ""}, button | {"band": "accent"})
    accent = BRAND.accent
    assert f'arcsize="50%" fillcolor="{accent}"' in html
    drawn = re.findall(r'<a href="https://shop.example/" style="([^"]*)"', html)
    assert f"background:{accent};padding:14px 26px;border-radius:24px;color:#fff" in drawn[0]
    assert f"border:2px solid;padding:12px 24px;border-radius:6px;color:{accent}" in drawn[1]
    assert "background:#ffffff" in drawn[2]


def test_a_block_may_have_letters_and_room_of_its_own() -> None:
    """What is not one of the choices is as the mail has it."""
    plain = {"kind": "heading", "text": "T", "size": "99", "above": "-5", "font": "comic"}
    own = {"kind": "heading", "text": "T", "size": "44", "above": "48", "below": "0", "font": "serif"}
    html = page(plain, own)
    assert re.search(r'<td align="left"[^>]*style="padding:20px 32px 4px"[^>]*><div[^>]*font-size:30px', html)
    family = re.escape("font-family:Georgia, 'Times New Roman', serif")  # some programs read no style sheet
    assert re.search(rf'<tr style="{family}" class="font-serif"><td [^>]*padding:48px 32px 0"[^>]*><div[^>]*44px', html)
    assert ".font-serif p, " in html  # Outlook would have the letters of the mail else
    assert ".font-" not in page(plain)
    lettered = {kind for kind, one in blocks.KINDS.items() if any(field.name == "font" for field in one.own)}
    assert set(blocks.KINDS) - lettered == {"image", "video", "social", "columns", "divider", "spacer", "code"}


@pytest.mark.parametrize("kind", sorted(key for key, kind in blocks.KINDS.items() if LETTERS[-1] in kind.own))
def test_large_letters_of_any_block_are_smaller_on_phones(kind: str) -> None:
    """By a class of the row, which the style sheet of the frame knows."""
    sized = {size: _html(_written(kind)[0] | {"size": size}) for size in ("26", "30", "36")}
    found = {size: re.findall(r'class="[^"]*\b(large|huge)"', html) for size, html in sized.items()}
    assert found == {"26": [], "30": ["large"], "36": ["huge"]}


@pytest.mark.parametrize("kind", sorted(set(blocks.KINDS) - {"spacer"}))
def test_room_of_its_own_is_what_a_block_leaves(kind: str) -> None:
    """A spacer is nothing but its height."""
    roomy = _html(_written(kind)[0] | {"above": "64", "below": "48"})
    assert [roomy.count(pixels) for pixels in ("64px", "48px")] == [1, 1]


@pytest.mark.parametrize(
    "written",
    [
        {"kind": "social", "instagram": "https://instagram.com/x"},
        {"kind": "video", "image": "https://elsewhere.example/a.jpg", "url": "https://video.example/1"},
        {"kind": "logo", "view": "View in browser", "label_1": "Shop", "url_1": "https://shop.example/"},
        {"kind": "image"},
        {"kind": "table"},
        {"kind": "menu"},
    ],
    ids=lambda written: str(written["kind"]),
)
def test_room_is_round_the_whole_of_a_block_also_while_it_is_empty(written: dict[str, Any]) -> None:
    """Where no picture of ours could be loaded; and not once more within the block."""
    own = document(written | {"above": "64", "below": "48"})
    html = mjml.compile(own, replace(BRAND, public_address=""), with_examples=True)
    first, last = html.index("64px"), html.index("48px")
    assert [html.count(pixels) for pixels in ("64px", "48px")] == [1, 1]
    if written["kind"] in {"video", "logo"}:
        assert "<a" in html[first:last]


def test_words_of_a_block_have_a_colour_that_reads_on_its_ground() -> None:
    """By its name: each mail says what it is there."""
    written = document(
        {"kind": "heading", "text": "Pale", "ink": "accent"}, {"kind": "quote", "text": "x", "ink": "no"}
    )
    written["style"]["accent"] = "#ffee99"
    html = mjml.compile(written, BRAND)
    ink = re.search(r'color:(#[0-9a-f]{6})"><h1', html)
    assert ink
    assert ink[1] != "#ffee99"
    assert contrast(ink[1], "#ffffff") >= 4.5
    assert written["blocks"][1]["ink"] == ""


def test_social_links_are_signs_in_colours_that_read_on_their_ground() -> None:
    """White on the brand's colour, on a band of it the other way round; a name where no picture of ours could load."""
    block = {"kind": "social", "instagram": "https://instagram.com/x"}
    html = page(block, block | {"band": "brand"})
    signs = re.findall(r'<a href="https://instagram.com/x"[^>]*><img src="([^"]*)" alt="Instagram"', html)
    base = "https://news.nordlicht.example/i/social-instagram"
    assert signs == [f"{base}-1f4fa8ffffff.png", f"{base}-ffffff1f4fa8.png"]
    alpha = Picture.open(BytesIO(starters.art(signs[1].rpartition("/")[2]) or b"")).convert("RGBA").getchannel("A")
    assert (alpha.size, min(alpha.tobytes())) == ((64, 64), 0)
    assert min(alpha.crop((20, 20, 44, 44)).tobytes()) > 250
    assert "Instagram (https://instagram.com/x)" in text_of(block)
    nameless = mjml.compile(document(block), mjml.Brand("Nordlicht"))
    assert ">Instagram</a>" in nameless
    assert all(starters.art(one.icon("#aa3300", "#ffffff")) for one in networks.ALL)


def test_button_is_one_link_in_the_report() -> None:
    html = page(*({"kind": "button", "label": label, "url": "https://shop.example/"} for label in ("One", "Two")))
    found, occurrences, numbers, _, _ = links.targets(html, "One (https://shop.example/)")
    assert [label for _, label in found] == ["One", "Two"]
    assert len(occurrences) == 4
    assert numbers == [0, 0, 1, 1]


def test_section_carries_its_picture_for_outlook_too() -> None:
    html = page(every_kind.WRITTEN[11])
    assert re.search(rf'<v:fill [^>]*src="{PICTURE}"', html)
    assert re.search(r'color:#fff"><h1[^>]*>On a picture', html)


@pytest.mark.parametrize(
    ("condition", "city", "is_shown"),
    [
        (("is", "Paris"), "paris", True),
        (("is", "Paris"), "Rome", False),
        (("is", 'Pa"ris %}{{ x }}'), "Rome", False),
        (("is-not", "Paris"), "", True),
        (("contains", "ari"), "Paris", True),
        (("contains", "ari"), "", False),
        (("filled", ""), "Rome", True),
        (("empty", ""), "Rome", False),
    ],
)
def test_block_under_a_condition(condition: tuple[str, str], city: str, is_shown: bool) -> None:
    how, value = condition
    block = {"kind": "text", "html": "<p>For some</p>", "if_field": "city", "if_is": how, "if_value": value}
    html = language.render(page({"kind": "heading", "text": "All"}, block), {"city": city})
    assert ("For some" in html) is is_shown
    assert ("For some" in text_of({"kind": "heading", "text": "All"}, block, city=city)) is is_shown


def test_a_space_that_keeps_two_words_on_one_line_stays() -> None:
    """As French has before a colon, and a designer before the last word of a heading."""
    heading = {"kind": "heading", "text": "  Soldes\u202f:  30\u00a0%\n tout  \u00a0"}
    (kept,) = blocks.validate({"blocks": [heading]})["blocks"]
    assert kept["text"] == "Soldes\u202f: 30\u00a0% tout"
    assert "Soldes\u202f: 30\u00a0% tout" in unescape(page(heading))


def test_block_for_some_screens() -> None:
    html = page(
        {"kind": "text", "html": "<p>Wide</p>", "devices": "desktop"},
        {"kind": "button", "label": "Narrow", "url": "https://shop.example/", "devices": "phone"},
        every_kind.WRITTEN[10] | {"devices": "phone"},
    )
    assert '<tr class="hp">' in html
    assert '<!--[if !mso]><!--><tr style="display:none" class="sp"><td' in html
    assert re.search(r'<!--\[if !mso\]><!--><div class="sp paper" style="display:none;', html)
    assert "v:roundrect" not in html  # Outlook never shows it
    assert html.count("<!--[if") == html.count("<![endif]-->")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Own <b>HTML</b>", "<p>Own <b>HTML</b></p>"),
        ("</td></tr></table><p>x</p>", "<p>x</p>"),
        ("<td>x</td>", "x"),
        ("<table><tr><td>x", "<table><tr><td>x</td></tr></table>"),
        ("<script>x()</script><p onclick=x()>y</p>", "<p>y</p>"),
        ("<html><body><p>x</p></body></html>", "<p>x</p>"),
        ("<!--[if mso]><p>x</p>", ""),
        ("{% if a %}<p>{{ b }}</p>{% endif %}", "{% if a %}<p>{{ b }}</p>{% endif %}"),
        ("a<br>b<img src='https://a.test/x.png'>", "a<br>b<img src='https://a.test/x.png'>"),
    ],
)
def test_html_of_ones_own_stays_within_its_block(written: str, kept: str) -> None:
    (block,) = document({"kind": "code", "code": written})["blocks"]
    assert block["code"] == kept
    assert document(block)["blocks"][0]["code"] == kept


def test_table_is_read_by_rows() -> None:
    assert text_of(every_kind.WRITTEN[16]) == (
        "Boat | Length | Price\nAlma | 9 m | 12.000 €\nBerta | 11 m | 15.500 €\n"
    )
    long = "Straßenbahnbetriebshofsbesichtigungstour"
    assert text_of({"kind": "table", "rows": f"Tour\tA\n{long}\t1"}) == f"Tour | A\n{long} | 1\n"
    assert long in text_of({"kind": "text", "html": f"<table><tbody><tr><td><p>{long}</p></td></tr></tbody></table>"})


def test_text_of_a_product_and_an_event_reads_as_a_person_would_write_it() -> None:
    assert text_of({"kind": "product", "text": "Net", "price": "9 €", "before": "12 €", "url": "https://a.test/"}) == (
        "Net\n\n9 €\n\nHave a look (https://a.test/)\n"
    )


@pytest.mark.parametrize(
    ("zone", "said"),
    [("", "Berlin, CEST"), ("UTC", "UTC"), ("Etc/UTC", "UTC"), ("America/Sao_Paulo", "Sao Paulo, -03"), ("EST", "EST")],
)
def test_text_of_an_event_names_its_zone_once(zone: str, said: str) -> None:
    event = {"kind": "event", "text": "Harbour day", "day": "2026-03-29", "begins": "19:00", "label": "", "zone": zone}
    assert text_of(event) == f"Harbour day\n\nSunday, 29 March 2026, 19:00 ({said})\n"


@pytest.mark.parametrize("code", ["en", "de", "fr", "pt-BR", "ja"])
def test_day_of_an_event_reads_as_the_date_filter_of_the_mail_s_language_has_it(code: str) -> None:
    event = document({"kind": "event", "text": "Harbour day", "day": "2026-03-05"})
    html = mjml.compile(event, replace(BRAND, language=code))
    for style in ("full", "month"):
        words = language.render("{{ day|date('" + style + "') }}", {"day": "2026-03-05"}, "text", language=code)
        assert f">{words}<" in html
    assert (">Donnerstag, 5. März 2026<" in html) is (code == "de")


@pytest.mark.django_db
def test_event_opens_at_the_right_hour_in_two_parsers() -> None:
    """On the day when clocks go forward in Berlin: 19:00 there is 17:00 UTC."""
    html = page(every_kind.WRITTEN[18])
    (token,) = re.findall(r'href="https://news\.nordlicht\.example/e/([^"]+)\.ics"', html)
    response = Client().get(f"/e/{token}.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    begins = datetime(2026, 3, 29, 17, 0, tzinfo=UTC)
    event = icalendar.Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == begins
    assert str(event["summary"]) == "Harbour day"
    other = vobject.readOne(response.content.decode()).vevent
    assert other.dtstart.value == begins
    assert other.dtend.value - other.dtstart.value == timedelta(hours=3)
    assert b"BEGIN:VTIMEZONE" in response.content


@pytest.mark.django_db
def test_calendar_file_of_nobody_is_not_served() -> None:
    address = calendar_files.address("", Event("Day", "2026-03-29", "", "", "UTC", "", ""))
    assert Client().get(address).status_code == 200
    assert Client().get(address.replace("~", "~x")).status_code == 404


def test_event_over_midnight_ends_on_the_next_day() -> None:
    event = Event("Night", "2026-07-01", "2026-07-01T22:00", "2026-07-01T02:00", "Europe/Berlin", "", "")
    entry = icalendar.Calendar.from_ical(calendar_files.file(event, datetime.now(UTC))).walk("VEVENT")[0]
    assert entry.decoded("dtend") == datetime(2026, 7, 2, 2, tzinfo=ZoneInfo("Europe/Berlin"))


def test_video_leads_to_its_picture_with_a_play_sign() -> None:
    html = page(every_kind.WRITTEN[17])
    assert 'src="https://news.nordlicht.example/i/play/starter-hills.png"' in html
    elsewhere = page({"kind": "video", "image": "https://a.test/x.png", "url": "https://youtu.be/x", "alt": "Nets"})
    assert "▶ Nets" in elsewhere


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        (f"https://img.example/images/{_STORED}", f"https://news.nordlicht.example/i/play/{_STORED}"),  # IMAGES_URL
        (f"https://before.example/i/{_STORED}", f"https://news.nordlicht.example/i/play/{_STORED}"),
        ("https://a.test/i/x.png", "https://a.test/i/x.png"),
        ("https://news.nordlicht.example/i/a/x.png", "https://news.nordlicht.example/i/a/x.png"),
        ("{{ picture }}", "{{ picture }}"),
    ],
)
def test_play_sign_is_on_pictures_of_ours_wherever_they_are_loaded_from(image: str, shown: str) -> None:
    html = page({"kind": "video", "image": image, "url": "https://youtu.be/x", "alt": "Nets"})
    assert f'src="{shown}"' in html
    assert ("▶ Nets" in html) == ("/play/" not in shown)


@pytest.mark.django_db
def test_play_sign_is_drawn_onto_the_picture(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    plain, drawn = (Client().get(f"/i/{path}starter-hills.png") for path in ("", "play/"))
    assert drawn.headers["Content-Type"] == "image/png"
    assert drawn.content == Client().get("/i/play/starter-hills.png").content != plain.content
    assert drawn.content == playing.with_sign(plain.content)
    assert Client().get("/i/play/nope.png").status_code == 404


def test_picture_of_a_few_pixels_has_no_room_for_a_play_sign() -> None:
    for side in (1, 3):
        tiny = BytesIO()
        Picture.new("RGB", (side, 40)).save(tiny, "PNG")
        assert playing.with_sign(tiny.getvalue()) == tiny.getvalue()


@pytest.mark.django_db
def test_play_signs_of_any_colours_fill_no_disk(settings: Any, tmp_path: Any) -> None:
    """Whoever knows the address of a template's picture can ask for it in 2^48 colours."""
    settings.MEDIA_ROOT = tmp_path
    assert Client().get("/i/play/starter-fan-1f4fa8112233.png").status_code == 200
    assert not [found for found in tmp_path.rglob("*") if found.is_file()]
