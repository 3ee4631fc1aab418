# ruff: noqa: E501 - pages as they are written
"""A browser shows a mail after inlining exactly as before, on a desk and on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from campaigns.content import html
from tests.web.browser import chromium

PAGES = {
    "shorthand after longhand": "<style>td{padding-left:9px;padding:3px}.x{margin:0;margin-left:7px}</style>"
    "<table><tr><td><p class=x>a</p></table>",
    "important loses to a media rule": "<style>.p{display:none!important}@media(max-width:480px)"
    "{.p{display:block!important}}</style><p class=p>coupon</p>",
    "media without important": "<!doctype html><style>.a{width:300px;color:red}@media(max-width:480px)"
    "{.a{width:100px}}</style><div class=a>a</div>",
    "fallbacks": "<style>p{color:red;color:oklch(60% .2 200);width:200px;width:calc(100% - 20px)}</style><p>x</p>",
    "digit class": "<style>.1a{color:red}.b{color:green}</style><p class='1a b'>x</p>",
    "not and attributes": '<style>p:not(.y){color:red}a[href^="https"]{color:green}td:nth-child(2){width:90px}</style>'
    "<p>x<p class=y>y<a href=https://a.test>l</a><table><tr><td>1<td>2</table>",
    "custom properties": "<style>:root{--c:red}@media(max-width:480px){:root{--c:blue}}p{color:var(--c)}</style><p>x",
    "link round table": "<style>a{color:red}h2{margin:4px}</style><a href=https://a.test><table><tr><td><h2>S</h2></table></a>",
    "moved by the parser": "<style>b{color:red}p b{color:blue}</style><b><p>x</b>y</p><table><p>lost</p><tr><td>z</table>",
    "own style attributes": "<style>p{color:red!important;margin:3px}</style>"
    "<p style=color:blue>a<p style='margin:1px;font:12px \"Arial\"'>b<p style='color:blue!important'>c",
    "capitals and prefixes": "<STYLE TYPE=text/css>.A{Margin:9px;-webkit-border-radius:4px;mso-x:1}</STYLE><P CLASS=a>x</P>",
    "supports and layers": "<style>@layer l{p{color:red}}p{margin:2px}@supports(display:grid){p{margin:9px}}</style><p>x",
}
LOOK = """() => [...document.querySelectorAll('body, body *:not(style)')].map(one => {
  const box = one.getBoundingClientRect(), look = getComputedStyle(one)
  return [one.tagName, box.x, box.y, box.width, box.height,
    ...[...look].map(name => name + ':' + look.getPropertyValue(name))]
})"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser, browser.new_page() as page:
        yield page


@pytest.mark.parametrize("name", PAGES)
def test_browser_shows_an_inlined_mail_as_before(page: Page, name: str) -> None:
    inlined = html.inline(PAGES[name])
    for width in (640, 375):
        page.set_viewport_size({"width": width, "height": 800})
        looks: list[Any] = []
        for source in (PAGES[name], inlined):
            page.set_content(source)
            looks.append(page.evaluate(LOOK))
        assert looks[1] == looks[0]
