"""People found by any part of their name or address, at once among a million.

PostgreSQL's own index for that (pg_trgm) is an extension that the embedded server does not carry and a hosted one may
refuse, and keeping it would halve the speed of imports. So the words of 64 people at a time stand in one row: thirty
megabytes a million, which a search runs through from the newest until it has found a page of people. Who came or was
renamed since is noted by triggers and looked through beside that, until `fold` takes them in.
"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from accounts import locks
from contacts.models import Contact, ContactQuerySet
from contacts.table import naming

BITS = 6  # 64 people a block
_BATCHES = (4, 16, 64, 256)  # blocks looked at together: few where each has somebody, many where hardly one has
_FOLDED_AT_ONCE = 2_000


def newest(
    found: ContactQuerySet, text: str, *, most: int, before: int | None = None, after: int | None = None
) -> list[int]:
    """Numbers of at most so many of `found` with every word of `text`, the newest first.

    `before` and `after` bound them; with `after` they are those that come next to it.
    """
    ids: list[int] = []
    for blocks in _candidates(text.split(), before=before, after=after):
        people = found.search(text).filter(among([one for block in blocks for one in _numbers(block)]))
        people = people.filter(pk__gt=after).order_by("pk") if after else people.order_by("-pk")
        people = people.filter(pk__lt=before) if before else people
        ids += people.values_list("pk", flat=True)[: most - len(ids)]
        if len(ids) >= most:
            break
    return ids[::-1] if after else ids


def among(ids: list[int]) -> Q:
    """Those with these numbers, however many."""
    return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))  # values are parameters


def found_by(text: str, most: int) -> list[Contact]:
    """A few for a search over everything."""
    ids = newest(Contact.objects.all(), text, most=most)
    return list(Contact.objects.filter(pk__in=ids).order_by("-pk"))


def fold() -> None:
    """Take in who came or was renamed. Safe to run twice: what another one folds is left to it."""
    while _fold_some():
        pass


@transaction.atomic
def _fold_some() -> bool:
    with connection.cursor() as cursor:
        if not locks.try_hold(cursor, locks.Kind.SEARCH):
            return False
        cursor.execute(_FOLD, {"most": _FOLDED_AT_ONCE, "bits": BITS})
        (taken,) = cursor.fetchone()
    naming.place(taken or ())
    return bool(taken)


def _candidates(words: list[str], *, before: int | None, after: int | None) -> Iterator[list[int]]:
    """Blocks that may hold somebody, in batches and in the order of the search."""
    backward = not after
    stale = _stale(before, after)
    place = (after or 0) >> BITS if after else ((before or 1 << 62) >> BITS)
    step = 0
    while True:
        size = _BATCHES[min(step, len(_BATCHES) - 1)]
        blocks = _matching(words, place, size, backward=backward)
        is_last = len(blocks) < size
        if not is_last:
            end = blocks[-1]
            blocks += [one for one in stale if (one >= end if backward else one <= end)]
            stale = [one for one in stale if (one < end if backward else one > end)]
            place = end - 1 if backward else end + 1
        else:
            blocks, stale = blocks + stale, []
        ordered = sorted(set(blocks), reverse=backward)
        for first in range(0, len(ordered), _BATCHES[-1]):
            yield ordered[first : first + _BATCHES[-1]]
        if is_last:
            return
        step += 1


def _matching(words: list[str], place: int, size: int, *, backward: bool) -> list[int]:
    has_all = " AND ".join("strpos(words, lower(%s)) > 0" for _ in words) or "true"
    order = "block <= %s AND {} ORDER BY block DESC" if backward else "block >= %s AND {} ORDER BY block"
    sql = f"SELECT block FROM contacts_searchblock WHERE {order.format(has_all)} LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [place, *words, size])
        return [block for (block,) in cursor.fetchall()]


def _stale(before: int | None, after: int | None) -> list[int]:
    with connection.cursor() as cursor:
        bounds = [(after or 0) >> BITS, (before or 1 << 62) >> BITS]
        cursor.execute("SELECT DISTINCT block FROM contacts_staleblock WHERE block BETWEEN %s AND %s", bounds)
        return [block for (block,) in cursor.fetchall()]


def _numbers(block: int) -> range:
    return range(block << BITS, (block + 1) << BITS)


# A note that is not committed yet is not taken, and neither is the person it is about: both come with the next fold.
_FOLD = """
WITH noted AS MATERIALIZED (
    SELECT DISTINCT block FROM (SELECT block FROM contacts_staleblock ORDER BY id LIMIT %(most)s) marks
), taken AS (
    DELETE FROM contacts_staleblock WHERE block IN (SELECT block FROM noted) RETURNING block
), fresh AS (
    SELECT noted.block, (
        SELECT string_agg(lower(c.email || ' ' || c.first_name || ' ' || c.last_name), E'\\n') FROM contacts_contact c
        WHERE c.id >= noted.block << %(bits)s AND c.id < (noted.block + 1) << %(bits)s
    ) AS words FROM noted
), put AS (
    INSERT INTO contacts_searchblock (block, words) SELECT block, coalesce(words, '') FROM fresh
    ON CONFLICT (block) DO UPDATE SET words = excluded.words
)
SELECT array_agg(DISTINCT block) FROM taken
"""
