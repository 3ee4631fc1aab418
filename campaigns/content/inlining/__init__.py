"""CSS written into the elements of a mail, beside the style sheet, which stays.

The page is annotated, never rewritten: what comes out is what went in, character for character, with style attributes
added or lengthened. See docs/decisions/inlining.md.
"""

from dataclasses import dataclass, field

from campaigns.content.inlining import tree
from campaigns.content.inlining.cascade import Left, Written, written
from campaigns.content.inlining.matching import Matcher, TooMuch
from campaigns.content.inlining.sheet import Declaration, declarations
from campaigns.content.inlining.sources import style_rules
from campaigns.content.inlining.tags import with_style
from campaigns.content.inlining.tree import MAX_DEPTH, TooDeep
from campaigns.merge.masking import Masks
from delivery.html_tokens import tokens

__all__ = ["MAX_DEPTH", "Inlined", "Left", "TooDeep", "TooMuch", "inline"]

_MERGE_TAG = "a merge tag"  # for whose sake all styles of an element, and of what stands in it, stay in the sheet
_TAG_CHARS = 60
_UNSEEN = frozenset({"head", "title", "meta", "style", "script", "link", "base", "template", "noscript"})


@dataclass(frozen=True, slots=True)
class Inlined:
    html: str
    left: tuple[Left, ...] = ()  # what stays in the sheet alone, each once


@dataclass
class _Writer:
    """The text to put into each opening tag; None where its element stands in two places that differ."""

    styles: dict[int, Written | None] = field(default_factory=dict)

    def add(self, number: int, style: Written) -> None:
        known = self.styles.setdefault(number, style)
        if known is not None and (known.before, known.behind) != (style.before, style.behind):
            self.styles[number] = None


def inline(html: str, masks: Masks) -> Inlined:
    """`html` has its merge tags hidden by `masks`. Raises TooDeep, TooMuch."""
    cut = list(tokens(html))
    page = tree.read(cut)
    rules = style_rules(cut, masks, ignores_case=page.ignores_case)
    if not rules:
        return Inlined(html)
    matcher = Matcher(rules, masks, has_blocks=bool(masks.blocks.search(html)))
    writer = _Writer()
    left: dict[Left, None] = {}
    known: dict[tuple[int, str], Written] = {}
    own: dict[str, list[Declaration]] = {"": []}
    for element in page.elements():
        group, matches = matcher.of(element)
        mark = element.etree_element.get(page.mark)
        if matcher.is_unsure(element):
            if mark is not None and matcher.is_first_unsure(element):
                left[Left(masks.reveal(cut[int(mark)].text)[:_TAG_CHARS], "", _MERGE_TAG)] = None
            continue
        if mark is None or not matches or element.local_name in _UNSEEN:
            continue
        style = element.etree_element.get("style", "")
        if (group, style) not in known:
            if style not in own:
                own[style] = declarations(style)
            known[group, style] = written(matches, own[style])
        result = known[group, style]
        left.update(dict.fromkeys(result.left))
        writer.add(int(mark), result)
    out = [
        with_style(token.text, style) if (style := writer.styles.get(number)) else token.text
        for number, token in enumerate(cut)
    ]
    return Inlined("".join(out), tuple(left))
