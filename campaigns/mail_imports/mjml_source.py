"""MJML of others: read strictly, as the compiler puts what it does not know into the mail, and compiled.

mjml-python 1.4.2 keeps unknown elements as they are, loses `mj-style inline`, and has no `mj-html-attributes`. Of the
documented attributes it passes over some and misreads three, which are rewritten (findings/mjml-python-hero.sh,
findings/mjml-python-zero-padding.sh).
"""

import re
from collections.abc import Iterator

from campaigns.compiling import results
from campaigns.content.html import Unusable
from delivery.html_tokens import Token, attributes, tokens, values

# Those that the compiler knows, and whether HTML may stand in them.
_PLAIN = (
    "mjml mj-head mj-body mj-attributes mj-all mj-class mj-breakpoint mj-font mj-section mj-column mj-group mj-wrapper "
    "mj-hero mj-image mj-divider mj-spacer mj-social mj-navbar mj-accordion mj-accordion-element mj-carousel "
    "mj-carousel-image"
)
_WITH_HTML = (
    "mj-text mj-button mj-table mj-raw mj-style mj-title mj-preview mj-social-element mj-navbar-link "
    "mj-accordion-title mj-accordion-text"
)
_KNOWN = frozenset(f"{_PLAIN} {_WITH_HTML}".split())
_HOLDS_HTML = frozenset(_WITH_HTML.split())
_NAMED = 5
# Documented for MJML 5.4, and not in what the compiler makes.
_NOT_DRAWN = {
    "mj-accordion-title": "font-weight",
    "mj-body": "id",
    "mj-button": "title",
    "mj-hero": "border-radius inner-padding inner-padding-bottom inner-padding-left inner-padding-right "
    "inner-padding-top",
    "mj-image": "border-bottom border-left border-right border-top sizes",
    "mj-section": "gutter",
    "mj-social": "border",
    "mj-social-element": "border sizes srcset",
    "mj-table": "role",
    "mj-wrapper": "gap",
}
_BARE_ZERO = re.compile(r"(?<![\w.])0(?![\w.%])")
_WITHOUT_UNIT = re.compile(r"(mso-padding-bottom-alt:0;padding-bottom:[\d.]+);")


class Refused(ValueError):
    """Its text may be shown."""


def compiled(source: str) -> str:
    """The HTML. Raises Refused."""
    if found := list(_problems(source)):
        more = f" {len(found) - _NAMED} more follow." if len(found) > _NAMED else ""
        raise Refused(" ".join(found[:_NAMED]) + more)
    try:
        page = results.of_mjml("".join(map(_as_meant, tokens(source))))
    except Unusable as problem:
        raise Refused(str(problem)) from None
    return _WITHOUT_UNIT.sub(r"\1%;", page)  # the height of a fluid hero, in proportion to its picture


def not_drawn(source: str) -> list[str]:
    """Sentences about what stands in the source and not in the mail."""
    found = [
        (token, ", ".join(lost))
        for token in tokens(source)
        if token.is_opening and token.name in _NOT_DRAWN
        if (lost := [name for name in values(token) if name in _NOT_DRAWN[token.name].split()])
    ]
    named = [f"Line {_line(source, token)}: <{token.name}> loses its {lost}." for token, lost in found[:_NAMED]]
    return named + ([f"{len(found) - _NAMED} more lose something, too."] if found[_NAMED:] else [])


def _as_meant(token: Token) -> str:
    """The compiler takes any `full-width` for yes, knows a fluid hero by another word than MJML, and forgets the sides
    of a padding with a bare 0 in what it reckons for Outlook.
    """
    if not token.is_opening or not token.name.startswith("mj-"):
        return token.text
    text = token.text
    for attribute in reversed(list(attributes(text, 1 + len(token.name), len(text) - 1))):
        name, value = attribute["name"], (attribute["value"] or "").strip("\"'")
        if name == "full-width" and value != "full-width":
            text = text[: attribute.start("name")] + text[attribute.end() :]
        elif name == "mode" and value == "fluid-height":
            text = f'{text[: attribute.start("name")]}mode="fluid"{text[attribute.end() :]}'
        elif name in ("padding", "inner-padding") and "{" not in value:
            text = text[: attribute.start()] + _BARE_ZERO.sub("0px", attribute[0]) + text[attribute.end() :]
    return text


def _problems(source: str) -> Iterator[str]:
    open_ones: list[Token] = []
    for token in tokens(source):
        if token.kind != "tag":
            continue
        within = open_ones[-1].name if open_ones and _holds_html(open_ones) else ""
        if within and token.name != within:
            if token.name.startswith("mj-"):
                yield f"Line {_line(source, token)}: <{token.name}> stands inside <{within}>, which holds HTML alone."
        elif token.is_opening:
            yield from _of_opening(source, token)
            if not token.text.endswith("/>"):
                open_ones.append(token)
        elif not open_ones or open_ones.pop().name != token.name:
            yield f"Line {_line(source, token)}: </{token.name}> closes nothing that is open there."
            return
    for token in open_ones[-1:]:
        yield f"Line {_line(source, token)}: <{token.name}> is never closed."


def _holds_html(open_ones: list[Token]) -> bool:
    """In mj-attributes the same names hold nothing."""
    return open_ones[-1].name in _HOLDS_HTML and all(token.name != "mj-attributes" for token in open_ones)


def _of_opening(source: str, token: Token) -> Iterator[str]:
    line = _line(source, token)
    if token.name == "mj-include":
        yield f"Line {line}: mj-include reads another file, which is not here. Put that file's content in its place."
    elif token.name not in _KNOWN:
        cure = "Correct its name, or put HTML into <mj-text> or <mj-raw>."
        yield f"Line {line}: there is no <{token.name}> in MJML. {cure}"
    elif token.name == "mj-style" and "inline" in token.text.lower():
        cure = "Leave out the attribute: styles are written into the elements anyway."
        yield f'Line {line}: mj-style with inline="inline" would be lost. {cure}'


def _line(source: str, token: Token) -> int:
    return source.count("\n", 0, token.start) + 1
