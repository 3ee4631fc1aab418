"""How many people have a value in each field, and how many chose what: kept beside the field, so that no page counts.

One look through all contacts, some seconds a million; so it happens now and then, and takes at most a fiftieth of the
time. While there are few people a page counts them itself.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.database import locks
from contacts.models import Field, FieldChange
from contacts.profile_fields import options

_SHARE = 50
_SHORTEST = timedelta(minutes=5)
_FEW_BYTES = 16_000_000  # of the table of contacts: some tens of thousands
_TOOK = "fields:took"


def refresh() -> None:
    """Count if it is time. Safe to run twice: what another one is counting is left to it."""
    oldest = Field.objects.order_by("counted_at").values_list("counted_at", flat=True)
    known = [at for at in oldest if at is not None]
    pause = max(_SHORTEST, timedelta(seconds=_took() * _SHARE))
    if not oldest or (len(known) == len(oldest) and min(known) > timezone.now() - pause):
        return
    with locks.alone(locks.Kind.FIELDS, "count") as is_alone:
        if is_alone:
            count()


def fresh(own: Sequence[Field]) -> Sequence[Field]:
    """For a page that shows the numbers: as of now where that takes no time, and nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('contacts_contact') < %s", [_FEW_BYTES])
        if cursor.fetchone()[0]:
            people = _people(cursor)
            for field in own:
                field.people, field.counted_at = people.get(field.key, 0), timezone.now()
                if field.kind in options.KINDS:
                    field.chosen = _chosen(cursor, field)
    return own


def count() -> None:
    """All fields. Choices that came in by an import and are no option yet become one."""
    began, now = time.monotonic(), timezone.now()
    own, changing = list(Field.objects.all()), FieldChange.objects.filter(state=FieldChange.State.RUNNING)
    with connection.cursor() as cursor:
        people = _people(cursor)
        for field in own:
            changes: dict[str, Any] = {"people": people.get(field.key, 0), "counted_at": now}
            if field.kind in options.KINDS:
                chosen = _chosen(cursor, field)
                changes["chosen"] = chosen
                if not changing.filter(key=field.key).exists():  # a choice that is being taken away
                    changes["options"] = options.added(field, chosen)
            Field.objects.filter(pk=field.pk, kind=field.kind, options=field.options).update(**changes)
    try:
        cache.set(_TOOK, time.monotonic() - began, 86_400)
    except RedisError:
        return


def _people(cursor: CursorWrapper) -> dict[str, int]:
    cursor.execute(_PEOPLE)
    return dict(cursor.fetchall())


def _chosen(cursor: CursorWrapper, field: Field) -> dict[str, int]:
    cursor.execute(_CHOSEN, {"key": field.key, "most": options.MOST})
    return {str(name): int(number) for name, number in cursor.fetchall()}


def _took() -> float:
    try:
        return float(cache.get(_TOOK) or 0)
    except RedisError:
        return 0


_PEOPLE = """
SELECT key, count(*) FROM contacts_contact CROSS JOIN LATERAL jsonb_object_keys(
    CASE jsonb_typeof(attributes) WHEN 'object' THEN attributes ELSE '{}' END
) key WHERE attributes <> '{}' GROUP BY key
"""
_CHOSEN = """
SELECT name, count(*) FROM contacts_contact CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof(attributes -> %(key)s) WHEN 'array' THEN attributes -> %(key)s
    ELSE jsonb_build_array(attributes -> %(key)s) END
) name WHERE jsonb_exists(attributes, %(key)s) AND name IS NOT NULL GROUP BY name ORDER BY count(*) DESC, name
LIMIT %(most)s
"""
