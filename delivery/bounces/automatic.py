"""Answers that no person and no mail server wrote: away for a while, no longer here, received with thanks. Pure.

RFC 3834 asks for `Auto-Submitted`; of those that answer newsletters, many set nothing.
"""

import re

from delivery.bounces import addresses, mime

_MACHINE = re.compile(
    r"mailer-?daemon|post_?master|mail[ .-]?delivery|mail-?daemon|mail administrator|delivery subsystem|mdaemon|"
    r"microsoftexchange[0-9a-f]{20}|system administrator",
    re.IGNORECASE,
)
_FAILED_SUBJECT = re.compile(
    r"undeliver|not? (?:be )?delivered|deliver\w* (?:status|fail|problem|delay|error|report)|failed? deliver|"
    r"failure (?:notice|deliver)|"
    r"(?:returned|failed|delayed|bounced?) (?:e-?)?mail|(?:e-?)?mail (?:was )?(?:returned|failure|"
    r"system error|delivery|could not|failed)|"
    r"returning (?:message )?to sender|could not be (?:sent|delivered)|error sending|message (?:\S+ )?delayed|"
    r"message (?:status|delivery|undelivered)|rejected:|warning: (?:message|could not)|permanent error|non-?delivery|"
    r"unzustellbar|nicht zugestellt|zustellung|non remis|non distribu|no se (?:pudo|puede|ha podido) entregar|"
    r"no (?:se )?entrega|mancata consegna|mancato recapito|onbestelbaar|niet bezorgd|n[aã]o (?:foi )?entreg|"
    r"недоставлен|не доставлен|не может быть доставлен|退信|配信不能|エラー",
    re.IGNORECASE,
)
_AWAY_SUBJECT = re.compile(
    r"out of (?:the )?office|auto(?:matic|mated)?[ -]?(?:reply|response|responder|antwort)|autoreply|\bvacation\b|"
    r"away from|on (?:annual |parental )?(?:leave|holiday)|\bfuori (?:sede|ufficio)|\bauto:|abwesen|"
    r"automatische antwort|"
    r"nicht (?:im b(?:ü|ue)ro|im haus)|r[ée]ponse automatique|absence du bureau|absent du|respuesta autom|"
    r"fuera de (?:la )?oficina|"
    r"resposta autom|risposta automatica|automatisch antwoord|afwezig|autosvar|frånvar|"
    r"poza biurem|автоответ|自動応答|自动回复",
    re.IGNORECASE,
)
_AWAY_WORDS = re.compile(
    r"out of (?:the )?office|on vacation|(?:i am|i'm|i will be) (?:away|on leave|on holiday|not in)|"
    r"limited access to (?:my )?e-?mail|"
    r"no longer (?:works?|with|employed|at)\b|has left (?:the|our)|automatic(?:ally generated)? (?:reply|response)|"
    r"bin (?:bis|ab|vom|derzeit|zur ?zeit|im urlaub)|nicht mehr (?:für|bei|in unserem|im unternehmen|tätig|"
    r"erreichbar)|im urlaub|"
    r"je suis absent|actuellement absent|ne travaille plus|fuera de la oficina|ya no trabaja|sono assente|"
    r"non lavora più",
    re.IGNORECASE,
)
_ANSWERS = ("auto-replied", "auto-notified")
_OF_PROGRAMS = frozenset({"bulk", "junk", "list"})


def is_from_a_server(headers: mime.Headers) -> bool:
    """Nothing proves it; a person's own address does not look like it."""
    return (
        "x-failed-recipients" in headers
        or _MACHINE.search(mime.first(headers, "from")[:300]) is not None
        or mime.first(headers, "from") in ("", "<>")
    )


def has_failed_subject(headers: mime.Headers) -> bool:
    return _FAILED_SUBJECT.search(_subject(headers)) is not None


def is_reply(headers: mime.Headers, text: str) -> bool:
    """By header, subject or words."""
    submitted = mime.first(headers, "auto-submitted").lower()
    return (
        submitted.startswith(_ANSWERS)
        or any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-vacation"))
        or "auto_reply" in mime.first(headers, "precedence").lower()
        or (mime.first(headers, "x-auto-response-suppress") != "" and submitted not in ("", "no"))
        or sounds_away(headers, text)
    )


def is_by_a_program(headers: mime.Headers) -> bool:
    """Marked by what came before RFC 3834, as the recipes of procmail and vacation do; bounces may be, too."""
    return "x-loop" in headers or mime.first(headers, "precedence").strip().lower() in _OF_PROGRAMS


def sounds_away(headers: mime.Headers, text: str) -> bool:
    return _AWAY_SUBJECT.search(_subject(headers)) is not None or _AWAY_WORDS.search(text[:2_000]) is not None


def is_unsubscribe_request(headers: mime.Headers, text: str) -> bool:
    """What a mail program sends for its reader who pressed "unsubscribe" (RFC 2369)."""
    return _subject(headers).strip().casefold() == "unsubscribe" and len(text.strip()) < 400


def author(headers: mime.Headers) -> str | None:
    return next(iter(addresses.found_in(mime.first(headers, "from"), 1)), None)


def _subject(headers: mime.Headers) -> str:
    return mime.words(mime.first(headers, "subject"))[:400]
