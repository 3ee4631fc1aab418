"""Comparisons of what was chosen: one choice is compared whole, several are asked one by one. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, tzinfo

from contacts.importing.reading.cells import split_names
from contacts.segments import comparing
from contacts.segments.comparing import Make, Operand, Operator
from contacts.segments.known import Kind
from contacts.segments.predicate import Sql
from contacts.segments.registry import Input, Values


def operators(operand: Operand, values: Values) -> Mapping[str, Operator]:
    """Of any kind; `values` as they are so far: a choice that is none any more can still be compared with."""
    if operand.kind not in (Kind.CHOICE, Kind.CHOICES):
        return comparing.operators(operand.kind, is_moment=operand.is_moment)
    options = list(dict.fromkeys([*operand.options, *filter(None, [_one_of(values)])]))
    one = Input("value", "choice", options=[(option, option) for option in options])
    several = Input("value", "choices, with commas between them", "text", suggestions=operand.options)
    return _one(one, several) if operand.kind == Kind.CHOICE else _several(one, several)


def _one(one: Input, several: Input) -> Mapping[str, Operator]:
    texts = comparing.operators(Kind.TEXT)
    return {
        "is": Operator("is", (one,), texts["is"].make),
        "is-not": Operator("is not", (one,), texts["is-not"].make),
        "one-of": Operator("is one of", (several,), texts["one-of"].make),
        "known": texts["known"],
        "unknown": texts["unknown"],
    }


def _several(one: Input, several: Input) -> Mapping[str, Operator]:
    return {
        "is": Operator("includes", (one,), _asked("{} ? %s", lambda text: text)),
        "is-not": Operator("does not include", (one,), _asked("NOT {} ? %s", lambda text: text)),
        "one-of": Operator("includes one of", (several,), _asked("{} ?| %s", split_names)),
        "every": Operator("includes all of", (several,), _asked("{} ?& %s", split_names)),
        "known": Operator("is known", (), lambda operand, *_: _given(operand)),
        "unknown": Operator("is not known", (), _unknown),
    }


def shown(operand: Operand) -> Sql:
    """Several choices as one text."""
    sql, parameters = operand.sql.text, operand.sql.parameters
    return Sql(
        "coalesce((SELECT string_agg(one, ', ') FROM jsonb_array_elements_text("  # noqa: S608
        f"CASE jsonb_typeof({sql}) WHEN 'array' THEN {sql} ELSE jsonb_build_array({sql}) END) one), '')",
        [*parameters, *parameters, *parameters],
    )


def _asked(template: str, value: Callable[[str], object]) -> Make:
    def make(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
        given = _given(operand)
        text = template.format(operand.sql.text)
        return Sql(f"{given.text} AND {text}", [*given.parameters, *operand.sql.parameters, value(values["value"])])

    return make


def _given(operand: Operand) -> Sql:
    """A text counts as its one choice: so it is while a field of texts becomes one of choices."""
    return Sql(f"""coalesce({operand.sql.text} NOT IN ('[]', '""', 'null'), false)""", operand.sql.parameters)


def _unknown(operand: Operand, values: Values, today: date, zone: tzinfo) -> Sql:
    given = _given(operand)
    return Sql(f"NOT ({given.text})", given.parameters)


def _one_of(values: Values) -> str:
    return values.get("value", "") if values.get("how") in ("is", "is-not") else ""
