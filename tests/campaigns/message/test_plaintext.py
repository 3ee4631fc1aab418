"""The text part reads like a letter."""

import time

import pytest

from campaigns.message import plaintext
from tests.campaigns.mails import compiled, edition, recipient


def test_words_come_in_order_with_their_links() -> None:
    page = """<html><head><title>T</title><style>p{}</style></head><body><div style="display:none">hidden</div>
    <h1>News</h1><p>Hi {{ first_name|default("you") }},<br>look <a href="https://a.test/?a=1&amp;b=2">here</a>.</p>
    <ul><li>one</li><li>two</li></ul><ol><li>first</li></ol><img src=x alt="A cat"><hr>
    <table><tr><td>a</td><td>b</td></tr></table><a href="https://b.test/">https://b.test/</a></body></html>"""
    assert plaintext.from_html(page) == (
        'News\n\nHi {{ first_name|default("you") }},\nlook here (https://a.test/?a=1&b=2).\n\n- one\n- two\n\n'
        "1. first\n\nA cat\n\n----\n\na b\n\nhttps://b.test/\n"
    )


def test_merge_tags_in_links_are_kept() -> None:
    assert plaintext.from_html('<a href="{{ unsubscribe_url }}">Leave</a>') == "Leave ({{ unsubscribe_url }})\n"


def test_page_without_words_gives_nothing() -> None:
    assert plaintext.from_html("<p> &nbsp;</p><img src=x>") == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div><span style='display:none'>x</div><p>seen</p>", "seen\n"),
        ("<p style='display:none'>x<p>seen", "seen\n"),
    ],
)
def test_element_left_open_does_not_hide_the_rest(html: str, text: str) -> None:
    assert plaintext.from_html(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="DISPLAY : none !important">x</p>',
        "<p hidden>x</p>",
        '<p style="visibility:hidden">x</p>',
        '<div style="max-height:0;overflow:hidden;font-size:0">x</div>',
        '<div style="height:0px;overflow:hidden"><p>x</p></div>',
        '<div style="opacity:0">x</div>',
        '<span style="font-size:1px;color:#fff">x</span>',
        '<p style="text-indent:-9999px">x</p>',
        '<div style="position:absolute;left:-9999px">x</div>',
        "<template>x</template>",
        "<!--[if mso]><p>x</p><![endif]-->",
    ],
)
def test_what_nobody_sees_is_not_in_the_text(hidden: str) -> None:
    assert plaintext.from_html(f"<p>before</p>{hidden}<p>after</p>") == "before\n\nafter\n"


def test_letters_of_no_size_round_columns_do_not_hide_them() -> None:
    page = (
        '<div style="font-size:0"> <div style="font-size:9px">one</div><p style="font-size:1em"><img alt="A"></p></div>'
    )
    assert plaintext.from_html(page) == "one\n\nA\n"


