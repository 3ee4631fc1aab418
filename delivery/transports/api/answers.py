"""An answer that takes no mail, in the codes of SMTP: who or what it is about decides what happens next.

The status says less than one would wish: 400 is a wrong address, a wrong key or a used-up quota, each with another
service. So a service's own phrases come first, then the status, and a request that is refused for a reason nobody
knows stops its campaign with the reason shown, because it would be refused for everybody.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from accounts.egress.fetching import Answer
from delivery.markup import printable
from delivery.replies import Stage, rules
from delivery.transports.api.forms import NotTaken, Spoken, Unknown

Meaning = tuple[Stage, int, str]
Phrases = Sequence[tuple[str, Meaning]]

LOGIN: Meaning = (Stage.AUTH, 535, "5.7.8")
SENDER: Meaning = (Stage.MAIL, 550, "5.7.60")
QUOTA: Meaning = (Stage.MAIL, 550, "5.4.5")
RATE: Meaning = (Stage.MAIL, 451, "4.7.28")
TOO_LARGE: Meaning = (Stage.DATA, 552, "5.3.4")
RECIPIENT: Meaning = (Stage.RCPT, 550, "5.1.3")
ITS_LIST: Meaning = (Stage.RCPT, 554, "")
SPAM: Meaning = (Stage.BODY, 554, "5.6.0")
AWAY: Meaning = (Stage.MAIL, 451, "4.3.0")
NO_SUCH_PLACE: Meaning = (Stage.EHLO, 502, "")
REQUEST: Meaning = (Stage.MAIL, 550, "")

# Said by a gateway of a server behind it, which may have heard us: no answer.
OF_A_GATEWAY = frozenset({408, 502, 504, *range(520, 525)})
_BY_STATUS = {
    **dict.fromkeys((401, 403), LOGIN),
    402: QUOTA,
    **dict.fromkeys((404, 405), NO_SUCH_PLACE),
    413: TOO_LARGE,
    **dict.fromkeys((420, 429), RATE),
}
_LONGEST_WAIT = 86_400
# What a service calls a limit may be of an hour or of a month: this one is over in moments.
_OF_ALL: Phrases = ((r"\brate.?limit", RATE),)
_UNTIL = re.compile(r"\bagain (?:after|at) (\w{3}, \d{1,2} \w{3} \d{4} [\d:]{5,8} [A-Z]{2,4})\b")
_SPEAKS = ("message", "error", "errormessage", "errors", "detail", "description", "reason", "title", "messages", "data")
_NAMES = ("code", "errorcode", "name", "type", "erroridentifier", "status", "id")
_ABOUT_RECIPIENT = re.compile(
    r"\binvalid '?to\b|'to' (?:parameter|address|field)|\bto\.\d+\.email\b|\bpersonalizations\.\d+\.to\b|"
    r"\brecipients?\b.{0,40}\b(?:invalid|not valid|malformed|illegal)|"
    r"(?:invalid|malformed|illegal)\b.{0,20}\brecipient",
    re.IGNORECASE,
)


def not_taken(service: str, answer: Answer, recipient: str, phrases: Phrases = ()) -> NotTaken | Unknown:
    """`phrases`: what the service says in its own words, in lower case, and what each means."""
    status, words = answer.status, said(answer)
    if status in OF_A_GATEWAY:
        return Unknown(f"{service} answered {status}, for a server that gave it no answer: {words}", again=True)
    whole = rules.whole(f"{names(answer)} {words}")  # without addresses: one may be chosen to pass for a phrase
    meaning = next((meaning for phrase, meaning in (*_OF_ALL, *phrases) if re.search(phrase, whole)), None)
    if meaning is None and 200 <= status < 300:
        return Unknown(f"{service} answered in a way that we do not understand: {words}")
    meaning = meaning or _meaning(status, words, recipient)
    stage, code, enhanced = meaning
    text = f"{service} answered {status}: {words}"
    wait = _wait(answer, words) if meaning in (RATE, QUOTA, AWAY) else 0
    if wait:
        text = f"{text.rstrip('.')}. Try again in {wait} seconds."
    return NotTaken(stage, Spoken(code, enhanced, text, wait), ends=meaning == AWAY)


def said(answer: Answer) -> str:
    """The words of an answer, whatever form they have."""
    text = answer.body.decode("utf-8", "replace")
    try:
        found = list(_strings(json.loads(text), _SPEAKS))
    except (ValueError, RecursionError):
        found = re.findall(r"<Message>(.*?)</Message>", text, re.DOTALL) or [re.sub(r"<[^>]{0,500}>", " ", text)]
    words = " ".join(dict.fromkeys(" ".join(each.split()) for each in found if each.strip()))
    return printable(words)[:600] or "no words"


def names(answer: Answer) -> str:
    """What the service calls it: codes and names beside the words."""
    text = answer.body.decode("utf-8", "replace")
    try:
        return " ".join(_strings(json.loads(text), _NAMES))[:300]
    except (ValueError, RecursionError):
        return " ".join(re.findall(r"<Code>(.*?)</Code>", text, re.DOTALL))[:300]


def _meaning(status: int, words: str, recipient: str) -> Meaning:
    if status >= 500:
        return AWAY
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    # Redirects lead nobody to a mail server.
    if status < 400:
        return NO_SUCH_PLACE
    names_recipient = recipient.lower() in words.lower() or _ABOUT_RECIPIENT.search(words)
    return RECIPIENT if names_recipient else REQUEST


def _wait(answer: Answer, words: str) -> int:
    """Retry-After in seconds, at most a day: a number of them, or a date (RFC 9110 10.2.3), which may also stand in the
    words. 0 for neither."""
    stated = answer.headers.get("retry-after", "").strip()[:100]
    if not stated and (named := _UNTIL.search(words)):
        stated = named[1]
    if re.fullmatch(r"[0-9]+", stated):
        return min(int(stated), _LONGEST_WAIT)
    until, now = _date(stated), _date(answer.headers.get("date", "")) or datetime.now(UTC)
    return min(max(0, math.ceil((until - now).total_seconds())), _LONGEST_WAIT) if until else 0


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text.strip()[:100])
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _strings(found: Any, keys: Sequence[str], *, within: bool = False, depth: int = 6) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(found, str | int) and not isinstance(found, bool):
        if within:
            yield str(found)
    elif isinstance(found, list):
        for each in found[:20]:
            yield from _strings(each, keys, within=within, depth=depth - 1)
    elif isinstance(found, dict):
        for key, value in list(found.items())[:40]:
            name = str(key).lower()
            # A field of a form that is refused stands for itself: {"errors": {"to.0.email": ["is no address"]}}.
            if within and isinstance(value, list):
                yield str(key)
            known = name in keys or (within and isinstance(value, list))
            yield from _strings(value, keys, within=known, depth=depth - 1)
