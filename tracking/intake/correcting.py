"""Events judged together: what one mail's, or one company's, say that none of them says alone.

What is found about events already stored moves them over to the machines' side, in events, first times, sums and the
contacts' columns alike, in the transaction that stores what proved it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from tracking.intake import crowds, sums
from tracking.intake.acts import Judged, Mail, Seen
from tracking.intake.arrays import array
from tracking.intake.traits import NONE, Traits
from tracking.models import EventKind
from tracking.scoring import bursts, verdicts
from tracking.scoring.networks import Network, Networks

_TRACKED = (EventKind.OPEN, EventKind.CLICK)
_AROUND_SECONDS = 300  # as far as one event says something of another of the same mail


@dataclass(frozen=True, slots=True)
class Stored(Judged):
    """An event of before, as far as it may be judged anew."""

    id: int
    mail: Mail
    at: datetime
    seconds: float  # the same moment, since 1970
    kind: int
    link_id: int
    verdict: str
    ip: str | None
    user_agent: str
    network: Network
    traits: Traits = NONE


def judged_together(
    cursor: CursorWrapper,
    events: Sequence[Seen],
    tally: sums.Sums,
    networks: Networks,
    mails_by_id: Callable[[CursorWrapper, set[int]], dict[int, Mail]],
) -> list[Seen]:
    """The events with their last verdicts; those stored before are corrected, the sums' changes put into `tally`.

    What is looked up is bounded: the same mails' events within five minutes, and of a company the last ten seconds.
    """
    tracked = [event for event in events if event.kind in _TRACKED]
    crowd = crowds.find(cursor, tracked)
    suspects = {event.mail.id: event.mail for event in tracked if bursts.matters(event, is_fresh=event.is_fresh)}
    suspects |= mails_by_id(cursor, set(crowd.mails - suspects.keys()))
    if not suspects:
        return list(events)
    acts: dict[int, list[Seen | Stored]] = {number: [] for number in suspects}
    for event in tracked:
        if event.mail.id in acts:
            acts[event.mail.id].append(event)
    times = [event.seconds for event in tracked]
    spans = [(number, act.seconds, act.seconds) for number, mailed in acts.items() for act in mailed]
    # Those of a crowd that came before.
    spans += [(number, min(times), max(times)) for number, mailed in acts.items() if not mailed]
    for stored in stored_near(cursor, suspects, spans, networks):
        acts[stored.mail.id].append(stored)
    links = _links_in_mail(cursor, {mail.batch_id for mail in suspects.values()})
    later: dict[int, str] = {}
    moving: list[tuple[Stored, str]] = []
    for number in sorted(acts):
        for guilty in _guilty(suspects[number], acts[number], crowd, links):
            if isinstance(guilty.act, Stored):
                moving.append((guilty.act, guilty.verdict))
            else:
                later[id(guilty.act)] = guilty.verdict
    turn_into_machine(cursor, moving, tally)
    return [replace(event, verdict=later[id(event)]) if id(event) in later else event for event in events]


def _guilty(
    mail: Mail,
    acts: Sequence[Seen | Stored],
    crowd: crowds.Crowd,
    links: Mapping[tuple[int, int, str], int],
) -> list[bursts.Guilty[Seen | Stored]]:
    if len(acts) == 1 and not crowd.keys:  # most mails: one event proves nothing of another
        return []
    crowded = [bursts.Guilty(act, verdicts.CROWD) for act in acts if act.verdict == verdicts.HUMAN and crowd.has(act)]
    changed = {id(one.act): replace(one.act, verdict=verdicts.CROWD) for one in crowded}
    return crowded + bursts.of_mail(
        [changed.get(id(act), act) for act in acts],
        links_in_mail=links.get((mail.batch_id, mail.version, mail.language), 0),
        accepted_at=mail.accepted_at,
    )


def stored_near(
    cursor: CursorWrapper,
    mails: Mapping[int, Mail],
    spans: Sequence[tuple[int, float, float]],
    networks: Networks,
    around: int = _AROUND_SECONDS,
) -> Iterable[Stored]:
    """Events stored of these mails, each once, in and `around` the spans: message, first and last second since 1970."""
    if not spans:
        return
    wide = [(number, int(first) - around, int(last) + 1 + around) for number, first, last in spans]
    columns = [array(column) for column in zip(*wide, strict=True)]
    cursor.execute(_NEAR, [*columns, min(first for _, first, _ in wide), max(last for _, _, last in wide)])
    found = {row[0]: row for row in cursor.fetchall()}
    for number, message_id, at, kind, link_id, verdict, ip, agent, *told in found.values():
        network = networks.place(ip).network if ip else Network.UNKNOWN
        mail, moment = mails[message_id], at.timestamp()
        yield Stored(number, mail, at, moment, kind, link_id, verdict, ip, agent, network, Traits(*told))


def _links_in_mail(cursor: CursorWrapper, batches: set[int]) -> dict[tuple[int, int, str], int]:
    """By batch, version and language."""
    cursor.execute(
        "SELECT batch_id, version, language, count(*) FROM tracking_link, unnest(versions) AS version"
        " WHERE batch_id = ANY(%s) GROUP BY 1, 2, 3",
        [sorted(batches)],
    )
    return {(batch_id, version, language): count for batch_id, version, language, count in cursor.fetchall()}


def turn_into_machine(cursor: CursorWrapper, moving: Sequence[tuple[Stored, str]], tally: sums.Sums) -> int:
    """Move people's events over to the machines; how many were still theirs. Whoever was faster has moved them."""
    if not moving:
        return 0
    by_id = {event.id: (event, verdict) for event, verdict in moving}
    rows = [(event.id, event.mail.id, event.at, verdict) for event, verdict in by_id.values()]
    times = [row[2] for row in rows]
    cursor.execute(_TURN, [*(list(column) for column in zip(*rows, strict=True)), min(times), max(times)])
    moved = [by_id[number] for (number,) in cursor.fetchall()]
    for event, verdict in moved:
        tally.add_event(event.mail, event.at, event.kind, event.link_id, False, by=-1, traits=event.traits)
        tally.add_event(event.mail, event.at, event.kind, event.link_id, True, verdict=verdict)
    _change_first(cursor, moved, tally)
    _forget(cursor, [event for event, _ in moved])
    return len(moved)


