"""What CSS properties have to do with one another, as far as inlining must know.

A shorthand is known by the single properties that it sets; two declarations meet when they set one in common.
"""

import re
from functools import cache

_SIDES = ("top", "right", "bottom", "left")
_CORNERS = ("top-left", "top-right", "bottom-right", "bottom-left")
_LOGICAL = ("block-start", "block-end", "inline-start", "inline-end", "block", "inline")


def _borders() -> dict[str, set[str]]:
    every = {f"border-{side}-{what}" for side in _SIDES for what in ("width", "style", "color")}
    names = {f"border-{side}": {f"border-{side}-{what}" for what in ("width", "style", "color")} for side in _SIDES}
    names |= {f"border-{what}": {f"border-{side}-{what}" for side in _SIDES} for what in ("width", "style", "color")}
    names |= {"border": every | {"border-image"}}
    # Which side these mean depends on the direction of writing: they meet all sides.
    names |= {f"border-{side}": every for side in _LOGICAL}
    names |= {
        f"border-{side}-{what}": names[f"border-{what}"] for side in _LOGICAL for what in ("width", "style", "color")
    }
    names["border-radius"] = {f"border-{corner}-radius" for corner in _CORNERS}
    names |= {
        f"border-{one}-{other}-radius": names["border-radius"] for one in ("start", "end") for other in ("start", "end")
    }
    return names | {
        f"border-image-{part}": {"border-image"} for part in ("source", "slice", "width", "outset", "repeat")
    }


def _boxes() -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for box in ("margin", "padding", "scroll-margin", "scroll-padding"):
        names[box] = {f"{box}-{side}" for side in _SIDES}
        names |= {f"{box}-{side}": names[box] for side in _LOGICAL}
    names["inset"] = set(_SIDES)
    names |= {f"inset-{side}": set(_SIDES) for side in _LOGICAL}
    sizes = {"width", "height"}
    for prefix in ("", "min-", "max-"):
        names |= {f"{prefix}{side}-size": {prefix + size for size in sizes} for side in ("block", "inline")}
    return names


def _family(shorthand: str, *parts: str) -> dict[str, set[str]]:
    return {shorthand: {f"{shorthand}-{part}" for part in parts}}


_SETS: dict[str, set[str]] = {
    **_boxes(),
    **_borders(),
    **_family("background", "color", "image", "repeat", "attachment", "position", "size", "origin", "clip"),
    "background-position-x": {"background-position"},
    "background-position-y": {"background-position"},
    "font": {"font-style", "font-variant", "font-weight", "font-stretch", "font-size", "line-height", "font-family"}
    | {"font-size-adjust", "font-kerning", "font-feature-settings", "font-variation-settings", "font-optical-sizing"},
    **{f"font-variant-{part}": {"font-variant"} for part in ("caps", "ligatures", "numeric", "position", "east-asian")},
    **_family("list-style", "type", "position", "image"),
    **_family("outline", "width", "style", "color"),
    "text-decoration": {f"text-decoration-{part}" for part in ("line", "style", "color", "thickness", "skip")},
    **_family("overflow", "x", "y"),
    **_family("flex", "grow", "shrink", "basis"),
    "flex-flow": {"flex-direction", "flex-wrap"},
    "gap": {"row-gap", "column-gap"},
    "grid-gap": {"row-gap", "column-gap"},
    "grid-row-gap": {"row-gap"},
    "grid-column-gap": {"column-gap"},
    **{name: {"grid"} for name in ("grid-template", "grid-template-rows", "grid-template-columns")},
    **{name: {"grid"} for name in ("grid-template-areas", "grid-auto-rows", "grid-auto-columns", "grid-auto-flow")},
    **{name: {"grid-area"} for name in ("grid-row", "grid-column", "grid-row-start", "grid-row-end")},
    **{name: {"grid-area"} for name in ("grid-column-start", "grid-column-end")},
    "columns": {"column-width", "column-count"},
    **_family("column-rule", "width", "style", "color"),
    "place-content": {"align-content", "justify-content"},
    "place-items": {"align-items", "justify-items"},
    "place-self": {"align-self", "justify-self"},
    **_family("text-emphasis", "style", "color"),
    **{f"{name}-{part}": {name} for name in ("transition", "animation") for part in ("delay", "duration", "name")},
    "transition-property": {"transition"},
    "transition-timing-function": {"transition"},
    **{f"animation-{part}": {"animation"} for part in ("timing-function", "iteration-count", "direction", "fill-mode")},
    "animation-play-state": {"animation"},
    **{f"mask-{part}": {"mask"} for part in ("image", "size", "position", "repeat", "origin", "clip", "composite")},
    "word-wrap": {"overflow-wrap"},
    "white-space-collapse": {"white-space"},
    "text-wrap": {"white-space"},
    "text-wrap-mode": {"white-space"},
    "text-wrap-style": {"white-space"},
    "page-break-before": {"break-before"},
    "page-break-after": {"break-after"},
    "page-break-inside": {"break-inside"},
    "text-stroke": {"text-stroke"},
    "text-stroke-width": {"text-stroke"},
    "text-stroke-color": {"text-stroke"},
}
_PREFIX = re.compile(r"-(?:webkit|moz|ms|o|epub)-")
EVERYTHING = "all"

