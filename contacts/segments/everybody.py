"""How many people there are, without counting a million rows: triggers note who comes and goes, also past Django.

A note is written in the transaction that adds or removes people, so the sum is exact for whoever reads it.
"""

from django.db import connection

from accounts.database import locks

TOTAL = "(SELECT coalesce(sum(people), 0)::bigint FROM contacts_headcount)"  # within any statement
_FEW = 500  # notes; adding them up takes a millisecond


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {TOTAL}")
        (people,) = cursor.fetchone() or (0,)
    return int(people)


def fold() -> None:
    """Many notes become one. Safe to run twice, also at the same time."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [_FEW])


def mend() -> None:
    """For what no trigger saw, as while a backup is read back: everybody is counted, which a statement sees at once."""
    with locks.alone(locks.Kind.SEGMENTS, "everybody") as is_alone, connection.cursor() as cursor:
        if is_alone:
            cursor.execute(_MEND)


_FOLD = """
WITH many AS (SELECT 1 FROM contacts_headcount OFFSET %s LIMIT 1),
folded AS (DELETE FROM contacts_headcount WHERE EXISTS (SELECT FROM many) RETURNING people)
INSERT INTO contacts_headcount (people) SELECT sum(people) FROM folded HAVING count(*) > 0
"""
_MEND = f"""
INSERT INTO contacts_headcount (people) SELECT there.people - {TOTAL}
FROM (SELECT count(*) AS people FROM contacts_contact) there WHERE there.people <> {TOTAL}
"""  # noqa: S608
