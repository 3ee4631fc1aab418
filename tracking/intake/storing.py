"""Acts become events, first times and sums, all in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from accounts.organisation.measuring import AddressKept
from contacts import tracking_consent
from contacts.tracking_consent import Part, measured
from delivery.policy import mailbox_providers
from tracking import keeping
from tracking.conversions import storing as conversions
from tracking.intake import anonymous, correcting, learning, reading_places, replays, sums
from tracking.intake.acts import Mail, Seen
from tracking.intake.arrays import array, escaped
from tracking.intake.traits import NONE, traits_of
from tracking.models import EventKind
from tracking.public.spool import Act
from tracking.scoring import networks, requests, verdicts
from tracking.scoring.networks import Networks

_NEIGHBOURHOOD = AddressKept.NEIGHBOURHOOD
_OPEN, _CLICK, _UNSUBSCRIBE = EventKind.OPEN, EventKind.CLICK, EventKind.UNSUBSCRIBE
_KINDS = {kind.value: kind for kind in EventKind}  # a look into this takes a tenth of what the class takes
_NULL = "\\N"  # in COPY
_FRESH_SECONDS = 600.0  # after acceptance: mail filters look within minutes


def store(cursor: CursorWrapper, acts: Sequence[Act]) -> None:
    """Write the acts down. Opens and clicks of people who refuse tracking vanish here, whatever was sent to them."""
    acts = conversions.take(cursor, anonymous.count(cursor, acts))
    recognised = list(_recognise(cursor, acts))
    kept = list(replays.within_bound(cursor, recognised))
    if not kept:
        return
    tally = sums.Sums()
    events = correcting.judged_together(cursor, kept, tally, known_networks(), mails_by_id)
    kept = keeping.still_kept(events)
    _make_partitions(cursor, kept)
    _copy(cursor, kept)
    counted = [event for event in events if event.counts]
    for event in counted:
        act = (event.mail, event.at, event.kind, event.link_id, event.is_machine, event.channel, event.verdict)
        tally.add_event(*act, traits=event.traits)
    _remember_contacts(cursor, counted)
    # First times and sums come last: another intake that has the same mails waits for them until the commit.
    _engage(cursor, counted, tally)
    tally.write(cursor)
    telling = (event for event in counted if event.mail.may_have_arrived and not event.is_machine)
    learning.learn((event.kind, event.mail.id) for event in telling)


def _recognise(cursor: CursorWrapper, acts: Sequence[Act]) -> Iterable[Seen]:
    by_id = mails_by_id(cursor, {act.first for act in acts if act.kind != _UNSUBSCRIBE})
    by_pair = _mails_by_pair(cursor, {(act.first, act.second) for act in acts if act.kind == _UNSUBSCRIBE})
    address_kept, networks = AddressKept(tracking_consent.rules().address_kept), known_networks()
    for act in acts:
        kind = _KINDS[act.kind]
        is_open = kind is _OPEN
        is_tracked = is_open or kind is _CLICK
        mail = by_id.get(act.first) if kind is not _UNSUBSCRIBE else by_pair.get((act.first, act.second))
        if not mail or not mail.may_count(kind):
            continue
        at, place = datetime.fromtimestamp(act.at, UTC), networks.place(act.ip)
        verdict, traits, is_fresh = verdicts.HUMAN, NONE, False
        if is_tracked:
            age = mail.age(act.at)
            request = requests.Request(is_open, act.note, act.user_agent, place.network, age, mail.is_rehearsal)
            verdict = requests.judge(request)
            traits = traits_of(act.user_agent, act.ip, is_open=is_open)
            is_fresh = age is not None and age <= _FRESH_SECONDS and not mail.is_rehearsal
        yield Seen(
            at=at,
            seconds=act.at,
            kind=kind,
            mail=mail,
            link_id=act.second if is_tracked else 0,
            verdict=verdict,
            channel=act.note if kind is _UNSUBSCRIBE else "",
            ip=place.neighbourhood if address_kept is _NEIGHBOURHOOD else reading_places.kept(act.ip, address_kept),
            user_agent=act.user_agent,
            network=place.network,
            is_fresh=is_fresh,
            traits=traits,
        )


@cache
def known_networks() -> Networks:
    """As they stood when this process began."""
    return networks.load(settings.NETWORKS_FILE)


_MAIL = f"""
SELECT m.id, m.batch_id, m.contact_id, m.email,
    extract(epoch FROM m.accepted_at)::float8, b.rehearsal, {measured(Part.OPENS, "c")}, {measured(Part.CLICKS, "c")},
    m.state, m.attempts, coalesce(m.version, 1), coalesce(m.language, ''), {{addressee}}
