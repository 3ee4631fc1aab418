"""An address out of texts in which it stands by chance: replies of servers, rules, entries of the audit trail."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote_plus

from django.apps import apps
from django.db import connection, models

from contacts.erasing.registry import Part, Person

QUOTES = "quotes"  # the section of a person's data with what others wrote of them
_AROUND = 300
_MOST_QUOTED = 1_000  # of one column
_ADDRESS = re.compile(r"""[^\s"'<>()\[\],;:\\]{1,64}@[^\s"'<>()\[\],;:\\]{1,255}""")
_HEADER = re.compile(r"[A-Za-z][\w-]*:")
_TEXTS = (models.CharField, models.TextField, models.JSONField)
Column: TypeAlias = "models.Field[Any, Any]"
_IN_AN_ADDRESS = "A-Za-z0-9.!#$%&'*+/?^_`{|}~-"  # but for =, which stands before one in a query
_FILES = "csv|docx?|eml|gif|html?|ics|jpe?g|json|mjml|od[pst]|pdf|png|pptx?|txt|webp|xlsx?|zip"


def pattern(address: str) -> str:
    """For PostgreSQL and Python: `ana@example.com` is neither in diana@example.com nor in ana@example.com.br, but it is
    in the name of a file, ana@example.com.pdf, and in a query, q=ana%40example.com.
    """
    said = "|".join(map(re.escape, _forms(address)))
    ends = rf"(?:(?![A-Za-z0-9-]|\.[A-Za-z0-9])|(?=\.(?:{_FILES})(?:[^A-Za-z0-9.-]|$)))"
    return rf"(?<![{_IN_AN_ADDRESS}])(?:{said}){ends}"


def replace(person: Person, table: str, columns: Sequence[Column], where: str = "true", **values: Any) -> int:
    """How many rows of `table` spoke of the person."""
    name = connection.ops.quote_name
    changes = ", ".join(f"{name(field.attname)} = {_replaced(field)}" for field in columns)
    found = " OR ".join(f"{name(field.attname)}::text ILIKE ANY(%(likes)s::text[])" for field in columns)
    statement = f"UPDATE {name(table)} SET {changes} WHERE ({where}) AND ({found})"  # noqa: S608
    given = {
        "likes": [_like(form) for form in _forms(person.address)],
        "pattern": pattern(person.address),
        "instead": person.stand_in,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given | values)
        return int(cursor.rowcount)


def part_for(model: str, label: str, *names: str, told: str = QUOTES) -> Part:
    """Those texts, or all, of a model that is small enough to be looked through. `told`: see Part."""
    found = apps.get_model(model)
    columns = [field for field in texts(found) if not names or field.name in names]

    def erase(person: Person) -> int:
        return replace(person, found._meta.db_table, columns)

    def quote(addresses: Collection[str]) -> Iterator[str]:
        for text in _quoted(found._meta.db_table, columns, addresses):
            if told == QUOTES or text.strip().lower() not in addresses:
                yield text

    return Part(found._meta.db_table, f"{label}: the address in a text", erase, told, quote)


def _quoted(table: str, columns: Sequence[Column], addresses: Collection[str]) -> Iterator[str]:
    """What stands around the first place of each address in each text: as somebody wrote it, but without the addresses
    of others where a program keeps many people's side by side.
    """
    theirs = _any_of(addresses)
    name = connection.ops.quote_name
    for address in addresses:
        likes = [_like(form) for form in _forms(address)]
        place = re.compile(pattern(address), re.IGNORECASE)
        for field in columns:
            column = f"{name(field.attname)}::text"
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT {column} FROM {name(table)} WHERE {column} ILIKE ANY(%s) LIMIT %s",  # noqa: S608
                    [likes, _MOST_QUOTED],
                )
                for (text,) in cursor.fetchall():
                    whole = _without_others(text, theirs) if isinstance(field, models.JSONField) else text
                    if found := place.search(whole):
                        yield whole[max(0, found.start() - _AROUND) : found.end() + _AROUND]


def lines_about(text: str, addresses: Collection[str]) -> str:
    """The lines of somebody else's mail in which these addresses stand, without other addresses; of a line of its head
    no more than its name and what is theirs, as names of others stand there."""
    theirs = _any_of(addresses)
    found = (line for line in text.splitlines() if theirs.search(line))
    return "\n".join(_of_head(line, theirs) or _without_others(line, theirs) for line in found)


def _any_of(addresses: Collection[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(pattern, addresses)), re.IGNORECASE)


def _of_head(line: str, theirs: re.Pattern[str]) -> str:
    name = _HEADER.match(line)
    return f"{name[0]} {', '.join(one[0] for one in theirs.finditer(line))}" if name else ""


def _without_others(text: str, theirs: re.Pattern[str]) -> str:
    return _ADDRESS.sub(lambda one: one[0] if theirs.search(one[0]) else "…", text)


def texts(model: type[models.Model]) -> list[Column]:
    fields = [field for field in model._meta.concrete_fields if isinstance(field, _TEXTS)]
    return [field for field in fields if not field.primary_key and not field.choices]


def _forms(address: str) -> tuple[str, str]:
    """As it is, and as a query has it."""
    return address, quote_plus(address)


def _like(text: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"


def _replaced(field: Column) -> str:
    column = connection.ops.quote_name(field.attname)
    text = f"regexp_replace({column}::text, %(pattern)s, %(instead)s, 'gi')"
    if isinstance(field, models.JSONField):
        return f"{text}::jsonb"
    return f"left({text}, {field.max_length})" if isinstance(field, models.CharField) and field.max_length else text
