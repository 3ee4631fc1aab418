"""What came is told by what is in it, opened within bounds, and refused in words."""

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest

from campaigns.content import blocks
from campaigns.mail_imports import addresses, archives, mjml_source, reading
from campaigns.mail_imports.reading import Unusable

MAIL = "<!doctype html><html><head><title>Spring &amp; more</title></head><body><p>Hi *|FNAME|*</p></body></html>"
MJML = """<mjml><mj-head><mj-title>Spring</mj-title><mj-preview>New books</mj-preview>
<mj-attributes><mj-text color="#222222" /><mj-class name="big" font-size="30px" /></mj-attributes></mj-head>
<mj-body><mj-section><mj-column><mj-text mj-class="big">Hi {{ first_name }} *|LNAME|*, <b>look</b></mj-text>
<mj-button href="https://shop.example/?a=1&amp;b={{ city }}">Shop</mj-button>
</mj-column></mj-section></mj-body></mjml>"""


def packed(files: dict[str, bytes | str]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize("tag", ["*|MC:SUBJECT|*", "{{ .Campaign.Subject }}"])
def test_a_title_that_only_stands_for_the_subject_is_no_subject(tag: str) -> None:
    assert reading.text(f"<html><title> {tag} </title><p>Hi</p></html>").subject == ""
    assert reading.text(f"<html><title>News: {tag}</title><p>Hi</p></html>").subject == f"News: {tag}"


def test_html_says_its_subject() -> None:
    brought = reading.text(MAIL, name="spring.html")
    assert (brought.kind, brought.subject, brought.text) == ("html", "Spring & more", MAIL)


def test_a_page_that_begins_with_comments_is_told_from_mjml_at_once() -> None:
    """Each comment read to its own end alone: to try each end of each took twice as long for each of them."""
    comments = "<!-- a -->" * 60
    assert reading.text(comments + MAIL).kind == "html"
    assert reading.text(f"<?xml version='1.0'?>{comments}\n<!doctype mjml>{MJML}").kind == "mjml"


def test_a_charset_that_is_none_is_passed_over() -> None:
    for charset in ("undefined", "idna", "punycode", "hex", "nonsense"):
        assert reading.decoded("<p>Grüße, schöne Wörter</p>".encode("cp1252"), charset) == "<p>Grüße, schöne Wörter</p>"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("url( a.png )", ["a.png"]),
        ("url(' a (1.png' )", ["a (1.png"]),
        ("url(&quot;a.png&quot;)", ["a.png"]),
        ('<img srcset="a.png, b.png 2x ,c.png 640w">', ["a.png", "b.png", "c.png"]),
        ("url(" + " " * 100_000, []),
        ("url(" * 50_000, []),
        (f'<img srcset="{"a " * 50_000}">', []),
        (f'<img srcset="{" " * 100_000}x">', ["x"]),
    ],
)
def test_pictures_are_found_in_time_that_grows_with_the_page(html: str, found: list[str]) -> None:
    assert addresses.pictures(html) == found


def test_mjml_becomes_html_with_its_merge_tags_of_any_system() -> None:
    brought = reading.text(MJML)
    assert (brought.kind, brought.subject, brought.preheader) == ("mjml", "Spring", "New books")
    assert "Hi {{ first_name }} *|LNAME|*, <b>look</b>" in brought.text
    assert 'href="https://shop.example/?a=1&amp;b={{ city }}"' in brought.text
    assert "mj-" not in brought.text.replace("mj-column-per", "").replace("mj-outlook", "")
    assert brought.source == MJML


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<mj-text mj", "<mj-txt mj", "Line 3: there is no <mj-txt> in MJML"),
        ("<mj-column>", '<mj-column><mj-include path="/etc/passwd" />', "Line 3: mj-include reads another file"),
        ("<mj-column>", "<mj-column><table></table>", "Line 3: there is no <table> in MJML"),
        ("</mj-head>", '<mj-style inline="inline">p{color:red}</mj-style></mj-head>', "Line 2: mj-style with inline"),
        ("</mj-column>", "", "Line 5: </mj-section> closes nothing"),
        ("</mjml>", "", "Line 1: <mjml> is never closed"),
        ("<b>look</b>", "<mj-button>x</mj-button>", "Line 3: <mj-button> stands inside <mj-text>"),
    ],
)
def test_mjml_that_the_compiler_would_spoil_is_refused_by_line(old: str, new: str, words: str) -> None:
    with pytest.raises(Unusable) as refused:
        reading.text(MJML.replace(old, new, 1))
    assert words in str(refused.value)


