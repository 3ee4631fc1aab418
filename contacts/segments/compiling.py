"""A rule tree becomes one predicate over the contact `c`. Pure; values are parameters, and the text is ours alone."""

from collections.abc import Callable, Iterator, Sequence

from contacts.segments import registry
from contacts.segments.known import Known
from contacts.segments.predicate import EVERYBODY, Sql, decided, joined, negated
from contacts.segments.rules import Group, Match, Rule

MOST_SQL_CHARS = 200_000  # segments within segments
EMPTY_GROUP = "A group has no rows."
WHOLE_AUDIENCE = "Everybody."  # what a sentence says where no row does


class NotComplete(ValueError):
    """A row says nothing that could be asked; the message says why."""


def predicate(group: Group, known: Known) -> Sql:
    """Whether `c` is in, true or false; a group without rows holds everybody. Raises NotComplete."""
    return _joined(group, known, row)


def where(group: Group, known: Known) -> Sql:
    """The same as all that a WHERE says, where unknown is as good as false: indexes see through it. Never negate it."""
    return predicate(group, known) if group.match == Match.NONE else _joined(group, known, _bare)


def opposite(group: Group) -> Group | None:
    """Rules that hold exactly everybody else, where rows have such words; else None."""
    if not group.parts:
        return None
    if group.match == Match.NONE:
        return Group(Match.ANY, group.parts)
    parts = [_opposite(part) for part in group.parts]
    found = tuple(part for part in parts if part is not None)
    if len(found) < len(parts):
        return None
    return Group(Match.ANY if group.match == Match.ALL else Match.ALL, found)


def _opposite(part: Rule | Group) -> Rule | Group | None:
    if isinstance(part, Group):
        return opposite(part)
    condition = registry.find(part.condition)
    values = condition.opposite(part.values) if condition else None
    return None if values is None else Rule(part.condition, values)


def _joined(group: Group, known: Known, write: Callable[[Rule, Known], Sql]) -> Sql:
    if not group.parts:
        return EVERYBODY
    within = where if write is _bare else predicate
    parts = [write(part, known) if isinstance(part, Rule) else within(part, known) for part in group.parts]
    found = joined(parts, "AND" if group.match == Match.ALL else "OR")
    if len(found.text) > MOST_SQL_CHARS:
        raise NotComplete("These rules are too long: segments within segments add up.")
    return negated(found) if group.match == Match.NONE else found


def row(rule: Rule, known: Known) -> Sql:
    """One row alone, true or false."""
    return decided(_bare(rule, known))


def _bare(rule: Rule, known: Known) -> Sql:
    """True, false or, where something is missing, unknown."""
    problem = problem_of(rule, known)
    condition = registry.find(rule.condition)
    if problem or condition is None:
        raise NotComplete(problem)
    return condition.sql(rule.values, known)


def problem_of(rule: Rule, known: Known) -> str:
    condition = registry.find(rule.condition)
    if condition is None:
        return "This condition is not there any more."
    return condition.problem(rule.values, known)


def problems(group: Group, known: Known) -> Iterator[str]:
    """Of every row and of empty groups."""
    for part in group.parts:
        if isinstance(part, Rule):
            if problem := problem_of(part, known):
                yield problem
        elif not part.parts:
            yield EMPTY_GROUP
        else:
            yield from problems(part, known)


def frozen(group: Group, known: Known) -> Group:
    """The same with other segments written out, so that it goes on meaning the same people."""
    return Group(group.match, tuple(_frozen(part, known) for part in group.parts))


def _frozen(part: Rule | Group, known: Known) -> Rule | Group:
    if isinstance(part, Group):
        return frozen(part, known)
    found = known.segments.get(int(part.values["segment"])) if part.condition == "segment" else None
    if found is None:
        return part
    inside = frozen(found.rules, known)
    return inside if part.values["how"] == "in" else Group(Match.NONE, (inside,))


def sentence(group: Group, known: Known) -> str:
    """Who is meant: “people whose city is Paris, and who clicked …”. Rows that cannot be asked yet are left out."""
    said = _said(group, known, outermost=True)
    return f"People {said}." if said else WHOLE_AUDIENCE


_BETWEEN = {Match.ALL: " and ", Match.ANY: " or ", Match.NONE: " or "}


def _said(group: Group, known: Known, *, outermost: bool = False) -> str:
    parts = [said for part in group.parts if (said := part_words(part, known))]
    if not parts:
        return ""
    together = _listed(parts, _BETWEEN[group.match])
    if group.match == Match.NONE:
        return f"who are none of those {together}" if not outermost else f"except those {together}"
    return together if outermost or len(parts) == 1 else f"({together})"


def part_words(part: Rule | Group, known: Known) -> str:
    if isinstance(part, Group):
        return _said(part, known)
    condition = registry.find(part.condition)
    return "" if condition is None or problem_of(part, known) else condition.words(part.values, known)


def how_missing_counts(group: Group, known: Known) -> Sequence[tuple[str, str]]:
    """For each kind of row, its label and how people count there of whom it is not known."""
    asked = (registry.find(row.condition) for row in group.rows() if not problem_of(row, known))
    return list(dict.fromkeys((condition.label, condition.missing) for condition in asked if condition))


def _listed(parts: Sequence[str], word: str) -> str:
    if len(parts) < 3:
        return word.join(parts)
    return f"{', '.join(parts[:-1])},{word}{parts[-1]}"
