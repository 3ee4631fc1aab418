"""What strangers and marketers write, read by our own readers: each must come back, and keep what it promises.

A target takes any bytes and raises only when a promise is broken. Errors that a reader declares are fine.
"""

import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from campaigns.content import html, sheet_cleaning
from campaigns.mail_imports import addresses
from campaigns.mail_imports import reading as brought
from campaigns.merge import language
from campaigns.message import plaintext
from contacts.importing.reading import records
from delivery import bounces, replies, tokens
from delivery.bounces import Kind, arf
from delivery.domains.delivered import reading as delivered
from delivery.domains.dmarc_reports import parsing
from delivery.feedback.webhooks import reading
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.request import Request
from delivery.html_tokens import tokens as html_tokens
from delivery.reputation.figures import reading as figures
from delivery.sandbox.headers import read as read_headers
from delivery.sandbox.reading import Reading

_PEOPLE: tuple[language.Values, ...] = ({}, {"first_name": "<script>\"Ana'{{ x }}", "city": 7, "birthday": None})
LONGEST = 4_000  # bytes: promises about size have tests of their own


@dataclass(frozen=True)
class Target:
    """`listed` are the words its inputs are made of, parted by ¦: fuzzers put them together."""

    run: Callable[[bytes], None]
    listed: str

    @property
    def words(self) -> list[str]:
        return self.listed.split("¦")


def _text(data: bytes) -> str:
    return data[:LONGEST].decode("utf-8", "replace")


def merge_language(data: bytes) -> None:
    """What the check lets through is rendered, whatever a person's values are."""
    template = _text(data)
    if language.check(template):
        return
    for values in _PEOPLE:
        assert isinstance(language.render(template, values), str)


def html_scanner(data: bytes) -> None:
    """Tokens are the source in pieces: nothing is lost, nothing read twice."""
    source = _text(data)
    assert "".join(token.text for token in html_tokens(source)) == source


def cleaning(data: bytes) -> None:
    """Cleaning what was cleaned changes nothing, and no script is left in what people get."""
    cleaned = html.clean(_text(data))
    assert html.clean(cleaned) == cleaned
    if language.check(cleaned):
        return
    for values in _PEOPLE:
        sent = language.render(cleaned, values)
        assert not any(token.is_opening and token.name == "script" for token in html_tokens(sent))


def style_sheet(data: bytes) -> None:
    """No import is left in what people get, nor one that cleaning or merge tags put together out of halves."""
    cleaned = html.clean(f"<style>{_text(data)}</style>")
    assert html.clean(cleaned) == cleaned
    if language.check(cleaned):
        return
    for values in _PEOPLE:
        sent = language.render(cleaned, values)
        sheets = [token.text for token in html_tokens(sent) if token.kind == "raw" and token.name == "style"]
        assert not any(sheet_cleaning.clean(sheet)[1] for sheet in sheets)


def plain_text(data: bytes) -> None:
    text = plaintext.from_html(_text(data))
    assert not text or text.endswith("\n")


def token(data: bytes) -> None:
    """Nobody guesses one: what is read is what we would seal ourselves."""
    written = _text(data)
    for purpose in (tokens.OPEN, tokens.CLICK, tokens.UNSUBSCRIBE, tokens.BOUNCE, tokens.MESSAGE_ID):
        found = tokens.read(purpose, written)
        assert found is None or tokens.read(purpose, tokens.seal(purpose, *found)) == found


def csv(data: bytes) -> None:
    """Every line is in a record or named as broken; line numbers rise."""
    for encoding, delimiter in (("utf-8-sig", ","), ("utf-16", ";"), ("cp1252", "\t")):
        numbers = [number for number, _ in records.records(io.BytesIO(data[:LONGEST]), encoding, delimiter)]
        assert numbers == sorted(numbers)


def complaint(data: bytes) -> None:
    report = arf.read(data)
    assert report is None or isinstance(report.feedback_type, str)


def returned_mail(data: bytes) -> None:
    """Whatever comes back, what is found of it can be stored, and suppresses only people whom it names."""
    trace = bounces.trace(data)
    assert len(trace.envelope_addresses) <= 20 and len(trace.message_ids) <= 20  # noqa: PT018
    for found in bounces.read(data):
        assert len(found.diagnostic) <= 1_000 and "\0" not in found.diagnostic  # noqa: PT018
        assert found.kind in (Kind.BOUNCE, Kind.COMPLAINT) or not found.suppresses