def _change_first(cursor: CursorWrapper, moved: Sequence[tuple[Stored, str]], tally: sums.Sums) -> None:
    """Whose first act was no person's has the next one of a person for the first, if there is any."""
    mails = {event.mail.id: event.mail for event, _ in moved}
    rows = [(event.mail.id, event.kind, event.at) for event, _ in moved]
    if not rows:
        return
    cursor.execute(_NO_LONGER_FIRST, [list(column) for column in zip(*rows, strict=True)])
    lost = cursor.fetchall()
    told: dict[tuple[int, int, datetime], Traits] = {}
    for event, _ in moved:
        act = (event.mail.id, int(event.kind), event.at)
        told[act] = min(event.traits, told.get(act, event.traits))
    for number, kind, link_id, at in lost:
        traits = told.get((number, kind, at), NONE)
        tally.add_person(mails[number], at, kind, link_id, False, by=-1, traits=traits)
    following: dict[sums.First, datetime] = {}
    told_next: dict[sums.First, Traits] = {}
    if lost:
        keys = [row[:3] for row in lost]
        cursor.execute(_NEXT, [list(column) for column in zip(*keys, strict=True)])
        for number, kind, link_id, at, *said in cursor.fetchall():
            following[number, kind, link_id, False] = at
            told_next[number, kind, link_id, False] = Traits(*said)
    by_machine: dict[sums.First, tuple[datetime, str]] = {}
    for event, verdict in moved:
        for link in {0, event.link_id}:
            key = (event.mail.id, int(event.kind), link, True)
            by_machine[key] = min((event.at, verdict), by_machine.get(key, (event.at, verdict)))
    first = following | {key: at for key, (at, _) in by_machine.items()}
    for number, kind, link_id, is_machine, at in sums.insert_engagement(cursor, mails, first):
        verdict = by_machine[number, kind, link_id, True][1] if is_machine else verdicts.HUMAN
        traits = told_next.get((number, kind, link_id, is_machine), NONE)
        tally.add_person(mails[number], at, kind, link_id, is_machine, verdict=verdict, traits=traits)


def _forget(cursor: CursorWrapper, events: Sequence[Stored]) -> None:
    """What the contacts' columns say of when somebody last opened or clicked, where a program did."""
    rows = [
        (event.mail.contact_id, event.kind, event.at)
        for event in events
        if event.mail.contact_id and not event.mail.is_rehearsal
    ]
    if not rows:
        return
    for statement in (_FORGET_UNFOLDED, _FORGET_FOLDED):
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
    # Only the latest act of each block stands there, and it may have stood for an earlier one of the person's; and
    # whoever has no act left with this mail has not opened it, or not clicked in it.
    cursor.execute(_REMEMBER, [sorted({event.mail.id for event in events if event.mail.contact_id})])


