"""Which rules mean which elements, in the cascade's order, without trying every rule on every element.

Elements of one name, class, id and ancestry are matched once. Work is counted: a page and a sheet that multiply are
refused before they take long.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from campaigns.content.inlining.cascade import Match
from campaigns.content.inlining.selectors import Selector
from campaigns.content.inlining.sheet import Rule
from campaigns.merge.masking import Masks

MAX_TRIES = 250_000
MAX_DECLARATIONS = 150_000


class TooMuch(ValueError):
    """So many rules for so many elements that no mail program would be quick with them either."""


class _Tried:
    def __init__(self, selector: Selector, order: int, rule: Rule, *, is_lasting: bool) -> None:
        waits_for = rule.condition or ("" if is_lasting else selector.text)
        self.selector = selector
        self.match = Match(selector.specificity, order, selector.text, rule.declarations, waits_for)


class Matcher:
    def __init__(self, rules: Sequence[Rule], masks: Masks, *, has_blocks: bool) -> None:
        """`has_blocks`: merge tags add and drop elements, so that places among siblings are not known."""
        self._masks = masks
        self._unsure: set[int] = set()
        self._own: dict[tuple[str, str], list[_Tried]] = defaultdict(list)
        self._beside: dict[tuple[str, str], list[_Tried]] = defaultdict(list)
        self._attributes = {"class", "id"}
        self._groups: dict[tuple[Any, ...], int] = {}
        self._known: dict[int, list[Match]] = {}
        self._with_beside: dict[tuple[int, tuple[int, ...]], tuple[int, list[Match]]] = {}
        self._group_of: dict[int, int] = {}
        self._tries = 0
        self._declared = 0
        for order, rule in enumerate(rules):
            for selector in rule.selectors:
                is_lasting = selector.is_lasting and not (has_blocks and selector.looks_beside)
                buckets = self._beside if selector.looks_beside else self._own
                buckets[_key(selector.compiled)].append(_Tried(selector, order, rule, is_lasting=is_lasting))
                self._attributes.update(selector.attributes)

    def of(self, element: Any) -> tuple[int, list[Match]]:
        """The matches by rising weight, and the number of the group of elements that share them."""
        node = element.etree_element
        parent = self._group_of.get(id(element.parent.etree_element), -1) if element.parent is not None else -1
        signature = (parent, element.local_name, *(node.get(name) for name in self._attributes))
        group = self._groups.setdefault(signature, len(self._groups))
        self._group_of[id(node)] = group
        if group not in self._known:
            self._known[group] = self._sorted(tried.match for tried in self._tried(self._own, element))
        matches = self._known[group]
        beside = list(self._tried(self._beside, element)) if self._beside else []
        if not beside:
            return group, matches
        key = (group, tuple(map(id, beside)))
        if key not in self._with_beside:
            both = self._sorted((*matches, *(tried.match for tried in beside)))
            self._with_beside[key] = (-1 - len(self._with_beside), both)
        return self._with_beside[key]

    def is_unsure(self, element: Any) -> bool:
        """Whether merge tags decide what the rules find here, or in what it stands in. Parents are asked first."""
        node = element.etree_element
        parent = element.parent
        if (parent is not None and id(parent.etree_element) in self._unsure) or self._depends_on_tags(node.attrib):
            self._unsure.add(id(node))
            return True
        return False

    def is_first_unsure(self, element: Any) -> bool:
        """Whether it is so for its own sake, not for that of an element round it."""
        return element.parent is None or id(element.parent.etree_element) not in self._unsure

    def _depends_on_tags(self, given: dict[str, str]) -> bool:
        names = list(given)
        blocks = [at for at, name in enumerate(names) if self._masks.blocks.search(name)]
        between = names[blocks[0] : blocks[-1]] if blocks else []
        return any(
            name in self._attributes and (name in between or self._masks.pattern.search(given[name])) for name in names
        )

    def _tried(self, buckets: dict[tuple[str, str], list[_Tried]], element: Any) -> Iterator[_Tried]:
        names = [("id", element.id or ""), ("name", element.local_name.lower()), ("", "")]
        names += [("class", name) for name in element.classes]
        for key in names:
            if found := buckets.get(key):
                self._tries += len(found)
                if self._tries > MAX_TRIES:
                    raise TooMuch
                yield from (tried for tried in found if tried.selector.compiled.test(element))

    def _sorted(self, matches: Iterator[Match] | Sequence[Match]) -> list[Match]:
        ordered = sorted(matches, key=lambda match: (match.specificity, match.order))
        self._declared += sum(len(match.declarations) for match in ordered)
        if self._declared > MAX_DECLARATIONS:
            raise TooMuch
        return ordered


def _key(compiled: Any) -> tuple[str, str]:
    if compiled.id is not None:
        return "id", compiled.id
    if compiled.class_name is not None:
        return "class", compiled.class_name
    if compiled.local_name is not None:
        return "name", compiled.lower_local_name
    return "", ""
