"""What a page holds and nobody sees: preheaders, their padding, what phones alone are to show."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

_TAGS = frozenset(
    {"head", "style", "script", "title", "template", "object", "iframe", "svg", "math", "select", "input"}
)
_NUMBER = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|%|)")
_BOXES = ("max-height", "height", "max-width", "width")
_FAR = -500
_SMALLEST_FONT = 2  # pixels


@dataclass(frozen=True, slots=True)
class Sight:
    """What an element hands down to those inside it."""

    is_hidden: bool = False  # visibility, which an element inside may turn back
    is_tiny: bool = False  # letters too small to see; pictures among them are seen


def within(tag: str, attributes: dict[str, str], sight: Sight) -> Sight | None:
    """How far the inside of an element is seen; None: neither it nor anything in it."""
    if tag in _TAGS or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return None
    is_gone, visibility, font_size = _effect(attributes.get("style", ""))
    if is_gone:
        return None
    if visibility:
        sight = replace(sight, is_hidden=visibility in {"hidden", "collapse"})
    if font_size is not None:
        sight = replace(sight, is_tiny=_is_tiny(font_size, sight.is_tiny))
    return sight


@lru_cache(maxsize=512)  # elements of one mail have few styles
def _effect(style: str) -> tuple[bool, str, str | None]:
    """Whether nothing of the element is seen, its visibility and the size of its letters."""
    said = declarations(style)
    return _is_gone(said) or _has_no_room(said), said.get("visibility", ""), said.get("font-size")


def declarations(style: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _is_gone(style: dict[str, str]) -> bool:
    """For everybody: `mso-hide:all` alone hides from Outlook, as of a button that has a twin in VML there."""
    far = style.get("position") in {"absolute", "fixed"} and any(
        _size(style.get(side, "")) < _FAR for side in ("left", "top", "right")
    )
    return (
        style.get("display") == "none"
        or _size(style.get("opacity", "")) == 0
        or _size(style.get("text-indent", "")) < _FAR
        or far
    )


def _has_no_room(style: dict[str, str]) -> bool:
    cuts = {style.get(name, "") for name in ("overflow", "overflow-x", "overflow-y")} & {"hidden", "clip"}
    return bool(cuts) and any(name in style and 0 <= _size(style[name], -1) <= 1 for name in _BOXES)


def _is_tiny(size: str, inherited: bool) -> bool:
    number = _NUMBER.fullmatch(size)
    if not number:
        return inherited and size in {"inherit", "smaller", "larger"}
    if number[2] in {"em", "%"} and float(number[1]) > 0:
        return inherited
    return float(number[1]) < _SMALLEST_FONT if number[2] != "rem" else float(number[1]) == 0


def _size(value: str, otherwise: float = 1) -> float:
    number = _NUMBER.fullmatch(value)
    return float(number[1]) if number else otherwise
