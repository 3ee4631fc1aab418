"""Mailbox services whose owners forbid others to send in their name (DMARC): such mail is refused, or lands in spam."""

FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "aol.com"}
    | {"outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "msn.com", "icloud.com", "me.com", "mac.com"}
    | {"gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "mail.com"}
    | {"mail.ru", "yandex.ru", "yandex.com", "proton.me", "protonmail.com", "orange.fr", "free.fr", "laposte.net"}
    | {"libero.it", "qq.com", "163.com", "126.com", "zoho.com", "fastmail.com", "rediffmail.com", "naver.com"}
)
