"""Taking out of a mail's HTML what may run, send or lead astray, and leaving every other character as it is.

Libraries that clean HTML throw conditional comments and VML away, which Outlook needs; so the page is cut into tokens
exactly as a browser does it (WHATWG HTML, 13.2.5) and each is kept, changed or dropped. What is dropped is named.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Literal, NamedTuple

from campaigns.content import sheet_cleaning
from campaigns.merge.masking import Masks
from delivery.html_tokens import TAG_NAME, Token, attributes, tokens

_PLAIN_NAME = re.compile(r"[a-z][\w:.-]*")  # other names mean different things to different readers
# Outlook's conditions in every spelling that is met: what stands between them is seen by Outlook alone, ...
_CONDITIONAL = re.compile(
    r"(<!--\s*\[if[^\]]*\]>)(.*?)((?:<!--\s*)?<!\s*\[endif\]\s*--+>)\Z", re.IGNORECASE | re.DOTALL
)
# Round Outlook's settings in such a comment, as many templates have it. Elsewhere browsers differ on what is in it.
_NO_SCRIPT = re.compile(r"<noscript>(?=\s*<xml>)|(?<=</xml>)\s*</noscript>", re.IGNORECASE)
# ... or by everybody else too, as both halves are comments of their own.
_REVEALED = re.compile(
    r"<!--\s*\[if[^\]]*\]\s*>(?:\s*<!)?\s*--+>|<!--\s*\[if[^\]]*\]>\s*<!--\s*--+>|<!--[\s-]*<!\s*\[endif\]\s*--+>"
    r"|<!--\s*\[endif\]\s*--+>",
    re.IGNORECASE,
)
_REVEALED_OPENING = re.compile(r"<!--\s*\[if[^\]]*\]><!--+>", re.IGNORECASE)
# A comment that old and new readers end at the same place.
_PLAIN_COMMENT = re.compile(r"<!--(?!-?>)((?:(?!--!?>).)*)-->", re.DOTALL)
# Where a value that ends in dashes would end the comment round it.
_ENDS_A_COMMENT = re.compile(r"(zq[0-9a-f]{8}x\d++[qy](?:-|zq[0-9a-f]{8}x\d++[qy])*+)(?=!?>)")
_HIDDEN_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\ufeff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CHARSET = re.compile(r"(charset\s*+=\s*+(?:[\"']\s*+)?)([\w:.-]++)", re.IGNORECASE)
_ADDRESS_CHARS = 60
_PASSES = 8

_WITH_CONTENT = frozenset(
    {"script", "iframe", "object", "applet", "svg", "math", "template", "noembed", "noframes", "xmp", "textarea"}
)
_TAG_ONLY = frozenset(
    {"form", "input", "button", "select", "option", "optgroup", "base", "link", "embed", "frame", "frameset"}
    | {"portal", "plaintext", "noscript"}
)
_ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "background", "poster", "cite", "data", "xlink:href", "srcset", "lowsrc"}
)
_SCHEMES = frozenset({"http:", "https:", "mailto:", "tel:", "sms:", "cid:"})
# Of what may stand for a header: nothing that leads elsewhere, stores or reports.
_HEADERS = frozenset({"content-type", "x-ua-compatible", "content-language", "default-style", ""})
_WRITTEN_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
_PICTURES = frozenset({"src", "background", "srcset"})
_DROPPED_ATTRIBUTES = frozenset({"srcdoc", "formaction", "ping", "autofocus"})

# What is clean at one look, as most of a mail of blocks is: words, elements that only show, attributes that only say
# how, and addresses that begin harmlessly. Whatever else it is, is read token by token.
_SHOWN = (
    r"</?+(?:a|b|blockquote|br|center|div|em|h[1-6]|hr|i|img|li|ol|p|picture|s|source|span|strong|table|tbody|td|th|thead"
    r"|tr|u|ul|v:(?:fill|image|rect|roundrect|textbox)|w:anchorlock)(?=[ />])(?:\ (?:"
    r"(?:align|alt|arcsize|aria-hidden|aspect|bgcolor|border|cellpadding|cellspacing|class|color|colspan|data-[a-z-]++|dir|fill"
    r"|fillcolor|filled|height|id|inset|lang|media|origin|position|role|rowspan|scope|size|start|stroke|stroked|strokecolor|strokeweight|title"
    r"|type|valign|width|xmlns:[vw])=\"[^\"<>]*+\""
    r"|style=\"[ !#-%'-;=?-\[\]-~]*+\""
    r"|(?:href|src|srcset|background)=\"(?:(?:https?://|mailto:|tel:|[/\#])[^\"<>]*+"
    r"|zq[0-9a-f]{8}x\d++q(?:[/?\#][^\"<>]*+)?+)?+\""
    r"|data-twin))*+\ ?/?+>"
)
_HARMLESS = re.compile(
    rf"(?:[^<>]++|{_SHOWN}|<!--\[if\ mso\]>(?:[^<>]++|{_SHOWN})*+<!\[endif\]-->"
    r"|<!--\[if\ !mso\]><!-->|<!--<!\[endif\]-->)*+"
)


class Removed(NamedTuple):
    """Something that was taken out: of an element its name, of an attribute too, of an address the address."""

    kind: Literal["element", "attribute", "address", "style", "import", "comment", "refresh", "unfinished"]
    what: str


class TooTangled(ValueError):
    """Whenever something is taken out, what stood round it is something else that must go."""


def clean(html: str, masks: Masks) -> tuple[str, list[Removed]]:
    """The HTML with nothing in it that acts, and what was taken out. `masks` hides its merge tags. Idempotent.

    Raises TooTangled.
    """
    return (html, []) if is_harmless_at_one_look(html, masks) else read_and_cleaned(html, masks)


def read_and_cleaned(html: str, masks: Masks) -> tuple[str, list[Removed]]:
    """What clean gives, token by token."""
    removed: dict[Removed, None] = {}
    for _ in range(_PASSES):
        before = html
        html = "".join(_kept(html, masks, removed))
        if html == before:
            return html, list(removed)
    raise TooTangled


def is_harmless_at_one_look(html: str, masks: Masks) -> bool:
    """Quick, and never True where there is something to take out. `masks` hides the merge tags of `html`."""
    may_act = any(map(sheet_cleaning.may_act, (html, masks.pattern.sub("", html))))
    return not may_act and bool(_HARMLESS.fullmatch(html))


def _kept(html: str, masks: Masks, removed: dict[Removed, None]) -> Iterator[str]:
    skipped_to = 0
    for token in tokens(html):
        if token.start < skipped_to:
            continue
        if token.kind == "comment":
            yield _comment(token.text, masks, removed)
        elif token.kind == "raw":
            yield _style(token.text, masks, removed) if token.name == "style" else token.text
        elif token.kind == "unfinished":
            removed[Removed("unfinished", token.text[:_ADDRESS_CHARS])] = None
        elif token.kind != "tag":
            yield token.text
        elif token.name in _WITH_CONTENT:
            skipped_to = _end_of(html, token)
            removed[Removed("element", token.name)] = None
        elif token.name in _TAG_ONLY or not _PLAIN_NAME.fullmatch(token.name) or masks.pattern.search(token.name):
            removed[Removed("element", masks.reveal(token.name))] = None
        else:
            yield _tag(token.text, token.name, masks, removed)


def _end_of(html: str, opening: Token) -> int:
    """Behind the closing tag of a dropped element; behind the tag itself when it is a closing one."""
    end = opening.start + len(opening.text)
    if not opening.is_opening or opening.text.endswith("/>"):
        return end
    closing = re.compile(rf"</{opening.name}(?=[\s/>])[^>]*>?", re.IGNORECASE).search(html, end)
    return closing.end() if closing else len(html)


def _comment(comment: str, masks: Masks, removed: dict[Removed, None]) -> str:
    """What a comment hides from some readers is cleaned like everything else."""
    if _REVEALED.fullmatch(comment) or _REVEALED_OPENING.fullmatch(comment):
        return comment
    if conditional := _CONDITIONAL.fullmatch(comment):
        settings = Masks()
        inside, inner = clean(_NO_SCRIPT.sub(lambda tag: settings.keep(tag[0]), conditional[2]), masks)
        removed.update(dict.fromkeys(inner))
        return f"{conditional[1]}{_unending(settings.reveal(inside))}{conditional[3]}"
    plain = _PLAIN_COMMENT.fullmatch(comment)
    if plain and "<!--" not in plain[1] and clean(plain[1], masks)[0] == plain[1]:
        return f"<!--{_unending(plain[1])}-->"
    removed[Removed("comment", masks.reveal(comment)[:_ADDRESS_CHARS])] = None
    return ""


def _unending(inside: str) -> str:
    """Of a comment: with a blank between merge tags and what would be its end after `--`."""
    return _ENDS_A_COMMENT.sub(r"\1 ", inside)


def _style(css: str, masks: Masks, removed: dict[Removed, None]) -> str:
    """Also as it is when its merge tags say nothing: `@im{% if a %}{% endif %}port` is an import."""
    cleaned, taken = sheet_cleaning.clean(css)
    if put_together := sheet_cleaning.clean(masks.pattern.sub("", cleaned))[1]:
        cleaned, taken = "", [*taken, *put_together]
    removed.update((Removed("import" if words.startswith("@") else "style", words), None) for words in taken)
    return cleaned


def _tag(tag: str, name: str, masks: Masks, removed: dict[Removed, None]) -> str:
    if name == "meta":
        if not _is_harmless_meta(tag, masks):
            removed[Removed("refresh", "meta")] = None
            return ""
        tag = _CHARSET.sub(lambda found: found[0] if found[2].lower() == "utf-8" else f"{found[1]}utf-8", tag)
    start = TAG_NAME.match(tag)
    if tag.startswith("</") or start is None:
        return tag
    inside = tag[start.end() : -1]
    bad = [found for found in attributes(inside) if not _is_harmless(name, found[1].lower(), found[2] or "", masks)]
    for found in reversed(bad):
        removed[_named(name, found[1].lower(), found[2] or "", masks)] = None
        # Conditions stay, or their other half would stand alone.
        conditions = "".join(f" {block}" for block in masks.blocks.findall(found[0]))
        inside = inside[: found.start()] + conditions + inside[found.end() :]
    return f"{tag[: start.end()]}{inside}>"


def _is_harmless_meta(tag: str, masks: Masks) -> bool:
    """What stands for a header of the page is one of those known, spelled out and no merge tag's to say."""
    if masks.blocks.search(tag):
        return "http-equiv" not in tag.lower()
    said = (found for found in attributes(tag, len("<meta"), len(tag) - 1) if found[1].lower() == "http-equiv")
    return all(unescape((found[2] or "").strip("\"'")).strip().lower() in _HEADERS for found in said)


