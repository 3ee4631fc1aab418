"""What the list of mails shows and searches beside the headers: how the text begins, and all of its words. Hostile."""

import re
from html import unescape

from delivery import html_tokens
from delivery.markup import printable
from delivery.sandbox import parts

_PREVIEW_CHARS = 160
_MOST_CHARS = 50_000
_LINK = re.compile(r"\(?https?://[^\s()]+\)?")


def read(raw: bytes) -> str:
    """The plain text, else that of the HTML, in one line."""
    html = ""
    for part in parts.leaves(parts.read(raw)):
        if part.is_attachment:
            continue
        if part.kind == b"text/plain" and (found := one_line(part.text)):
            return found
        if part.kind == b"text/html" and not html:
            html = part.text
    texts = (token.text for token in html_tokens.tokens(html[: _MOST_CHARS * 4]) if token.kind == "text")
    return one_line(unescape(" ".join(texts)))


def preview(text: str) -> str:
    """How `text` begins, as a list of mails shows it: without the addresses of its links."""
    return " ".join(_LINK.sub(" ", text[: _PREVIEW_CHARS * 20]).split())[:_PREVIEW_CHARS]


def one_line(text: str) -> str:
    return printable(" ".join(text[:_MOST_CHARS].split()))
