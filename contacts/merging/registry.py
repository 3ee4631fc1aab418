"""What moves when two people become one: each part of the product names the tables in which it keeps people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from accounts.database.locks import Kind

Record = Any  # what JSON can hold


class Busy(Exception):
    """A mail to one of the two is leaving this very moment. Its words are for the user."""


@dataclass(frozen=True, slots=True)
class Pair:
    kept_id: int
    kept_email: str
    gone_id: int
    gone_email: str


@dataclass(frozen=True, slots=True)
class Part:
    """Both are called inside the merging's transaction, under its lock. `restore` gets what `move` returned, and
    leaves alone whatever was changed since."""

    name: str
    move: Callable[[Pair], Record]
    restore: Callable[[Pair, Record], None]
    locks: tuple[Kind, ...] = ()  # to be held before the two contacts are


_parts: dict[str, Part] = {}


def register(*parts: Part) -> None:
    _parts.update({part.name: part for part in parts})


def locks_first() -> list[Kind]:
    return sorted({kind for part in _parts.values() for kind in part.locks})


def move(pair: Pair) -> dict[str, Record]:
    return {part.name: part.move(pair) for part in _parts.values()}


def restore(pair: Pair, records: dict[str, Record]) -> None:
    for part in reversed(_parts.values()):
        if part.name in records:
            part.restore(pair, records[part.name])


def rows_of(table: str) -> Part:
    """Rows that just belong to somebody, by their column `contact_id`."""

    def move(pair: Pair) -> Record:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(_MOVE).format(sql.Identifier(table)), [pair.kept_id, pair.gone_id])
            return [number for (number,) in cursor.fetchall()]

    def restore(pair: Pair, record: Record) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(_RESTORE).format(sql.Identifier(table)), [pair.gone_id, pair.kept_id, record])

    return Part(table, move, restore)


_MOVE = "UPDATE {} SET contact_id = %s WHERE contact_id = %s RETURNING id"
_RESTORE = "UPDATE {} SET contact_id = %s WHERE contact_id = %s AND id = ANY(%s)"