@pytest.mark.parametrize("padding", ["0 30px", "10px 30px 0", "0px 30px"])
def test_mjml_s_columns_have_the_same_width_in_outlook_however_a_zero_is_written(padding: str) -> None:
    column = '<mj-column><mj-image src="https://choir.example/a.png" /></mj-column>'
    section = f'<mj-section padding="{padding}">{column * 2}</mj-section>'
    page = mjml_source.compiled(f'<mjml><mj-body width="640px">{section}</mj-body></mjml>')
    assert re.findall(r'<img[^>]* width="(\d+)"', page) == ["240", "240"]


@pytest.mark.parametrize("padding", ["0 20px", "10px 20px 0", "0px 20px"])
def test_mjml_s_button_is_as_wide_as_it_says_however_a_zero_is_written(padding: str) -> None:
    button = f'<mj-button width="200px" inner-padding="{padding}" href="https://choir.example/">Sing</mj-button>'
    section = f"<mj-section><mj-column>{button}</mj-column></mj-section>"
    page = mjml_source.compiled(f"<mjml><mj-body>{section}</mj-body></mjml>")
    assert re.findall(r"<a [^>]*width: ?(\d+px)", page) == ["160px"]


def test_mjml_that_the_compiler_refuses_is_refused_in_words() -> None:
    with pytest.raises(mjml_source.Refused, match=r"cannot be read|could not be read"):
        mjml_source.compiled("<mjml><mj-section></mj-section></mjml>")


@pytest.mark.parametrize("mode", ['mode="fluid-height"', "mode='fluid-height'"])
def test_a_fluid_hero_is_as_high_as_its_picture(mode: str) -> None:
    """In proportion to the picture's width: 300 of 600, as MJML has it."""
    hero = f'<mj-hero {mode} background-url="a.png" background-width="600px" background-height="300px"></mj-hero>'
    brought = reading.text(MJML.replace("<mj-body>", f"<mj-body>{hero}"))
    assert brought.text.count("padding-bottom:50%;") == 2  # beside what stands in the hero, on both sides


@pytest.mark.parametrize("written", ['full-width="false"', "full-width=''", 'full-width = "false"'])
def test_a_section_that_says_it_is_not_wide_stays_within_the_mail(written: str) -> None:
    brought = reading.text(MJML.replace("<mj-section>", f'<mj-section {written} background-color="#123456">'))
    assert brought.text == reading.text(MJML.replace("<mj-section>", '<mj-section background-color="#123456">')).text
    wide = reading.text(MJML.replace("<mj-section>", '<mj-section full-width="full-width" background-color="#123456">'))
    assert wide.text != brought.text


def test_attributes_that_the_compiler_passes_over_are_named_by_line() -> None:
    assert len(reading.text(MJML).notes) == 1
    brought = reading.text(MJML.replace("<mj-button ", '<mj-button title="The shop" '))
    assert brought.notes[1:] == ("Line 4: <mj-button> loses its title.",)
    hero = '<mj-hero inner-padding="9px" border-radius="4px"></mj-hero>\n'
    many = reading.text(MJML.replace("</mj-body>", f"{hero * 7}</mj-body>")).notes
    assert many[1] == "Line 5: <mj-hero> loses its inner-padding, border-radius."
    assert many[-1] == "2 more lose something, too."


