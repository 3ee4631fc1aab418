"""The linter finds each fault, and finds none in a good mail."""

import pytest

from delivery import tokens, verp
from delivery.linter import lint

UNSUBSCRIBE = "https://news.nordlicht.example/u/abc"
GOOD = f"""From: Nordlicht <news@nordlicht.example>
To: ana@example.org
Subject: News
Date: Sun, 22 Nov 2026 18:00:00 +0000
Message-ID: <{tokens.seal(tokens.MESSAGE_ID, 7)}@nordlicht.example>
List-Unsubscribe: <{UNSUBSCRIBE}>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
List-Id: Nordlicht <list-1.nordlicht.example>
Feedback-ID: c1:b1:campaign:nordlicht
Precedence: bulk
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hello. Hafenstra=C3=9Fe 7, Hamburg
{UNSUBSCRIBE}

--=_b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<html lang=3D"en"><body><table role=3D"presentation"><tr><td>Hello</td></tr>
</table>Hafenstra=C3=9Fe 7, Hamburg <img src=3D"https://a.test/" alt=3D"">
<a href=3D"{UNSUBSCRIBE}">Leave</a></body></html>

--=_b--
"""


def rules(mail: str | bytes, **known: object) -> list[str]:
    raw = mail.replace("\n", "\r\n").encode() if isinstance(mail, str) else mail
    return [violation.rule for violation in lint(raw, marketing=True, **known)]  # type: ignore[arg-type]


def test_good_mail_has_no_violation() -> None:
    known = {"known_hosts": ["news.nordlicht.example"], "postal_address": "Hafenstraße 7\nHamburg"}
    assert rules(GOOD, envelope_from=verp.address(7, "nordlicht.example"), **known) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Date: ", "X-Date: ", "headers-once"),
        ("To: ana@example.org\n", "To: ana@example.org\nTo: bob@example.org\n", "headers-once"),
        ("Hello.", "Hello. " + "x" * 80, "line-lengths"),
        ("Hello. Haf", "Hello. \n", "line-lengths"),
        ("Subject: News", "Subject: =?utf-8?q?" + "x" * 80 + "?=", "line-lengths"),
        ("Hello. ", "Hellö. ", "ascii"),
        ("Hello. ", ".Hello. ", "line-begins"),
        ("Hello. ", "From here. ", "line-begins"),
        ("List-Unsubscribe: <", "List-Unsubscribe: =?utf-8?q?=3C", "structural-headers"),
        ("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "", "list-headers"),
        ("List-Unsubscribe: <https://", "List-Unsubscribe: <mailto:x@", "list-headers"),
        ("Feedback-ID: c1:b1:campaign:nordlicht", "Feedback-ID: c1", "list-headers"),
        ("Precedence: bulk\n", "", "list-headers"),
        (f"Hamburg\n{UNSUBSCRIBE}", "Hamburg", "bodies"),
        ("text/plain", "text/x-other", "bodies"),
        ("Subject: News", "Subject: Hi {{ name }}", "resolved"),
        ("Hello.", "Hello *|FNAME|*", "resolved"),
        ("To: ana@example.org", "To: ana@example.org, bob@example.org", "strangers"),
        ("Precedence: bulk", "Precedence: bulk\nX-To: ana@example.org", "strangers"),
        ('">Leave', '">Leave</a><a href=3D"">x', "links"),
        ('">Leave', '">Leave</a><a href=3D"http://a.test/">x', "links"),
        ('">Leave', '">Leave</a><a href=3D"shop">x', "links"),
        (' alt=3D""', "", "accessible"),
        (' role=3D"presentation"', "", "accessible"),
        (' lang=3D"en"', "", "accessible"),
        ("<td>Hello", "<td onclick=3D'x'>Hello", "active"),
        ("<td>Hello", "<td><script>x</script>", "active"),
    ],
)
def test_each_fault_is_found(old: str, new: str, rule: str) -> None:
    assert old in GOOD
    assert rule in rules(GOOD.replace(old, new, 1))


def test_bare_line_end_is_found() -> None:
    assert "line-ends" in rules(GOOD.replace("\n", "\r\n").replace("Hello.", "Hel\nlo.").encode())
    assert "line-ends" in rules(GOOD.replace("\n", "\r\n").encode().removesuffix(b"\r\n"))


def test_link_to_a_host_that_is_not_tracked_is_found() -> None:
    assert "links" in rules(GOOD, known_hosts=["other.example"])


def test_missing_postal_address_is_found() -> None:
    assert "postal-address" in rules(GOOD, postal_address="Nowhere 1")


def test_return_address_of_another_message_is_found() -> None:
    assert rules(GOOD, envelope_from=verp.address(8, "nordlicht.example")) == ["envelope"]
    assert rules(GOOD, envelope_from="news@nordlicht.example") == ["envelope"]


def test_large_html_is_found() -> None:
    body = "".join("x" * 70 + "=\n" for _ in range(1400))
    assert "size" in rules(GOOD.replace("<td>Hello", "<td>" + body))


def test_rules_that_are_not_asked_about_say_nothing_and_the_others_all_they_have_to() -> None:
    mail = GOOD.replace("Date: ", "X-Date: ").replace(' alt=3D""', "").replace("Hello. ", "Hello {{ name }}. ")
    assert rules(mail) == ["headers-once", "resolved", "accessible"]
    assert rules(mail, besides={"resolved", "bodies"}) == ["headers-once", "accessible"]
    assert rules(mail, besides={"headers-once", "resolved", "accessible"}) == []
