"""What of a mail arrives as we wrote it with a service, part by part.

Asked of django-anymail, which refuses a part that a service cannot be told; the rest is what services document.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from delivery.content import Attached, Parts
from delivery.models import Provider
from delivery.transports.api import catalogue
from delivery.transports.api.catalogue import Listed
from delivery.transports.api.forms import Mail, Service
from delivery.transports.api.transport import account_of, service_of
from delivery.transports.base import CannotCarry

_HEADERS = {
    "List-Unsubscribe": "<https://news.example/u/1>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "<list.example>",
    "Feedback-ID": "c:b:campaign:s",
    "Precedence": "bulk",
    "Reply-To": "answers@news.example",
    "Message-ID": "<1@news.example>",
    "Date": "Thu, 01 Jan 2026 00:00:00 +0000",
}
_LOST = {
    "Message-ID": "{name} gives each mail one of its own; its webhook names ours all the same.",
    "Date": "{name} writes the time at which it sends.",
}
_KEPT = "Our links and pictures stay as they are: its tracking is switched off for our mail."


@dataclass(frozen=True, slots=True)
class Row:
    part: str
    arrives: bool
    words: str = ""


def table(provider: Provider) -> list[Row]:
    """Empty for a provider that is no API. Raises secrets.Unreadable."""
    listed = catalogue.of(provider)
    return list(_rows(provider, listed)) if listed else []


def _rows(provider: Provider, listed: Listed) -> Iterator[Row]:
    service = service_of(account_of(provider))
    for header, value in _HEADERS.items():
        if header in listed.replaces:
            yield Row(header, False, _LOST[header].format(name=listed.name))
            continue
        try:
            service.write(_mail(header, value))
        except CannotCarry as problem:
            yield Row(header, False, problem.words)
        else:
            on_condition = listed.headers if header not in ("Reply-To", "Precedence") else ""
            yield Row(header, not on_condition, on_condition)
    yield _attachments(service, listed)
    yield Row("Return path", False, listed.return_path)
    yield Row(
        "Links and pictures", not listed.tracking, listed.tracking or ("" if listed.service == "amazon_ses" else _KEPT)
    )


def _attachments(service: Service, listed: Listed) -> Row:
    size = (
        f"Mails of up to {listed.largest_mb} MB, attachments counted as they are encoded." if listed.largest_mb else ""
    )
    mail = _mail("Reply-To", "answers@news.example")
    parts = replace(mail.parts(), attached=lambda: (Attached("a.pdf", "application/pdf", b"%PDF-"),))
    try:
        service.write(replace(mail, parts=lambda: parts))
    except CannotCarry as problem:
        return Row("Attachments", False, problem.words)
    return Row("Attachments", True, size)


def _mail(header: str, value: str) -> Mail:
    headers = [("From", "News <news@news.example>"), ("To", "ada@example.org"), (header, value)]
    parts = Parts(headers, "Hello", "<p>Hello</p>", "Hello")
    raw = "".join(f"{name}: {said}\r\n" for name, said in headers).encode("ascii") + b"\r\nHello\r\n"
    return Mail("ada@example.org", "bounces@news.example", "mark", lambda: raw, lambda: parts)
