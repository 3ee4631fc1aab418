"""A matrix: every misbehaviour of a server, and what it may do to the message, the person, the campaign, the provider.

Twenty people, of whom p3 is the one that the server has something against. Each row runs chained and, where that
may differ, step by step.
"""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contacts.models import Suppression
from delivery.ledger import tally
from delivery.models import Breaker, Message, Waiting
from delivery.transports.smtp import opening
from tests.delivery.engine.certificates import Authority
from tests.delivery.engine.server import DROP, SILENT, Talk

PEOPLE = 20
LIMITS = ["SIZE 10485760", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]


def p3(words: str) -> Callable[[Talk], str | None]:
    return lambda talk: words if talk.recipient.startswith("p3@") else None


def all_of_them(words: str) -> Callable[[Talk], str | None]:
    return lambda talk: words


def first_time(words: str) -> Callable[[Talk], str | None]:
    asked: list[Talk] = []

    def rule(talk: Talk) -> str | None:
        asked.append(talk)
        return words if len(asked) == 1 else None

    return rule


def after(count: int, words: str) -> Callable[[Talk], str | None]:
    return lambda talk: words if talk.accepted >= count else None


@dataclass(frozen=True)
class Row:
    """`rules` make the server's rules by stage anew for each run; the rest is what must come of it."""

    rules: dict[str, Callable[[], Callable[[Talk], str | None]]] = field(default_factory=dict)
    line: str = "20 = 20 + 0 + 0 + 0 + 0"
    suppressed: frozenset[str] = frozenset()
    waits: timedelta | None = None  # p3 is tried again, this much later at least
    paused: str = ""  # the campaign, for this reason
    trouble: str = ""  # the provider's: a part of its words
    is_open: bool = False  # and nothing goes to it for now
    features: tuple[str, ...] = tuple(LIMITS)
    server: dict[str, Any] = field(default_factory=dict)
    provider: dict[str, Any] = field(default_factory=dict)
    kilobytes: int = 1
    certificate: Callable[[Authority], ssl.SSLContext] | None = None
    patience: float | None = None  # seconds for an answer, where none comes; else as usual, for a busy machine is late


DEAD = frozenset({"p3@example.org"})
MINUTES = timedelta(minutes=3.7)  # the first wait is five, give or take a quarter
ONE_WAITS = "20 = 19 + 1 + 0 + 0 + 0"
ONE_REFUSED = "20 = 19 + 0 + 1 + 0 + 0"
ONE_UNCERTAIN = "20 = 19 + 0 + 0 + 1 + 0"
ALL_WAIT = "20 = 0 + 20 + 0 + 0 + 0"
LOGIN = {"username": "ada"}

