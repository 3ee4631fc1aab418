"""What a failure means for the person: the server's words before the status, as `delivery.replies` reads them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from delivery import replies
from delivery.replies import Category, Stage
from delivery.replies.categories import HARD
from delivery.replies.rules import first, plain, rule, whole

C = Category


@dataclass(frozen=True, slots=True)
class Judgement:
    """`suppresses` is less than `is_permanent`: a mailbox that is locked today may be open again tomorrow."""

    category: Category
    is_permanent: bool
    suppresses: bool
    words: str  # which of them decided


def judge(told: Sequence[str], status: str) -> Judgement:
    """`told`: the server's words, then what stood around them. The first that says something decides."""
    stage = _stage(told)
    for words in told:
        category = _category(words, stage or Stage.RCPT)
        if category:
            break
    else:
        words = ""
        says_more = bool(status) and not (told and _says_otherwise(told[0], status))
        category = _by_number(stage or Stage.RCPT, status) if says_more else C.UNKNOWN
    if category == C.INVALID_RECIPIENT and _may_be_a_filter(words, stage, status):
        category = C.UNKNOWN
    if category == C.BAD_DOMAIN and _ABOUT_US.search(words):
        category = C.UNKNOWN
    is_permanent = category in HARD
    return Judgement(category, is_permanent, is_permanent and _is_gone(category, words, told), words)


def _is_gone(category: Category, words: str, told: Sequence[str]) -> bool:
    if category == C.INACTIVE_MAILBOX:
        return _GONE.search(words) is not None
    # "User unknown", and beside it "the account is disabled" or "not enough disk space": doubt favours the person
    return category != C.INVALID_RECIPIENT or told[-1:] == [words] or not _says_alive(" ".join(told[-1:]).casefold())


def _says_alive(text: str) -> bool:
    return any(state in text for state in _STATES) and _ALIVE.search(text) is not None


_STATES = ("disabled", "suspended", "locked", "full", "not enough")
# A border stands behind its word: searches skip to letters that they begin with, and to no border.
_ALIVE = re.compile(
    r"(?:account(?<=\baccount)|mailbox(?<=\bmailbox)|address(?<=\baddress))(?:\(s\)|s)? (?:is|are) "
    r"(?:disabled|suspended|locked|full)\b|not enough (?:disk )?space"
)


def _says_otherwise(words: str, status: str) -> bool:
    """Of the refusing server's words: with a number of their own they were read by that; with none, the report's may be
    the relay's invention."""
    has_own = status_in(words)[1:] not in ("", ".0.0")
    return has_own or (status[1:] in _MADE_UP and _BARE_REPLY.match(words) is not None)


# Sendmail's for any 550 and any 553 to RCPT, unless the server announces numbers of its own.
_MADE_UP = (".1.1", ".1.3")
_BARE_REPLY = re.compile(r"[45]\d\d[ -](?![245]\.\d)")


def _may_be_a_filter(words: str, stage: Stage | None, status: str) -> bool:
    """A server that took the address, read the mail and says "user unknown" then, as mobile carriers do for their
    customers' filters. KDDI says it with an address when nobody is there, without one for a filter."""
    is_late = stage == Stage.BODY and not _NAMES_THE_PERSON.search(f"{words} {status}")
    return is_late or _KDDI.search(words) is not None


_KDDI = re.compile(r"\b550 : User unknown")
_ABOUT_US = re.compile(r"\b(?:helo|ehlo|sender|mail from|return[- ]path|reverse)\b", re.IGNORECASE)
_NAMES_THE_PERSON = re.compile(r"(?<![\d.])[45]\.1\.\d")
_GONE = re.compile(
    r"\b(?:closed|delet\w+|remov\w+|terminated|cancel+ed|no longer|left (?:the|our)|expired|retired|"
    r"abandon\w+|unused|archiv\w+)\b",
    re.IGNORECASE,
)