def sandbox_mail(data: bytes) -> None:
    mail = Reading(data[:LONGEST])
    read_headers(data[:LONGEST])
    _ = mail.headers, mail.html_in_new_tabs, mail.text, mail.links, mail.unsubscribe_address


def reply(data: bytes) -> None:
    """A mail server may say anything; nobody is suppressed for what is not a last refusal."""
    text = _text(data)
    for stage, code in (("rcpt", 550), ("rcpt", 450), ("data", 552), ("connect", 421)):
        verdict = replies.classify(stage, code, None, text)
        assert code >= 500 or not verdict.suppresses


_HTML = (
    '<p>¦</p>¦<a href="https://a.example/?x=1&amp;y=2">¦</a>¦<table><tr><td>¦</td></tr></table>¦<style>¦</style>¦'
    "@media screen{¦.a{color:red}¦}¦<!--¦-->¦<!--[if mso]>¦<![endif]-->¦<script>¦</script>¦<![CDATA[¦"
    "<img src=x onerror=y>¦<svg>¦<math>¦<title>¦</title>¦=¦'¦{{ first_name }}¦{% if city %}¦{% endif %}¦&#106;¦"
    'javascript:¦style="color:red"¦\u202e¦é'
)


def webhook(data: bytes) -> None:
    """Whatever comes, in the form of any provider, is read or declared unreadable."""
    for kind in kinds():
        for form in ("application/json", "application/x-www-form-urlencoded"):
            with suppress(ValueError):
                for heard in reading.read(kind, Request({"content-type": form}, data).raw(kind)):
                    assert "\0" not in heard.kind + heard.diagnostic + heard.recipient
                    assert heard.message_ids == frozenset()


def brought_mail(data: bytes) -> None:
    """A mail from elsewhere is read or refused in words; looking for its pictures changes not a character of it."""
    words = brought.decoded(data[:LONGEST])
    assert addresses.with_pictures(words, lambda address: address) == words
    assert len(set(addresses.pictures(words))) == len(addresses.pictures(words))
    addresses.absolute(words, "https://a.example/mails/")
    if "<mjml" not in words.lower():  # what compiles that is others' work, and runs in a child
        with suppress(brought.Unusable):
            assert "\0" not in brought.text(words).text


def dmarc_report(data: bytes) -> None:
    """What a mailbox reports can be stored, or it is said why not."""
    with suppress(parsing.NoReport):
        report = parsing.parse(data[:LONGEST])
        assert report.domain and report.mails >= 0  # noqa: PT018
        assert all("\0" not in f"{row.from_domain}{row.dkim_domain}{row.reason}" for row in report.rows)


def figures_of_mailboxes(data: bytes) -> None:
    with suppress(figures.NotReadable):
        table = figures.read(data[:LONGEST], datetime(2026, 11, 29, tzinfo=UTC))
        assert table.empty <= len(table.lines)


def delivered_mail(data: bytes) -> None:
    """Whatever a mailbox wrote on it, it is no mail of ours, or what is found of it is short."""
    arrived = delivered.read(f"X-Tallypost-Check: {'a1' * 12}\n".encode() + data[:LONGEST])
    assert arrived is None or all(len(one.domain) <= 253 for one in arrived.results)