def test_padding_of_the_inbox_line_leaves_no_trace_and_joiners_of_words_stay() -> None:
    assert plaintext.from_html(f"<p>Sale{'&#847;&zwnj;&nbsp;' * 9}</p><p>می‌خواهم 👩‍💻</p>") == "Sale\n\nمی‌خواهم 👩‍💻\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<a href="https://a.test/"><img alt=""></a><a href="https://b.test/"><img></a>',
            "https://a.test/ https://b.test/",
        ),
        ('<a href="https://a.test/">A</a><a href="https://b.test/">B</a>', "A (https://a.test/) B (https://b.test/)"),
        ('see<a href="https://a.test/"><img alt=""></a>, then', "see https://a.test/, then"),
        ('<a href="https://a.test/">A</a>. Then', "A (https://a.test/). Then"),
        ('<img alt="A"><img alt="B">', "A B"),
        ('<a href="https://a.test/"><table><tr><td>Buy</td></tr></table></a><p>x', "Buy (https://a.test/)\n\nx"),
        ('<a href="mailto:a@b.test?subject=Hi there">Write</a>', "Write (a@b.test)"),
        ('Ana &lt;<a href="mailto:a@b.test">a@b.test</a>&gt; wrote', "Ana <a@b.test> wrote"),
        ('&lt;<a href="https://a.test/">https://a.test/</a>&gt;', "<https://a.test/>"),
    ],
)
def test_neighbouring_links_are_parted(html: str, text: str) -> None:
    assert plaintext.from_html(html) == text + "\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><th>Item</th><th>Price</th></tr><tr><td>Tea</td><td>3</td></tr></table>", "Item | Price\nTea | 3"),
        ("<table><tr><td><p>Tea</p></td><td><p>3</p></td></tr></table>", "Tea 3"),
        ("<table><tr><td><h1>T</h1><p>a</p></td><td><p>b</p><p>c</p></td></tr></table>", "T\n\na\n\nb\n\nc"),
        (
            "<table>{% for one in items %}<tr><td>{{ one }}</td><td>3</td></tr>{% endfor %}</table><p>after</p>",
            "{% for one in items %}{{ one }} 3\n{% endfor %}\nafter",
        ),
        ("<dl><dt>Where?</dt><dd>Here</dd><dt>When</dt><dd>Now</dd></dl>", "Where? Here\nWhen: Now"),
        ("<pre>  a\n    b\n\n\n  c</pre>", "  a\n    b\n\n\n  c"),
        ('<p style="white-space:pre-wrap">a\n  b</p>', "a\n  b"),
        ("<ul><li><p>one</p></li><li>two<ol><li>in</li></ol></li></ul>", "- one\n- two\n  1. in"),
    ],
)
def test_rows_lists_and_typed_lines_keep_their_shape(html: str, text: str) -> None:
    assert plaintext.from_html(html) == text + "\n"


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://a.test/" style="display:inline-block;mso-hide:all">Go</a>',
        '<span style="mso-hide: all"><a href="https://a.test/">Go</a></span>',
        '<div style="MSO-HIDE:ALL !important"><a href="https://a.test/"><b>Go</b></a></div>',
        '<!--[if !mso]><!--><a href="https://a.test/" style="mso-hide:all">Go</a><!--<![endif]-->',
        '<![if !mso]><a href="https://a.test/">Go</a><![endif]>',
    ],
)
def test_a_button_that_outlook_draws_by_itself_is_said_once(html: str) -> None:
    shape = '<!--[if mso]><v:roundrect href="https://a.test/"><center>Go</center></v:roundrect><![endif]-->'
    assert plaintext.from_html(f"<p>Before</p>{shape}{html}") == "Before\n\nGo (https://a.test/)\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("{% if vip %}<p>A</p>{% endif %}<p>B</p>", "{% if vip %}A\n\n{% endif %}B\n"),
        ("<p>Hi {% if a %}A{% else %}B{% endif %}, you</p>", "Hi {% if a %}A{% else %}B{% endif %}, you\n"),
        ("<body>{% if a %}x</body></html>{% endif %}", "{% if a %}x{% endif %}\n"),
    ],
)
def test_conditions_keep_their_place(html: str, text: str) -> None:
    assert plaintext.from_html(html) == text


def test_no_address_is_cut_by_a_blank_or_spoilt_by_a_value() -> None:
    page = """<p><a href=" https://shop.test/a b ">one</a> <a href="https://shop.test/go?firm={{ company }}&x=1">two</a>
    <a href="{{ website }}">three</a>
    <a href="{% if vip %}{{ website }}{% else %}https://straße.test/é {{ city }}{% endif %}">4</a>"""
    person = recipient(tracked=False, company="Müller & Söhne", website="shop.test/a b", city="São Paulo")
    assert compiled(edition(page)).parts(person).text == (
        "one (https://shop.test/a%20b) two (https://shop.test/go?firm=M%C3%BCller%20%26%20S%C3%B6hne&x=1) "
        "three (https://shop.test/a%20b) 4 (https://xn--strae-oqa.test/%C3%A9%20S%C3%A3o%20Paulo)\n"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<a href=https://x.test/>a" * 4_000,
        "<table><tr><td>" * 1_500 + "x",
        "<div style='display:none'>" * 1_500 + "</p>" * 9_000,
    ],
)
def test_a_page_of_thousands_of_elements_takes_a_moment(html: str) -> None:
    began = time.process_time()  # however busy the machine is
    plaintext.from_html(html)
    assert time.process_time() - began < 2
