"""Which features of HTML and CSS a mail uses, by the names that caniemail.com gives them. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import tinycss2
from tinycss2.ast import Declaration, Node, QualifiedRule

from delivery import html_tokens
from delivery.html_tokens import Token

_MOST_CHARS = 300_000


def _named(slug: str, names: str) -> dict[str, str]:
    """`slug` for each of them; a %s in it stands for its name."""
    return {name: slug.replace("%s", name) for name in names.split()}


_ELEMENTS = {
    **_named(
        "html-semantics", "article aside details figcaption figure footer header main mark nav section summary time"
    ),
    **_named("html-lists", "ul ol dl"),
    **_named("html-h1-h6", "h1 h2 h3 h4 h5 h6"),
    **_named("html-%s", "abbr acronym address audio base bdi blockquote code del dfn dialog form hr img link marquee"),
    **_named(
        "html-%s", "meter object picture pre progress rp rt ruby select small strike strong svg textarea video wbr"
    ),
    "map": "html-image-maps",
}
_ATTRIBUTES = {
    **_named("html-%s", "align background cellpadding cellspacing dir hidden popover required srcset target valign"),
    "loading": "html-loading-attribute",
    "inert": "css-inert-attribute",
}
_FAMILIES = (
    (re.compile(r"column-(?:width|count|rule|fill|span)|columns"), "css-column-layout-properties"),
    (re.compile(r"(?:grid-template|grid-(?:row|column|area))(?:-\w+)?"), "css-grid-template"),
    (re.compile(r"border-(?:inline|block)"), "css-border-inline-block"),
    (re.compile(r"border-(?:inline|block)-(?:start|end)"), "css-border-inline-block-individual"),
    (re.compile(r"border-(?:start|end)-(?:start|end)-radius"), "css-border-radius-logical"),
    (re.compile(r"margin-(?:inline|block)"), "css-margin-inline-block"),
    (re.compile(r"margin-block-(?:start|end)"), "css-margin-block-start-end"),
    (re.compile(r"margin-inline-(?:start|end)"), "css-margin-inline-start-end"),
    (re.compile(r"padding-(?:inline|block)"), "css-padding-inline-block"),
    (re.compile(r"padding-block-(?:start|end)"), "css-padding-block-start-end"),
    (re.compile(r"padding-inline-(?:start|end)"), "css-padding-inline-start-end"),
    (re.compile(r"block-size|inline-size"), "css-block-inline-size"),
    (re.compile(r"left|right|top|bottom"), "css-left-right-top-bottom"),
    (re.compile(r"(?:row-|column-)?gap"), "css-gap"),
    (re.compile(r"scroll-snap(?:-\w+)?"), "css-scroll-snap"),
    (re.compile(r"border-(?:top|bottom)-(?:left|right)-radius"), "css-border-radius"),
    (re.compile(r"border-image-\w+"), "css-border-image"),
    (re.compile(r"transition-[\w-]+"), "css-transition"),
    (re.compile(r"animation-[\w-]+"), "css-animation"),
    (re.compile(r"--.+"), "css-variables"),
)
_FUNCTIONS = {
    **_named("css-function-%s", "clamp light-dark max min"),
    **_named("css-modern-color", "lch oklch lab oklab"),
    **_named("css-%s", "linear-gradient radial-gradient conic-gradient"),
    **{f"repeating-{kind}-gradient": f"css-{kind}-gradient" for kind in ("linear", "radial", "conic")},
    "rgba": "css-rgba",
    "calc": "css-unit-calc",
    "var": "css-variables",
}
_UNITS = frozenset({"ch", "ex", "rem", "vh", "vmax", "vmin", "vw"})  # the others work everywhere or nobody asks
_DISPLAYS = {"flex": "flex", "inline-flex": "flex", "grid": "grid", "inline-grid": "grid", "none": "none"}
_MEDIA = ("device-pixel-ratio", "hover", "orientation", "prefers-color-scheme", "prefers-reduced-motion")
_SELECTOR = re.compile(r"(::?)([a-z-]+)|(\[)|([+~>*])", re.IGNORECASE)
_SIGNS = {"+": "adjacent-sibling", "~": "general-sibling", ">": "child", "*": "universal"}
_PSEUDO_ELEMENTS = frozenset({"after", "before", "first-letter", "first-line", "marker", "placeholder"})
_PICTURES = {"jpeg": "jpg", "svgz": "svg", "tif": "tiff", "heic": "heif"}
_EXTENSION = re.compile(r"\.([a-z0-9]{3,5})(?:[?#]|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Used:
    slug: str
    example: str  # as it stands in the mail, hostile


def used(html: str) -> dict[str, Used]:
    """Each once, in the order of its first use."""
    found: dict[str, Used] = {}
    for slug, example in _all(html[:_MOST_CHARS]):
        if slug not in found:
            found[slug] = Used(slug, " ".join(example.split())[:80])
    return found


def _all(html: str) -> Iterator[tuple[str, str]]:
    for token in html_tokens.tokens(html):
        if token.kind == "raw" and token.name == "style":
            yield from _sheet(tinycss2.parse_stylesheet(token.text, skip_comments=True, skip_whitespace=True))
        elif token.is_opening:
            yield from _tag(token)


def _tag(token: Token) -> Iterator[tuple[str, str]]:
    given = {name: value or "" for name, value in html_tokens.values(token).items()}
    if slug := _ELEMENTS.get(token.name):
        yield slug, f"<{token.name}>"
    if token.name in {"input", "button"}:
        kind = given.get("type", "text" if token.name == "input" else "submit").lower()
        yield f"html-{token.name}-{kind}", f'<{token.name} type="{kind}">'
    if token.name == "meta" and given.get("name", "").lower() == "color-scheme":
        yield "html-meta-color-scheme", '<meta name="color-scheme">'
    if token.name == "a" and given.get("href", "").startswith("#"):
        yield "html-anchor-links", f'href="{given["href"]}"'
    for name, value in given.items():
        if slug := _ATTRIBUTES.get(name) or (f"html-{name}" if name.startswith("aria-") else ""):
            yield slug, f'{name}="{value}"'
    if token.name == "img":
        yield from _picture(given.get("src", ""))
    if "style" in given:
        yield from _declarations(tinycss2.parse_blocks_contents(given["style"], skip_comments=True))


def _picture(src: str) -> Iterator[tuple[str, str]]:
    if src.startswith("data:"):
        yield "image-base64", src[:40]
    elif extension := _EXTENSION.search(src):
        kind = extension[1].lower()
        yield f"image-{_PICTURES.get(kind, kind)}", src


def _sheet(rules: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        if rule.type == "qualified-rule":
            yield from _selector(rule)
            yield from _block(rule.content)
        elif rule.type == "at-rule":
            name, prelude = rule.lower_at_keyword, tinycss2.serialize(rule.prelude)
            yield f"css-at-{name}", f"@{name}{prelude}"
            if name == "media":
                yield from ((f"css-at-media-{word}", f"@media{prelude}") for word in _MEDIA if word in prelude)
            if rule.content is not None and name in {"media", "supports"}:
                yield from _sheet(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
            elif rule.content is not None and name == "font-face":
                yield from _block(rule.content)


def _block(content: list[Node]) -> Iterator[tuple[str, str]]:
    inside = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    if any(node.type == "qualified-rule" for node in inside):
        yield "css-nesting", "{ … { … } }"
    yield from _declarations(inside)


def _selector(rule: QualifiedRule) -> Iterator[tuple[str, str]]:
    written = tinycss2.serialize(rule.prelude)
    for colons, name, bracket, sign in _SELECTOR.findall(written):
        if bracket:
            yield "css-selector-attribute", written
        elif sign:
            yield f"css-selector-{_SIGNS[sign]}", written
        elif len(colons) == 2 or name.lower() in _PSEUDO_ELEMENTS:
            yield f"css-pseudo-element-{name.lower()}", written
        else:
            yield f"css-pseudo-class-{name.lower()}", written


def _declarations(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if node.type != "declaration":
            continue
        shown = f"{node.name}: {tinycss2.serialize(node.value).strip()}"
        yield _property(node), shown
        if node.important:
            yield "css-important", f"{shown} !important"
        for value in _values(node.value):
            if slug := _of_value(node, value):
                yield slug, shown


def _property(node: Declaration) -> str:
    name = node.lower_name
    return next((slug for family, slug in _FAMILIES if family.fullmatch(name)), f"css-{name}")


def _values(nodes: Iterable[Node]) -> Iterator[Node]:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if node.type == "function":
            waiting += node.arguments


def _of_value(node: Declaration, value: Node) -> str:
    if value.type == "function":
        return _FUNCTIONS.get(value.lower_name, "")
    if value.type == "dimension" and value.lower_unit in _UNITS:
        return f"css-unit-{value.lower_unit}"
    if value.type == "ident" and node.lower_name == "display" and value.lower_value in _DISPLAYS:
        return f"css-display-{_DISPLAYS[value.lower_value]}"
    if value.type == "ident" and value.lower_value in {"fit-content", "min-content", "max-content"}:
        return "css-intrinsic-size"
    return ""