TARGETS: Mapping[str, Target] = {
    "merge_language": Target(
        merge_language,
        "{{ first_name }}¦{{¦}}¦{%¦%}¦{#¦#}¦if ¦elif ¦else¦endif¦for x in ¦endfor¦first_name¦city¦"
        '|default("x")¦|upper¦|url¦==¦<¦ in ¦not ¦(¦)¦"¦7¦.',
    ),
    "html_scanner": Target(html_scanner, _HTML),
    "cleaning": Target(cleaning, _HTML),
    "style_sheet": Target(
        style_sheet,
        '@import url(¦@media print{¦@font-face{¦}¦{¦;¦a:not(.b)¦url("x")¦/*¦*/¦\\61¦!important¦\'¦"¦color:red¦)',
    ),
    "plain_text": Target(plain_text, f"{_HTML}¦<pre>¦</pre>¦<br>¦<li>¦<dl><dt>¦<dd>¦hidden¦\u00ad"),
    "token": Target(token, "oA¦c¦_¦-¦.¦AAAA¦gg¦="),
    "csv": Target(csv, 'email¦a@b.example¦,¦;¦\t¦"¦""¦\n¦\r\n¦\0¦sep=;¦ä'),
    "complaint": Target(
        complaint,
        "Content-Type: multipart/report; report-type=feedback-report; boundary=x¦\r\n¦--x¦--x--¦; charset=é¦"
        "Content-Type: message/feedback-report¦Feedback-Type: abuse¦Content-Type: message/rfc822¦To: a@b.example",
    ),
    "returned_mail": Target(
        returned_mail,
        "From: MAILER-DAEMON¦To: bounce+1@a.example¦Subject: failure notice¦X-Failed-Recipients: ¦Auto-Submitted: ¦"
        "Content-Type: multipart/report; boundary=x¦\r\n\r\n¦\n¦--x¦--x--¦Content-Type: message/delivery-status¦"
        "Content-Type: message/global-delivery-status¦Final-Recipient: rfc822; a@b.example¦Action: failed¦"
        "Action: delayed¦Status: 5.1.1¦Diagnostic-Code: smtp; 550 user unknown¦Will-Retry-Until: ¦<a@b.example>:¦"
        "Content-Type: message/rfc822¦Received: ¦> ¦--- original message ---¦queue for up to 7 days¦<<< 550 ¦>>> DATA",
    ),
    "sandbox_mail": Target(
        sandbox_mail,
        "Content-Type: multipart/mixed; boundary=x¦Content-Type: text/html; charset=utf-7¦\r\n¦--x¦--x--¦"
        "Subject: =?utf-8?q?a=C3?=¦List-Unsubscribe: <https://a.example>¦Content-Transfer-Encoding: base64¦" + _HTML,
    ),
    "webhook": Target(
        webhook,
        '[¦]¦{¦}¦:¦,¦"¦null¦7¦"event"¦"bounce"¦"msys"¦"message_event"¦"type"¦"data"¦"email.bounced"¦"RecordType"¦"Bounce"¦'
        '"event-data"¦"failed"¦"payload"¦"status"¦"HardFail"¦"Type":"Notification"¦"TopicArn":""¦"Message"¦"{}"¦'
        "mandrill_events=¦%7B%7D¦\\ud800¦\0",
    ),
    "brought_mail": Target(
        brought_mail,
        f'{_HTML}¦srcset="¦a.png 2x¦, ¦"¦url(&quot;¦)¦background=¦'
        '{"format":"tallypost-campaign","version":1,"blocks":¦'
        '{"blocks":[]}¦}¦[¦{"kind":"text","html":"¦<title>¦</title>¦<meta charset=',
    ),
    "dmarc_report": Target(
        dmarc_report,
        "<feedback>¦</feedback>¦<report_metadata>¦<org_name>a</org_name>¦<report_id>1</report_id>¦<date_range>¦<begin>1¦"
        "<end>2¦</¦<policy_published><domain>a.example</domain>¦<record><row><source_ip>192.0.2.1</source_ip><count>7¦"
        "<auth_results>¦<dkim><domain>¦<result>pass¦<identifiers><header_from>¦<?xml version='1.0' encoding='¦'?>¦&lt;",
    ),
    "figures": Target(
        figures_of_mailboxes,
        "Date,User Reported Spam Rate\n¦2026-11-28,¦0.1%¦Domain¦a.example,¦,¦\n¦192.0.2.1,11/28/2026 1:00 AM,¦"
        "IP Address,"
        'Activity start,Activity end,Message recipients,Filter result,Complaint rate\n¦GREEN¦< 0.1%¦\t¦\r\n¦"',
    ),
    "delivered_mail": Target(
        delivered_mail,
        "Authentication-Results: mx.a.example;¦dkim=pass header.d=a.example¦ spf=fail (¦)¦ smtp.mailfrom=¦;¦\r\n¦\n ¦"
        "DKIM-Signature: v=1; d=a.example; s=k1; h=from:list-unsubscribe¦List-Unsubscribe: ¦\0¦dmarc=",
    ),
    "reply": Target(reply, "5.1.1 ¦4.2.2 ¦user unknown¦mailbox full¦blocked¦<a@b.example>¦try again in 5 min"),
}
