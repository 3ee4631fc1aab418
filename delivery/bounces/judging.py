"""What a failure means for the person: the server's words before the status, as `delivery.replies` reads them. Pure."""

import re
from dataclasses import dataclass

from delivery import replies
from delivery.replies import Category, Stage
from delivery.replies.categories import HARD

C = Category


@dataclass(frozen=True, slots=True)
class Judgement:
    category: Category
    is_permanent: bool
    suppresses: bool


def judge(texts: tuple[str, ...], status: str) -> Judgement:
    """`texts`: the server's words, then what stood around them; the first that says something decides."""
    for text in texts:
        category = _category(text, "") if text else C.UNKNOWN
        if category != C.UNKNOWN:
            break
    else:
        category = _category("", status) if status else C.UNKNOWN
    is_permanent = category in HARD
    return Judgement(category, is_permanent=is_permanent, suppresses=is_permanent)


def _category(text: str, status: str) -> Category:
    code = _code(text, status)
    return replies.classify(_stage(text), code, status, text).category


def _code(text: str, status: str) -> int:
    found = _CODE.search(text)
    if found:
        return int(found[1])
    return 450 if status.startswith("4") else 550


_CODE = re.compile(r"(?<![\w.:-])([45]\d\d)(?=[ -]|$)")


def _stage(text: str) -> Stage:
    return next((stage for stage, pattern in _STAGES if pattern.search(text)), Stage.RCPT)


_STAGES = (
    (
        Stage.MAIL,
        re.compile(r"in reply to (?:the )?MAIL FROM|after MAIL FROM|>>> MAIL|our MAIL FROM|after pipelined MAIL", re.I),
    ),
    (Stage.CONNECT, re.compile(r"(?:in reply to|after|while performing the) initial (?:connection|greeting)", re.I)),
    (Stage.EHLO, re.compile(r"in reply to (?:EHLO|HELO)|after (?:EHLO|HELO)|>>> (?:EHLO|HELO)", re.I)),
    (
        Stage.BODY,
        re.compile(
            r"in reply to end of DATA|after end of data|final DATA|after I sent|>>> DATA|after pipelined end", re.I
        ),
    ),
)
