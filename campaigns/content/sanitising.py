"""Taking out of a mail's HTML what may run, send or lead astray, and leaving every other character as it is.

Libraries that clean HTML throw conditional comments and VML away, which Outlook needs; so the page is cut into tokens
exactly as a browser does it (WHATWG HTML, 13.2.5) and each is kept, changed or dropped.
"""

import re
from collections.abc import Iterator
from html import unescape

from campaigns.merge.masking import Masks

_TOKEN = re.compile(
    r"""
    (?P<comment><!--(?:-?>|.*?(?:--!?>|\Z)))
  | (?P<mark><[!?][^>]*>|</(?![a-zA-Z])[^>]*>)
  | (?P<tag></?[a-zA-Z](?>[^>=]|=\s*+(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*+)?)*+>)
  | (?P<unfinished></?[a-zA-Z].*\Z)
  | (?P<text>[^<]+|<)
    """,
    re.VERBOSE | re.DOTALL,
)
_TAG_NAME = re.compile(r"</?([^\s/>]+)")
_PLAIN_NAME = re.compile(r"[a-z][\w:.-]*")  # other names mean different things to different readers
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?""")
_CONDITIONAL = re.compile(r"(<!--\[if[^\]]*\]>)(.*?)(<!\[endif\]-->)\Z", re.IGNORECASE | re.DOTALL)
_REVEALED = re.compile(r"<!--\[if[^\]]*\]><!-->|<!--\[if[^\]]*\]>-->|<!--<!\[endif\]-->", re.IGNORECASE)
_REVEALED_OPENING = re.compile(r"<!--\[if[^\]]*\]><!--+>", re.IGNORECASE)
_HIDDEN_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\ufeff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

_WITH_CONTENT = frozenset(
    {"script", "iframe", "object", "applet", "svg", "math", "template", "noembed", "noframes", "xmp", "textarea"}
)
_TAG_ONLY = frozenset(
    {"form", "input", "button", "select", "option", "optgroup", "base", "link", "embed", "frame", "frameset"}
    | {"portal", "plaintext", "noscript"}
)
_RAW_TEXT = frozenset({"style", "title"})
_ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "background", "poster", "cite", "data", "xlink:href", "srcset", "lowsrc"}
)
_SCHEMES = frozenset({"http:", "https:", "mailto:", "tel:", "sms:", "cid:"})
_DROPPED_ATTRIBUTES = frozenset({"srcdoc", "formaction", "ping", "autofocus"})
_ACTIVE_STYLE = re.compile(
    r"expression\s*\(|javascript:|vbscript:|-moz-binding|behaviou?r\s*:(?!\s*url\(#default#VML\))", re.I
)
_IMPORT = re.compile(r"@import\b[^;]*;?", re.IGNORECASE)


def clean(html: str, masks: Masks) -> str:
    """The HTML with nothing in it that acts. Its merge tags are hidden by `masks`. Idempotent."""
    before = None
    while html != before:
        before, html = html, "".join(_kept(html, masks))
    return html


def _kept(html: str, masks: Masks) -> Iterator[str]:
    at = 0
    while at < len(html):
        token = _TOKEN.match(html, at)
        if token is None:  # cannot be: text takes what nothing else does
            return
        at = token.end()
        if token.lastgroup == "comment":
            yield _comment(token[0], masks)
        elif token.lastgroup == "tag":
            name = _name(token[0])
            if name in _WITH_CONTENT:
                at = _end_of(name, html, token)
            elif name in _RAW_TEXT and not token[0].startswith("</"):
                end = _start_of_closing(name, html, at)
                yield _tag(token[0], name, masks) + (_style(html[at:end]) if name == "style" else html[at:end])
                at = end
            elif name not in _TAG_ONLY and _PLAIN_NAME.fullmatch(name) and not masks.pattern.search(name):
                yield _tag(token[0], name, masks)
        elif token.lastgroup != "unfinished":
            yield token[0]


def _name(tag: str) -> str:
    name = _TAG_NAME.match(tag)
    return name[1].lower() if name else ""


def _end_of(name: str, html: str, opening: re.Match[str]) -> int:
    """Behind the closing tag of a dropped element; behind the tag itself when it is a closing one."""
    if opening[0].startswith("</") or opening[0].endswith("/>"):
        return opening.end()
    closing = re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE).search(html, opening.end())
    return closing.end() if closing else len(html)


def _start_of_closing(name: str, html: str, at: int) -> int:
    closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
    return closing.start() if closing else len(html)


def _comment(comment: str, masks: Masks) -> str:
    """Only Outlook's conditions are kept; what they hide is cleaned like everything else."""
    if _REVEALED.fullmatch(comment) or _REVEALED_OPENING.fullmatch(comment):
        return comment
    conditional = _CONDITIONAL.fullmatch(comment)
    return f"{conditional[1]}{clean(conditional[2], masks)}{conditional[3]}" if conditional else ""


def _style(css: str) -> str:
    return _IMPORT.sub("", _ACTIVE_STYLE.sub("", css))


def _tag(tag: str, name: str, masks: Masks) -> str:
    if name == "meta" and re.search(r"http-equiv\s*=\s*[\"']?\s*(refresh|set-cookie)", unescape(tag), re.IGNORECASE):
        return ""
    start = _TAG_NAME.match(tag)
    if tag.startswith("</") or start is None:
        return tag
    inside = tag[start.end() : -1]
    bad = [found for found in _ATTRIBUTE.finditer(inside) if not _is_harmless(found[1].lower(), found[2] or "", masks)]
    for found in reversed(bad):
        # Conditions stay, or their other half would stand alone.
        conditions = "".join(f" {block}" for block in masks.blocks.findall(found[0]))
        inside = inside[: found.start()] + conditions + inside[found.end() :]
    return f"{tag[: start.end()]}{inside}>"


def _is_harmless(name: str, quoted: str, masks: Masks) -> bool:
    if masks.pattern.search(name):  # a condition round attributes is fine, a name that comes out of a value is not
        return not quoted and not masks.pattern.sub("", name)
    value = unescape(quoted.strip("\"'"))
    if name.startswith("on") or name in _DROPPED_ATTRIBUTES or ("<" in quoted and quoted[0] not in "\"'"):
        return False
    if name == "style":
        return not _ACTIVE_STYLE.search(value)
    if name in _ADDRESSES:
        scheme = _SCHEME.match(_HIDDEN_SPACE.sub("", value))
        return not scheme or scheme[0].lower() in _SCHEMES or value.lower().startswith("data:image/")
    return True
