"""Whoever follows a rewritten link arrives where the original went: through the front that recipients reach, judged by
Chromium. Some seconds, until the front and the browser are up.
"""

import http.client
from collections.abc import Iterator
from contextlib import closing
from html import escape
from random import Random
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from campaigns.message.compiled import CompiledEdition, link_targets
from delivery.models import Batch
from tests.campaigns.mails import BASE, FOOTER, edition, recipient
from tests.running import free_port, part, until
from tests.web.browser import chromium
from tracking.public.links import freeze

# As they stand in the HTML, quotes included.
WRITTEN = [
    '"https://shop.test/plain"',
    '"HTTP://Shop.TEST:80/Case"',
    '"https://shop.test:8443/a;b=1/c,d"',
    '"https://user:secret@shop.test/with%20name"',
    '"https://bücher.test/größe?q=süß#über"',
    '"https://例え.test/パス/ファイル.html?キー=値#節"',
    '"https://xn--bcher-kva.test/x"',
    '"https://shop.test/%E2%82%AC/%zz/%2F/%2e%2e/x"',
    '"https://shop.test/a b/c\td"',
    '"  https://shop.test/round/blanks  "',
    '"https://shop.test/line\nbreak?a=1\n&amp;b=2"',
    '"https://shop.test/?a=1&amp;b=2&amp;amp;c=3"',
    '"https://shop.test/?a=1&b=2&copy=3&lt=4&notit=5"',
    '"https://shop.test/?q=&quot;quoted&quot;&amp;r=&#39;it&#39;"',
    '\'https://shop.test/it"s?x="y"\'',
    "https://shop.test/bare?x=1",
    '"https://shop.test/#!/app/route?not=query"',
    '"https://shop.test/#frag%20ment with blank"',
    '"https://shop.test/?plus=a+b&percent=a%2Bb&utm_source=mail"',
    '"https://shop.test/back\\slash\\x?y=\\z"',
    '"https:\\\\shop.test\\x"',
    '"https:/one.slash.test/x"',
    '"https://shop.test/{curly}|pipe^caret`tick"',
    '"https://[2001:db8::1]:8080/six"',
    '"http://0x7f.1/number"',
    '"https://shop.test/👩‍💻/می‌خواهم"',
    '"https://shop.test?query"',
    '"https://shop.test/a/../b/./c//d"',
    f'"https://shop.test/?long={"x" * 3000}"',
    '"https://shop.test/redirect?to=https%3A%2F%2Fother.test%2F%3Fa%3Db"',
    '"https://shop.test/redirect?to=https://other.test/?a=b"',
    '"https://shop.test/\xa0\u200bhidden"',
    '"mailto:ana@example.org?subject=A%20B"',
    '"tel:+49401234"',
    '"#anchor"',
]
_PIECES = [
    "a",
    "Z",
    "0",
    "/",
    "//",
    "?",
    "#",
    "&amp;",
    "&",
    "=",
    "%",
    "%20",
    "%C3%A9",
    "é",
    "ß",
    "م",
    "+",
    " ",
    ";",
    "'",
]
_PIECES += [
    "&quot;",
    "&#x27;",
    "&eacute;",
    "\\",
    "|",
    "^",
    "[",
    "]",
    "~",
    "!",
    "$",
    ",",
    "(",
    ")",
    "*",
    ":",
    "@",
    ".",
    "..",
]


@pytest.fixture(scope="module")
def front(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    process = part("web", port, tmp_path_factory.mktemp("web"))
    try:
        until(lambda: answers(port), 90)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def answers(port: int) -> bool:
    try:
        return location(port, "/c/nothing") is None
    except OSError:
        return False


def location(port: int, path: str) -> str | None:
    """Where the front sends whoever asks for it."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        asked.request("GET", path, headers={"Host": "localhost"})
        return asked.getresponse().getheader("Location")


def goals(page: Page, html: str) -> list[str]:
    """Where Chromium goes from each marked link of a mail."""
    page.set_content(html)
    return page.eval_on_selector_all("a.marked", "all => all.map(one => one.href)")  # type: ignore[no-any-return]


def made_up(count: int) -> list[str]:
    dice = Random(7)
    hosts = [
        "https://shop.test/",
        "http://straße.test:8080/?",
        "https://a.test#",
        "https:a.test/",
        " HTTPS://ελλάς.test/",
    ]
    return [f'"{dice.choice(hosts)}{"".join(dice.choices(_PIECES, k=dice.randint(1, 25)))}"' for _ in range(count)]


@pytest.mark.django_db(transaction=True)
def test_whoever_follows_a_rewritten_link_arrives_where_the_original_went(front: int) -> None:
    links = [*WRITTEN, *made_up(200)]
    body = "".join(f"<p><a class=marked href={href}>Link {number}</a></p>" for number, href in enumerate(links))
    made = edition(f"<html><body>{body}{FOOTER}</body></html>", text="The mail")
    batch = Batch.objects.create(content_kind="edition", content_id=3, rehearsal=False)
    frozen = freeze(batch, link_targets(made))
    compiled = CompiledEdition(made, batch_id=batch.pk, lists=(4,), link_ids=[link.pk for link in frozen])
    page = compiled.parts(recipient()).html
    with chromium() as running, running.new_page() as browser:
        wanted, sent = goals(browser, body), goals(browser, page)
        assert len(sent) == len(wanted) == len(links)
        rewritten = [at for at, address in enumerate(sent) if address.startswith(f"{BASE}/c/")]
        assert len(rewritten) > 200
        told = [location(front, urlsplit(sent[at]).path) or "" for at in rewritten]
        anchors = "".join(f'<a class=marked href="{escape(address)}"></a>' for address in told)
        arrived = dict(enumerate(sent)) | dict(zip(rewritten, goals(browser, anchors), strict=True))
    assert [link for at, link in enumerate(links) if arrived[at] != wanted[at]] == []
