import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.web_addresses import resolved
from campaigns.message import links
from campaigns.message.compiled import link_targets
from tests.campaigns.mails import FOOTER, compiled, edition, recipient
from tracking.public import slim


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("what others asked (https://example.org/questions).New here", "https://example.org/questions"),
        ("(https://example.org/a_(b)), and more", "https://example.org/a_(b)"),
        ("See https://example.org/a_(b).", "https://example.org/a_(b)"),
        ("https://example.org/?q=1!", "https://example.org/?q=1"),
    ],
)
def test_address_in_plain_text_ends_where_a_reader_sees_it_end(text: str, address: str) -> None:
    assert [found.url for found in links.in_text(text)] == [address]


@pytest.mark.parametrize(
    ("tag", "leads_to"),
    [
        ('<a href=" https://shop.test/space ">', "https://shop.test/space"),
        (
            '<a href="https://shop.test/offer?utm_source=mail\n&amp;utm_medium=news">',
            "https://shop.test/offer?utm_source=mail&utm_medium=news",
        ),
        ('<a href="https://shop.test/a b">', "https://shop.test/a%20b"),
        ('<a href="https://shop.test/?a=1&copy=2&amp;b=&#233;">', "https://shop.test/?a=1&copy=2&b=%C3%A9"),
        ("<a href='https://shop.test/it\"s'>", "https://shop.test/it%22s"),
        ("<a title=it's HREF = https://shop.test/bare>", "https://shop.test/bare"),
        ('<a title="a > b" href="https://shop.test/after">', "https://shop.test/after"),
        (
            '<a data-href="https://no.test/" href="https://shop.test/first" href="https://no.test/2">',
            "https://shop.test/first",
        ),
        ('<a\nhref="https://straße.test/ß">', "https://xn--strae-oqa.test/%C3%9F"),
        (
            '<a href="https://fa.wiki.test/wiki/می‌خواهم">',
            "https://fa.wiki.test/wiki/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85",
        ),
        ('<a href="https:\\\\shop.test\\x">', "https://shop.test/x"),
        ('<area href="https://shop.test/area">', "https://shop.test/area"),
        ('<v:roundrect href="https://shop.test/vml">', "https://shop.test/vml"),
    ],
)
def test_a_followed_link_arrives_where_the_original_went(tag: str, leads_to: str) -> None:
    made = edition(f"<html><body>{tag}words</a>{FOOTER}</body></html>")
    targets = link_targets(made)
    assert [slim._safe(url) for url, _ in targets] == [leads_to]
    sent = compiled(made).parts(recipient()).html
    seen = sent.partition(' style="display:none;mso-hide:all"')[0]
    assert len(re.findall(r"https://news\.nordlicht\.example/c/", seen)) == 1
    assert "shop.test" not in sent


@pytest.mark.parametrize(
    "tag", ['<a href="mailto:a@b.test">', '<a href="#top">', '<a href="shop.test/x">', "<a name=x>", '<a href="">']
)
def test_what_is_no_web_address_stays_as_it_is(tag: str) -> None:
    assert links.in_html(f"{tag}words</a>") == []


@pytest.mark.parametrize("quoted", ['"{}"', "'{}'", "{}"])
def test_a_value_in_an_address_is_its_own_part_of_it_however_the_attribute_is_quoted(quoted: str) -> None:
    page = "".join(
        f"<a title=it's href={quoted.format(href)}>x</a>"
        for href in ("https://shop.test/go?firm={{company}}&x=1", "{{website}}", "{{unsubscribe_url}}")
    )
    person = recipient(tracked=False, company="Ben & 'Co' > x", website="straße.test/a b")
    html = compiled(edition(page)).parts(person).html
    found = [tag.split("href=")[1].split(">")[0].strip("\"'") for tag in re.findall(r"<a [^>]*>", html)]
    assert found[0] == "https://shop.test/go?firm=Ben%20%26%20%27Co%27%20%3E%20x&x=1"
    assert found[1] == "https://xn--strae-oqa.test/a%20b"
    assert resolved(found[2]) == found[2]


@pytest.mark.parametrize("end", ["wow!", "what?", "a.", "a)b", "a_(b)", "it's", "x;", "a,b", "q?a=(", "end'"])
def test_a_link_of_the_text_leads_where_its_twin_leads_whatever_it_ends_with(end: str) -> None:
    href = f"https://shop.test/{end}"
    for words in ("Go", "", href):
        made = edition(f'<p>See <a href="{href}">{words}</a>, then</p>{FOOTER}')
        assert [resolved(url) for url, _ in link_targets(made)] == [resolved(href)], made.text


def test_a_link_of_the_text_counts_with_its_twin_in_the_html() -> None:
    made = edition('<p><a href="https://straße.test/a b">x</a></p>' + FOOTER)
    assert "https://xn--strae-oqa.test/a%20b" in made.text
    assert link_targets(made) == [("https://straße.test/a b", "x")]


@given(st.text(st.sampled_from("ab0./?#%&=;@:+~!*$,|\\^`'\"<>[]() \t\n\xa0\u200b\u200cم\u0301ß👩"), max_size=16))
def test_html_and_text_lead_to_one_target_for_any_address(end: str) -> None:
    href = f"https://shop.test/{end}"
    made = edition(f'<p>See <a href="{escape(href)}">it</a>, then</p>{FOOTER}')
    assert [resolved(url) for url, _ in link_targets(made)] == [resolved(href)], made.text