def test_blocks_come_back_as_they_were_saved() -> None:
    document = blocks.empty()
    said = {"format": "tallypost-campaign", "version": 1, "name": "Spring", "subject": "S", "blocks": document}
    brought = reading.text(json.dumps(said))
    assert (brought.kind, brought.name, brought.subject, brought.document) == ("blocks", "Spring", "S", document)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("", "nothing in it"),
        ("Dear all", "no HTML in it"),
        ('{"format": "something"}', "not a campaign saved by Tallypost"),
        ('{"format": "tallypost-campaign", "version": 1, "blocks": {"blocks": [{"kind": "bomb"}]}}', "no such block"),
        ('{"format": "tallypost-campaign", "ver', "damaged"),
        ("<p>" + "x" * 400_000, "a mail may have 300,000"),
    ],
)
def test_what_no_mail_can_be_made_of_is_refused(words: str, problem: str) -> None:
    with pytest.raises(Unusable, match=problem):
        reading.text(words)


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("<p>Grüße</p>".encode("cp1252"), "windows-1252"),
        ('<meta charset="iso-8859-1"><p>Grüße</p>'.encode("latin-1"), ""),
        ("\ufeff<p>Grüße</p>".encode(), ""),
    ],
)
def test_letters_are_read_in_the_encoding_they_were_written_in(data: bytes, charset: str) -> None:
    assert "<p>Grüße</p>" in reading.decoded(data, charset)


def test_zip_file_holds_a_mail_and_its_pictures() -> None:
    brought = archives.opened(
        packed(
            {"news/index.html": MAIL, "news/images/a.png": b"picture", "news/old.html": "<p>", "__MACOSX/x.html": "<p>"}
        ),
        "news.zip",
    )
    assert (brought.text, brought.folder, brought.pictures) == (MAIL, "news", {"news/images/a.png": b"picture"})
    assert "Not taken: news/old.html" in brought.notes[0]


def test_paths_that_lead_elsewhere_are_passed_over() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../../etc/a.png", "/etc/b.png", "C:/c.png", "a/../../d.png", "ok/../e.png"):
            archive.writestr(name, b"x")
        archive.writestr("mail.html", MAIL)
    assert list(archives.opened(io.BytesIO(out.getvalue()), "x.zip").pictures) == ["e.png"]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: io.BytesIO(b"PK\x03\x04 nonsense"), "damaged"),
        (lambda: packed({"a.txt": "x"}), "no HTML file"),
        (lambda: packed({"a.html": MAIL, "b.png": b"\0" * 10_000_001}), "more than 10 MB"),
        (lambda: packed({"a.html": MAIL} | dict.fromkeys(_pictures(7), b"\0" * 9_000_000)), "larger than 60 MB"),
        (lambda: packed({"a.html": MAIL} | dict.fromkeys(_pictures(501), b"")), "500 are the most"),
    ],
)
def test_hostile_zip_files_are_refused_in_words(make: Callable[[], io.BytesIO], problem: str) -> None:
    with pytest.raises(Unusable, match=problem):
        archives.opened(make(), "x.zip")


def _pictures(count: int) -> list[str]:
    return [f"p{number}.png" for number in range(count)]


def test_addresses_are_found_wherever_they_stand_and_the_rest_stays() -> None:
    source = """<img  SRC='a.png' srcset="a.png 1x, b@2x.png 2x" alt="a > b"><td background=c.gif>
<style>@import url(x.css);@font-face{src:url(y.woff2)}.x{background:url( "d.jpg" )}
</style><p style="background:url(&quot;e.png&quot;)">
<!--[if mso]><v:fill type="frame" src="f.png" /><![endif]--><img src="{{ picture }}"><img src="*|IMG|*">"""
    relative = sorted(filter(addresses.is_relative, addresses.pictures(source)))
    assert relative == ["a.png", "b@2x.png", "c.gif", "d.jpg", "e.png", "f.png"]
    assert addresses.with_pictures(source, lambda one: one) == source
    changed = addresses.with_pictures(source, lambda one: f"https://x.example/{one}" if one == "f.png" else one)
    assert changed == source.replace('src="f.png"', 'src="https://x.example/f.png"')


def test_addresses_of_a_page_lead_to_the_same_place_from_anywhere() -> None:
    source = """<a href="/a?b=1&amp;c=2"><a href="#top"><a href="*|UNSUB|*"><a href="mailto:a@b.example">
<img src="../p.png">
<a href="{{ unsubscribe_url }}"><a href="%UNSUBSCRIBELINK%"><a href="//cdn.example/x">"""
    expected = source.replace('"/a?', '"https://m.example/a?').replace("../p.png", "https://m.example/p.png")
    assert addresses.absolute(source, "https://m.example/mails/1") == expected
