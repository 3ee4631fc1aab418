"""Where nothing is doubtful, another inliner says the same: premailer, on pages that it reads as browsers do."""

import re
from html.parser import HTMLParser

import pytest
from premailer import Premailer

from campaigns.content import html

PAGES = [
    "<style>p { color: #f00 } .big { font-size: 20px }</style><p class='big'>One</p><p>Two</p>",
    "<style>p { color: red } #a { color: blue } .x { color: teal }</style><p id='a' class='x'>A</p><p class='x'>B</p>",
    "<style>td { padding: 4px } td { text-align: right }</style><table><tr><td>1</td><td class='n'>2</td></tr></table>",
    "<style>div p { margin: 0 } div > p { width: 20px }</style><div><p>In</p><span><p>B</p></span></div><p>Out</p>",
    "<style>a { color: teal }</style><p><a href='https://a.example/' style='font-weight: bold'>Link</a></p>",
]


class _Styles(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"p", "td", "div", "span", "a"}:
            declared = dict(re.findall(r"([\w-]+)\s*:\s*([^;]+)", dict(attrs).get("style") or ""))
            self.found.append((tag, {name: value.strip() for name, value in declared.items()}))


def styles(page: str) -> list[tuple[str, dict[str, str]]]:
    reader = _Styles()
    reader.feed(page)
    return reader.found


@pytest.mark.parametrize("page", PAGES)
def test_every_element_gets_what_premailer_gives_it(page: str) -> None:
    sheet, body = page.split("</style>")
    document = f"<!doctype html><html><head>{sheet}</style></head><body>{body}</body></html>"
    theirs = Premailer(document, keep_style_tags=True, allow_network=False, disable_validation=True).transform()
    assert styles(html.inline(document)) == styles(theirs)
