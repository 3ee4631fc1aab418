"""Comparisons by the kind of a value: each compares values as what they are, and a missing one fits none of them. Pure.

Numbers are compared as numbers also when a text field holds them; dates are ISO texts, whose order is theirs, and
moments of the database are compared with the borders of days in the organisation's zone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from contacts.segments.known import Kind
from contacts.segments.predicate import Sql
from contacts.segments.registry import Input, Values

_NUMBER = r"'^\s*[+-]?\d{1,30}(\.\d{1,10})?\s*$'"
_DATE = r"'^\d{4}-\d\d-\d\d'"


@dataclass(frozen=True, slots=True)
class Operand:
    """What is compared: SQL for a text (or, `is_moment`, for a time stamp) of the contact `c`."""

    sql: Sql
    kind: Kind
    is_moment: bool = False
    options: Sequence[str] = ()  # what may be chosen


Make = Callable[[Operand, Values, date, tzinfo], Sql]


@dataclass(frozen=True, slots=True)
class Operator:
    words: str
    inputs: tuple[Input, ...]
    make: Make

    def said(self, values: Values) -> str:
        """“is Paris”, “is in the last 30 days”."""
        texts = [f"{values.get(control.name, '')}{control.suffix}" for control in self.inputs]
        return f"{self.words} {' and '.join(texts)}".strip()


def operators(operand_kind: Kind, *, is_moment: bool = False) -> Mapping[str, Operator]:
    if operand_kind == Kind.TEXT:
        return _TEXT
    if operand_kind == Kind.NUMBER:
        return _NUMBERS
    if operand_kind == Kind.BOOLEAN:
        return _YES_OR_NO
    return {key: one for key, one in _DATES.items() if not (is_moment and key in _OF_DATES_ALONE)}


_VALUE = Input("value", "value", "text")
_SEVERAL = Input("value", "values, with commas between them", "text")
_AMOUNT = Input("value", "number", "number")
_UPPER = Input("upper", "number", "number")
_DAY = Input("value", "date", "date")
_LAST_DAY = Input("upper", "date", "date")
_DAYS = Input("days", "number of days", "days", suffix=" days")


# What an index of a field holds (contacts.segments.indexing); a comparison that says exactly this finds it.
_SHORT = 200  # characters; longer texts are in no index


def lowered(text: str) -> str:
    return f"lower({text})"


def is_short(text: str) -> str:
    return f"length({text}) <= {_SHORT}"


def as_number(text: str) -> str:
    return f"CASE WHEN {text} ~ {_NUMBER} THEN ({text})::numeric END"


def as_day(text: str) -> str:
    return f'left({text}, 10) COLLATE "C"'


def _text(operand: Operand) -> str:
    return lowered(operand.sql.text)


def _given(operand: Operand) -> Sql:
    if operand.is_moment:
        return Sql(f"{operand.sql.text} IS NOT NULL", operand.sql.parameters)
    return Sql(f"coalesce({operand.sql.text}, '') <> ''", operand.sql.parameters)


def _textual(template: str, read: Callable[[str], Sequence[str]] = lambda text: [text]) -> Make:
    """Both sides in the small letters of the database: Python folds “Gießen” and “İzmir” to other ones."""

    def make(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
        given, typed = _given(operand), read(values["value"])
        text = template.format(_text(operand), ", ".join(lowered("%s::text") for _ in typed))
        return Sql(f"{given.text} AND {text}", [*given.parameters, *operand.sql.parameters, *typed])

    return make


def _equal(template: str, read: Callable[[str], Sequence[str]] = lambda text: [text]) -> Make:
    """Of short values, said so that an index of short texts can answer."""
    plain = _textual(template, read)

    def make(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
        found = plain(operand, values, today, zone)
        if len(values["value"]) > _SHORT // 2:
            return found
        text, parameters = operand.sql.text, operand.sql.parameters
        return Sql(f"{is_short(text)} AND {found.text}", [*parameters, *found.parameters])

    return make


def _numeric(comparison: str) -> Make:
    def make(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
        text, parameters = operand.sql.text, operand.sql.parameters
        number = as_number(text)
        bounds = [values[name] for name in ("value", "upper") if name in values][: comparison.count("%s")]
        return Sql(f"{number} {comparison}", [*parameters, *parameters, *bounds])

    return make


def _between_days(first: Callable[[Values, date], date | None], last: Callable[[Values, date], date | None]) -> Make:
    """From the first day to the last, both included; None: without a border."""

    def make(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
        begin, end = first(values, today), last(values, today)
        parts: list[tuple[str, object]] = []
        if operand.is_moment:
            if begin:
                parts.append((f"{operand.sql.text} >= %s", datetime.combine(begin, time.min, zone)))
            if end:
                parts.append((f"{operand.sql.text} < %s", datetime.combine(end + timedelta(1), time.min, zone)))
            return Sql(
                " AND ".join(text for text, _ in parts),
                [each for _, border in parts for each in (*operand.sql.parameters, border)],
            )
        day = as_day(operand.sql.text)
        if begin:
            parts.append((f"{day} >= %s", begin.isoformat()))
        if end:
            parts.append((f"{day} <= %s", end.isoformat()))
        return Sql(
            " AND ".join([f"{operand.sql.text} ~ {_DATE}", *(text for text, _ in parts)]),
            [*operand.sql.parameters, *(each for _, border in parts for each in (*operand.sql.parameters, border))],
        )

    return make


def _anniversary(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
    """Month and day within the days to come. Who was born on 29 February has it on the 28th of a shorter one."""
    days = [today + timedelta(n) for n in range(min(int(values["days"]), 366) + 1)]
    wanted = {f"{day:%m-%d}" for day in days}
    wanted |= {"02-29" for day in days if (day.month, day.day) == (2, 28) and (day + timedelta(1)).month == 3}
    text, parameters = operand.sql.text, operand.sql.parameters
    return Sql(f"{text} ~ {_DATE} AND substr({text}, 6, 5) = ANY(%s)", [*parameters, *parameters, sorted(wanted)])


def _known(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
    return _given(operand)


def _unknown(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
    given = _given(operand)
    return Sql(f"NOT ({given.text})", given.parameters)


def _true(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
    return Sql(f"lower({operand.sql.text}) = ANY(%s)", [*operand.sql.parameters, ["true", "yes", "1"]])


def _false(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
    return Sql(f"lower({operand.sql.text}) = ANY(%s)", [*operand.sql.parameters, ["false", "no", "0"]])


def _list_of(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",") if part.strip()] or [""]


def _typed_day(values: Values, today: date) -> date:
    return date.fromisoformat(values["value"])


def _days_back(values: Values, today: date) -> date:
    return today - timedelta(min(int(values["days"]), 9_999))


def _nothing(values: Values, today: date) -> None:
    return None


_GIVEN: Mapping[str, Operator] = {
    "known": Operator("is known", (), _known),
    "unknown": Operator("is not known", (), _unknown),
}
_AS_NUMBERS: Mapping[str, Operator] = {
    "less": Operator("is less than", (_AMOUNT,), _numeric("< %s::numeric")),
    "most": Operator("is at most", (_AMOUNT,), _numeric("<= %s::numeric")),
    "more": Operator("is more than", (_AMOUNT,), _numeric("> %s::numeric")),
    "least": Operator("is at least", (_AMOUNT,), _numeric(">= %s::numeric")),
    "between": Operator("is between", (_AMOUNT, _UPPER), _numeric("BETWEEN %s::numeric AND %s::numeric")),
}
_TEXT: Mapping[str, Operator] = {
    "is": Operator("is", (_VALUE,), _equal("{} = {}")),
    "is-not": Operator("is not", (_VALUE,), _textual("{} <> {}")),
    "one-of": Operator("is one of", (_SEVERAL,), _equal("{} IN ({})", _list_of)),
    "contains": Operator("contains", (_VALUE,), _textual("strpos({}, {}) > 0")),
    "lacks": Operator("does not contain", (_VALUE,), _textual("strpos({}, {}) = 0")),
    "begins": Operator("begins with", (_VALUE,), _textual("starts_with({}, {})")),
    "ends": Operator("ends with", (_VALUE,), _textual("starts_with(reverse({}), reverse({}))")),
    **_AS_NUMBERS,
    **_GIVEN,
}
_NUMBERS: Mapping[str, Operator] = {
    "equals": Operator("is", (_AMOUNT,), _numeric("= %s::numeric")),
    "differs": Operator("is not", (_AMOUNT,), _numeric("<> %s::numeric")),
    **_AS_NUMBERS,
    **_GIVEN,
}
_YES_OR_NO: Mapping[str, Operator] = {
    "yes": Operator("is yes", (), _true),
    "no": Operator("is no", (), _false),
    **_GIVEN,
}
_OF_DATES_ALONE = ("next", "anniversary")
_DATES: Mapping[str, Operator] = {
    "last": Operator("is in the last", (_DAYS,), _between_days(_days_back, lambda values, today: today)),
    "longer": Operator(
        "is longer ago than", (_DAYS,), _between_days(_nothing, lambda v, today: _days_back(v, today) - timedelta(1))
    ),
    "next": Operator(
        "is in the next",
        (_DAYS,),
        _between_days(lambda values, today: today, lambda values, today: today + timedelta(int(values["days"]))),
    ),
    "anniversary": Operator("comes round in the next", (_DAYS,), _anniversary),
    "on": Operator("is on", (_DAY,), _between_days(_typed_day, _typed_day)),
    "before": Operator(
        "is before", (_DAY,), _between_days(_nothing, lambda values, today: _typed_day(values, today) - timedelta(1))
    ),
    "after": Operator(
        "is after", (_DAY,), _between_days(lambda values, today: _typed_day(values, today) + timedelta(1), _nothing)
    ),
    "between": Operator(
        "is between",
        (_DAY, _LAST_DAY),
        _between_days(_typed_day, lambda values, today: date.fromisoformat(values["upper"])),
    ),
    **_GIVEN,
}
