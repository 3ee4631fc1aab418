"""The rows of one import while they wait in the database: an unlogged table, filled by COPY, gone at the end."""

from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from psycopg import sql

from contacts.addresses import key
from contacts.importing.plan import Status
from contacts.importing.rows.plain import escaped
from contacts.importing.rows.preparing import Belonging, Person

_COLUMNS = (
    "seq bigint, line bigint, email text, key text, first_name text, last_name text, language text, time_zone text, "
    "attributes jsonb, status smallint, duplicate_of bigint, joins int[], unconfirmed int[], leaves int[], "
    "detail text, source text, since timestamptz, opens text, clicks text, erased_as text, "
    "told text"
)
_NAMES = "seq, line, email, key, first_name, last_name, language, time_zone, attributes, status"
_BELONGING = ", joins, unconfirmed, leaves, detail, source, since, opens, clicks"
_BATCH = 5_000


def table(job_id: int) -> sql.Identifier:
    return sql.Identifier(f"contacts_import_{job_id:d}")


def create(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table(job_id)))
        cursor.execute(sql.SQL("CREATE UNLOGGED TABLE {} (" + _COLUMNS + ")").format(table(job_id)))


def drop(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table(job_id)))


def size(job_id: int) -> int | None:
    """How many rows it holds (a crash of the database empties it); None: there is no such table, or an earlier version
    made it, with other columns."""
    with connection.cursor() as cursor:
        made = "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
        cursor.execute(made, [f"contacts_import_{job_id:d}"])
        if cursor.fetchone()[0] != _COLUMNS.count(",") + 1:
            return None
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table(job_id)))
        return int(cursor.fetchone()[0])


class Batch:
    """Some thousand people as text for one COPY."""

    def __init__(self, first_seq: int = 0, *, tells_proof: bool = False, tells_belonging: bool = False) -> None:
        self._tells_proof = tells_proof
        self._names = _NAMES + (", told" if tells_proof else "") + (_BELONGING if tells_belonging else "")
        self._rows: list[str] = []
        self.seq = first_seq

    @property
    def is_full(self) -> bool:
        return len(self._rows) >= _BATCH

    def add(self, line: int, person: Person) -> None:
        texts = (
            person.email,
            key(person.email),
            person.first_name,
            person.last_name,
            person.language,
            person.time_zone,
            person.attributes,
            str(person.status),
        )
        told = (escaped(person.told) or "\\N",) if self._tells_proof else ()
        belonging = () if person.belongs is None else _belonging(person.belongs)
        self.add_text(line, "\t".join((*map(escaped, texts), *told, *belonging)))

    def add_text(self, line: int, text: str) -> None:
        """Of a person whose values stand in `text` as COPY reads them."""
        self.seq += 1
        self._rows.append(f"{self.seq}\t{line}\t{text}\n")

    def copy(self, job_id: int) -> None:
        statement = sql.SQL(f"COPY {{}} ({self._names}) FROM STDIN").format(table(job_id))
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("".join(self._rows))
        self._rows.clear()


def _belonging(found: Belonging) -> list[str]:
    """What is not said is NULL."""
    numbers = [f"{{{','.join(map(str, one))}}}" for one in (found.lists, found.unconfirmed, found.left)]
    told = (found.detail, found.source, found.since, found.opens, found.clicks)
    return numbers + [escaped(one) if one else "\\N" for one in told]


