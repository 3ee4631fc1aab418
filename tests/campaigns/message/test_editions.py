"""One message, as bytes: what was written, for whom it was written, in a form every server takes."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organisation
from campaigns.content import blocks
from campaigns.merge import language
from campaigns.message import editions
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.message.encoding import one_line
from campaigns.models import Campaign
from delivery import tokens, verp
from delivery.content import Recipient
from delivery.linter import lint
from delivery.models import Batch, Provider
from tests.campaigns.mails import ADDRESS, BASE, FOOTER, compiled, edition, letter_edition, recipient
from tracking.models import Link
from tracking.public import addresses

PAGE = f"""<!doctype html><html lang="en"><head><title>T</title></head><body class="a">
<p title="{{{{ name }}}}">Hi {{{{ name|default("there") }}}},</p>
.leading dot
{{% if city %}}from {{{{ city }}}}.{{% else %}}from afar.{{% endif %}}
<a href="https://shop.example/?q={{{{ name }}}}">yours</a> <a href="https://shop.example/all?a=1&amp;b=2">all</a>
{FOOTER}</body></html>
"""
WITHOUT_LOGIC = PAGE.replace("{% if city %}from {{ city }}.{% else %}from afar.{% endif %}", "{{ city }}")
TEXT = "Hi {{ name }},\n.dot\n\n{{ city }}\n{{ unsubscribe_url }}\n"

value = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "",
            " ",
            "\r\n.\r\n",
            "a\rb\nc",
            "x" * 300,
            "مرحبا بالعالم",
            "👩‍👧 " * 40,
            "{{ x }}",
            "=?utf-8?q?x?=",
            "<b>&amp;\"'",
        ]
    ),
    st.none(),
    st.integers(),
    st.floats(-1e14, 1e14),
    st.booleans(),
)


@cache
def compiled_once(page: str) -> CompiledEdition:
    return compiled(edition(page, TEXT, subject="For {{ name }} in {{ city|default('x') }}, today"))


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("page", [PAGE, WITHOUT_LOGIC])
@given(name=value, city=value, tracked=st.booleans())
def test_message_decodes_to_what_a_plain_render_gives(page: str, name: Any, city: Any, tracked: bool) -> None:
    built = compiled_once(page)
    to = Recipient(7, 8, "ana@example.org", {"name": name, "city": city}, tracked, tracked)
    raw, parts = built.build(to), built.parts(to)
    message = read(raw)
    assert body(message, "html") == parts.html
    assert body(message, "plain") == parts.text
    assert message["subject"] == one_line(parts.subject)
    known = {"headers-once", "line-ends", "line-lengths", "ascii", "line-begins", "structural-headers", "list-headers"}
    assert not [violation for violation in lint(raw, marketing=True) if violation.rule in known]


@given(name=value)
def test_engine_and_join_say_the_same(name: Any) -> None:
    plain = '<p title="{{ x }}">{{ x|default("a")|upper }}</p><a href="{{ x }}">{{ x|truncate(5) }}</a>'
    assert language.render("{% if 1 %}" + plain + "{% endif %}", {"x": name}) == language.render(plain, {"x": name})


def test_every_part_of_a_mail_follows_its_language() -> None:
    words = "{{ day|date('day') }}: {{ total|currency('EUR') }}"
    made = compiled(edition(f"<p>{words}</p>{FOOTER}", words, subject=words, language="de"))
    to = recipient(day="2026-03-05", total=1234.5)
    said = "5. März: 1.234,50\N{NO-BREAK SPACE}€"
    message, parts = read(made.build(to)), made.parts(to)
    assert body(message, "plain").strip() == parts.text.strip() == said
    assert f"<p>{said}</p>" in body(message, "html")
    assert message["subject"] == one_line(parts.subject) == one_line(said)
    assert f"<p>{said}</p>" in made.html_with(to, [])


def test_every_built_message_passes_the_linter() -> None:
    built, to = compiled(letter_edition()), recipient(first_name="Ana", city="São Paulo")
    violations = lint(
        built.build(to),
        marketing=True,
        known_hosts=["news.nordlicht.example"],
        postal_address=ADDRESS,
        envelope_from=built.envelope_from(to),
    )
    assert violations == []


def test_headers_are_those_of_a_bulk_mail() -> None:
    message = read(compiled(edition(PAGE, reply_to="answers@nordlicht.example")).build(recipient()))
    assert message["From"] == "Nordlicht <news@nordlicht.example>"
    assert message["To"] == "ana@example.org"
    assert message["Reply-To"] == "answers@nordlicht.example"
    assert message["List-Id"] == "Nordlicht <list-4.nordlicht.example>"
    assert message["Precedence"] == "bulk"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = str(message["List-Unsubscribe"]).removeprefix(f"<{BASE}/u/").removesuffix(">")
    assert tokens.read(tokens.UNSUBSCRIBE, token) == (77, 9)
    local = str(message["Message-ID"]).strip("<>").partition("@")[0]
    assert tokens.read(tokens.MESSAGE_ID, local) == (1_234_567,)
    assert str(message["Message-ID"]).endswith("@nordlicht.example>")
    assert "ana" not in str(message["Feedback-ID"])
    assert message["Date"].datetime.tzinfo is not None


def test_list_id_is_not_one_lists_when_the_campaign_goes_to_several() -> None:
    message = read(compiled(edition(PAGE), lists=(1, 2)).build(recipient()))
    assert message["List-Id"] == "Nordlicht <campaigns.nordlicht.example>"


def test_umlauts_and_quotes_in_the_sender_stay_readable() -> None:
    for name in ("Bücher & Co, Köln", 'Ana "Books" Diaz', "Books, Ltd.", "書店", "=?x?="):
        message = read(compiled(edition(PAGE, sender_name=name)).build(recipient()))
        assert message["From"].addresses[0].display_name == name


def test_international_sender_domain_travels_as_a_label() -> None:
    built = compiled(edition(PAGE, sender_email="news@bücher.example"))
    assert read(built.build(recipient()))["From"].addresses[0].domain == "xn--bcher-kva.example"
    assert built.envelope_from(recipient()).endswith("@xn--bcher-kva.example")


def test_envelope_names_the_message() -> None:
    assert verp.message_id(compiled(edition(PAGE)).envelope_from(recipient())) == 1_234_567


def test_links_and_pixel_are_tracked() -> None:
    html = compiled(edition(PAGE)).parts(recipient(name="x")).html
    assert html.index('<body class="a">') < html.index(f'background="{BASE}/o/') < html.index("<p")
    assert "https://shop.example/all" not in html
    token = html.partition(f'<a href="{BASE}/c/')[2].partition('"')[0]
    assert tokens.read(tokens.CLICK, token) == (1_234_567, 100)
    assert 'href="https://shop.example/?q=x"' in html  # a link with a merge tag leads where its author wants


@pytest.mark.parametrize(
    ("words", "is_picture"),
    [
        ("<p>Few words.</p>", False),
        (f"<p>{'Many words. ' * 400}</p>", True),
        ('<p>Few words.</p><img src="https://x.test/a.png" alt="A">', True),
        ("<style>p{}</style><p>Few</p><!-- <img> -->", False),
    ],
)
def test_no_picture_stands_beside_few_words_for_the_sake_of_counting(words: str, is_picture: bool) -> None:
    html = compiled(edition(f"<html><body>{words}{FOOTER}</body></html>")).parts(recipient()).html
    seen = re.sub(r"<!--.*?-->", "", html)
    assert f"{BASE}/o/" in seen
    assert (f'<img src="{BASE}/o/' in seen) is is_picture


def test_links_survive_a_public_address_too_long_for_a_line() -> None:
    base = f"https://{'n' * 60}.example"
    words = edition(PAGE, TEXT, organisation={"name": "Nordlicht", "postal_address": ADDRESS, "public_address": base})
    raw = compiled(words).build(recipient())
    assert max(len(line) for line in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")) <= 76
    html = message_from_bytes(raw, policy=policy.default).get_body(("html",))
    assert isinstance(html, EmailMessage)
    assert f"{base}/c/{tokens.seal(tokens.CLICK, 1_234_567, 100)}" in html.get_content()


def test_person_who_refused_tracking_gets_no_pixel_and_no_rewritten_link() -> None:
    built = compiled(edition(PAGE))
    parts = built.parts(recipient(tracked=False, name="x"))
    assert "/o/" not in parts.html
    assert "/c/" not in parts.html + parts.text
    assert "https://shop.example/all?a=1&amp;b=2" in parts.html
    assert b"/c/" not in built.build(recipient(tracked=False))


def test_hidden_link_is_reached_by_programs_alone() -> None:
    built = compiled(edition(PAGE, TEXT))
    parts = built.parts(recipient(name="x"))
    tag, address = re.findall(rf'(<a [^>]*href="{BASE}/c/([^"]+)"[^>]*></a>)', parts.html)[0]
    assert tokens.read(tokens.CLICK, address) == (1_234_567, addresses.HIDDEN_LINK)
    assert all(said in tag for said in ("display:none", 'aria-hidden="true"', 'tabindex="-1"'))
    assert parts.html.index(tag) > parts.html.index("Leave")
    assert address not in parts.text
    assert all("display:none" not in url for url, _ in link_targets(edition(PAGE, TEXT)))
    assert "display:none" not in built.parts(recipient(tracked=False)).html
    without_links = compiled(edition(f"<html><body><p>Hi</p>{FOOTER}</body></html>", "Hi {{ unsubscribe_url }}"))
    assert "display:none" not in without_links.parts(recipient()).html


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_addresses_of_a_mail_are_of_an_even_number(count: int) -> None:
    """rspamd gives an odd one a whole point, and counts those of the plain text too."""
    links = "".join(f'<a href="https://shop.example/{number}">Story {number}</a> ' for number in range(count))
    parts = compiled(edition(f"<html><body>{links}{FOOTER}</body></html>", "Hi {{ unsubscribe_url }}")).parts(
        recipient()
    )
    seen = re.sub(r"<!--.*?-->", "", parts.html)
    addresses = re.findall(r'(?:href|src)="(http[^"]+)"', seen) + re.findall(r"https?://\S+", parts.text)
    assert len(addresses) % 2 == 0


def test_our_own_links_are_no_links_of_the_batch() -> None:
    """Leaving is no click, and neither is anything else behind an address of ours."""
    made = edition(PAGE, TEXT)
    assert [url for url, _ in link_targets(made)] == ["https://shop.example/all?a=1&b=2"]
    parts = compiled(made).parts(recipient(name="x"))
    assert f'href="{BASE}/u/' in parts.html
    assert f"{BASE}/u/" in parts.text


def test_test_mail_counts_nothing_and_unsubscribes_nobody() -> None:
    made = edition(PAGE, is_test=True)
    message = read(compiled(made).build(recipient()))
    assert "/c/" not in body(message, "html")
    token = str(message["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
    assert tokens.read(tokens.UNSUBSCRIBE, token) == (0, 9)


def test_each_occurrence_of_a_link_is_told_apart_and_shared_with_the_text() -> None:
    html = """<a href="https://a.test/">First</a><a href='https://a.test/'><img alt="A cat"></a>
    <a href=https://b.test/>B &amp; C</a><a href="mailto:x@y.test">m</a><a href="#top">t</a><a href="tel:+1">c</a>
    <a href="{{ url }}">own</a><a href="https://c.test/{{ x }}">own</a>
    <!--[if mso]><v:rect href="https://d.test/"><b>Outlook</b></v:rect><![endif]-->"""
    text = "https://a.test/ (https://a.test/) and https://e.test/x, {{ url }} https://c.test/{{ x }}"
    made = edition(html, text)
    assert link_targets(made) == [
        ("https://a.test/", "First"),
        ("https://a.test/", "A cat"),
        ("https://b.test/", "B & C"),
        ("https://d.test/", "Outlook"),
        ("https://e.test/x", "In the plain text"),
    ]
    shown = compiled(made).parts(recipient()).text
    found = [tokens.read(tokens.CLICK, word.strip("(),").rpartition("/")[2]) for word in shown.split() if "/c/" in word]
    assert found == [(1_234_567, 100), (1_234_567, 101), (1_234_567, 104)]
    assert "https://c.test/" in shown


@pytest.mark.parametrize("missing", [{}, {"first_name": None}, {"first_name": ""}, {"first_name": "  "}])
def test_missing_values_leave_no_trace(missing: dict[str, Any]) -> None:
    words = 'Hi {{ first_name|default("there") }}, dear {% if first_name %}{{ first_name }}{% else %}reader{% endif %}'
    message = read(compiled(edition(f"<p>{words}</p>{FOOTER}", words, subject=words)).build(recipient(**missing)))
    for said in (body(message, "html"), body(message, "plain"), message["subject"]):
        assert "Hi there, dear reader" in said
        assert "None" not in said


def test_recipient_cannot_add_headers_or_recipients() -> None:
    built = compiled(edition(PAGE, subject="Hi {{ name }}"))
    message = read(built.build(recipient(name="x\r\nBcc: evil@x.test\r\n\r\n<script>")))
    assert message["Bcc"] is None
    with pytest.raises(ValueError, match="not an address"):
        built.build(Recipient(1, 1, "a@b.test\r\nBcc: c@d.test", {}, True, True))


def test_attribute_of_a_contact_never_hides_the_unsubscribe_link() -> None:
    parts = compiled(edition(PAGE)).parts(
        recipient(unsubscribe_url="https://evil.test/", _open="x", postal_address="y")
    )
    assert "evil.test" not in parts.html
    assert "Hafenstraße 7, 20457 Hamburg" in parts.html


def test_message_is_the_same_however_often_it_is_built() -> None:
    built = compiled(letter_edition())
    first, second = (built.build(recipient(first_name="Ana")) for _ in range(2))
    assert first.replace(first[first.index(b"Date") :].split(b"\r\n")[0], b"") == second.replace(
        second[second.index(b"Date") :].split(b"\r\n")[0], b""
    )


def test_launched_edition_is_compiled_from_the_database(organisation: Organisation) -> None:
    campaign = Campaign.objects.create(
        name="March", subject="News", sender_name="N", sender_email="n@nordlicht.example", blocks=blocks.empty(),
        html='<p>{{ first_name }} <a href="https://shop.example/">shop</a></p>' + FOOTER, content_kind="html",
    )  # fmt: skip
    made = editions.freeze(campaign)
    made.save()
    batch = Batch.objects.create(
        content_kind="edition", content_id=made.pk, rehearsal=True, provider=Provider.objects.sandbox(), lists=[1]
    )
    with pytest.raises(editions.LinksMissing):
        editions.load_edition(batch)
    editions.freeze_links(made, batch)
    editions.freeze_links(made, batch)
    assert Link.objects.get(batch=batch).url == "https://shop.example/"
    message = read(editions.load_edition(batch).build(recipient(first_name="Ana")))
    assert "Ana" in body(message, "html")
    assert "Hafenstraße 7, 20457 Hamburg, Germany" in body(message, "plain")