# The bounds of all together tell which months have to be looked at.
_NEAR = f"""
SELECT e.id, e.message_id, e.at, e.kind, e.link_id, e.verdict, host(e.ip), e.user_agent, e.client, e.device, e.country
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS u (message_id, since, until)
JOIN tracking_event e ON e.message_id = u.message_id AND e.at BETWEEN to_timestamp(u.since) AND to_timestamp(u.until)
WHERE e.at BETWEEN to_timestamp(%s) AND to_timestamp(%s) AND e.kind IN (1, 2) AND e.verdict <> '{verdicts.HEAD}'
"""  # noqa: S608

_TURN = """
UPDATE tracking_event e SET is_machine = true, verdict = u.verdict
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[]) AS u (id, message_id, at, verdict)
WHERE e.message_id = u.message_id AND e.id = u.id AND e.at = u.at AND e.at BETWEEN %s AND %s AND NOT e.is_machine
RETURNING e.id
"""

_NO_LONGER_FIRST = """
DELETE FROM tracking_engagement g
USING unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS u (message_id, kind, at)
WHERE g.message_id = u.message_id AND g.kind = u.kind AND NOT g.is_machine AND g.first_at = u.at
RETURNING g.message_id, g.kind, g.link_id, g.first_at
"""

_NEXT = """
SELECT DISTINCT ON (u.message_id, u.kind, u.link_id)
    u.message_id, u.kind, u.link_id, e.at, e.client, e.device, e.country
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[]) AS u (message_id, kind, link_id)
JOIN tracking_event e ON e.message_id = u.message_id AND e.kind = u.kind AND NOT e.is_machine
WHERE u.link_id = 0 OR e.link_id = u.link_id
ORDER BY 1, 2, 3, 4, 5, 6, 7
"""

_FORGET_UNFOLDED = """
UPDATE tracking_unfolded f
SET opened_at = CASE WHEN u.kind = 1 AND f.opened_at = u.at THEN NULL ELSE f.opened_at END,
    clicked_at = CASE WHEN u.kind = 2 AND f.clicked_at = u.at THEN NULL ELSE f.clicked_at END
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS u (contact_id, kind, at)
WHERE f.contact_id = u.contact_id AND u.at = CASE u.kind WHEN 1 THEN f.opened_at ELSE f.clicked_at END
"""

_REMEMBER = """
INSERT INTO tracking_unfolded (contact_id, message_id, opened_at, clicked_at)
SELECT m.contact_id, m.id, max(e.at) FILTER (WHERE e.kind = 1), max(e.at) FILTER (WHERE e.kind = 2)
FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id AND NOT b.rehearsal
LEFT JOIN tracking_event e ON e.message_id = m.id AND NOT e.is_machine AND e.kind IN (1, 2)
WHERE m.id = ANY(%s) AND m.contact_id IS NOT NULL GROUP BY m.contact_id, m.id
"""

_FORGET_FOLDED = """
WITH wrong AS (
    SELECT DISTINCT c.id, u.kind
    FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) AS u (contact_id, kind, at)
    JOIN contacts_contact c ON c.id = u.contact_id
    WHERE u.at = CASE u.kind WHEN 1 THEN c.last_opened_at ELSE c.last_clicked_at END
), meant AS (
    SELECT w.id, w.kind, max(e.at) AS at FROM wrong w
    LEFT JOIN (delivery_message m JOIN delivery_batch b ON b.id = m.batch_id AND NOT b.rehearsal
        JOIN tracking_event e ON e.message_id = m.id AND NOT e.is_machine) ON m.contact_id = w.id AND e.kind = w.kind
    GROUP BY 1, 2
)
UPDATE contacts_contact c
SET last_opened_at = CASE WHEN o.id IS NULL THEN c.last_opened_at ELSE o.at END,
    last_clicked_at = CASE WHEN k.id IS NULL THEN c.last_clicked_at ELSE k.at END
FROM (SELECT DISTINCT id FROM wrong) w
LEFT JOIN meant o ON o.id = w.id AND o.kind = 1 LEFT JOIN meant k ON k.id = w.id AND k.kind = 2
WHERE c.id = w.id
"""