def status_in(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")


def _category(text: str, stage: Stage) -> Category | None:
    """None: the words say nothing."""
    found = _CODE.search(text)
    words = _IDENTIFIER.sub(" ", whole(_SPEAKER.sub(" ", text)))
    return _meaning(words, int(found[1]) if found else 550, stage)


# Who says it is no word of what is said: "host mx.example.org[192.0.2.1] said: unknown command"
_SPEAKER = re.compile(r"host (?<=\bhost )\S{1,253}(?: \[[\da-fA-F.:]{3,45}\])?(?: said)?:")
_IDENTIFIER = re.compile(r"(?<![\w./-])(?=[\w.-]{0,40}\d)[\w.-]{14,}(?![\w/])")


@lru_cache(maxsize=4_096)  # a thousand mails come back from one server in the same words, but for addresses and numbers
def _meaning(words: str, code: int, stage: Stage) -> Category | None:
    if _PROGRAM.search(words):
        return C.UNKNOWN
    by_server = replies.classify(stage, code, None, words).category
    if by_server in _SAYS_LITTLE:
        by_mailer = first(_MAILERS, plain(words))
        if by_mailer and not (by_mailer in HARD and _FOR_NOW.search(words)):
            return by_mailer
        return by_server if by_server != C.UNKNOWN else None
    return by_server


# A program on the last machine failed, whatever it says of users
_PROGRAM = re.compile(
    r"procmail|maildrop|could ?n[o']?t create |command (?:died|failed)|returned a non-zero|mailer error"
)
_FOR_NOW = re.compile(r"temporar|try (?:again )?later|, try again")
_SAYS_LITTLE = frozenset({C.UNKNOWN, C.NETWORK, C.GREYLIST})


def _by_number(stage: Stage, status: str) -> Category:
    return replies.classify(stage, int(status[0]) * 100 + 50, status).category


_CODE = re.compile(r"(?<![\w.:-])([45]\d\d)(?=[ -]|$)")

# What mailers say themselves, where no server said more.
_MAILERS = (
    rule(
        C.EXPIRED,
        r"retry time(out)? (not reached|exceeded)|(too long|expired) in (the )?queue|in (the )?queue too long|"
        r"(message|delivery)( time)? (expired|timed? ?out)|unable to deliver in \d+|failed \d+ attempts",
        r"(could|can) ?no?t (be )?(send|sent|deliver\w*)( message)?( for the)? (for|past|after|"
        r"within) \d+ (day|hour|minute)",
        r"could not deliver for the last|undeliverable for \d|aborted after \d|giving up .{0,20}after \d",
    ),
    rule(
        C.BAD_DOMAIN,
        r"could ?n[o']?t find (a|any) (mail exchanger|host)|illegal host|host( ?name)? not found(?!, try again)|"
        r"unrout\w+ (mail )?domain",
        r"(an? )?mx (or srv )?records? (indicated no|point\w* to non-?existent)|"
        r"domain is not reachable.{0,20}check the domain",
        r"(domain|host)( name)? do(es)? ?n[o']?t (exist|resolve|have)|no (mx|mail exchanger|dns) (records? )?found",
        r"nowhere to (deliver|send)",
    ),
    rule(
        C.INVALID_RECIPIENT,
        r"(invalid|unknown) final delivery user|check (if|that|whether) (the )?address is correct",
    ),
    rule(
        C.NETWORK,
        r"network (error|is down|is unreachable)|did not accept our requests to connect|"
        r"dns (lookup )?(failure|error|problem)|"
        r"mail (routing )?loop|hop count|too many hops",
    ),
    # Haraka's number for a server that was down for days is 5.1.2, a bad address
    rule(C.NETWORK, r"\btried all (the |of the )?(mx|host|server)|\bmx lookup (error|fail)"),
    rule(C.NETWORK, r"(is|as) (a )?best-preference mx|lowest numbered mx|loops? back to myself"),
)


def _stage(told: Sequence[str]) -> Stage | None:
    """Of the first that names one; most mails name none, which is seen in all at once."""
    said = [text[:_STAGE_CHARS].lower() for text in told]
    around = said[-1:] if all(text in said[-1] for text in said) else said
    named = _stages_in("\n".join(around))
    return next((stage for text in said for stage in _stages_in(text)), None) if named else None


def _stages_in(text: str) -> list[Stage]:
    return [stage for phrase, stage in _PHRASES if phrase in text]


_STAGE_CHARS = 2_000
# Postfix, Exim, qmail, dma and gateways of several makers. Sendmail prints a refused RCPT below DATA, as the two travel
# together, and then that DATA was refused for want of recipients: what names RCPT comes first.
_STAGES: tuple[tuple[Stage, tuple[str, ...]], ...] = (
    (
        Stage.RCPT,
        (
            "in reply to rcpt", "after rcpt", "after pipelined rcpt", " our rcpt", ">>> rcpt", "rcpt_to",
            "following rcpt", "does not like recipient", "need rcpt", "no valid recipient", "<<< 503",
        ),
    ),
    (
        Stage.MAIL,
        ("in reply to mail", "after mail from", "after pipelined mail", " our mail from", ">>> mail",
         "not like sender"),
    ),
    (Stage.CONNECT, ("initial connection", "initial greeting", "refused to talk")),
    (Stage.EHLO, ("in reply to ehlo", "in reply to helo", "after ehlo", "after helo", ">>> ehlo", ">>> helo")),
    (Stage.BODY, ("end of data", "final data", "after i sent", ">>> data", "(data)", "command data")),
)  # fmt: skip
_PHRASES = tuple((phrase, stage) for stage, phrases in _STAGES for phrase in phrases)
