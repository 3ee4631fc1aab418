"""The builder's form: rows and groups named by their place, and back into rules.

A field's name is its place and what it says: `r-1-0-how` is the comparison of the first row in the second part of the
outermost group `r`. Buttons say what is to be done where: `do=row:r-1`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from accounts.open_points import OpenPoint
from contacts.segments import compiling, registry, rules
from contacts.segments.known import Known
from contacts.segments.registry import Input
from contacts.segments.rules import BadRules, Group, Match, Rule

ROOT = "r"
_FIELD = re.compile(r"(?P<place>r(?:-\d{1,3}){1,4})-(?P<name>[a-z_]{1,30})")
_FIRST = Rule("profile", {})
_NO_ROWS = "Add a row: without one everybody is in it."
_FULL = (
    f"A segment has {rules.MOST_ROWS} rows at most. For more, make a segment of some, and ask for that one in a row."
)
_CIRCLE = "These rules lead back to this segment through another one. Take that row out."
MATCHES = tuple(rules.MATCH_WORDS.items())


@dataclass(frozen=True, slots=True)
class Control:
    """One input as the page shows it."""

    name: str
    kind: str
    label: str
    value: str
    options: Sequence[tuple[str, str]] = ()
    suggestions: Sequence[str] = ()
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    place: str
    condition: str
    choices: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    controls: Sequence[Control]
    problem: str
    to_mend: str  # the name of the control that the problem is about
    missing: str
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class GroupView:
    place: str
    match: str
    parts: Sequence["RowView | GroupView"] = field(default_factory=tuple)
    may_nest: bool = True
    may_go: bool = False
    is_group: bool = True
    matches: Sequence[tuple[str, str]] = MATCHES
    problem: str = ""
    full: str = ""  # why nothing can be added


def read(posted: Mapping[str, str], known: Known) -> Group:
    """The rules as typed so far, also half-written ones, with what the pressed button does. Raises BadRules.

    A choice that a row does not have any more, because another was made before it, becomes the first there is. A
    row that there is no room for is not added.
    """
    by_place: dict[str, dict[str, str]] = {}
    for name, text in posted.items():
        found = _FIELD.fullmatch(name)
        if found:
            by_place.setdefault(found["place"], {})[found["name"]] = rules.tidy(text)
    typed = partial(_group, ROOT, posted.get(f"{ROOT}-match", Match.ALL), by_place)
    group = typed(posted.get("do", ""))
    if rules.is_beyond(group):
        group = typed("")
    return settled(rules.read(rules.write(group)), known)


def view(group: Group, known: Known, circles: Collection[str] = ()) -> GroupView:
    """`circles`: keys of segments that lead back to the one that is built."""
    return _group_view(group, known, circles, ROOT, 1, _FULL if rules.is_full(group) else "")


def open_points(shown: GroupView) -> list[OpenPoint]:
    """All that is to be mended before it can be saved, in the order of the page. Rows are counted from its top."""
    return list(_open_points(shown, count(1)))


def empty(known: Known) -> Group:
    return settled(Group(Match.ALL, (_FIRST,)), known)


def settled(group: Group, known: Known) -> Group:
    """With a choice made wherever a row has none that there is."""
    return Group(
        group.match,
        tuple(settled(part, known) if isinstance(part, Group) else _row(part, known) for part in group.parts),
    )


def focus(do: str, group: Group) -> str:
    """Where somebody who works by keys goes on: in what came, or in what follows a part that was taken out, else in
    what stands above that part.
    """
    verb, _, place = do.partition(":")
    if verb not in ("row", "group", "remove"):
        return ""
    within, _, taken_out = place.rpartition("-") if verb == "remove" else (place, "", "")
    parts = _parts(within, group)
    if not parts:
        return f"{within}-more" if verb == "remove" and within else ""
    at = len(parts) - 1
    if taken_out.isdigit():
        at = min(at, int(taken_out))
    return f"{within}-{at}-{'match' if isinstance(parts[at], Group) else 'is'}"


def _parts(place: str, group: Group) -> Sequence[Rule | Group]:
    """Of the group at that place; none where there is no group."""
    within: Rule | Group = group
    for number in place.split("-")[1:]:
        if not isinstance(within, Group) or not number.isdigit() or int(number) >= len(within.parts):
            return ()
        within = within.parts[int(number)]
    return within.parts if isinstance(within, Group) else ()


def _row(rule: Rule, known: Known) -> Rule:
    condition = registry.find(rule.condition) or registry.find(_FIRST.condition)
    if condition is None:
        return rule
    values: dict[str, str] = dict(rule.values)
    for _ in range(rules.MOST_VALUES):
        inputs = condition.inputs(values, known)
        wrong = next(
            (one for one in inputs if one.options and values.get(one.name) not in {key for key, _ in one.options}), None
        )
        if wrong is None:
            break
        values[wrong.name] = wrong.options[0][0]
    kept = {one.name: values.get(one.name, "") for one in condition.inputs(values, known)}
    return Rule(condition.key, kept)


def _group(place: str, match: str, by_place: Mapping[str, dict[str, str]], do: str) -> Group:
    parts: list[Rule | Group] = []
    for number in _children(place, by_place):
        child = f"{place}-{number}"
        if do == f"remove:{child}":
            continue
        said = by_place.get(child, {})
        if "match" in said:
            parts.append(_group(child, said["match"], by_place, do))
        else:
            parts.append(Rule(said.get("is", ""), {name: text for name, text in said.items() if name != "is"}))
    if do == f"row:{place}":
        parts.append(_FIRST)
    elif do == f"group:{place}":
        parts.append(Group(Match.ANY, (_FIRST,)))
    if match not in tuple(Match):
        raise BadRules("These are no rules of a segment.")
    return Group(Match(match), tuple(parts))


def _children(place: str, by_place: Mapping[str, object]) -> Sequence[int]:
    found = {int(other[len(place) + 1 :].split("-")[0]) for other in by_place if other.startswith(f"{place}-")}
    return sorted(found)


def _open_points(shown: GroupView, rows: Iterator[int]) -> Iterator[OpenPoint]:
    if shown.problem:
        yield OpenPoint(f"{shown.place}-more", "Rows", shown.problem)
    for part in shown.parts:
        if isinstance(part, GroupView):
            yield from _open_points(part, rows)
            continue
        number = next(rows)
        if part.problem:
            yield OpenPoint(part.to_mend, f"Row {number}", part.problem)


def _group_view(group: Group, known: Known, circles: Collection[str], place: str, depth: int, full: str) -> GroupView:
    parts = [
        _row_view(part, known, circles, f"{place}-{number}")
        if isinstance(part, Rule)
        else _group_view(part, known, circles, f"{place}-{number}", depth + 1, full)
        for number, part in enumerate(group.parts)
    ]
    problem = "" if parts else (_NO_ROWS if place == ROOT else compiling.EMPTY_GROUP)
    is_inner = place != ROOT
    may_nest = depth < rules.MOST_DEEP - 1
    return GroupView(place, group.match.value, parts, may_nest, is_inner, problem=problem, full=full)


def _row_view(rule: Rule, known: Known, circles: Collection[str], place: str) -> RowView:
    condition = registry.find(rule.condition)
    inputs: Sequence[Input] = condition.inputs(rule.values, known) if condition else ()
    controls = [
        Control(
            name=f"{place}-{control.name}",
            kind=control.kind,
            label=control.label,
            value=rule.values.get(control.name, ""),
            options=control.options,
            suggestions=control.suggestions,
            suffix=control.suffix,
        )
        for control in inputs
    ]
    problem = compiling.problem_of(rule, known)
    to_mend = condition.to_mend(rule.values, known) if condition else ""
    if rule.condition == "segment" and rule.values.get("segment") in circles:
        problem, to_mend = _CIRCLE, "segment"
    missing = condition.missing if condition else ""
    return RowView(place, rule.condition, _choices(), controls, problem, f"{place}-{to_mend or 'is'}", missing)


def _choices() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Conditions by their headings."""
    found: dict[str, list[tuple[str, str]]] = {}
    for condition in registry.every():
        found.setdefault(condition.heading, []).append((condition.key, condition.label))
    return list(found.items())
