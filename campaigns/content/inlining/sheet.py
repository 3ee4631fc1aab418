"""A style sheet as rules, each with what it depends on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2

from campaigns.content.inlining import comments, selectors
from campaigns.content.inlining.properties import atoms
from campaigns.content.inlining.selectors import NoSelector, Selector

_WITHOUT_ELEMENTS = frozenset(
    {
        "font-face",
        "page",
        "charset",
        "namespace",
        "import",
        "viewport",
        "property",
        "counter-style",
        "font-palette-values",
    }
    | {"font-feature-values", "keyframes", "view-transition", "position-try", "color-profile"}
)
_EVERYTHING = selectors.read("*")[0].at_times()


@dataclass(frozen=True, slots=True)
class Declaration:
    name: str  # as the author spelled it: some mail programs tell Margin from margin
    value: str
    is_important: bool
    atoms: frozenset[str]

    @property
    def lower_name(self) -> str:
        return self.name if self.name.startswith("--") else self.name.lower()


@dataclass(frozen=True, slots=True)
class Rule:
    """`condition`: when it holds, in the author's words; "" for always."""

    selectors: tuple[Selector, ...]
    declarations: tuple[Declaration, ...]
    condition: str


def rules(css: str, condition: str = "", *, ignores_case: bool = False) -> Iterator[Rule]:
    """Of one style element, in their order. `ignores_case`: of classes and ids, as in a page without doctype."""
    parsed = tinycss2.parse_stylesheet(comments.without(css), skip_comments=True, skip_whitespace=True)
    return _rules(parsed, condition, ignores_case=ignores_case)


def declarations(css: str | Sequence[Any]) -> list[Declaration]:
    """Those that are well formed; whether a browser knows their values is not asked."""
    plain = comments.without(css) if isinstance(css, str) else css
    return [_declaration(node) for node in tinycss2.parse_blocks_contents(plain) if node.type == "declaration"]


def ends_open(css: str) -> bool:
    """Whether text behind this one would be taken for a part of it, as after an open bracket or quote."""
    probe = declarations(f"{css};zq-probe:1")
    return not probe or probe[-1].name != "zq-probe" or probe[-1].value != "1"


def _rules(nodes: Sequence[Any], condition: str, *, ignores_case: bool) -> Iterator[Rule]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield from _of_rule(node, condition, ignores_case=ignores_case)
        elif node.type == "at-rule" and node.content is not None:
            word = node.lower_at_keyword.removeprefix("-webkit-").removeprefix("-moz-").removeprefix("-o-")
            if word in _WITHOUT_ELEMENTS:
                continue
            prelude = " ".join(tinycss2.serialize(node.prelude).split())
            holds = f"@{word} {prelude}".strip()
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            if word == "media" and prelude.lower() in {"", "all"}:
                holds = condition
            yield from _rules(inner, holds, ignores_case=ignores_case)


def _of_rule(node: Any, condition: str, *, ignores_case: bool) -> Iterator[Rule]:
    text = tinycss2.serialize(node.prelude).strip()
    is_mixed = ignores_case and text != text.lower()
    try:
        meant = selectors.read(text.lower() if is_mixed else text)
    except NoSelector:
        return
    if is_mixed and "[" in text:
        meant = tuple(selector.at_times() for selector in meant)
    inside = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
    own = tuple(_declaration(found) for found in inside if found.type == "declaration")
    if meant and own:
        yield Rule(meant, own, condition)
    nested = tuple(_nested(inside))
    if nested:
        yield Rule((_EVERYTHING,), nested, f"the rules inside “{text}”")


def _nested(nodes: Sequence[Any]) -> Iterator[Declaration]:
    for node in nodes:
        if node.type in {"qualified-rule", "at-rule"} and node.content:
            inside = tinycss2.parse_blocks_contents(node.content)
            yield from (_declaration(found) for found in inside if found.type == "declaration")
            yield from _nested(inside)


def _declaration(node: Any) -> Declaration:
    value = " ".join(tinycss2.serialize(node.value).split("\n")).strip()
    return Declaration(node.name, value, node.important, atoms(node.name if node.name[:2] == "--" else node.lower_name))
