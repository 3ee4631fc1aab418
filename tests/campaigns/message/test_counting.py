"""What of a mail counts: by person and part, anonymously, not at all."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from campaigns.message.compiled import CompiledEdition
from delivery import tokens
from delivery.content import Recipient
from tests.campaigns.mails import compiled, edition

PAGE = (
    '<html lang="en"><body><p>Hello {{ name }}, <a href="https://shop.example/a">look</a></p>'
    '<p><a href="{{ view_url }}">As a page</a> <a href="{{ unsubscribe_url }}">Leave</a></p></body></html>'
)


def made(tracking: str, **organisation: str) -> CompiledEdition:
    draft = edition(PAGE)
    draft.tracking = tracking
    draft.organisation = draft.organisation | organisation
    return compiled(draft)


def person(number: int, *, opens: bool = True, clicks: bool = True) -> Recipient:
    return Recipient(number, number, f"p{number}@example.org", {"name": "Ana"}, opens, clicks)


def ours(built: CompiledEdition, recipient: Recipient) -> list[str]:
    """Addresses of the pixel (written twice in a short letter) and of counted links, as they travel; not the hidden
    one, which tells programs apart."""
    body = message_from_bytes(built.build(recipient), policy=default).get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert html.split() == built.parts(recipient).html.split()
    seen = re.sub(r"<a style=\"display:none[^>]*>", "", html)
    return sorted(set(re.findall(r"https://[^\"/]+/[oc]/[^\"]+", seen)))


@pytest.mark.parametrize(("opens", "clicks", "kinds"), [(True, False, "o"), (False, True, "c"), (False, False, "")])
def test_each_person_s_mail_counts_what_they_allow(opens: bool, clicks: bool, kinds: str) -> None:
    found = ours(made("individual"), person(5, opens=opens, clicks=clicks))
    assert [url.split("/")[3] for url in found] == list(kinds)


def test_anonymous_mails_carry_the_same_addresses_and_nobody_s() -> None:
    built = made("anonymous")
    first, second = ours(built, person(5)), ours(built, person(6))
    assert first == second
    link, picture = (url.partition("/b.")[2] for url in first)
    assert tokens.read(tokens.OPEN_OF_BATCH, picture) == (9,)
    assert tokens.read(tokens.CLICK_OF_BATCH, link) == (9, 100)
    assert ours(built, person(7, opens=False, clicks=False)) == []


def test_without_tracking_there_is_no_pixel_and_every_link_is_the_author_s() -> None:
    built = made("off")
    assert ours(built, person(5)) == []
    assert "https://shop.example/a" in built.parts(person(5)).html


def test_counted_addresses_are_those_of_the_tracking_host_and_the_way_out_is_not() -> None:
    built = made("individual", tracking_address="https://go.nordlicht.example")
    html = built.parts(person(5)).html
    assert {url.split("/")[2] for url in ours(built, person(5))} == {"go.nordlicht.example"}
    assert "go.nordlicht.example/u/" not in html
    assert "go.nordlicht.example/v/" not in html


def test_the_mail_as_a_page_has_an_address_of_its_own() -> None:
    html = made("individual").parts(person(5)).html
    (token,) = re.findall(r"/v/([^\"]+)", html)
    assert tokens.read(tokens.VIEW, token) == (5,)
