"""What has to be said before an import can run: words about consent that nobody understands by themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contacts.importing.plan import CONSENT, Column, Plan, Status, Target
from contacts.importing.rows.preparing import Preparer, Refused
from contacts.importing.wording.judging import word

EVERYONE = "everyone"
DISREGARD = "disregard"  # confirms that what a column says of consent shall not count
MEANINGS: dict[str, Status] = {
    "subscribed": Status.SUBSCRIBED,
    "unconfirmed": Status.UNCONFIRMED,
    "unsubscribed": Status.UNSUBSCRIBED,
    "bounced": Status.BOUNCED,
    "complained": Status.COMPLAINED,
}
_TARGETS = {
    "subscribed": Target.OPTED_IN,
    "unconfirmed": Target.UNCONFIRMED,
    "unsubscribed": Target.OPTED_OUT,
    "bounced": Target.BOUNCED,
    "complained": Target.COMPLAINED,
}


class NoSuchAnswer(ValueError):
    """The message says what could be answered."""


@dataclass(frozen=True)
class Question:
    """`index` is the column's, None for the whole file. `values` are the unknown words with how many say each; they
    are empty where the column as a whole is the question."""

    index: int | None
    column: str
    words: str
    values: tuple[tuple[str, int], ...] = ()
    confirms: bool = False  # that a column which speaks of consent shall not count

    @property
    def wanted(self) -> str:
        """What to do about it on the page of columns."""
        if self.confirms:
            return "Say yes, or choose below where the column goes."
        return "Choose what each word there means." if self.values else "Choose what it means."

    def to_json(self) -> dict[str, Any]:
        return {"column": self.column, "words": self.words, "values": [value for value, _ in self.values]}


def open_ones(plan: Plan, header: Sequence[str], preparer: Preparer) -> list[Question]:
    """What the rows that went through `preparer` left open."""
    found = [_everyone()] if plan.everyone == Status.UNKNOWN else []
    for index, column in enumerate(plan.columns):
        unknown = preparer.unknown.get(index, Counter())
        if not unknown or not preparer.has_words(index):
            continue
        name = _name(header, index)
        found.append(
            _about_words(index, name, unknown) if column.target != Target.ASK else _about(index, name, unknown)
        )
    return found + [_confirming(index, _name(header, index), said) for index, said in preparer.objections.items()]


def survey(
    plan: Plan,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    kinds: Mapping[str, str],
    guessed: Sequence[Column] = (),
) -> list[Question]:
    """What is open after looking at some rows only; the check looks at all of them."""
    if plan.email_column is None:
        return []
    preparer = Preparer(plan, kinds, header, guessed)
    for row in rows:
        try:
            preparer.prepare(list(row))
        except Refused:
            continue
    return open_ones(plan, header, preparer)


def answer(plan: Plan, header: Sequence[str], column: str, target: str) -> Plan:
    """`plan` with "column = target", or "column:value = target" for one word. Raises NoSuchAnswer."""
    if column == EVERYONE and column not in header:
        if target not in MEANINGS:
            raise NoSuchAnswer(f"“{target}” is none of {', '.join(MEANINGS)}.")
        return plan.change(everyone=int(MEANINGS[target]))
    name, _, value = (column, "", "") if column in header else column.rpartition(":")
    if name not in header:
        raise NoSuchAnswer(f"There is no column “{column}”.")
    index = list(header).index(name)
    changed = _decided(plan.columns[index], value, target, is_value=column not in header)
    columns = [*plan.columns[:index], changed, *plan.columns[index + 1 :]]
    if changed.target == Target.EMAIL:
        columns = [one if n == index or one.target != Target.EMAIL else Column() for n, one in enumerate(columns)]
    return plan.change(columns=tuple(columns))


def answered(target: str) -> Column:
    """The column as somebody decided it: whatever else stands where "no" means that they did not agree, they did."""
    given = target in (Target.OPTED_IN, Target.CONFIRMED)
    return Column(target, otherwise=int(Status.SUBSCRIBED) if given else None)


def _decided(column: Column, value: str, target: str, *, is_value: bool) -> Column:
    if is_value:
        if target not in MEANINGS:
            raise NoSuchAnswer(f"“{target}” is none of {', '.join(MEANINGS)}.")
        said = word(value)
        kept = tuple(pair for pair in column.meanings if pair[0] != said)
        return replace(column, meanings=(*kept, (said, int(MEANINGS[target]))))
    if target in MEANINGS and column.target in CONSENT and column.target != Target.ASK:
        return replace(column, otherwise=int(MEANINGS[target]))
    if target in ("", "ignore", "nothing"):
        return Column()
    if target == DISREGARD:
        return replace(Column() if column.target in CONSENT else column, is_disregarded=True)
    chosen = _TARGETS.get(target, target)
    if chosen in Target.values and chosen not in (Target.ASK, Target.FIELD, Target.NEW):
        return answered(chosen)
    offered = [
        "ignore",
        DISREGARD,
        *MEANINGS,
        *(one for one in Target.values if one and one not in ("ask", "field", "new")),
    ]
    raise NoSuchAnswer(f"“{target}” is none of {', '.join(dict.fromkeys(offered))}.")


def _everyone() -> Question:
    return Question(None, EVERYONE, "The file does not say whether its people want mail. Who are they?")


def _about(index: int, name: str, unknown: Counter[str]) -> Question:
    number = sum(count for text, count in unknown.items() if text)
    return Question(index, name, f"{_people(number)} something in “{name}”. What does it mean?")


def _about_words(index: int, name: str, unknown: Counter[str]) -> Question:
    values = tuple(sorted(unknown.items(), key=lambda pair: -pair[1]))
    said = ", ".join(f"“{text}” ({count:,})" if text else f"nothing ({count:,})" for text, count in values[:5])
    more = f" and {len(values) - 5} more" if len(values) > 5 else ""
    return Question(index, name, f"“{name}” says {said}{more}. What does it mean?", values)


def _confirming(index: int, name: str, said: Counter[str]) -> Question:
    number = said.total()
    words = ", ".join(f"“{text}”" if text else "nothing" for text, _ in said.most_common(5))
    people = "1 person does" if number == 1 else f"{number:,} people do"
    question = (
        f"By “{name}” ({words}) {people} not want mail, or nobody knows. As chosen they would get it. Is that right?"
    )
    return Question(index, name, question, confirms=True)


def _name(header: Sequence[str], index: int) -> str:
    return header[index] if index < len(header) else f"Column {index + 1}"


def _people(number: int) -> str:
    return "1 person has" if number == 1 else f"{number:,} people have"
