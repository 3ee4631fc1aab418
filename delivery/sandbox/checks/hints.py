"""What filters may hold against a mail: the linter's rules, and what spam has in common. None of it is a verdict."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError

from accounts.egress import networks
from delivery import html_tokens, linter, markup
from delivery.sandbox.reading import Link, Reading
from delivery.sandbox.words import one_line

_MOST_BYTES = 1_000_000
_MOST_LEVELS = 30  # the standard library's parser asks every level about every line
_SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy"})
_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/:?#].*)?", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+\.\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Hint:
    text: str
    is_rule: bool  # of a standard or a mailbox provider; else a habit of spam


def of(reading: Reading, *, is_ours: bool) -> list[Hint]:
    """`is_ours`: with a return address of ours; what campaigns need is asked of other mail only if it offers it."""
    habits = [Hint(text, is_rule=False) for text in _habits(reading)]
    return [*(Hint(_sentence(text), is_rule=True) for text in _rules(reading, is_ours)), *habits]


def _rules(reading: Reading, is_ours: bool) -> Iterator[str]:
    raw = reading.source
    if len(raw) > _MOST_BYTES or max(raw.count(b"boundary="), raw.count(b"message/rfc822")) > _MOST_LEVELS:
        yield "the mail is too large or too nested to be checked"
        return
    try:
        found = linter.lint(raw, marketing=is_ours and bool(reading.header("List-Unsubscribe")))
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        yield "the mail is not written as RFC 5322 asks, so its rules cannot be checked"
        return
    yield from (violation.text for violation in found)


def _habits(reading: Reading) -> Iterator[str]:
    subject = reading.header("Subject")
    letters = [letter for letter in subject if letter.isalpha()]
    if len(letters) >= 8 and sum(letter.isupper() for letter in letters) > len(letters) * 0.7:
        yield "The subject is written in capitals."
    if subject.count("!") > 1:
        yield "The subject has several exclamation marks."
    if re.match(r"(?:re|fwd?)\s*:", subject, re.IGNORECASE) and not reading.header("In-Reply-To"):
        yield "The subject pretends to be an answer."
    page = list(html_tokens.tokens(reading.html))
    words = one_line(" ".join(token.text for token in page if token.kind == "text"))
    pictures = html_tokens.elements(page, "img")
    if len(pictures) > 1 and len(words) < 200:
        yield "It is nearly all pictures: without them there is little to read."
    for link in reading.links:
        yield from _of_link(link)


def _of_link(link: Link) -> Iterator[str]:
    host = markup.host_of(link.address)
    shown = _HOST.fullmatch(link.text.strip())
    if host in _SHORTENERS:
        yield f"A link hides its target behind {host}."
    elif _NUMBERS.fullmatch(host) and not networks.is_this_machine(host):
        yield f"A link leads to a number instead of a name: {host}."
    elif shown and host and not _is_family(shown[1].lower(), host):
        yield f"A link says “{shown[1][:60]}” and leads to {host[:60]}."


def _is_family(one: str, other: str) -> bool:
    return one.split(".")[-2:] == other.split(".")[-2:]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
