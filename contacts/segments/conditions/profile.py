"""What is known of a person: the fields of an installation and the columns that every contact has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contacts.segments import choosing
from contacts.segments.comparing import Operand
from contacts.segments.known import Kind, Known
from contacts.segments.predicate import NOBODY, Sql
from contacts.segments.registry import Condition, Input, Values


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    sql: str
    kind: Kind = Kind.TEXT
    is_moment: bool = False


_COLUMNS: Mapping[str, Column] = {
    "email": Column("address", "c.email"),
    "domain": Column("domain of the address", "split_part(c.email, '@', -1)"),
    "first_name": Column("first name", "c.first_name"),
    "last_name": Column("last name", "c.last_name"),
    "language": Column("language", "c.language"),
    "time_zone": Column("time zone", "c.time_zone"),
    "source": Column("source", "c.source"),
    "created_at": Column("day of being added", "c.created_at", Kind.DATE, is_moment=True),
}
_APART = frozenset({"language", "time_zone"})  # conditions of their own by now; older segments compare them here
_OWN = "field:"  # before the key of an installation's own field


class Profile(Condition):
    key = "profile"
    label = "A field"
    missing = "People without a value are in none of these but “is not known”."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        found = self._found(values, known)
        own = [(f"{_OWN}{field.key}", field.label) for field in known.fields]
        named = values.get("field", "")
        columns = [
            (key, column.label.capitalize()) for key, column in _COLUMNS.items() if key not in _APART or key == named
        ]
        which = Input("field", "field", options=[*own, *columns])
        if found is None:
            return [which]
        choice = choosing.operators(found, values)
        how = Input("how", "comparison", options=[(key, one.words) for key, one in choice.items()])
        chosen = choice.get(values.get("how", ""))
        return [which, how, *(chosen.inputs if chosen else ())]

    def sql(self, values: Values, known: Known) -> Sql:
        found = self._found(values, known)
        if found is None:
            return NOBODY
        chosen = choosing.operators(found, values)[values["how"]]
        return chosen.make(found, values, known.now.date(), known.zone)

    def words(self, values: Values, known: Known) -> str:
        found = self._found(values, known)
        if found is None:
            return "with a field that is gone"
        chosen = choosing.operators(found, values)[values["how"]]
        return f"whose {self._label(values, known)} {chosen.said(values)}"

    def shown(self, values: Values, known: Known) -> Sql:
        found = self._found(values, known)
        if found is None:
            return Sql("''")
        if found.kind == Kind.CHOICES:
            return choosing.shown(found)
        text = f"to_char({found.sql.text} AT TIME ZONE %s, 'YYYY-MM-DD')" if found.is_moment else found.sql.text
        return Sql(text, [*found.sql.parameters, str(known.zone)] if found.is_moment else found.sql.parameters)

    def _found(self, values: Values, known: Known) -> Operand | None:
        name = values.get("field", "")
        column = _COLUMNS.get(name)
        if column:
            return Operand(Sql(column.sql), column.kind, column.is_moment)
        for field in known.fields:
            if name == f"{_OWN}{field.key}":
                reach = "->" if field.kind == Kind.CHOICES else "->>"
                return Operand(Sql(f"(c.attributes {reach} %s)", [field.key]), field.kind, options=field.options)
        return None

    def _label(self, values: Values, known: Known) -> str:
        name = values.get("field", "")
        if name in _COLUMNS:
            return _COLUMNS[name].label
        return next((field.label for field in known.fields if name == f"{_OWN}{field.key}"), name)
