"""All addresses there are, and a picture of everything the database holds."""

from collections.abc import Iterator

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver


def patterns() -> Iterator[URLPattern]:
    waiting: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    while waiting:
        found = waiting.pop()
        if isinstance(found, URLResolver):
            waiting.extend(found.url_patterns)
        else:
            yield found


def names() -> list[str]:
    return sorted({pattern.name or f"without a name: {pattern.pattern}" for pattern in patterns()})


# Sessions change with every visit, sequences with every rolled-back attempt.
_TABLES = """
    SELECT format('SELECT %L, count(*), md5(coalesce(string_agg(t::text, '','' ORDER BY t::text), '''')) FROM %I t',
                  relname, relname)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname NOT IN ('django_session', 'django_migrations') ORDER BY relname
"""


def everything() -> dict[str, tuple[int, str]]:
    """Every table with its count and the digest of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(" UNION ALL ".join(row[0] for row in cursor.fetchall()))
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}
