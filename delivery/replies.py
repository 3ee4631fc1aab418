"""What a server's reply means for the message, the person, the batch and the provider. Pure.

Where it was said decides first: before RCPT a server speaks of us or of the provider, never of a person, so nothing
said there suppresses anybody or ends a message. Then come rules for providers whose wording is their own, enhanced
codes, words, and last the basic code.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from delivery.reply_rules import BASIC, ENHANCED, SPECIFIC, TEXT, Category

__all__ = ["WORDS", "Category", "Stage", "Verdict", "classify", "hint_seconds"]

C = Category


class Stage(StrEnum):
    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # from 354 to the reply to the final dot


@dataclass(frozen=True, slots=True)
class Verdict:
    """`is_permanent` is about the message: False means it is tried again (at once after the cure, when the provider or
    the batch pauses). `suppresses`: the address gets nothing more. `suppresses_when_confirmed`: only if the same is
    said again a day or more later. `slows`: the provider wants less; `counts_soft`: a soft bounce of this person.
    `hint_seconds`: the server named a time to wait."""

    category: Category
    is_permanent: bool = False
    suppresses: bool = False
    suppresses_when_confirmed: bool = False
    pauses_provider: bool = False
    pauses_batch: bool = False
    slows: bool = False
    counts_soft: bool = False
    hint_seconds: float | None = None

    @property
    def retries(self) -> bool:
        return not self.is_permanent


WORDS: dict[Category, str] = {
    C.INVALID_RECIPIENT: "The address does not exist.",
    C.BAD_DOMAIN: "The domain of the address takes no mail.",
    C.INACTIVE_MAILBOX: "The mailbox is closed.",
    C.MAILBOX_FULL: "The mailbox is full.",
    C.MESSAGE_TOO_LARGE: "The server refuses messages of this size.",
    C.GREYLIST: "The server asks to come back in some minutes.",
    C.THROTTLE: "The server asks us to slow down.",
    C.CONN_LIMIT: "The server takes fewer connections at a time.",
    C.BLOCK_REPUTATION: "The server blocks the sending address for its reputation.",
    C.SPAM_CONTENT: "The server takes the content for spam.",
    C.AUTH_POLICY: "SPF, DKIM, DMARC or reverse DNS of the sender do not satisfy the server.",
    C.PROVIDER_AUTH: "The provider refused the user name or password.",
    C.PROVIDER_QUOTA: "The provider's sending limit is used up.",
    C.RELAY_DENIED: "The provider does not carry mail for this sender.",
    C.SENDER_NOT_VERIFIED: "The provider does not accept this sender address.",
    C.SMTPUTF8: "The provider cannot carry addresses with international characters.",
    C.NETWORK: "The connection failed.",
    C.PROTOCOL: "The server did not speak the protocol as expected.",
    C.EXPIRED: "It could not be delivered in time.",
    C.COMPLAINT: "The person marked it as spam.",
    C.UNKNOWN: "The server gave a reason we do not know.",
}

_BEFORE_RCPT = frozenset({Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL})
_ABOUT_A_PERSON = frozenset({C.INVALID_RECIPIENT, C.BAD_DOMAIN, C.INACTIVE_MAILBOX, C.MAILBOX_FULL, C.GREYLIST})
_ALWAYS_RETRIED = frozenset(
    {C.MAILBOX_FULL, C.GREYLIST, C.THROTTLE, C.CONN_LIMIT, C.NETWORK, C.PROVIDER_AUTH, C.PROVIDER_QUOTA}
)
_STOPS_THE_BATCH = frozenset({C.MESSAGE_TOO_LARGE, C.AUTH_POLICY, C.RELAY_DENIED, C.SENDER_NOT_VERIFIED})
_LOGIN_CODES = frozenset({530, 534, 535, 538})


def classify(stage: Stage | str, code: int | None, enhanced: str | None = None, text: str = "") -> Verdict:
    """`code` None: no reply came (refused, reset, timed out, TLS failed). `enhanced` may also stand in the text."""
    stage = Stage(stage)
    if code is None:
        return Verdict(C.NETWORK)
    words = " ".join(text[:2000].lower().split())
    category = _category(stage, code, enhanced or "", words)
    return _verdict(stage, code, category, words)


def hint_seconds(text: str) -> float | None:
    """The time a server asks us to wait, if it names one."""
    found = _HINT.search(text[:2000].lower())
    if not found:
        return None
    number = float(found["number"])
    return number * _UNITS[found["unit"][0]]


_HINT = re.compile(
    r"(?:again|retry|wait|back|in|after|for|least)\D{0,24}?(?P<number>\d{1,5}) ?"
    r"(?P<unit>s\b|secs?\b|seconds?|m\b|mins?\b|minutes?|h\b|hrs?\b|hours?)"
)
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def _category(stage: Stage, code: int, enhanced: str, words: str) -> Category:
    by_stage = _by_stage(stage, code, words)
    if by_stage:
        return by_stage
    category = _by_rules(code, enhanced, words)
    if stage in _BEFORE_RCPT and category in _ABOUT_A_PERSON:
        return C.SENDER_NOT_VERIFIED if stage == Stage.MAIL and code >= 500 else C.UNKNOWN
    return category


def _by_stage(stage: Stage, code: int, words: str) -> Category | None:
    """What the place alone decides. A server may plead overload or quota anywhere, so that is asked first."""
    if code in _LOGIN_CODES and stage in _BEFORE_RCPT:
        return C.PROVIDER_AUTH
    if stage == Stage.AUTH:
        asked = _by_words(SPECIFIC, words)
        return asked if asked in (C.THROTTLE, C.PROVIDER_QUOTA) else C.PROVIDER_AUTH if code != 421 else None
    if stage == Stage.STARTTLS:
        return C.NETWORK
    if stage == Stage.EHLO and 500 <= code <= 504:
        return C.PROTOCOL
    return None


def _by_rules(code: int, enhanced: str, words: str) -> Category:
    detail = _detail(code, enhanced, words)
    specific = _by_words(SPECIFIC, f"{code} {enhanced} {words}")
    if specific:
        return specific
    plain = _without_names(words)
    by_text = _by_words(TEXT, plain)
    by_code = ENHANCED.get(detail)
    if by_code and by_text not in _OVERRULING.get(by_code, ()):
        return by_code
    if by_text is None and code >= 500 and "mailbox unavailable" in plain:
        return C.INVALID_RECIPIENT  # RFC 5321's own words for 550; with 450 the mailbox is only busy
    return by_text or BASIC.get(code, C.UNKNOWN)


# Servers give 5.1.x to domains, relaying and names that do not resolve too: a code about a person yields to such words.
_OVERRULING: dict[Category, tuple[Category, ...]] = {
    C.INVALID_RECIPIENT: (
        *(C.BAD_DOMAIN, C.RELAY_DENIED, C.MAILBOX_FULL, C.INACTIVE_MAILBOX, C.SENDER_NOT_VERIFIED),
        *(C.NETWORK, C.GREYLIST),
    ),
    C.INACTIVE_MAILBOX: (C.INVALID_RECIPIENT, C.THROTTLE, C.MAILBOX_FULL),
}


def _detail(code: int, enhanced: str, words: str) -> str:
    """The enhanced code without its class, "1.1" of "5.1.1"."""
    found = _ENHANCED.match(enhanced.strip()) or _ENHANCED.search(words)
    return f"{found[1]}.{found[2]}" if found else ""


_ENHANCED = re.compile(r"(?<![\d.])[245]\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_NAMES = re.compile(r"https?://\S+|<[^>]*>|\S+@\S+|\[\d[\d.]*\]|\(in reply to [^)]*\)")


def _without_names(words: str) -> str:
    return " ".join(_NAMES.sub(" ", words).split())


def _by_words(rules: tuple[tuple[Category, re.Pattern[str]], ...], words: str) -> Category | None:
    return next((category for category, pattern in rules if pattern.search(words)), None)


def _verdict(stage: Stage, code: int, category: Category, words: str) -> Verdict:
    refused = code >= 500
    about_us = stage in _BEFORE_RCPT
    permanent = refused and category not in _ALWAYS_RETRIED and (not about_us or category == C.SMTPUTF8)
    return Verdict(
        category,
        is_permanent=permanent,
        suppresses=permanent and not about_us and category in (C.INVALID_RECIPIENT, C.INACTIVE_MAILBOX),
        suppresses_when_confirmed=permanent and category == C.BAD_DOMAIN,
        pauses_provider=_pauses_provider(stage, refused, category),
        pauses_batch=refused and (category in _STOPS_THE_BATCH or (stage == Stage.MAIL and category == C.UNKNOWN)),
        slows=category in (C.THROTTLE, C.CONN_LIMIT),
        counts_soft=not about_us and (category == C.MAILBOX_FULL or (permanent and category == C.UNKNOWN)),
        hint_seconds=None if refused else hint_seconds(words),
    )


def _pauses_provider(stage: Stage, refused: bool, category: Category) -> bool:
    if category == C.PROVIDER_QUOTA:
        return True
    early = stage in (Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH)
    return refused and (category == C.PROVIDER_AUTH or (early and category not in (C.THROTTLE, C.CONN_LIMIT)))
