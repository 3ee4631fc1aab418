"""What a server's reply means for the message, the person, the batch and the provider. Pure.

Where it was said decides first: before RCPT a server speaks of us or of the provider, never of a person, so nothing
said there suppresses anybody or ends a message. Then come providers with a wording of their own, enhanced codes that
mean one thing, clear words, enhanced codes that are given out freely, hints, and last the basic code.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from delivery.replies import languages
from delivery.replies.categories import DEAD, HARD, WORDS, Category, Stage
from delivery.replies.codes import BASIC, ENHANCED, YIELDING
from delivery.replies.hints import hint_seconds, quota_seconds
from delivery.replies.providers import PROVIDERS
from delivery.replies.rules import first, plain, whole
from delivery.replies.words import HINTS, SURE

__all__ = ["WORDS", "Category", "Stage", "Verdict", "classify", "hint_seconds"]

C = Category


@dataclass(frozen=True, slots=True)
class Verdict:
    """`is_permanent` is about the message: False means it is tried again (at once after the cure, when the provider or
    the batch pauses). `suppresses`: the address gets nothing more. `suppresses_when_confirmed`: only if the same is
    said again a day or more later. `slows`: the provider wants less; `counts_soft`: a soft bounce of this person.
    `hint_seconds`: the server named a time to wait, or a quota that has to open again first."""

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


_BEFORE_RCPT = frozenset({Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL})
_ABOUT_A_PERSON = HARD | {C.MAILBOX_FULL}
_ALWAYS_RETRIED = frozenset(
    {C.MAILBOX_FULL, C.GREYLIST, C.THROTTLE, C.CONN_LIMIT, C.NETWORK, C.PROVIDER_AUTH, C.PROVIDER_QUOTA}
)
_STOPS_THE_BATCH = frozenset({C.MESSAGE_TOO_LARGE, C.AUTH_POLICY, C.RELAY_DENIED, C.SENDER_NOT_VERIFIED})
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_ABOUT_THE_SENDER = frozenset({f"{kind}.1.{detail}" for kind in "45" for detail in (7, 8)})


def classify(stage: Stage | str, code: int | None, enhanced: str | None = None, text: str = "") -> Verdict:
    """`code` None: no reply came (refused, reset, timed out, TLS failed). `enhanced` may also stand in the text."""
    stage = Stage(stage)
    if code is None:
        return Verdict(C.NETWORK)
    reply = _Reply.read(code, enhanced or "", text)
    return _verdict(stage, code, _category(stage, reply), text)


@dataclass(frozen=True, slots=True)
class _Reply:
    """`detail` is the enhanced code, "5.1.1", or nothing; `whole` what providers' rules see, `plain` what words do."""

    code: int
    detail: str
    whole: str
    plain: str

    @classmethod
    def read(cls, code: int, enhanced: str, text: str) -> "_Reply":
        words = whole(text)
        found = _ENHANCED.match(enhanced.strip()) or _ENHANCED.search(words)
        return cls(code, found[0] if found else "", f"{code} {enhanced} {words}", plain(words))

    @property
    def contradicts_itself(self) -> bool:
        return self.detail[:1] in ("2", "4") and self.code >= 500

    @property
    def is_about_spelling(self) -> bool:
        """501 without a number of its own: this server cannot read the address, as msmtpd none with an apostrophe."""
        return self.code == 501 and not self.detail and _UNREADABLE.search(self.whole) is not None


_UNREADABLE = re.compile(r"\b501 +(invalid|illegal|bad|malformed) address\b", re.IGNORECASE)
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def _category(stage: Stage, reply: _Reply) -> Category:
    by_stage = _by_stage(stage, reply)
    if by_stage:
        return by_stage
    category = _by_rules(reply)
    if stage in _BEFORE_RCPT and category in _ABOUT_A_PERSON:
        return C.SENDER_NOT_VERIFIED if stage == Stage.MAIL and reply.code >= 500 else C.UNKNOWN
    if category in DEAD and (reply.contradicts_itself or reply.is_about_spelling or _FOR_NOW.search(reply.plain)):
        return C.UNKNOWN
    return category


