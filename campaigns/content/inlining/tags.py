"""An opening tag with declarations added to its style attribute, and nothing else about it changed."""

import re
from collections.abc import Iterable
from html import escape, unescape

from campaigns.content.inlining.cascade import Written
from campaigns.content.inlining.sheet import Declaration, ends_open
from delivery.html_tokens import TAG_NAME, attributes

_END = re.compile(r"(?:(?<=[\s\"'])/)?>\Z")


def with_style(tag: str, style: Written) -> str:
    if not (style.before or style.behind):
        return tag
    name = TAG_NAME.match(tag)
    start = name.end() if name else 0
    for found in attributes(tag, start, len(tag) - 1):
        if found[1].lower() == "style":
            return (
                tag[: found.start(1)]
                + _lengthened(found[0][found.start(1) - found.start() :], found[2] or "", style)
                + tag[found.end() :]
            )
    end = _END.search(tag, start)
    at = end.start() if end else len(tag) - 1
    gap = "" if tag[at - 1].isspace() else " "
    after = " " if tag[at] == "/" else ""
    return f'{tag[:at]}{gap}style="{_text((*style.before, *style.behind), chr(34))}"{after}{tag[at:]}'


def _lengthened(attribute: str, quoted: str, style: Written) -> str:
    """The author's own words stand in it as they stood."""
    quote = quoted[:1] if quoted[:1] in {'"', "'"} else ""
    value = quoted[1:-1] if quote else escape(quoted, quote=True) if '"' in quoted else quoted
    quote = quote or '"'
    before, behind = _text(style.before, quote), _text(style.behind, quote)
    if behind and ends_open(unescape(value)):
        behind = ""
    words = value.strip()
    parts = [f"{before};" if before and words else before, value]
    if behind:
        parts += [";" if words and not words.endswith(";") else "", behind]
        if before and not words:
            parts.insert(2, ";")
    return f"{attribute[:5]}={quote}{''.join(parts)}{quote}"


def _text(declarations: Iterable[Declaration], quote: str) -> str:
    text = ";".join(f"{declaration.name}:{declaration.value}" for declaration in declarations)
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    other = "'" if quote == '"' else '"'
    if quote in text and other not in text:
        return text.replace(quote, other)
    return text.replace(quote, "&quot;" if quote == '"' else "&#39;")