ROWS = {
    # A person's mailbox
    "unknown user": Row({"rcpt": lambda: p3("550 5.1.1 no such user here")}, ONE_REFUSED, DEAD),
    "closed mailbox": Row({"rcpt": lambda: p3("550 5.2.1 mailbox disabled")}, ONE_REFUSED, DEAD),
    "bare refusal": Row({"rcpt": lambda: p3("550 no")}, ONE_REFUSED),
    "full for now": Row({"rcpt": lambda: p3("452 4.2.2 mailbox full")}, ONE_WAITS, waits=MINUTES),
    "full": Row({"rcpt": lambda: p3("552 5.2.2 over quota")}, ONE_WAITS, waits=MINUTES),
    "busy": Row({"rcpt": lambda: p3("450 4.2.0 try later")}, ONE_WAITS, waits=MINUTES),
    "greylisted": Row(
        {"rcpt": lambda: p3("451 4.7.1 Greylisted, try again in 900 seconds")},
        ONE_WAITS,
        waits=timedelta(seconds=890),
    ),
    "unknown user after the message": Row({"dot": lambda: p3("550 5.1.1 user unknown")}, ONE_REFUSED, DEAD),
    # The message
    "spam": Row({"dot": lambda: p3("554 5.7.1 message rejected as spam")}, ONE_REFUSED),
    "not now": Row({"dot": lambda: p3("451 4.3.0 local error in processing")}, ONE_WAITS, waits=MINUTES),
    "refused in many lines": Row(
        {"dot": lambda: p3("554-5.7.1 we do not\r\n554-5.7.1 like\r\n554 5.7.1 this content")}, ONE_REFUSED
    ),
    "too large": Row(line="", features=("SIZE 2000",), kilobytes=4, paused="size"),
    # Us
    "sender refused": Row({"mail": lambda: all_of_them("550 5.1.8 sender rejected")}, ALL_WAIT, paused="sender"),
    "relaying denied": Row({"rcpt": lambda: all_of_them("554 5.7.1 relay access denied")}, "", paused="sender"),
    "wants encryption": Row(
        {"mail": lambda: all_of_them("530 5.7.0 Must issue a STARTTLS command first")},
        ALL_WAIT,
        trouble="STARTTLS",
        is_open=True,
    ),
    "login refused": Row(
        {"auth": lambda: all_of_them("535 5.7.8 bad credentials")},
        ALL_WAIT,
        trouble="password",
        is_open=True,
        provider=LOGIN,
        features=("AUTH PLAIN",),
    ),
    "login refused for now": Row(
        {"auth": lambda: all_of_them("454 4.7.0 temporary authentication failure")},
        ALL_WAIT,
        provider=LOGIN,
        features=("AUTH PLAIN",),
    ),
    "quota used up": Row(
        {"dot": lambda: p3("454 4.7.0 Throttling failure: Daily message quota exceeded")},
        "",
        trouble="limit",
        is_open=True,
    ),
    "no service": Row({"greeting": lambda: all_of_them("554 5.3.2 no SMTP service here")}, ALL_WAIT, is_open=True),
    "too busy": Row({"greeting": lambda: all_of_them("421 4.3.2 too many connections")}, ALL_WAIT),
    "expired certificate": Row(
        line=ALL_WAIT,
        trouble="expired",
        provider={"security": "starttls"},
        certificate=lambda authority: authority.context(days=-1),
    ),
    "certificate of somebody else": Row(
        line=ALL_WAIT,
        trouble="it is for another address",
        provider={"security": "starttls"},
        certificate=lambda authority: authority.context(host="other.example"),
    ),
    "words slipped in before encryption": Row(
        provider={"security": "starttls"},
        server={"inject_before_tls": b"250-evil.example\r\n250 AUTH PLAIN\r\n"},
        certificate=lambda authority: authority.context(),
        line="",
    ),
    # The connection
    "goes after some": Row({"mail": lambda: after(4, "421 4.7.0 enough for one connection")}),
    "cut at MAIL": Row({"mail": lambda: first_time(DROP)}),
    "cut at RCPT": Row({"rcpt": lambda: first_time(DROP)}),
    "cut before the dot": Row({"body": lambda: first_time(DROP)}, kilobytes=4_000),
    "cut after the dot": Row({"dot": lambda: p3("taken and gone")}, ONE_UNCERTAIN),
    "silent at RCPT": Row({"rcpt": lambda: p3(SILENT)}, ONE_WAITS, waits=MINUTES, patience=2),
    "silent after the dot": Row({"dot": lambda: p3(SILENT)}, ONE_UNCERTAIN, patience=2),
    "slow": Row(server={"delay": 0.005}),
    "speaks garbage": Row({"greeting": lambda: all_of_them("HTTP/1.1 400 Bad Request")}, ALL_WAIT, trouble="cannot"),
    "asks for a message it refused": Row(
        {"rcpt": lambda: p3("550 5.1.1 no such user"), "data": lambda: p3("354 go on")}, ONE_REFUSED, DEAD
    ),
    "accepts before the dot": Row({"data": lambda: first_time("354 go\r\n250 2.0.0 taken already")}),
    "says what nobody asked": Row({"rset": lambda: all_of_them("250 ok"), "dot": lambda: first_time("250 a\r\n250 b")}),
    "knows nothing": Row({"ehlo": lambda: all_of_them("502 5.5.1 what?")}, features=()),
}


def _cases() -> Iterator[Any]:
    """Before the first MAIL there is nothing to chain."""
    for name, row in ROWS.items():
        yield pytest.param(row, True, id=f"{name}, chained")
        if row.rules.keys() <= {"mail", "rcpt", "data", "body", "dot"} and not row.certificate:
            yield pytest.param(row, False, id=f"{name}, step by step")


@pytest.mark.parametrize(("row", "chained"), list(_cases()))
def test_a_misbehaving_server_does_only_the_damage_it_may(
    row: Row,
    chained: bool,
    authority: Authority,
    serve: Any,
    provider_of: Any,
    batch_of: Any,
    send: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if row.patience is not None:
        monkeypatch.setattr(opening, "COMMAND_SECONDS", row.patience)
        monkeypatch.setattr(opening, "DOT_SECONDS", row.patience)
    server = serve(
        features=[*(["PIPELINING"] if chained else []), *row.features],
        rules={stage: make() for stage, make in row.rules.items()},
        context=row.certificate(authority) if row.certificate else None,
        **row.server,
    )
    provider = provider_of(server, connections=2, **row.provider)
    if provider.username:
        provider.password = "wrong"
        provider.save()
    batch = batch_of(provider, PEOPLE, content_id=row.kilobytes)
    send(batch)

    line = tally(batch)
    assert line.unaccounted == 0
    assert not row.line or line.words == row.line
    assert not server.twice()
    taken = [name for name in server.accepted() if name != "<none>"]  # a dot alone that ends a message for nobody
    assert line.accepted <= len(taken) <= line.accepted + line.uncertain
    assert set(Suppression.objects.values_list("email", flat=True)) == row.suppressed
    assert (batch.state == "paused") == bool(row.paused), batch.state_reason
    assert row.paused in batch.state_reason.lower()
    trouble = Breaker.objects.filter(provider=provider).first()
    assert row.trouble in (trouble.words if trouble else "")
    assert bool(trouble and trouble.state == "open") == row.is_open, trouble and trouble.words
    waiting = Waiting.objects.filter(message_id=Message.objects.get(batch=batch, email="p3@example.org").pk).first()
    if row.waits is not None:
        assert waiting is not None
        assert waiting.retry_at is not None
        assert waiting.retry_at > timezone.now() + row.waits - timedelta(seconds=20)
