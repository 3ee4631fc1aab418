"""What an e-mail address is, and how it is written."""

import re
import unicodedata

from accounts.web_addresses import ascii_host

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOT_ATOM = rf"{_ATOM}(?:\.{_ATOM})*"  # RFC 5322, 3.2.3
_PLAIN = re.compile(rf"({_DOT_ATOM})@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9])")
is_plain_local = re.compile(_DOT_ATOM).fullmatch  # of ASCII, however long
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # of East Asian keyboards; browsers take them for dots
_NAMED = re.compile(r"[^<>]*<([^<>]+)>")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
_LONGEST, LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1

# Only what is nobody's real address: whoever is listed here is not imported before somebody looked.
_SLIPS = {
    "gmail.com": "gmial.com gmai.com gmal.com gmail.con gmaill.com gnail.com gamil.com gmali.com gmail.cmo gmail.comm",
    "hotmail.com": "hotmial.com hotmal.com hotmai.com hotmail.con hotnail.com homtail.com hotmil.com",
    "outlook.com": "outlok.com outloook.com outlook.con otlook.com outllok.com",
    "yahoo.com": "yaho.com yahooo.com yahoo.con yhoo.com yahho.com",
    "icloud.com": "iclod.com icoud.com icloud.con iclould.com",
    "gmx.de": "gmx.ed gxm.de gmx.dee",
    "gmx.net": "gmx.ent gxm.net",
    "web.de": "web.ed wbe.de",
    "t-online.de": "t-onlin.de t-oline.de t-online.ed",
    "googlemail.com": "googelmail.com goglemail.com",
    "orange.fr": "ornage.fr orange.rf",
    "laposte.net": "laposte.ent",
}
_MEANT = {slip: right for right, slips in _SLIPS.items() for slip in slips.split()}


class InvalidAddress(ValueError):
    """`reason` is a sentence for the person who typed it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normalise(text: str) -> str:
    """The address as it is stored: its domain in lower case as A-labels, its local part as written.

    Letters beyond ASCII are folded in the local part too, so that `lower()` means the same here and in PostgreSQL.
    """
    plain = _PLAIN.fullmatch(text)
    if plain and "--" not in plain[2] and len(text) <= _LONGEST and len(plain[1]) <= LONGEST_LOCAL:
        return f"{plain[1]}@{plain[2].lower()}"
    return _normalise_slowly(_tidy(text))


def plain_domain(text: str) -> str | None:
    """The domain as `normalise` writes it behind any local part that is plain; None where it cannot be told alone."""
    try:
        domain = normalise(f"x@{text}")[2:]
    except InvalidAddress:
        return None
    return domain if max(len(domain), len(text)) < _LONGEST - LONGEST_LOCAL and domain not in _MEANT else None


def key(email: str) -> str:
    """What tells two addresses apart: contacts are unique by it, suppressions are stored under it."""
    return email.lower()


def masked(email: str) -> str:
    """As whoever holds a link may see it: enough to know one's own, too little to learn somebody else's."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


def is_misspelt(email: str) -> bool:
    """Whether the domain of a normalised address is a well-known slip of the fingers."""
    return email[email.rfind("@") + 1 :] in _MEANT


def suggestion(text: str) -> str | None:
    """The address that was probably meant, if its domain is a well-known slip of the fingers."""
    local, at, domain = text.strip().rpartition("@")
    meant = _MEANT.get(domain.lower().rstrip("."))
    return f"{local}{at}{meant}" if meant and local else None


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).strip()
    if named := _NAMED.fullmatch(text):
        text = named[1].strip()
    return text[7:] if text[:7].lower() == "mailto:" else text


def _normalise_slowly(text: str) -> str:
    if not text:
        raise InvalidAddress("There is no address.")
    if any(mark.isspace() or not mark.isprintable() for mark in text.translate(_JOINERS)):
        raise InvalidAddress("An address has no spaces or control characters in it.")
    if len(text) > _LONGEST:
        raise InvalidAddress("The address is longer than 254 characters.")
    local, at, domain = text.rpartition("@")
    if not at:
        raise InvalidAddress("An address has an @ in it.")
    if "@" in local:
        raise InvalidAddress("An address has only one @ in it.")
    email = f"{_local(local.translate(_JOINERS))}@{_domain(domain)}"
    if len(email.encode()) > _LONGEST:
        raise InvalidAddress("The address is longer than 254 characters.")
    return email


def _local(local: str) -> str:
    if not local:
        raise InvalidAddress("Nothing stands before the @.")
    if len(local.encode()) > LONGEST_LOCAL:
        raise InvalidAddress("The part before the @ is longer than 64 characters.")
    ascii_only = "".join(mark if mark.isascii() else "x" for mark in local)
    if not is_plain_local(ascii_only):
        raise InvalidAddress("The part before the @ has a character or a dot where none may be.")
    return "".join(mark if mark.isascii() else mark.lower() for mark in local)


def _domain(domain: str) -> str:
    domain = _DOTS.sub(".", domain).rstrip(".")
    if not domain:
        raise InvalidAddress("Nothing stands after the @.")
    if "." not in domain:
        raise InvalidAddress(f"The domain “{domain[:60]}” has no ending such as .com.")
    try:
        ascii_domain = _ascii_domain(domain)
    except ValueError:
        raise InvalidAddress(f"“{domain[:60]}” is not a domain.") from None
    if not _PLAIN.fullmatch(f"x@{ascii_domain}"):
        raise InvalidAddress(f"“{domain[:60]}” is not a domain.")
    return ascii_domain


def _ascii_domain(domain: str) -> str:
    """A joiner where Persian or Hindi writes one makes another domain; anywhere else it came along when copying."""
    try:
        return ascii_host(domain)
    except ValueError:
        return ascii_host(domain.translate(_JOINERS))