FROM {{source}} JOIN delivery_batch b ON b.id = m.batch_id LEFT JOIN contacts_contact c ON c.id = m.contact_id
"""  # noqa: S608
_MAIL_OF_ID = _MAIL.format(source="delivery_message m", addressee="m.contact_id") + "WHERE m.id = ANY(%s::bigint[])"
# A token names who the mail was for; whoever was merged since may have two mails of one batch: the last one counts.
_MAIL_OF_PAIR = (
    _MAIL.format(
        source="unnest(%s::bigint[], %s::bigint[]) AS u (contact_id, batch_id)"
        " LEFT JOIN contacts_merge g ON g.gone_id = u.contact_id"
        " JOIN delivery_message m ON m.contact_id = coalesce(g.contact_id, u.contact_id) AND m.batch_id = u.batch_id",
        addressee="u.contact_id",
    )
    + " ORDER BY coalesce(lower(m.email) = lower(g.email), NOT m.is_merged)"
)


def mails_by_id(cursor: CursorWrapper, ids: set[int]) -> dict[int, Mail]:
    return {mail.id: mail for mail, _ in _mails(cursor, _MAIL_OF_ID, [array(ids)])} if ids else {}


def _mails_by_pair(cursor: CursorWrapper, pairs: set[tuple[int, int]]) -> dict[tuple[int, int], Mail]:
    if not pairs:
        return {}
    columns = [list(column) for column in zip(*pairs, strict=True)]
    return {(contact_id, mail.batch_id): mail for mail, contact_id in _mails(cursor, _MAIL_OF_PAIR, columns)}


def _mails(cursor: CursorWrapper, sql: str, parameters: Sequence[Any]) -> list[tuple[Mail, int]]:
    """Each with the contact that its token names. Moments come as numbers, which are read ten times as fast."""
    cursor.execute(sql, parameters)
    rows = cursor.fetchall()
    lanes = [mailbox_providers.lane(row[3]) for row in rows]
    domains = {_domain(row[3]) for row, lane in zip(rows, lanes, strict=True) if lane == mailbox_providers.OTHER}
    learnt = _lanes_learnt(cursor, domains)
    return [
        (Mail._make((*row[:-1], learnt.get(_domain(row[3]), lane) if learnt else lane)), row[-1])
        for row, lane in zip(rows, lanes, strict=True)
    ]


def _lanes_learnt(cursor: CursorWrapper, domains: set[str]) -> dict[str, str]:
    """Of custom domains whose MX was looked up."""
    cursor.execute("SELECT domain, lane FROM delivery_maildomain WHERE domain = ANY(%s)", [list(domains)])
    return dict(cursor.fetchall())


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _make_partitions(cursor: CursorWrapper, events: Sequence[Seen]) -> None:
    """Partitions are made months ahead; a spool found late, or a clock gone wrong, must not stop the intake."""
    for month in {date(event.at.year, event.at.month, 1) for event in events}:
        cursor.execute("SELECT to_regclass(%s)", [f"tracking_event_{month:%Y%m}"])
        (found,) = cursor.fetchone() or (None,)
        if found is None:
            cursor.execute("SELECT tracking_event_partition(%s)", [month])


def _copy(cursor: CursorWrapper, events: Sequence[Seen]) -> None:
    columns = "at, kind, message_id, batch_id, link_id, is_machine, verdict, channel, ip, user_agent"
    columns += ", client, device, country"
    with cursor.copy(f"COPY tracking_event ({columns}) FROM STDIN") as copy:
        copy.write("".join(map(_line, events)))


def _line(event: Seen) -> str:
    """As COPY reads it. Of strangers' making are the program's name, and the channel, alone."""
    mail = event.mail
    act = f"{event.at}\t{event.kind:d}\t{mail.id}\t{mail.batch_id}\t{event.link_id}\t{event.is_machine:d}"
    seen = f"{event.verdict}\t{escaped(event.channel)}\t{event.ip or _NULL}\t{escaped(event.user_agent)}"
    return f"{act}\t{seen}\t" + "\t".join(event.traits) + "\n"


def _engage(cursor: CursorWrapper, events: Sequence[Seen], tally: sums.Sums) -> None:
    """Whoever gets a row in was the first: only those count as people."""
    mails = {event.mail.id: event.mail for event in events}
    channels = {event.mail.id: event.channel for event in reversed(events) if event.channel}
    first: dict[sums.First, Seen] = {}
    for event in events:
        message_id, kind, is_machine = event.mail.id, int(event.kind), event.is_machine
        for link_id in (0, event.link_id) if event.link_id else (0,):
            key = (message_id, kind, link_id, is_machine)
            before = first.get(key)
            if before is None or event.at < before.at or (event.at == before.at and _sooner(event, before)):
                first[key] = event
    times = {key: event.at for key, event in first.items()}
    for message_id, kind, link_id, is_machine, at in sums.insert_engagement(cursor, mails, times):
        event, channel = first[message_id, kind, link_id, is_machine], channels.get(message_id, "")
        tally.add_person(event.mail, at, kind, link_id, is_machine, channel, event.verdict, traits=event.traits)


def _sooner(one: Seen, other: Seen) -> bool:
    """Of two at the very same moment the one that a later verdict would find too."""
    return (one.traits, one.verdict) < (other.traits, other.verdict)


def _remember_contacts(cursor: CursorWrapper, events: Sequence[Seen]) -> None:
    latest: dict[EventKind, dict[tuple[int, int], datetime]] = {_OPEN: {}, _CLICK: {}}
    for event in events:
        mail, kind = event.mail, event.kind
        if mail.contact_id and not event.is_machine and not mail.is_rehearsal and (kind is _OPEN or kind is _CLICK):
            of_kind, key = latest[kind], (mail.contact_id, mail.id)
            before = of_kind.get(key)
            if before is None or event.at > before:
                of_kind[key] = event.at
    opened, clicked = latest.values()
    if rows := opened.keys() | clicked.keys():
        columns = "contact_id, message_id, opened_at, clicked_at"
        with cursor.copy(f"COPY tracking_unfolded ({columns}) FROM STDIN") as copy:
            lines = (f"{key[0]}\t{key[1]}\t{opened.get(key, _NULL)}\t{clicked.get(key, _NULL)}\n" for key in rows)
            copy.write("".join(lines))
