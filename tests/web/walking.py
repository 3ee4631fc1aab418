"""All addresses there are, and what has been written to the database so far."""

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


# What PostgreSQL has counted in this transaction, which is the test's. Sessions change with every visit,
# and a form counts how often it is shown. pg_stat_xact_user_tables says the same and looks at all indexes for it.
_WRITTEN = """
    SELECT relname, inserted, updated, deleted FROM (
        SELECT relname, pg_stat_get_xact_tuples_inserted(oid) AS inserted,
            pg_stat_get_xact_tuples_updated(oid) AS updated, pg_stat_get_xact_tuples_deleted(oid) AS deleted
        FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace <> ALL ('{pg_catalog, information_schema}'::regnamespace[])
            AND relname NOT IN ('accounts_session', 'contacts_signupshown')
    ) seen WHERE inserted + updated + deleted > 0
"""


def written() -> dict[str, tuple[int, int, int]]:
    """Rows inserted, updated and deleted so far, by table: the same before and after, nothing was even tried."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return {name: (inserted, updated, deleted) for name, inserted, updated, deleted in cursor.fetchall()}
