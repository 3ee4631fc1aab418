"""A window's rows, as late as possible: who has left, or was suppressed, since the building gets nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from json import JSONDecoder
from typing import Any

from contacts import merge_values, tracking_consent
from contacts.reachability import is_paused, suppression_of, why_closed
from contacts.tracking_consent import Part
from delivery.content import Recipient
from delivery.merging import has_another
from delivery.models import Batch, MessageState
from delivery.outcomes import BatchFacts, Claim, Letter, Outcome

_SKIPPED_WORDS = {
    "unsubscribed": "Unsubscribed before it was sent",
    "suppressed": "Suppressed before it was sent",
    "deleted": "Deleted before it was sent",
    "paused": "Paused all mail before it was sent",
    "consent_ended": "What they agreed to ended before it was sent",
    "merged": "Merged with another contact, who gets it",
}
_read_json = JSONDecoder().raw_decode


def _counted(part: Part) -> str:
    """SQL: whether that part of the person is counted. Anonymously, whoever was never asked is counted too."""
    mode = "(SELECT b.tracking FROM delivery_batch b WHERE b.id = %(batch)s)"
    named = f"c.{tracking_consent.COLUMNS[part]} IS DISTINCT FROM 'refused'"
    return f"CASE WHEN {mode} = 'individual' THEN {tracking_consent.measured(part, 'c')} ELSE {named} END"


_COLUMNS = f"""
    m.id, m.email, m.attempts, m.contact_id, c.id, c.first_name, c.last_name,
    coalesce(nullif(c.language, ''), c.guessed_language),
    nullif(c.attributes, '{{}}')::text,
    {_counted(Part.OPENS)}, {_counted(Part.CLICKS)}, coalesce(c.is_sample, false), s.reason,
    CASE WHEN %(lists)s::bigint[] <> '{{}}' AND c.id IS NOT NULL THEN {why_closed("c.id", "%(lists)s::bigint[]")} END,
    {is_paused("c")}, CASE WHEN m.is_merged THEN {has_another("m")} ELSE false END, m.segments, m.language
"""
_FROM = f"""
    FROM delivery_message m
    LEFT JOIN contacts_contact c ON c.id = m.contact_id
    LEFT JOIN {suppression_of("m.email")}
"""
_IS_PENDING = f"m.batch_id = %(batch)s AND m.state = {MessageState.PENDING}"
_BY_RANGE = f"SELECT {_COLUMNS} {_FROM} WHERE m.id BETWEEN %(first)s AND %(last)s AND {_IS_PENDING} AND m.attempts = 0"
_BY_IDS = f"SELECT {_COLUMNS} {_FROM} WHERE m.id = ANY(%(ids)s) AND {_IS_PENDING}"


@dataclass(frozen=True, slots=True)
class Unread:
    """The part of a claim that nobody has read yet, from position `begin` on.

    The claim itself belongs to the event loop: its letters name it, and nothing here looks into it.
    """

    claim: Claim
    batch: BatchFacts
    ids: Sequence[int]
    begin: int

    @classmethod
    def of(cls, claim: Claim) -> "Unread":
        return cls(claim, claim.batch, claim.ids, claim.read_end)


def read_window(cursor: Any, unread: Unread, until: int) -> tuple[list[Letter], list[Outcome]]:
    """Messages at positions up to `until` that nobody read yet: those to send, and those to skip."""
    members = unread.ids[unread.begin : until]
    if not members:
        return [], []
    values: dict[str, Any] = {"batch": unread.batch.id, "lists": _lists(unread.batch)}
    if isinstance(members, range):
        cursor.execute(_BY_RANGE, values | {"first": members[0], "last": members[-1]})
    else:
        cursor.execute(_BY_IDS, values | {"ids": list(members)})
    rows = {row[0]: row for row in cursor.fetchall()}
    letters: list[Letter] = []
    skipped: list[Outcome] = []
    for position, message_id in enumerate(members, start=unread.begin):
        row = rows.get(message_id)
        if row is None:
            continue
        reason = _reason(unread.batch, row)
        if reason:
            skipped.append(skip(message_id, row[1], reason, _SKIPPED_WORDS[reason]))
        else:
            letters.append(_letter(unread.claim, position, row))
    return letters, skipped


def read_again(cursor: Any, batch: BatchFacts, message_ids: list[int]) -> dict[int, Outcome]:
    """Those of messages read some time ago who have left meanwhile."""
    values = {"batch": batch.id, "lists": _lists(batch), "ids": message_ids}
    cursor.execute(_BY_IDS, values)
    reasons = {row[0]: (row[1], _reason(batch, row)) for row in cursor.fetchall()}
    return {
        message_id: skip(message_id, email, reason, _SKIPPED_WORDS[reason])
        for message_id, (email, reason) in reasons.items()
        if reason
    }


def skip(message_id: int, email: str, category: str, text: str) -> Outcome:
    return Outcome(message_id, email, MessageState.SKIPPED, "skipped", category, stage="", text=text)


def _lists(batch: BatchFacts) -> list[int]:
    return batch.lists if batch.stream == Batch.Stream.MARKETING else []


def _reason(batch: BatchFacts, row: Sequence[Any]) -> str:
    contact_id, contact_found, suppressed_for, why_closed, is_paused = row[3], row[4], row[12], row[13], row[14]
    if row[15]:
        return "merged"
    if contact_id is not None and contact_found is None:
        return "deleted"
    # Leaving our newsletters does not close the way for a confirmation that the person just asked for.
    if suppressed_for and (batch.stream == Batch.Stream.MARKETING or suppressed_for != "unsubscribed"):
        return "suppressed"
    if why_closed:
        return str(why_closed)
    return "paused" if is_paused and batch.stream == Batch.Stream.MARKETING else ""


def _letter(claim: Claim, position: int, row: Sequence[Any]) -> Letter:
    message_id, email, attempts, contact_id = row[0], row[1], row[2], row[3]
    values = merge_values.values(email, row[5] or "", row[6] or "", row[7] or "", _attributes(row[8]))
    recipient = Recipient(message_id, contact_id, email, values, row[9], row[10], row[16] or 0, row[17] or "")
    return Letter(claim, message_id, position, email, attempts, row[11], recipient)


def _attributes(text: str | None) -> dict[str, Any]:
    """As PostgreSQL wrote it: no need to look for an encoding or for white space first."""
    return _read_json(text)[0] if text else {}