def _by_stage(stage: Stage, reply: _Reply) -> Category | None:
    """What the place alone decides. A server may plead overload or quota anywhere, so that is asked first."""
    if reply.code in _LOGIN_CODES and stage in _BEFORE_RCPT:
        # Courier gives 534 and 523 to a message that is too large.
        is_size = stage == Stage.MAIL and _by_rules(reply) == C.MESSAGE_TOO_LARGE
        return C.MESSAGE_TOO_LARGE if is_size else C.PROVIDER_AUTH
    if stage == Stage.AUTH:
        asked = first(PROVIDERS, reply.whole)
        return asked if asked in (C.THROTTLE, C.PROVIDER_QUOTA) else C.PROVIDER_AUTH if reply.code != 421 else None
    if stage == Stage.STARTTLS:
        return C.NETWORK
    if stage == Stage.EHLO and 500 <= reply.code <= 504:
        return C.PROTOCOL
    return None


def _by_rules(reply: _Reply) -> Category:
    category = first(PROVIDERS, reply.whole)
    if category:
        return category
    rest = reply.detail[2:]
    by_code = ENHANCED.get(reply.detail) or ENHANCED.get(rest)
    if by_code and by_code not in YIELDING:
        return by_code
    said = _said(reply.plain)
    if said == C.SENDER_NOT_VERIFIED and _MAIL_FROM_A_HOST.search(reply.whole):
        said = C.BLOCK_REPUTATION
    if reply.detail in _ABOUT_THE_SENDER and said in _ABOUT_A_PERSON:
        return C.SENDER_NOT_VERIFIED  # "No such domain", "Unknown user": by the code, the sender's
    category = said or by_code or first(HINTS, reply.plain)
    if category:
        return category
    if reply.code >= 500 and not rest.startswith("7.") and _NOBODY.search(reply.plain):
        return C.INVALID_RECIPIENT  # RFC 5321's own words for 550; with 450 the mailbox is only busy
    return BASIC.get(f"{reply.code} {rest}") or BASIC.get(str(reply.code), C.UNKNOWN)


@lru_cache(maxsize=1024)  # without names, a thousand dead addresses of one server are refused in the same words
def _said(words: str) -> Category | None:
    return first(_SURE, words)


_SURE = tuple(each for english in SURE for each in (english, *(r for r in languages.SURE if r[0] == english[0])))
# "Mail from 192.0.2.7 is not accepted" is said of the server, "MAIL FROM not accepted" of the sender.
_MAIL_FROM_A_HOST = re.compile(
    r"\bmail from (?:[\w.-]{1,60} ){0,3}[\[(]?(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{1,4}:[\da-f:]*:[\da-f:]*)"
)
_NOBODY = re.compile(r"(mailbox|account) (is )?unava\w*ble|^\W*(recipient )?address rejected\W*$")
# Whoever is away for a while is not dead.
_FOR_NOW = re.compile(r"temporar|try (again )?later|for now\b|another process|being (moved|migrated)")


def _verdict(stage: Stage, code: int, category: Category, text: str) -> Verdict:
    refused = code >= 500
    about_us = stage in _BEFORE_RCPT
    permanent = refused and category not in _ALWAYS_RETRIED and (not about_us or category == C.SMTPUTF8)
    return Verdict(
        category,
        is_permanent=permanent,
        suppresses=permanent and not about_us and category in DEAD,
        suppresses_when_confirmed=permanent and category == C.BAD_DOMAIN,
        pauses_provider=_pauses_provider(stage, refused, category),
        pauses_batch=refused and (category in _STOPS_THE_BATCH or (stage == Stage.MAIL and category == C.UNKNOWN)),
        slows=category in (C.THROTTLE, C.CONN_LIMIT),
        counts_soft=not about_us and (category == C.MAILBOX_FULL or (permanent and category in (C.UNKNOWN, C.EXPIRED))),
        hint_seconds=None if permanent else _hint(category, text),
    )


def _hint(category: Category, text: str) -> float | None:
    named = hint_seconds(text)
    return quota_seconds(text) if named is None and category == C.PROVIDER_QUOTA else named


def _pauses_provider(stage: Stage, refused: bool, category: Category) -> bool:
    if category == C.PROVIDER_QUOTA:
        return True
    early = stage in (Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH)
    return refused and (category == C.PROVIDER_AUTH or (early and category not in (C.THROTTLE, C.CONN_LIMIT)))
