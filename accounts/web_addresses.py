"""Host names and web addresses as they travel, whoever wrote them: read as browsers read them."""

import re

import ada_url
import idna

_AROUND = "".join(map(chr, range(33)))  # WHATWG URL, 4.4: control characters and blanks round an address are no part
_WITHIN = str.maketrans("", "", "\t\n\r")
_LONGEST = 253
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_MAILBOX = re.compile(r"[^\s@:/?#<>]+@[^\s@:/?#<>]+\.[^\s@:/?#<>\d]{2,}")
_TYPED = re.compile(
    r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+-]*:(?!\d)|[/#?{])?(?P<host>[^\s/?#:@{}]+)(?::\d{1,5})?(?:[/?#].*)?", re.DOTALL
)
_FILE = re.compile(r"\.(?:html?|php|aspx?|jsp|pdf|docx?|xlsx?|pptx?|txt|xml|jpe?g|png|gif|webp|svg)\Z", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:xn--[a-z0-9-]+|[a-z]{2,})\Z")
_AS_IT_TRAVELS = re.compile(r"https?://[!#-;=?-\[\]^_a-~]+")


class NoHost(ValueError):
    """A name that no server can have."""


def ascii_host(host: str) -> str:
    """The host in lower case with A-labels, by UTS 46 without transitional rules. Raises NoHost.

    The codec of the standard library knows IDNA 2003 alone: straße.de becomes strasse.de, which belongs to others.
    """
    if len(host) > _LONGEST:  # before the library looks at it: its time grows faster than the length
        raise NoHost(host[:60])
    try:
        host = host.lower() if host.isascii() else idna.uts46_remap(host, std3_rules=False, transitional=False)
        labels = [_ascii_label(label) for label in host.split(".")]
    except idna.IDNAError:
        raise NoHost(host) from None
    if not all(map(_LABEL.fullmatch, labels)) or len(".".join(labels)) > _LONGEST:
        raise NoHost(host)
    return ".".join(labels)


def _ascii_label(label: str) -> str:
    if not label.isascii():
        return idna.alabel(label).decode()
    if label.startswith("xn--") and idna.alabel(idna.ulabel(label)).decode() != label:
        raise NoHost(label)
    return label


def tidy(href: str) -> str:
    """Without what a browser drops before it reads the address."""
    return href.strip(_AROUND).translate(_WITHIN)


def completed(text: str) -> str:
    """An address as people type it, with the scheme that they left out; what is no address stays as it is."""
    text = tidy(text)
    if _MAILBOX.fullmatch(text):
        return f"mailto:{text}"
    typed = _TYPED.fullmatch(text)
    if typed is None or typed["scheme"] or not _is_host(typed["host"]):
        return text
    is_file = _FILE.search(typed["host"]) and typed["host"].count(".") == 1
    return text if is_file else f"https://{text}"


def _is_host(text: str) -> bool:
    try:
        return bool(_ENDING.search(ascii_host(text)))
    except NoHost:
        return False


def resolved(href: str) -> str:
    """The web address, all ASCII, that a browser goes to for `href` in a mail; "" for anything but http and https."""
    try:
        address = ada_url.URL(href)
    except ValueError:
        return ""
    found = str(address.href)
    return found if found.startswith(("http://", "https://")) and address.hostname else ""


def as_sent(href: str) -> str:
    """The address as its author wrote it where that is fit to travel, else as a browser reads it; "" for no web one."""
    web = resolved(href)
    return href if web and _AS_IT_TRAVELS.fullmatch(href) else web
