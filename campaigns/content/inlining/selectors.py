"""Selectors: those that say for good which elements they mean, and those that depend on what a reader does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cssselect2
import tinycss2

Specificity = tuple[int, int, int]

_ARGUED = frozenset({"not", "is", "where"})  # as lasting as what stands in their brackets
_BY_PLACE = frozenset(
    {"first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type"}
    | {"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"}
)
_LASTING = _BY_PLACE | {"root", "any-link"}
# What depends on the reader, or on text that merge tags make.
_PASSING = frozenset(
    {"hover", "active", "focus", "visited", "link", "target", "checked", "focus-within", "focus-visible", "enabled"}
    | {"disabled", "empty", "lang", "dir", "has", "required", "optional", "read-only", "default", "invalid", "valid"}
)
_PSEUDO_ELEMENTS = frozenset({"before", "after", "first-line", "first-letter", "selection", "marker", "placeholder"})
_ONE_COLON = frozenset({"before", "after", "first-line", "first-letter"})
_ATTRIBUTE = re.compile(r"\[\s*(?:[\w*-]*\|)?([\w-]+)")
_HIGHEST: Specificity = (1 << 30, 0, 0)


class NoSelector(ValueError):
    """A browser drops the rule."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Matches for good the elements that `compiled` names; unless `is_lasting`, some of them at some times."""

    text: str
    compiled: Any
    specificity: Specificity
    is_lasting: bool
    looks_beside: bool  # at the place among siblings, not at ancestors alone
    attributes: tuple[str, ...]

    def at_times(self) -> "Selector":
        return replace(self, is_lasting=False)


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Selector, ...]:
    """Of a list of selectors, all that mean elements; those of pseudo-elements are left out. Raises NoSelector."""
    found: list[Selector] = []
    is_known_everywhere = True
    for part in _parts(tinycss2.parse_component_value_list(text)):
        taken = _TakenApart(part)
        compiled = _compiled(taken.bare)
        is_known_everywhere = is_known_everywhere and not taken.unknown
        if taken.is_of_pseudo_element:
            continue
        ids, classes, names = compiled.specificity
        specificity = _HIGHEST if taken.argued else (ids, classes + taken.passing, names)
        words = tinycss2.serialize(part).strip()
        is_lasting = not (taken.passing or taken.argued)
        attributes = tuple(name.lower() for name in _ATTRIBUTE.findall(words))
        found.append(Selector(words, compiled, specificity, is_lasting, taken.looks_beside, attributes))
    # A browser that does not know one of them drops them all.
    return tuple(found if is_known_everywhere else (selector.at_times() for selector in found))


class _TakenApart:
    """One selector without its passing conditions: what is left matches at least what the whole may match."""

    def __init__(self, part: Sequence[Any]) -> None:
        self.passing = 0
        self.argued = False
        self.unknown = False
        self.is_of_pseudo_element = False
        self.looks_beside = any(token.type == "literal" and token.value in "+~" for token in part)
        self.bare = tinycss2.serialize(list(self._kept(part))).strip() or "*"

    def _kept(self, part: Sequence[Any]) -> Iterator[Any]:
        tokens, at, colons = list(part), 0, 0
        stands_alone = True
        while at < len(tokens):
            token = tokens[at]
            at += 1
            if token.type == "literal" and token.value == ":":
                colons += 1
                continue
            if not colons:
                stands_alone = token.type == "whitespace" or (token.type == "literal" and token.value in ">+~,")
                yield token
                continue
            name = token.lower_value if token.type == "ident" else getattr(token, "lower_name", "")
            if not name:
                raise NoSelector("a colon without a name")
            if self._is_kept(name, token, colons):
                yield tinycss2.ast.LiteralToken(token.source_line, token.source_column, ":")
                yield token
            elif stands_alone:
                yield tinycss2.ast.LiteralToken(token.source_line, token.source_column, "*")
            stands_alone, colons = False, 0
        if colons:
            raise NoSelector("a colon without a name")

    def _is_kept(self, name: str, token: Any, colons: int) -> bool:
        if colons > 1 or name in _ONE_COLON:
            self.is_of_pseudo_element = True
            self.unknown = self.unknown or name not in _PSEUDO_ELEMENTS
            return False
        if name in _ARGUED and token.type == "function":
            inner = [_TakenApart(part) for part in _parts(token.arguments)]
            self.looks_beside = self.looks_beside or any(one.looks_beside for one in inner)
            self.argued = self.argued or any(one.passing or one.argued or one.unknown for one in inner)
            return not self.argued
        self.looks_beside = self.looks_beside or name in _BY_PLACE
        if name in _LASTING:
            return True
        self.unknown = self.unknown or name not in _PASSING
        self.argued = self.argued or token.type == "function"
        self.passing += 1
        return False


def _parts(tokens: Sequence[Any]) -> list[list[Any]]:
    """A list of selectors at its commas."""
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return parts


def _compiled(text: str) -> Any:
    try:
        (compiled,) = cssselect2.compile_selector_list(text)
    except (cssselect2.SelectorError, ValueError) as problem:
        raise NoSelector(text) from problem
    return compiled
