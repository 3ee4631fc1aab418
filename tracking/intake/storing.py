"""Acts become events, first times and sums, all in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from django.db.backends.utils import CursorWrapper

from contacts import tracking_consent
from contacts.tracking_consent import Part, measured
from delivery.models import MessageState
from tracking import machines
from tracking.intake import anonymous, learning, reading_places, replays, sums
from tracking.models import EventKind
from tracking.spool import Act

_TRACKED = (EventKind.OPEN, EventKind.CLICK)


@dataclass(frozen=True, slots=True)
class Mail:
    """The message an act belongs to, as far as counting needs it."""

    id: int
    batch_id: int
    contact_id: int | None
    email: str
    accepted_at: datetime | None
    is_rehearsal: bool
    may_count_opens: bool
    may_count_clicks: bool
    state: int
    attempts: int
    version: int

    def may_count(self, kind: int) -> bool:
        """Asked anew for each act: a refusal ends the recording of mails that were sent before it, too."""
        if kind == EventKind.OPEN:
            return self.may_count_opens
        return self.may_count_clicks or kind != EventKind.CLICK

    @property
    def may_have_arrived(self) -> bool:
        """Its connection broke before the answer, or it is tried once more since."""
        return self.state == MessageState.UNCERTAIN or (self.state == MessageState.PENDING and self.attempts > 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """An event about to be stored."""

    at: datetime
    kind: EventKind
    mail: Mail
    link_id: int
    verdict: str
    channel: str
    ip: str | None
    user_agent: str

    @property
    def is_machine(self) -> bool:
        return self.verdict != machines.HUMAN

    @property
    def counts(self) -> bool:
        """HEAD is kept as a trace and counted nowhere."""
        return self.verdict != machines.HEAD


def store(cursor: CursorWrapper, acts: Sequence[Act]) -> None:
    """Write the acts down. Opens and clicks of people who refuse tracking vanish here, whatever was sent to them."""
    acts = anonymous.count(cursor, acts)
    recognised = list(_recognise(cursor, acts))
    events = _mark_bursts(cursor, list(replays.within_bound(cursor, recognised))) if recognised else []
    if not events:
        return
    _make_partitions(cursor, events)
    _copy(cursor, events)
    counted = [event for event in events if event.counts]
    tally = sums.Sums()
    for event in counted:
        tally.add_event(event.mail, event.at, event.kind, event.link_id, event.is_machine, event.channel)
    _engage(cursor, counted, tally)
    tally.write(cursor)
    _remember_contacts(cursor, counted)
    telling = (event for event in counted if event.mail.may_have_arrived and not event.is_machine)
    learning.learn((event.kind, event.mail.id) for event in telling)


def _recognise(cursor: CursorWrapper, acts: Sequence[Act]) -> Iterable[Seen]:
    by_id = _mails_by_id(cursor, {act.first for act in acts if act.kind != EventKind.UNSUBSCRIBE})
    by_pair = _mails_by_pair(cursor, {(act.first, act.second) for act in acts if act.kind == EventKind.UNSUBSCRIBE})
    address_kept = tracking_consent.rules().address_kept
    for act in acts:
        is_unsubscribe = act.kind == EventKind.UNSUBSCRIBE
        mail = by_pair.get((act.first, act.second)) if is_unsubscribe else by_id.get(act.first)
        if mail and mail.may_count(act.kind):
            yield _seen(act, mail, address_kept)


def _seen(act: Act, mail: Mail, address_kept: str) -> Seen:
    kind = EventKind(act.kind)
    verdict = machines.HUMAN
    if kind in _TRACKED:
        verdict = machines.judge(
            user_agent=act.user_agent,
            is_head=act.note == machines.HEAD,
            is_open=kind == EventKind.OPEN,
            is_rehearsal=mail.is_rehearsal,
        )
    return Seen(
        at=datetime.fromtimestamp(act.at, UTC),
        kind=kind,
        mail=mail,
        link_id=act.second if kind in _TRACKED else 0,
        verdict=verdict,
        channel=act.note if kind == EventKind.UNSUBSCRIBE else "",
        ip=reading_places.kept(act.ip, address_kept),
        user_agent=act.user_agent,
    )


_MAIL = f"""
SELECT m.id, m.batch_id, m.contact_id, m.email, m.accepted_at, b.rehearsal, {measured(Part.OPENS, "c")},
    {measured(Part.CLICKS, "c")}, m.state, m.attempts, coalesce(m.version, 1)
