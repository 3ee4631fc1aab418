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
# and a form counts how often it is shown.
_WRITTEN = """
    SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname NOT IN ('accounts_session', 'contacts_signupshown')
"""


def written() -> dict[str, tuple[int, int, int]]:
    """Rows inserted, updated and deleted so far, by table: the same before and after, nothing was even tried."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return {name: (inserted, updated, deleted) for name, inserted, updated, deleted in cursor.fetchall()}
