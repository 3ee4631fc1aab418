"""What an e-mail address is, and how it is written."""

import re
import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9])")
_NAMED = re.compile(r"[^<>]*<([^<>]+)>")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_LONGEST, _LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1

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
    if plain and len(text) <= _LONGEST and len(plain[1]) <= _LONGEST_LOCAL and "xn--" not in plain[2].lower():
        return f"{plain[1]}@{plain[2].lower()}"
    return _normalise_slowly(_tidy(text))


def key(email: str) -> str:
    """What tells two addresses apart: contacts are unique by it, suppressions are stored under it."""
    return email.lower()


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
    if any(mark.isspace() or not mark.isprintable() for mark in text):
        raise InvalidAddress("An address has no spaces or control characters in it.")
    if len(text) > _LONGEST:
        raise InvalidAddress("The address is longer than 254 characters.")
    local, at, domain = text.rpartition("@")
    if not at:
        raise InvalidAddress("An address has an @ in it.")
    if "@" in local:
        raise InvalidAddress("An address has only one @ in it.")
    email = f"{_local(local)}@{_domain(domain)}"
    if len(email.encode()) > _LONGEST:
        raise InvalidAddress("The address is longer than 254 characters.")
    return email


def _local(local: str) -> str:
    if not local:
        raise InvalidAddress("Nothing stands before the @.")
    if len(local.encode()) > _LONGEST_LOCAL:
        raise InvalidAddress("The part before the @ is longer than 64 characters.")
    ascii_only = "".join(mark if mark.isascii() else "x" for mark in local)
    if not re.fullmatch(rf"{_ATOM}(?:\.{_ATOM})*", ascii_only):
        raise InvalidAddress("The part before the @ has a character or a dot where none may be.")
    return "".join(mark if mark.isascii() else mark.lower() for mark in local)


def _domain(domain: str) -> str:
    domain = domain.rstrip(".")
    if not domain:
        raise InvalidAddress("Nothing stands after the @.")
    if "." not in domain:
        raise InvalidAddress(f"The domain “{domain[:60]}” has no ending such as .com.")
    try:
        checked = validate_email(f"x@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidAddress(f"“{domain[:60]}” is not a domain.") from None
    _refuse_false_labels(domain)
    ascii_domain = (checked.ascii_domain or "").lower()
    if not _PLAIN.fullmatch(f"x@{ascii_domain}"):
        raise InvalidAddress(f"“{domain[:60]}” is not a domain.")
    return ascii_domain


def _refuse_false_labels(domain: str) -> None:
    """A label that begins with xn-- has to be the encoded form of something (RFC 5890)."""
    for label in domain.lower().split("."):
        if label.startswith("xn--"):
            try:
                idna.ulabel(label)
            except (idna.IDNAError, UnicodeError):
                raise InvalidAddress(f"“{domain[:60]}” is not a domain.") from None
