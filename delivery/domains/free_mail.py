"""Mailbox services whose owners forbid others to send in their name (DMARC): such mail is refused, or lands in spam."""

from itertools import chain

from delivery.policy.mailbox_providers import DOMAINS

FREE_MAIL = frozenset(chain.from_iterable(DOMAINS.values())) | (
    {"gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "mail.com"}
    | {"mail.ru", "yandex.ru", "yandex.com", "proton.me", "protonmail.com", "orange.fr", "free.fr", "laposte.net"}
    | {"libero.it", "qq.com", "163.com", "126.com", "zoho.com", "fastmail.com", "rediffmail.com", "naver.com"}
)