FROM {{source}} JOIN delivery_batch b ON b.id = m.batch_id LEFT JOIN contacts_contact c ON c.id = m.contact_id
"""  # noqa: S608


def _mails_by_id(cursor: CursorWrapper, ids: set[int]) -> dict[int, Mail]:
    if not ids:
        return {}
    cursor.execute(_MAIL.format(source="delivery_message m") + "WHERE m.id = ANY(%s)", [list(ids)])
    return {row[0]: Mail(*row) for row in cursor.fetchall()}


def _mails_by_pair(cursor: CursorWrapper, pairs: set[tuple[int, int]]) -> dict[tuple[int | None, int], Mail]:
    if not pairs:
        return {}
    source = (
        "unnest(%s::bigint[], %s::bigint[]) AS u (contact_id, batch_id)"
        " JOIN delivery_message m ON m.contact_id = u.contact_id AND m.batch_id = u.batch_id"
    )
    cursor.execute(_MAIL.format(source=source), [list(column) for column in zip(*pairs, strict=True)])
    mails = [Mail(*row) for row in cursor.fetchall()]
    return {(mail.contact_id, mail.batch_id): mail for mail in mails}


def _mark_bursts(cursor: CursorWrapper, events: list[Seen]) -> list[Seen]:
    """Give clicks of a machine that followed every link their verdict, those already stored included."""
    clicks = [event for event in events if event.kind == EventKind.CLICK and event.counts]
    if not clicks:
        return events
    mails = {event.mail.id: event.mail for event in clicks}
    links = _links_in_mail(cursor, {mail.batch_id for mail in mails.values()})
    known = _clicks(cursor, list(mails))
    for event in clicks:
        known.setdefault(event.mail.id, []).append(machines.Click(event.at, event.link_id))
    guilty: dict[int, set[machines.Click]] = {}
    for mail in mails.values():
        burst = machines.burst(
            known[mail.id], links_in_mail=links.get((mail.batch_id, mail.version), 0), accepted_at=mail.accepted_at
        )
        if burst:
            guilty[mail.id] = set(burst)
            sums.turn_into_machine(cursor, mail, burst[0].at, burst[-1].at, machines.BURST)
    return [
        replace(event, verdict=machines.BURST)
        if event.kind == EventKind.CLICK
        and not event.is_machine
        and machines.Click(event.at, event.link_id) in guilty.get(event.mail.id, ())
        else event
        for event in events
    ]


def _links_in_mail(cursor: CursorWrapper, batches: set[int]) -> dict[tuple[int, int], int]:
    """By batch and version."""
    cursor.execute(
        "SELECT batch_id, version, count(*) FROM tracking_link, unnest(versions) AS version"
        " WHERE batch_id = ANY(%s) GROUP BY 1, 2",
        [list(batches)],
    )
    return {(batch_id, version): count for batch_id, version, count in cursor.fetchall()}


def _clicks(cursor: CursorWrapper, messages: list[int]) -> dict[int, list[machines.Click]]:
    cursor.execute(
        "SELECT message_id, at, link_id FROM tracking_event WHERE message_id = ANY(%s) AND kind = %s AND verdict <> %s",
        [messages, EventKind.CLICK, machines.HEAD],
    )
    clicks: dict[int, list[machines.Click]] = {}
    for message_id, at, link_id in cursor.fetchall():
        clicks.setdefault(message_id, []).append(machines.Click(at, link_id))
    return clicks


def _make_partitions(cursor: CursorWrapper, events: Sequence[Seen]) -> None:
    """Partitions are made months ahead; a spool found late, or a clock gone wrong, must not stop the intake."""
    for month in {date(event.at.year, event.at.month, 1) for event in events}:
        cursor.execute("SELECT to_regclass(%s)", [f"tracking_event_{month:%Y%m}"])
        (found,) = cursor.fetchone() or (None,)
        if found is None:
            cursor.execute("SELECT tracking_event_partition(%s)", [month])


def _copy(cursor: CursorWrapper, events: Sequence[Seen]) -> None:
    columns = "at, kind, message_id, batch_id, link_id, is_machine, verdict, channel, ip, user_agent"
    with cursor.copy(f"COPY tracking_event ({columns}) FROM STDIN") as copy:
        for event in events:
            mail = event.mail
            act = (event.at, int(event.kind), mail.id, mail.batch_id, event.link_id)
            copy.write_row((*act, event.is_machine, event.verdict, event.channel, event.ip, event.user_agent))


def _engage(cursor: CursorWrapper, events: Sequence[Seen], tally: sums.Sums) -> None:
    """Whoever gets a row in was the first: only those count as people."""
    mails = {event.mail.id: event.mail for event in events}
    channels = {event.mail.id: event.channel for event in reversed(events) if event.channel}
    first: dict[tuple[int, int, int, bool], datetime] = {}
    for event in events:
        for link_id in {0, event.link_id}:
            key = (event.mail.id, int(event.kind), link_id, event.is_machine)
            first[key] = min(event.at, first.get(key, event.at))
    for message_id, kind, link_id, is_machine, at in sums.insert_engagement(cursor, mails, first):
        tally.add_person(mails[message_id], at, kind, link_id, is_machine, channels.get(message_id, ""))


def _remember_contacts(cursor: CursorWrapper, events: Sequence[Seen]) -> None:
    latest: dict[tuple[int, EventKind], datetime] = {}
    for event in events:
        if event.mail.contact_id and not event.is_machine and not event.mail.is_rehearsal:
            key = (event.mail.contact_id, event.kind)
            latest[key] = max(event.at, latest.get(key, event.at))
    rows = [
        (contact_id, at if kind == EventKind.OPEN else None, at if kind == EventKind.CLICK else None)
        for (contact_id, kind), at in latest.items()
        if kind in (EventKind.OPEN, EventKind.CLICK)
    ]
    if rows:
        with cursor.copy("COPY tracking_unfolded (contact_id, opened_at, clicked_at) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
