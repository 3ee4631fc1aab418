"""An address out of texts in which it stands by chance: replies of servers, rules, entries of the audit trail."""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, models

from contacts.erasing.registry import Part, Person

_TEXTS = (models.CharField, models.TextField, models.JSONField)
Column: TypeAlias = "models.Field[Any, Any]"
_IN_AN_ADDRESS = "A-Za-z0-9.!#$%&'*+/=?^_`{|}~-"


def pattern(address: str) -> str:
    """For PostgreSQL and Python: `ana@example.com` is neither in diana@example.com nor in ana@example.com.br."""
    return rf"(?<![{_IN_AN_ADDRESS}]){re.escape(address)}(?![A-Za-z0-9-]|\.[A-Za-z0-9])"


def replace(person: Person, table: str, columns: Sequence[Column], where: str = "true", **values: Any) -> int:
    """How many rows of `table` spoke of the person."""
    name = connection.ops.quote_name
    changes = ", ".join(f"{name(field.attname)} = {_replaced(field)}" for field in columns)
    found = " OR ".join(f"{name(field.attname)}::text ILIKE %(like)s" for field in columns)
    statement = f"UPDATE {name(table)} SET {changes} WHERE ({where}) AND ({found})"  # noqa: S608
    like = re.sub(r"([\\%_])", r"\\\1", person.address)
    given = {"like": f"%{like}%", "pattern": pattern(person.address), "instead": person.stand_in}
    with connection.cursor() as cursor:
        cursor.execute(statement, given | values)
        return int(cursor.rowcount)


def part_for(model: str, label: str, *names: str) -> Part:
    """Those texts, or all, of a model that is small enough to be looked through."""
    found = apps.get_model(model)
    columns = [field for field in texts(found) if not names or field.name in names]

    def erase(person: Person) -> int:
        return replace(person, found._meta.db_table, columns)

    return Part(found._meta.db_table, f"{label}: the address in a text", erase)


def texts(model: type[models.Model]) -> list[Column]:
    fields = [field for field in model._meta.concrete_fields if isinstance(field, _TEXTS)]
    return [field for field in fields if not field.primary_key and not field.choices]


def _replaced(field: Column) -> str:
    column = connection.ops.quote_name(field.attname)
    text = f"regexp_replace({column}::text, %(pattern)s, %(instead)s, 'gi')"
    if isinstance(field, models.JSONField):
        return f"{text}::jsonb"
    return f"left({text}, {field.max_length})" if isinstance(field, models.CharField) and field.max_length else text
