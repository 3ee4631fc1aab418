"""Staged rows into contacts, lists, consent and suppressions: one statement a slice, or none of it to foretell."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from contacts import tags
from contacts.importing.plan import Mode, Plan, Status, Target
from contacts.importing.running.staging import table
from contacts.importing.undoing import recording
from contacts.models import ImportJob


def foretell(job: ImportJob, plan: Plan) -> dict[str, int]:
    """What a run would do now, without doing it."""
    statement = sql.SQL(_FORETELL).format(table=table(job.pk), changed=sql.SQL(changed(plan)))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")
        return _counts(statement, {"lists": list(plan.lists), "only_suppress": plan.only_suppress})


def merge(job: ImportJob, plan: Plan, after: int, until: int, found_lists: Sequence[int | None] = ()) -> dict[str, int]:
    """Put the rows with `after < seq <= until` into place. Safe to repeat; call it in a transaction.

    `found_lists` are those that the rows themselves name, in the order of their numbers; None: it is gone by now.
    """
    statement = sql.SQL(_MERGE).format(
        table=table(job.pk),
        changes=sql.SQL(_changes(plan)),
        changed=sql.SQL(changed(plan)),
        counting=sql.SQL(
            f"open_consent = {_MAY_OPENS}, click_consent = {_MAY_CLICKS}, " if plan.tells_counting else ""
        ),
        # Of the whole row a copy would be made for each update, so that it could be tried again.
        given=sql.SQL(", ".join((*recording.TEXTS, "attributes", "opens", "clicks"))),
        proof=sql.SQL(_QUOTED_PROOF if plan.tells_proof else "%(proof)s"),
        of_person=sql.SQL(" JOIN person ON person.id = contact_id" if plan.tells_proof else ""),
        counted=sql.SQL(_TOLD if plan.tells_counting else ""),
        joining=sql.SQL(_JOINING_NAMED if found_lists else _JOINING),
        also_left=sql.SQL(_ALSO_LEFT if found_lists else ""),
        before=sql.SQL(recording.before(plan)),
        renamed=sql.SQL(recording.renamed(plan)),
        trace=sql.SQL(recording.trace(plan)),
    )
    with connection.cursor() as cursor:
        # A slice is looked up by index, however large the tables have become and however old their statistics are.
        # It is kept in memory, not in files, and in the order of its rows, which is that of the indexes it adds to; and
        # it notes names for the search itself, not by a trigger a person.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_mergejoin = off; SET LOCAL random_page_cost = 1.1;"
            " SET LOCAL work_mem = '64MB'; SET LOCAL contacts.notes_names_itself = 'yes'"
        )
        cursor.execute(recording.NEXT_SLICE)
        slice_id, people = cursor.fetchone()
    return _counts(
        statement,
        {
            "job": job.pk,
            "slice": slice_id,
            "people": people,
            "mode": plan.mode,
            "after": after,
            "until": until,
            "lists": list(plan.lists),
            "found_lists": list(found_lists),
            "only_suppress": plan.only_suppress,
            "keeps_source": plan.only_suppress and any(column.target == Target.SOURCE for column in plan.columns),
            "source": f"Import of {job.file_name}"[:120],
            "proof": plan.proof,
            "counting_proof": f"Column of {job.file_name}. {plan.proof}".strip()[:500],
            "by": job.created_by_id,
        },
    )


def _counts(statement: sql.Composable, parameters: dict[str, Any]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description or ()]
        return {name: int(value or 0) for name, value in zip(names, cursor.fetchone(), strict=True)}


def _values(plan: Plan) -> dict[str, str]:
    """For each column of a known contact, what it becomes. An empty cell never overwrites, and tags are added:
    to people who are left as they are, too, once somebody chose tags for all."""
    if plan.mode == Mode.NEW:
        return {"attributes": f"c.attributes{_ADDED_TAGS}"} if plan.tags else {}
    added_tags = _ADDED_TAGS if plan.tells_tags else ""
    if plan.mode == Mode.OVERWRITE:
        return {name: f"CASE WHEN s.{name} <> '' THEN s.{name} ELSE c.{name} END" for name in recording.TEXTS} | {
            "attributes": f"c.attributes || s.attributes{added_tags}"
        }
    return {name: f"CASE WHEN c.{name} = '' THEN s.{name} ELSE c.{name} END" for name in recording.TEXTS} | {
        "attributes": f"s.attributes || c.attributes{added_tags}"
    }


_TAGS_HERE = tags.carried("c")
_ADDED_TAGS = f""" || CASE WHEN jsonb_typeof(s.attributes -> 'tags') = 'array'
    THEN jsonb_build_object('tags', {_TAGS_HERE} || coalesce((
        SELECT jsonb_agg(tag ORDER BY n) FROM (
            SELECT tag, n FROM jsonb_array_elements(s.attributes -> 'tags') WITH ORDINALITY fresh (tag, n)
            WHERE NOT {_TAGS_HERE} @> tag ORDER BY n
            LIMIT greatest({tags.MOST} - jsonb_array_length({_TAGS_HERE}), 0)) added), '[]'))
    ELSE '{{}}'::jsonb END"""  # noqa: S608  # a number and parts of our own


def _changes(plan: Plan) -> str:
    return "".join(f"{name} = {value}, " for name, value in _values(plan).items())


def changed(plan: Plan) -> str:
    """SQL: whether the row `s` would change the contact `c`. A refusal to be counted always does, as leaving does."""
    details = _changed_by(plan)
    if not plan.tells_counting:
        return details
    return f"({details} OR ({_MAY_OPENS}, {_MAY_CLICKS}) IS DISTINCT FROM (c.open_consent, c.click_consent))"


def _changed_by(plan: Plan) -> str:
    values = _values(plan)
    if not values:
        return "false"
    return f"({', '.join(values.values())}) IS DISTINCT FROM ({', '.join(f'c.{name}' for name in values)})"


# Who has answered is not made to agree by a file; who refuses there, refuses.
_MAY = (
    "CASE WHEN s.{part} = 'refused' THEN 'refused' WHEN c.{column} = 'unknown' "
    "THEN coalesce(nullif(s.{part}, ''), 'unknown') ELSE c.{column} END"
)
_MAY_OPENS = _MAY.format(part="opens", column="open_consent")
_MAY_CLICKS = _MAY.format(part="clicks", column="click_consent")
_TOLD = """, counted AS (
    INSERT INTO contacts_trackingconsentevent (contact_id, part, state, channel, text, by_id, at)
    SELECT person.id, part, said, 'import', %(counting_proof)s, %(by)s::bigint, now()
    FROM person, unnest(ARRAY['opens', 'clicks'], ARRAY[opens, clicks], ARRAY[could_opens, could_clicks])
        AS answer (part, said, could)
    WHERE person.id IS NOT NULL AND said <> '' AND said IS DISTINCT FROM could
        AND (said = 'refused' OR coalesce(could, 'unknown') = 'unknown')
)"""

# Of each person what the file says itself, behind what was said of the whole file.
_QUOTED_PROOF = "left(concat_ws('. ', nullif(%(proof)s::text, ''), told), 500)"

_FORETELL = f"""
SELECT count(*) FILTER (WHERE c.id IS NULL AND NOT %(only_suppress)s) AS new,
       count(*) FILTER (WHERE c.id IS NOT NULL AND ({{changed}} OR c.is_sample)) AS updated,
       count(*) FILTER (WHERE c.id IS NOT NULL AND NOT ({{changed}} OR c.is_sample)
           OR c.id IS NULL AND %(only_suppress)s) AS unchanged,
       count(*) FILTER (WHERE sp.email IS NOT NULL) AS suppressed,
       count(*) FILTER (WHERE sp.email IS NULL AND s.status < {Status.HELD} AND c.id IS NOT NULL AND EXISTS (
           SELECT 1 FROM contacts_subscription b
           WHERE b.contact_id = c.id AND b.list_id = ANY(%(lists)s) AND b.state = 'unsubscribed')) AS unsubscribed,
       count(*) FILTER (WHERE sp.email IS NULL AND s.status >= {Status.HELD}) AS leaving,
       count(*) FILTER (WHERE sp.email IS NULL AND s.status = {Status.UNCONFIRMED}) AS unconfirmed
