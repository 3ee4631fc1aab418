"""Rows by COPY: what a row does not say has its model's default. It may not say what the model does not have."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models


def copy(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    attributes = {field.attname for field in fields}
    defaults = {field.attname: field.get_default() for field in fields if field.has_default() or not field.null}
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as writing,  # of the model
    ):
        for row in rows:
            if unknown := row.keys() - attributes:
                raise KeyError(f"{model.__name__} has no {', '.join(unknown)}")
            given = {**defaults, **row}
            values = (field.get_db_prep_save(given.get(field.attname), connection) for field in fields)
            writing.write_row(tuple(values))


def numbers(model: type[models.Model], count: int) -> list[int]:
    """As many ids of the model's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
