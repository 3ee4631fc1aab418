"""What becomes of each person of a checked file, one by one."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from contacts.importing.plan import Plan, Status
from contacts.importing.rows.refused import IMPORTED_WITHOUT, LEADING_COLUMNS, stored_rows
from contacts.importing.running.merging import changed
from contacts.importing.running.staging import table
from contacts.models import ImportJob, Suppression

_SLICE = 2000
_SAYS = {
    Status.UNCONFIRMED: "Has not confirmed, says the file: gets no mail before that",
    Status.HELD: "On hold, says the file",
    Status.UNSUBSCRIBED: "Unsubscribed or never agreed, says the file",
    Status.SOFT_BOUNCED: "Out of reach, says the file",
    Status.BLOCKED: "Suppressed, says the file",
    Status.BOUNCED: "Bounced, says the file",
    Status.COMPLAINED: "Marked a mail as spam, says the file",
}


@dataclass(frozen=True, slots=True)
class Fate:
    email: str
    becomes: str  # subscribed, unsubscribed, suppressed, unchanged or refused
    reason: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def fates(job: ImportJob, plan: Plan) -> Iterator[Fate]:
    """Of everybody in the file: those who can be imported in the order of their rows, then those who cannot."""
    refused: list[Fate] = []
    remarks: dict[int, str] = {}
    for line, reason, email in _put_aside(job, plan):
        if reason.startswith(IMPORTED_WITHOUT):
            remarks[line] = reason
        elif not reason.startswith("The same address"):
            refused.append(Fate(email, "refused", reason))
    for row in _staged(job, plan):
        fate = _fate(row, plan)
        remark = remarks.get(row["line"], "")
        yield Fate(fate.email, fate.becomes, ". ".join(filter(None, (fate.reason, remark)))) if remark else fate
    yield from refused


def _fate(row: dict[str, Any], plan: Plan) -> Fate:
    status, here, is_known = Status(row["status"]), row["suppressed_here"], row["is_known"]
    if status >= Status.HELD:
        if here and (is_known or plan.only_suppress):
            return Fate(row["email"], "unchanged", _here(here))
        return Fate(row["email"], "unsubscribed" if status == Status.UNSUBSCRIBED else "suppressed", _SAYS[status])
    if here:
        is_unsubscribed = here == Suppression.Reason.UNSUBSCRIBED
        becomes = "unchanged" if is_known else "unsubscribed" if is_unsubscribed else "suppressed"
        return Fate(row["email"], becomes, _here(here))
    if row["has_left"]:
        return Fate(row["email"], "unchanged", "Left the list here before")
    if status == Status.UNCONFIRMED:
        return Fate(row["email"], "unsubscribed", _SAYS[status])
    if plan.tells_belonging and not row["joins"] and not plan.lists:
        return Fate(row["email"], "unsubscribed", "Left every list, says the file" if row["leaves"] else "On no list")
    if is_known and row["is_on_all"] and not row["is_changed"] and not row["joins"]:
        return Fate(row["email"], "unchanged", "Known already")
    return Fate(row["email"], "subscribed")


def _here(reason: str) -> str:
    return f"Suppressed here: {Suppression.Reason(reason).label}"


def _staged(job: ImportJob, plan: Plan) -> Iterator[dict[str, Any]]:
    statement = sql.SQL(_STAGED).format(table=table(job.pk), changed=sql.SQL(changed(plan)))
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"lists": list(plan.lists), "after": after, "slice": _SLICE})
            names = [column[0] for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if not rows:
            return
        yield from rows
        after = rows[-1]["seq"]


_STAGED = """
SELECT s.seq, s.line, s.email, s.status, s.joins, s.leaves, sp.reason AS suppressed_here, c.id IS NOT NULL AS is_known,
    c.id IS NOT NULL AND ({changed} OR c.is_sample) AS is_changed,
    EXISTS (SELECT 1 FROM contacts_subscription b WHERE b.contact_id = c.id AND b.list_id = ANY(%(lists)s)
        AND b.state = 'unsubscribed') AS has_left,
    (SELECT count(*) FROM contacts_subscription b WHERE b.contact_id = c.id AND b.list_id = ANY(%(lists)s))
        = cardinality(%(lists)s::bigint[]) AS is_on_all
FROM {table} s
LEFT JOIN contacts_contact c ON lower(c.email) = s.key
LEFT JOIN contacts_suppression sp ON sp.email = coalesce(s.erased_as, s.key)
WHERE s.duplicate_of IS NULL AND s.seq > %(after)s ORDER BY s.seq LIMIT %(slice)s
"""


def _put_aside(job: ImportJob, plan: Plan) -> Iterator[tuple[int, str, str]]:
    """`(line, reason, address as written)` of the rows that were refused, wholly or in part."""
    at = LEADING_COLUMNS + (plan.email_column or 0)
    for row in stored_rows(job):
        yield int(row[0]), row[1], row[at] if at < len(row) else row[-1]
