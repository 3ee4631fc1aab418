import time
from email.header import Header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from delivery.sandbox import headers, words
from delivery.sandbox.reading import Link, Reading
from tests.delivery.sandbox.conftest import RAW


def mail(html: str = "<p>Hi</p>", **extra: str) -> Reading:
    message = EmailMessage()
    message["Subject"] = "Hi"
    for name, value in extra.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hi\n")
    message.add_alternative(html, subtype="html")
    return Reading(message.as_bytes())


def test_the_list_shows_headers_unfolded_and_decoded() -> None:
    listed = headers.read(RAW)
    assert listed.sender == "Bücherwurm <news@nordlicht.example>"
    assert listed.subject == "Sommer grüße"
    assert listed.message_id == "<1@nordlicht.example>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Shop (http://a.example/c/x1): new (and old)", "Shop : new (and old)"),
        ("Read on: https://a.example/c/x?y=1 – see you", "Read on: – see you"),
        ("https://a.example/", ""),
        (f"https://a.example/{'x' * 400} Hello", "Hello"),
        ("Two words", "Two words"),
    ],
)
def test_the_list_shows_how_the_text_begins_without_addresses_of_links(text: str, shown: str) -> None:
    assert words.preview(text) == shown


def test_a_header_name_inside_the_body_is_not_taken_for_a_header() -> None:
    assert headers.read(b"From: a@b.c\r\n\r\nSubject: forged\r\n").subject == ""


def test_text_and_html_are_decoded() -> None:
    reading = mail("<p>Grüße 🎈</p>")
    assert "Grüße 🎈" in reading.html
    assert reading.text == "Hi\n"


def test_links_come_with_their_words_or_the_words_of_their_picture() -> None:
    reading = mail(
        '<a href="https://a.example/?x=1&amp;y=2">Our <b>new</b>\n bikes</a>'
        '<a href="mailto:x@y.z"><img alt="Write"></a>'
        '<a name="top">no link</a><a href="https://b.example">'
    )
    assert reading.links == [
        Link("Our new bikes", "https://a.example/?x=1&y=2"),
        Link("Write", "mailto:x@y.z"),
        Link("", "https://b.example"),
    ]
    assert [link.is_web for link in reading.links] == [True, False, True]


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><html><head><title>x</title></head><body>x</body></html>",
        "<html><head lang=de></head>x",
        "<!DOCTYPE html>x",
        "<p>x</p>",
    ],
)
def test_links_of_the_shown_mail_open_new_tabs_without_ending_its_doctype(html: str) -> None:
    shown = mail(html).html_in_new_tabs
    assert shown.count('<base target="_blank">') == 1
    if html.lower().startswith("<!doctype"):
        assert shown.lower().startswith("<!doctype html>")


def test_one_click_needs_both_headers() -> None:
    address = "https://news.example/u/abc"
    both = mail(List_Unsubscribe=f"<mailto:x@y.z>, <{address}>", List_Unsubscribe_Post="List-Unsubscribe=One-Click")
    assert both.unsubscribe_address == address
    assert mail(List_Unsubscribe=f"<{address}>").unsubscribe_address == ""
    assert mail(List_Unsubscribe_Post="List-Unsubscribe=One-Click").unsubscribe_address == ""


@example(b"=?u\xff\xfetf-8?q?x?=\r\n\r\n")
@given(st.binary(max_size=600))
def test_no_mail_is_too_broken_to_be_shown(raw: bytes) -> None:
    for source in (raw, b"Subject: " + raw, b"Content-Type: text/html; charset=" + raw + b"\r\n\r\n<a href=x>"):
        listed = headers.read(source)
        reading = Reading(source)
        shown = [*reading.headers, reading.html_in_new_tabs, reading.text, reading.links, reading.unsubscribe_address]
        assert shown is not None
        assert "\0" not in listed.subject + listed.sender + listed.message_id


@example("<![unknown[ ]]>")
@example("'><![if><![")
@given(st.text(max_size=300))
def test_no_html_is_too_broken_for_its_links(text: str) -> None:
    assert isinstance(mail(f"<a href='{text}'>{text}</a><a {text}").links, list)


def nested(levels: int) -> bytes:
    heads = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(levels)
    )
    return heads + b"Content-Type: text/html\r\n\r\n<p>Deep</p>\r\n"


def test_mail_nested_far_too_deep_is_shown_without_what_lies_there() -> None:
    reading = Reading(b"Subject: Deep\r\n" + nested(1500))
    assert (reading.header("Subject"), reading.html, reading.text) == ("Deep", "", "")
    assert Reading(nested(5)).html.strip() == "<p>Deep</p>"


@pytest.mark.parametrize(
    "piece", ["<a href=x", "<a href=x>", "<a href='x", "<!--", "<![", "<head ", "&amp", "<", "</", "<a b=c ", "= "]
)
def test_time_of_reading_grows_with_the_mail_alone(piece: str) -> None:
    """Seen with much more of the same: ten times as much takes no more than thirty times as long, at best of three."""

    def seconds(size: int) -> float:
        reading = Reading(b"Content-Type: text/html\r\n\r\n" + (piece * (size // len(piece))).encode())
        began = time.process_time()
        assert reading.html_in_new_tabs
        assert isinstance(reading.links, list)
        return time.process_time() - began

    assert min(seconds(200_000) for _ in range(3)) < 30 * max(seconds(20_000), 0.005)


def test_parts_are_found_as_the_standard_library_finds_them() -> None:
    message = EmailMessage()
    message.set_content("Grüße\n", cte="base64")
    message.add_alternative("<p>Grüße = schön</p>\n", subtype="html", cte="quoted-printable")
    message.add_attachment("<p>Not shown</p>", subtype="html", filename="a.html")
    reading = Reading(message.as_bytes())
    assert (reading.text, reading.html) == ("Grüße\n", "<p>Grüße = schön</p>\n")


@pytest.mark.parametrize(
    "words", ["Grüße", "日本語のとても長い件名です。" * 9, "a_b=c?d", "€ 5 – heute", "x" * 200 + "é"]
)
def test_words_encoded_by_others_are_read_as_they_were_written(words: str) -> None:
    for encoded in (Header(words, "utf-8").encode(), Header(words, "utf-8").encode().replace("utf-8", "UTF-8")):
        assert headers.decoded(encoded.encode()) == words
