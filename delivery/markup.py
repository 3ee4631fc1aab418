"""HTML, addresses and words as strangers write them: what the library raises on is passed over, as browsers do."""

import re
from html import unescape
from html.entities import html5
from urllib.parse import SplitResult, urlsplit

_REFERENCE = re.compile(r"&(?:#\w+;?|[A-Za-z][A-Za-z0-9]*(?:;|(?![A-Za-z0-9=])))")


def attribute_text(raw: str) -> str:
    """The value of an attribute, `raw` being what stands between its quotes.

    `html.unescape` knows one rule for text and attributes. Browsers leave `&copy=1` alone in these (WHATWG HTML,
    13.2.5.73): it is the next part of an address, no sign.
    """
    return _REFERENCE.sub(_referred, raw) if "&" in raw else raw


def _referred(found: re.Match[str]) -> str:
    return unescape(found[0]) if found[0][1] == "#" or found[0][1:] in html5 else found[0]


def split(link: str) -> SplitResult:
    """The parts of an address; all empty where it is none, such as `http://[`."""
    try:
        return urlsplit(link)
    except ValueError:
        return SplitResult("", "", "", "", "")


def host_of(link: str) -> str:
    return split(link).hostname or ""


def printable(text: str) -> str:
    """Without control characters, which PostgreSQL (NUL) or a terminal may not bear, and without those that turn the
    direction of what is read beside them."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
