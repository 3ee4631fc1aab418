"""Host names and addresses go where their author's browser would have gone."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from accounts.organisation import public_address
from accounts.web_addresses import NoHost, as_sent, ascii_host, resolved, tidy
from campaigns.message.encoding import ascii_address
from contacts.addresses import normalise
from delivery.providers.server_fields import read_host
from tests.web.browser import chromium

ODD = [
    " https://shop.test/space ",
    "https://shop.test/offer?utm_source=mail\n&utm_medium=news",
    "https://fa.wiki.test/wiki/می‌خواهم",
    "https://shop.test/page\u200b",
    "https://shop.test/👩‍💻",
    "https://shop.test/a b",
    "https://shop.test/?utm_campaign=Père Noël",
    "https://shop.test/cafe\u0301.pdf",
    "https://straße.de/ß",
    "https://ελλάς.gr/",
    "https://نامه‌ای.test/",
    "https://i❤.ws/",
    "https:/shop.test/x",
    "https:shop.test",
    "HTTPS:\\\\Shop.TEST\\a",
    "https\n://shop.test/",
    "\x0bhttps://shop.test/",
    "https://user:p w@shop.test:443/",
    "https://shop.test/../x/./y/%2e%2E/z",
    "https://shop.test/%zz%/%E0",
    "https://shop.test/a|b\\c^`{}?a|b\\c^`{}'\"<>#a|b\\c^`{}'\"<> ",
    "https://a。test/",
    "https://１２７.0.0.1/",
    "http://0x7f.1/",
    "https://a@b@c.test/",
    "https://shop.test?x",
    "https://xn--strae-oqa.de/",
    "https://shop.test:99999/",
    "https:///shop.test/x",
    "http://[",
    "//shop.test/",
    "shop.test/x",
    "javascript:alert(1)",
    "mailto:a@b.test",
    "",
]
_HOSTS = ["https://shop.test", "http://straße.test:8080", " HTTPS://a.test", "https:a.test", "https://ελλάς.test"]
_WORDS = st.text(
    st.sampled_from("ab0./?#%&=;@:+~!*$,|\\^`{}'\"<>[]() \t\n\xa0\u200b\u200c\u200dمé\u0301ß👩\u3000"), max_size=20
)
hrefs = st.builds(
    lambda host, mark, words: host + mark + words, st.sampled_from(_HOSTS), st.sampled_from("/?#"), _WORDS
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as running, running.new_page() as page:
        yield page


def judged(browser: Page, hrefs: list[str]) -> list[str]:
    """Where Chromium goes for each, "" for what is no web address."""
    return browser.evaluate(  # type: ignore[no-any-return]
        """hrefs => hrefs.map(href => {
            const a = Object.assign(document.createElement("a"), {href});
            return /^https?:$/.test(a.protocol) ? a.href : "";
        })""",
        hrefs,
    )


def test_odd_addresses_lead_where_chromium_goes(browser: Page) -> None:
    assert judged(browser, [resolved(href) for href in ODD]) == judged(browser, ODD)


@settings(max_examples=40, deadline=None)
@given(st.lists(hrefs, min_size=20, max_size=40))
def test_any_address_leads_where_chromium_goes(browser: Page, given: list[str]) -> None:
    wanted = judged(browser, given)
    for change in (resolved, as_sent, tidy):
        assert judged(browser, [change(href) for href in given]) == wanted


@given(hrefs)
def test_an_address_travels_as_printable_ascii_and_stays(href: str) -> None:
    found = resolved(href)
    assert found
    assert found.isascii()
    assert found.isprintable()
    assert " " not in found
    assert resolved(found) == found


STRANGERS = [
    ("straße.de", "xn--strae-oqa.de"),
    ("ελλάς.gr", "xn--hxarsa0b.gr"),
    ("Bücher.Example", "xn--bcher-kva.example"),
    ("نامه‌ای.com", "xn--mgba3gch31f060k.com"),
    ("例え。jp", "xn--r8jz45g.jp"),
]


@pytest.mark.parametrize(("written", "travels"), STRANGERS)
def test_a_domain_is_never_a_strangers(browser: Page, written: str, travels: str) -> None:
    assert ascii_host(written) == travels
    assert ascii_address(f"news@{written}") == f"news@{travels}"
    assert normalise(f"ana@{written}") == f"ana@{travels}"
    assert read_host(written) == travels
    assert public_address.clean(f"https://{written}") == f"https://{travels}"
    assert judged(browser, [f"https://{written}/"]) == [f"https://{travels}/"]


@pytest.mark.parametrize(
    "no_host", ["", "a..b", "xn--zz.de", "xn--a.de", "a b.de", "ä-.de", "x" * 64 + ".de", "i❤.ws", "a.de."]
)
def test_what_is_no_host_is_refused(no_host: str) -> None:
    with pytest.raises(NoHost):
        ascii_host(no_host)