def _named(element: str, name: str, quoted: str, masks: Masks) -> Removed:
    if name in _ADDRESSES:
        return Removed("address", masks.reveal(unescape(quoted.strip("\"'")).strip())[:_ADDRESS_CHARS])
    return Removed("style" if name == "style" else "attribute", masks.reveal(f"{name} of <{element}>"))


def _is_harmless(element: str, name: str, quoted: str, masks: Masks) -> bool:
    if masks.pattern.search(name):  # a condition round attributes is fine, a name that comes out of a value is not
        return not quoted and not masks.blocks.sub("", name)
    value = unescape(quoted.strip("\"'"))
    if name.startswith("on") or name in _DROPPED_ATTRIBUTES or ("<" in quoted and quoted[0] not in "\"'"):
        return False
    if name == "style":
        return not any(map(sheet_cleaning.is_active, (value, masks.pattern.sub("", value))))
    if name in _ADDRESSES:
        scheme = _SCHEME.match(_HIDDEN_SPACE.sub("", value))
        # A file of the author's own machine shows nothing to anybody; the checks say so.
        is_own_file = bool(scheme) and name in _PICTURES and scheme[0].lower() == "file:"  # type: ignore[index]
        is_picture = name == "src" and element == "img" and bool(_WRITTEN_PICTURE.match(value))
        return not scheme or scheme[0].lower() in _SCHEMES or is_picture or is_own_file
    return True