def settle(job_id: int, *, last_counts: bool = False) -> int:
    """Index the rows and find people who are in the file twice: the first row stands, or the last, and the gravest word
    counts."""
    name = table(job_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '64MB'")
        cursor.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (seq)").format(name))
        cursor.execute(sql.SQL("ANALYZE {} (seq, key, status, duplicate_of)").format(name))
        which = sql.SQL("max" if last_counts else "min")
        cursor.execute(sql.SQL(_MARK).format(name=name, which=which))
        cursor.execute(sql.SQL(_OUT_OF_USE).format(name=name), [list(_OF_MAILBOXES)])
        cursor.execute(sql.SQL(_RECOGNISE).format(name=name))
        cursor.execute(sql.SQL("SELECT count(*) FROM {} WHERE duplicate_of IS NOT NULL").format(name))
        return int(cursor.fetchone()[0])


def redirect(job_id: int) -> int:
    """Before `settle`: rows with an address that was merged into another person are that person's. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_REDIRECT).format(name=table(job_id)), [list(_OF_MAILBOXES)])
        return int(cursor.rowcount)


def redirect_late(job_id: int, after: int, until: int) -> None:
    """The same of some rows, for who was merged since. Of a second row of one person only a graver word counts."""
    name = table(job_id)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_MERGED_SINCE).format(name=name), [after, until])
        for seq, email, key_, status in cursor.fetchall():
            if status in _OF_MAILBOXES:
                cursor.execute(sql.SQL("UPDATE {} SET duplicate_of = line WHERE seq = %s").format(name), [seq])
                continue
            grave = "UPDATE {} SET status = greatest(status, %s) WHERE key = %s AND duplicate_of IS NULL"
            cursor.execute(sql.SQL(grave).format(name), [status, key_])
            changes = "duplicate_of = line" if cursor.rowcount else "key = %s, email = %s"
            values = [] if cursor.rowcount else [key_, email]
            cursor.execute(sql.SQL(f"UPDATE {{}} SET {changes} WHERE seq = %s").format(name), [*values, seq])  # noqa: S608


# What says something of a mailbox alone, not of its owner.
_OF_MAILBOXES = (Status.HELD.value, Status.SOFT_BOUNCED.value, Status.BOUNCED.value)
_IS_NOBODYS = (  # where nobody was ever merged, no row is looked at
    "EXISTS (SELECT 1 FROM contacts_merge)"
    " AND NOT EXISTS (SELECT 1 FROM contacts_contact x WHERE lower(x.email) = s.key)"
)
_REDIRECT = f"""
UPDATE {{name}} s SET key = lower(c.email), email = c.email
FROM contacts_merge g JOIN contacts_contact c ON c.id = g.contact_id
WHERE lower(g.email) = s.key AND s.status <> ALL(%s) AND {_IS_NOBODYS}
"""  # noqa: S608  # parts of our own
_OUT_OF_USE = f"""
UPDATE {{name}} s SET duplicate_of = line FROM contacts_merge g
WHERE lower(g.email) = s.key AND s.status = ANY(%s) AND {_IS_NOBODYS}
"""  # noqa: S608
_MERGED_SINCE = f"""
SELECT s.seq, c.email, lower(c.email), s.status
FROM {{name}} s JOIN contacts_merge g ON lower(g.email) = s.key JOIN contacts_contact c ON c.id = g.contact_id
WHERE s.seq > %s AND s.seq <= %s AND s.duplicate_of IS NULL AND {_IS_NOBODYS}
"""  # noqa: S608
_MARK = """
WITH twice AS (
    SELECT key, {which}(seq) AS first_seq, {which}(line) AS first_line, max(status) AS status,
        bool_or(opens = 'refused') AS no_opens, bool_or(clicks = 'refused') AS no_clicks
    FROM {name} GROUP BY key HAVING count(*) > 1
)
UPDATE {name} s
SET status = CASE WHEN s.seq = first_seq THEN twice.status ELSE s.status END,
    opens = CASE WHEN s.seq = first_seq AND no_opens THEN 'refused' ELSE s.opens END,
    clicks = CASE WHEN s.seq = first_seq AND no_clicks THEN 'refused' ELSE s.clicks END,
    duplicate_of = CASE WHEN s.seq = first_seq THEN NULL ELSE first_line END
FROM twice WHERE s.key = twice.key
"""


# Whoever was erased is suppressed under a salted hash: see contacts.erasing.
_RECOGNISE = """
UPDATE {name} s SET erased_as = p.email FROM contacts_suppression p
WHERE EXISTS (SELECT 1 FROM contacts_suppression WHERE is_erased) AND p.is_erased AND p.email = contacts_erased(s.key)
"""


def duplicates(job_id: int, slice_size: int = 5000) -> Iterator[tuple[int, str, int]]:
    """`(line, email, line of the first)` of each row that repeats an earlier one, read in slices."""
    after = 0
    statement = sql.SQL(
        "SELECT seq, line, email, duplicate_of FROM {} "
        "WHERE duplicate_of IS NOT NULL AND seq > %s ORDER BY seq LIMIT %s"
    ).format(table(job_id))
    while rows := _fetch(statement, [after, slice_size]):
        for seq, line, email, first_line in rows:
            yield line, email, first_line
            after = seq


def _fetch(statement: sql.Composable, parameters: Sequence[int]) -> list[tuple[int, int, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