FROM {{table}} s
LEFT JOIN contacts_contact c ON lower(c.email) = s.key
LEFT JOIN contacts_suppression sp ON sp.email = coalesce(s.erased_as, s.key)
WHERE s.duplicate_of IS NULL
"""  # noqa: S608  # numbers of an enum

_STATE = f"""CASE WHEN status = {Status.SUBSCRIBED} THEN 'subscribed'
        WHEN status = {Status.UNCONFIRMED} THEN 'unconfirmed' ELSE 'unsubscribed' END"""
_CHOSEN = f"""SELECT person.id AS contact_id, list.id AS list_id, {_STATE} AS state
    FROM person JOIN contacts_mailinglist list ON list.id = ANY(%(lists)s)
        AND (on_lists IS NULL OR list.id <> ALL(on_lists) AND -list.id <> ALL(on_lists))
    WHERE status NOT IN ({Status.BOUNCED}, {Status.SOFT_BOUNCED}) AND person.id IS NOT NULL
        AND (status >= {Status.HELD} OR NOT is_suppressed)"""  # noqa: S608  # numbers of an enum
_JOINING = f"SELECT contact_id, list_id, state, now(), now() FROM ({_CHOSEN}) chosen"  # noqa: S608
# Where a row names lists itself, these tell the states; a suppression stands beside them, as it does here.
# Of two states on one list the graver stands: the alphabet has them in that order.
_NAMED_STATE = (
    f"CASE WHEN status IN ({Status.UNSUBSCRIBED}, {Status.COMPLAINED}, {Status.UNKNOWN}) THEN 'unsubscribed' "
    f"WHEN status = {Status.UNCONFIRMED} THEN 'unconfirmed' ELSE 'subscribed' END"
)
_JOINING_NAMED = f"""SELECT DISTINCT ON (contact_id, list_id) contact_id, list_id, state, now(), now() FROM (
        {_CHOSEN}
        UNION ALL
        SELECT person.id, (%(found_lists)s::bigint[])[number], {_NAMED_STATE}
        FROM person, unnest(joins) number WHERE status >= {Status.HELD} OR NOT is_suppressed
        UNION ALL
        SELECT person.id, (%(found_lists)s::bigint[])[number],
            CASE WHEN status IN ({Status.UNSUBSCRIBED}, {Status.COMPLAINED}) THEN 'unsubscribed' ELSE 'unconfirmed' END
        FROM person, unnest(unconfirmed) number WHERE status >= {Status.HELD} OR NOT is_suppressed
        UNION ALL
        SELECT person.id, (%(found_lists)s::bigint[])[number], 'unsubscribed' FROM person, unnest(leaves) number
    ) told WHERE contact_id IS NOT NULL AND list_id IS NOT NULL ORDER BY contact_id, list_id, state DESC"""  # noqa: S608
_ALSO_LEFT = " OR b.list_id = ANY(SELECT (%(found_lists)s::bigint[])[number] FROM unnest(person.leaves) number)"

# Who is suppressed joins no list; who is on a list in whatever state keeps that state, so nobody is subscribed
# again; whom the other system reports as gone is suppressed here and leaves every list.
_MERGE = f"""
WITH slice AS MATERIALIZED (  -- first what is read often
    SELECT s.status, c.id AS contact_id, c.id IS NOT NULL AND ({{changed}} OR c.is_sample) AS is_changed,
        sp.email IS NOT NULL AS is_suppressed, sp.id AS suppression_id,
        CASE WHEN c.id IS NULL AND NOT %(only_suppress)s THEN nextval(%(people)s::regclass) END AS new_id,
        CASE WHEN c.id IS NOT NULL THEN (  -- of the lists they are on; below zero: they left it
            SELECT array_agg(CASE state WHEN 'unsubscribed' THEN -list_id ELSE list_id END)
            FROM contacts_subscription WHERE contact_id = c.id AND list_id = ANY(%(lists)s)) END AS on_lists,
        s.key, s.first_name, s.last_name, s.language, s.time_zone, s.attributes, s.email,
        s.joins, s.unconfirmed, s.leaves, s.detail, s.source, s.since, s.told,
        s.opens, s.clicks, c.open_consent AS could_opens, c.click_consent AS could_clicks{{before}}
    FROM {{table}} s
    -- OFFSET 0: each is looked up by index, however many people there are. A join would read all of them for a slice.
    LEFT JOIN LATERAL (SELECT * FROM contacts_contact WHERE lower(email) = s.key OFFSET 0) c ON true
    LEFT JOIN contacts_suppression sp ON sp.email = coalesce(s.erased_as, s.key)
    WHERE s.seq > %(after)s AND s.seq <= %(until)s AND s.duplicate_of IS NULL
), added AS (
    INSERT INTO contacts_contact AS c (id, email, first_name, last_name, attributes, language, time_zone,
        open_consent, click_consent, is_sample, source, created_at, updated_at)
    SELECT new_id, email, first_name, last_name, attributes, language, time_zone,
        coalesce(nullif(opens, ''), 'unknown'), coalesce(nullif(clicks, ''), 'unknown'), false, %(source)s, now(), now()
    FROM slice WHERE new_id IS NOT NULL
    ON CONFLICT (lower(email)) DO UPDATE SET updated_at = c.updated_at  -- somebody was quicker: only its id
    RETURNING id, CASE WHEN xmax <> 0 THEN lower(email) END AS quicker_key, xmax = 0 AS is_new
), updated AS (
    UPDATE contacts_contact c SET {{changes}} {{counting}} is_sample = false, updated_at = now()
    FROM (SELECT contact_id, {{given}} FROM slice WHERE is_changed OFFSET 0) s WHERE c.id = s.contact_id
    RETURNING c.id
), noted AS (
    INSERT INTO contacts_staleblock (block) SELECT DISTINCT s.contact_id >> 6 FROM slice s WHERE {{renamed}}
), quicker AS MATERIALIZED (
    SELECT id, quicker_key FROM added WHERE NOT is_new
), person AS MATERIALIZED (
    SELECT coalesce(s.contact_id, quicker.id, s.new_id) AS id, s.key, s.status, s.is_suppressed, s.on_lists, s.joins,
        s.unconfirmed, s.leaves, s.detail, s.source, s.since, s.told, s.opens, s.clicks, s.could_opens, s.could_clicks
    FROM slice s LEFT JOIN quicker ON quicker_key = s.key
), joined AS (
    INSERT INTO contacts_subscription (contact_id, list_id, state, created_at, changed_at)
    {{joining}}
    ON CONFLICT (list_id, contact_id) DO NOTHING
    RETURNING id, contact_id, list_id, state
), ending AS MATERIALIZED (
    SELECT b.id, b.state AS was_state, b.changed_at AS was_changed_at
    FROM person JOIN contacts_subscription b ON b.contact_id = person.id
    WHERE (person.status IN ({Status.UNSUBSCRIBED}, {Status.COMPLAINED}){{also_left}}) AND b.state <> 'unsubscribed'
    FOR UPDATE OF b
), gone AS (
    UPDATE contacts_subscription b SET state = 'unsubscribed', changed_at = now() FROM ending WHERE b.id = ending.id
    RETURNING b.id, ending.was_state, ending.was_changed_at
), suppressed AS (
    INSERT INTO contacts_suppression AS p (email, reason, detail, source, created_at)
    SELECT key, CASE status WHEN {Status.BOUNCED} THEN 'hard_bounce' WHEN {Status.COMPLAINED} THEN 'complaint'
        WHEN {Status.SOFT_BOUNCED} THEN 'soft_bounce' WHEN {Status.BLOCKED} THEN 'manual' WHEN {Status.HELD} THEN 'held'
        ELSE 'unsubscribed' END,
        CASE WHEN source IS NULL AND NOT %(keeps_source)s THEN concat_ws('. ', %(source)s::text, told)
            ELSE coalesce(detail, '') END,
        coalesce(source, CASE WHEN %(keeps_source)s THEN '' ELSE 'import' END), coalesce(since, now())
    FROM person WHERE status >= {Status.HELD}
    ON CONFLICT (email) DO UPDATE SET reason = excluded.reason, detail = excluded.detail
    WHERE excluded.reason = 'complaint' AND p.reason <> 'complaint' OR p.reason = 'held'
    RETURNING id, email, reason, xmax = 0 AS is_new
), proof AS (
    INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)
    SELECT contact_id, list_id, 'given', 'import', {{proof}}, %(by)s::bigint, now()
    FROM joined{{of_person}} WHERE state = 'subscribed'
    UNION ALL
    SELECT person.id, NULL, 'withdrawn', 'import', left(concat_ws('. ', %(source)s::text, told), 500),
        %(by)s::bigint, now()
    FROM person JOIN suppressed ON suppressed.email = person.key
    WHERE person.status IN ({Status.UNSUBSCRIBED}, {Status.COMPLAINED}) AND person.id IS NOT NULL
){{counted}}{{trace}}
SELECT count(*) FILTER (WHERE contact_id IS NULL AND NOT %(only_suppress)s) AS new,
       count(*) FILTER (WHERE is_changed) AS updated,
       count(*) FILTER (WHERE contact_id IS NOT NULL AND NOT is_changed
           OR contact_id IS NULL AND %(only_suppress)s) AS unchanged,
       count(*) FILTER (WHERE is_suppressed) AS suppressed,
       count(*) FILTER (WHERE 0 > ANY(on_lists) AND NOT is_suppressed AND status < {Status.HELD}) AS unsubscribed,
       count(*) FILTER (WHERE NOT is_suppressed AND status >= {Status.HELD}) AS leaving,
       count(*) FILTER (WHERE NOT is_suppressed AND status = {Status.UNCONFIRMED}) AS unconfirmed,
       (SELECT count(*) FROM joined WHERE state = 'subscribed') AS joined
FROM slice
"""  # noqa: S608