_LENGTH = r"(?:-?(?:\d+\.?\d*|\.\d+)(?:px|pt|em|%)|0)"
_NOT_NEGATIVE = _LENGTH.replace("-?", "")
_COLOUR = (
    r"(?:#(?:[0-9a-f]{3}){1,2}|black|white|red|green|blue|gray|grey|silver|navy|orange|yellow|transparent|inherit)"
)
_LENGTHS = re.compile(rf"{_NOT_NEGATIVE}(?: +{_NOT_NEGATIVE}){{0,3}}")
_MARGINS = re.compile(rf"(?:{_LENGTH}|auto)(?: +(?:{_LENGTH}|auto)){{0,3}}")
_SIZE = re.compile(rf"{_NOT_NEGATIVE}|auto")
_FONT_SIZE = re.compile(rf"{_NOT_NEGATIVE}|inherit")
_LINE_HEIGHT = re.compile(rf"{_NOT_NEGATIVE}|\d+(?:\.\d+)?|normal|inherit")
_ONE_COLOUR = re.compile(_COLOUR)
_KEYWORDS = {
    "display": re.compile("block|inline|inline-block|none|table|table-row|table-cell"),
    "text-align": re.compile("left|right|center|justify|inherit"),
    "font-weight": re.compile("normal|bold|bolder|lighter|[1-9]00|inherit"),
    "font-style": re.compile("normal|italic|oblique|inherit"),
    "text-decoration": re.compile("none|underline|line-through|inherit"),
    "text-transform": re.compile("none|uppercase|lowercase|capitalize|inherit"),
    "vertical-align": re.compile("top|middle|bottom|baseline|inherit"),
    "border-collapse": re.compile("collapse|separate|inherit"),
    "border": re.compile("none|0"),
    "float": re.compile("left|right|none"),
    "clear": re.compile("both|left|right|none"),
}
_CERTAIN = {
    **dict.fromkeys(("color", "background-color", "border-color"), _ONE_COLOUR),
    **dict.fromkeys(("margin", *(f"margin-{side}" for side in _SIDES)), _MARGINS),
    "padding": _LENGTHS,
    "width": _SIZE,
    "height": _SIZE,
    "font-size": _FONT_SIZE,
    "line-height": _LINE_HEIGHT,
    **dict.fromkeys((f"padding-{side}" for side in _SIDES), re.compile(_NOT_NEGATIVE)),
    **_KEYWORDS,
}
_CERTAIN |= dict.fromkeys((f"margin-{side}" for side in _SIDES), re.compile(rf"{_LENGTH}|auto"))


@cache
def atoms(name: str) -> frozenset[str]:
    """The single properties that a property sets."""
    if name.startswith("--"):
        return frozenset({name})
    plain = _PREFIX.sub("", name, count=1) if name.startswith("-") else name
    return frozenset(_SETS.get(plain, {plain}))


@cache
def is_certain(name: str, value: str) -> bool:
    """Whether every mail program understands the value, so that no earlier one can be needed in its place."""
    known = _CERTAIN.get(name)
    return known is not None and known.fullmatch(value.lower()) is not None
