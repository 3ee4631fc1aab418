"""When a refusal at RCPT proves that a mailbox is dead, and when it may be the server that refuses everybody. Pure.

A relay that does not know the sender may word its refusal as for a dead mailbox (OpenSMTPD: "550 Invalid recipient").
Until it has accepted a mail to somebody else in the same sending, such a refusal is unproven: it waits.
"""

import re

from delivery.replies import Category, Stage
from delivery.replies.categories import HARD

UNPROVEN = "unproven"  # the category of those who wait
ENOUGH_TO_STOP = 20
# Of the mailbox, not only of the address or the recipient.
_NAMES_THE_MAILBOX = re.compile(
    r"mail-?\s?box|\buser|user\b|\baccount|\binbox|\bcustomer|\bmember\b|\balias|local[- ]?part|p=nosuchuser|"
    r"\b(benutzer|postfach|konto|utilisateur|boite|boîte|compte|utente|casella|usuario|usuário|buz[oó]n|cuenta|conta|"
    r"caixa|gebruiker|postvak|u[zż]ytkownik|skrzynk)|пользовател|ящик|ユーザ|メールボックス|アカウント|用户|用戶|邮箱|郵箱|사용자",
    re.IGNORECASE,
)


def needs_proof(stage: str, category: str, text: str) -> bool:
    """Whether a last refusal counts only if the server takes mail for others."""
    if stage != Stage.RCPT or category not in HARD or category == Category.BAD_DOMAIN:
        return False
    return not _NAMES_THE_MAILBOX.search(_ADDRESS.sub(" ", text))


_ADDRESS = re.compile(r"<[^<>]*>|\S+@\S+")


def stop(provider: str, unproven: int, seen: int) -> str:
    """Why to stop, for a provider that has accepted nothing; `seen`: how many there were when a person went on."""
    if unproven - seen < ENOUGH_TO_STOP:
        return ""
    return (
        f"{provider} has refused everybody so far ({unproven:,} people), in words for addresses that do not exist. "
        "It may not carry mail for you. Nobody was suppressed; they are waiting. Test its connection before you resume."
    )
