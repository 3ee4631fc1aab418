"""Segments beside the same questions asked of a table of events, of the same people in the same PostgreSQL.

A million contacts with fields, tags and lists, campaigns to all of them, ten million openings and clicks in tables with
the columns and indexes of listmonk's `campaign_views` and `link_clicks`. Contacts' columns are made of the same rows in
bulk; for a thousand people messages and first times are there, too, and the product's own folding must find the same.
Rounds of both alternate, and their counts must be equal. A question's `ratio` is the middle one of its rounds' ratios:
`join`, the statement printed beside it, against the exact count of the segment as pages and jobs take it.
`ratio_to_join` is the middle one of the questions' ratios. Both may use every index that is there, also those that
segments asked for; `load` is how busy the machine was, by its average of a minute before and after.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from bench.stage import stage

_CHECKED = 1_000  # people whom the folding looks up anew
_YEAR_DAYS = 360


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench segments", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line instead of a table")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(argv)
    with stage("segments"):
        result = _measure(options.contacts, options.events, options.rounds)
    print(json.dumps(result) if options.json else json.dumps(result, indent=2))


@dataclass(frozen=True)
class _Question:
    rules: Mapping[str, Any]
    join: str


def _measure(contacts: int, events: int, rounds: int) -> dict[str, Any]:
    from django.db import connection

    from contacts.segments import asking, measuring, rules

    started = time.monotonic()
    campaigns = max(6, round(events / contacts))
    seeded = _seed(contacts, events, campaigns)
    _check_folding()
    questions = _questions(campaigns)
    prepare_seconds = _prepare(questions)
    seed_seconds = time.monotonic() - started
    about = asking.known()
    found: dict[str, Any] = {}
    load = [round(os.getloadavg()[0], 1)]
    for name, question in questions.items():
        group = rules.read(question.rules)
        ours, theirs, live = [], [], []
        for _ in range(rounds + 1):  # the first warms both up
            ours.append(_timed(partial(measuring.people, group, about)))
            theirs.append(_timed(partial(_counted, question.join)))
            live.append(_timed(partial(measuring.measure, group, about)))
        if ours[0][1] != theirs[0][1]:
            raise SystemExit(f"{name}: {ours[0][1]} by the segment, {theirs[0][1]} by the join")
        measured = live[-1][1]
        found[name] = {
            "people": ours[0][1],
            "segment_ms": _ms(ours),
            "join_ms": _ms(theirs),
            "ratio": round(median(t[0] / o[0] for o, t in zip(ours[1:], theirs[1:], strict=True)), 1),
            "live_count_ms": _ms(live),
            "live_count_is_exact": measured.is_exact,
            "live_count": measured.people,
            "join": question.join,
        }
    load.append(round(os.getloadavg()[0], 1))
    connection.close()
    return {
        "bench": "segments",
        **seeded,
        "campaigns": campaigns,
        "seed_s": round(seed_seconds),
        "index_s": round(prepare_seconds, 1),
        "load": load,
        "ratio_to_join_is": "time of `join` / time of the segment's exact count, the middle one of three questions",
        "ratio_to_join": median(one["ratio"] for one in found.values()),
        "live_count_ms": max(one["live_count_ms"] for one in found.values()),
        "answers_equal": True,
        "questions": found,
    }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _ms(rounds: Sequence[tuple[float, Any]]) -> float:
    return round(median(seconds for seconds, _ in rounds[1:]) * 1000, 1)


def _counted(sql: str, parameters: Sequence[Any] = ()) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters) or None)
        return int(cursor.fetchone()[0])


def _questions(campaigns: int) -> dict[str, _Question]:
    last_five = ", ".join(str(number) for number in range(campaigns - 4, campaigns + 1))
    has_clicked = "SELECT 1 FROM link_clicks k WHERE k.subscriber_id = c.id AND k.created_at >= now() - interval '90 d'"
    many = (
        f"SELECT v.subscriber_id FROM campaign_views v WHERE v.campaign_id IN ({last_five})"  # noqa: S608
        " GROUP BY v.subscriber_id HAVING count(DISTINCT v.campaign_id) >= 3"
    )
    people = "SELECT count(*) FROM contacts_contact c"
    return {
        "not clicked in 90 days": _Question(
            _all({"is": "clicked", "values": {"how": "not-last", "days": "90"}}),
            f"{people} WHERE NOT EXISTS ({has_clicked})",
        ),
        "opened 3 of the last 5": _Question(
            _all({"is": "recent", "values": {"how": "opened", "least": "3", "last": "5"}}),
            f"{people} WHERE c.id IN ({many})",
        ),
        "city is Paris and tag vip and not tag new": _Question(
            _all(
                {"is": "profile", "values": {"field": "field:city", "how": "is", "value": "city 7"}},
                {"is": "tag", "values": {"how": "has", "tag": "vip"}},
                {"is": "tag", "values": {"how": "lacks", "tag": "new"}},
            ),
            f"{people} WHERE c.attributes->>'city' = 'City 7' AND c.attributes->'tags' ? 'vip'"
            " AND NOT c.attributes->'tags' ? 'new'",
        ),
    }


def _all(*rows: Mapping[str, Any]) -> dict[str, Any]:
    return {"match": "all", "parts": list(rows)}


def _prepare(questions: Mapping[str, _Question]) -> float:
    """What saving them as segments brings: indexes of the fields and tags that they ask about."""
    from contacts.models import Segment
    from contacts.segments import indexing

    started = time.monotonic()
    for name, question in questions.items():
        Segment.objects.create(name=name, rules=question.rules)
    indexing.keep(worth_people=0)
    return time.monotonic() - started


def _seed(contacts: int, events: int, campaigns: int) -> dict[str, int]:
    from django.db import connection

    from contacts.models import Field, MailingList
    from delivery.models import Batch

    Field.objects.create(key="city", label="City")
    Field.objects.create(key="orders", label="Orders", kind=Field.Kind.NUMBER)
    for number in range(1, 4):
        MailingList.objects.create(pk=number, name=f"List {number}")
    days = _YEAR_DAYS // campaigns
    for number in range(1, campaigns + 1):
        Batch.objects.create(pk=number, rehearsal=False, content_kind="bench", content_id=0, state=Batch.State.DONE)
    of_a_person = events / contacts / campaigns
    named = {"contacts": contacts, "campaigns": campaigns, "days": days, "checked": _CHECKED}
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(_CONTACTS, named)
        cursor.execute(_EVENTS, named | {"views": of_a_person * 0.85, "clicks": of_a_person * 0.15})
        cursor.execute(_INDEXES)
        cursor.execute("ANALYZE campaign_views, link_clicks")
        cursor.execute(_COLUMNS, named)
        cursor.execute(_LEDGER, named)
        cursor.execute("VACUUM (FULL, ANALYZE) contacts_contact")  # as if the columns had always been there
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT count(*) FROM campaign_views")
        (views,) = cursor.fetchone() or (0,)
        cursor.execute("SELECT count(*) FROM link_clicks")
        (clicks,) = cursor.fetchone() or (0,)
    return {"contacts": contacts, "events": views + clicks}


def _check_folding() -> None:
    """The product's own folding, of messages and first times, must find what the columns say already."""
    from contacts.models import Contact
    from tracking.intake import folding
    from tracking.recent import anew

    checked = Contact.objects.filter(pk__lte=_CHECKED).order_by("pk")
    columns = ("pk", "recent_mails", "recent_opened", "recent_clicked")
    before = list(checked.values_list(*columns))
    checked.update(recent_mails=0, recent_opened=0, recent_clicked=0)
    anew.look_up_again(checked.values_list("pk", flat=True))
    folding.fold()
    if before != list(checked.values_list(*columns)):
        raise SystemExit("The folding finds other campaigns than the events say.")


_CONTACTS = """
INSERT INTO contacts_contact (id, email, first_name, last_name, attributes, language, time_zone, is_sample, source,
    created_at, updated_at)
SELECT n, 'reader' || n || '@' ||
        (ARRAY['gmail.com', 'outlook.com', 'yahoo.com', 'web.de', 'company.example'])[n %% 5 + 1],
    'First' || n %% 1000, 'Last' || n %% 5000, jsonb_strip_nulls(jsonb_build_object(
        'city', 'City ' || floor(random() * 100), 'orders', floor(random() * 30),
        'tags', CASE WHEN random() < 0.4 THEN to_jsonb(array_remove(ARRAY['reader',
            CASE WHEN random() < 0.3 THEN 'vip' END, CASE WHEN random() < 0.3 THEN 'new' END], NULL)) END)),
    'en', 'Europe/Berlin', false, 'bench', now() - random() * interval '900 days', now()
FROM generate_series(1, %(contacts)s) n;
INSERT INTO contacts_subscription (contact_id, list_id, state, created_at, changed_at)
SELECT n, 1 + n %% 3, CASE WHEN random() < 0.05 THEN 'unsubscribed' ELSE 'subscribed' END, now(), now()
FROM generate_series(1, %(contacts)s) n;
INSERT INTO contacts_suppression (email, reason, detail, source, created_at)
SELECT lower(email), 'hard_bounce', '', 'smtp', now() FROM contacts_contact WHERE id %% 100 = 0;
ANALYZE contacts_contact;
"""

# The last campaign went out three days ago, the others each so many days before; some people do much, most little.
_EVENTS = """
CREATE TABLE campaign_views (id bigserial PRIMARY KEY, campaign_id integer NOT NULL, subscriber_id bigint,
    created_at timestamptz DEFAULT now());
CREATE TABLE link_clicks (id bigserial PRIMARY KEY, campaign_id integer, link_id integer NOT NULL, subscriber_id bigint,
    created_at timestamptz DEFAULT now());
CREATE TABLE sent AS SELECT k, now() - interval '3 days' - (%(campaigns)s - k) * %(days)s * interval '1 day' AS at
    FROM generate_series(1, %(campaigns)s) k;
CREATE TEMP TABLE eager AS SELECT n AS id, 7 * power(random(), 6) AS much
    FROM generate_series(1, %(contacts)s) n;
INSERT INTO campaign_views (campaign_id, subscriber_id, created_at)
SELECT k, e.id, at + random() * random() * interval '48 hours'
FROM sent, eager e, generate_series(1, floor(e.much * %(views)s + random())::int);
INSERT INTO link_clicks (campaign_id, link_id, subscriber_id, created_at)
SELECT k, k * 10 + (random() * 8)::int, e.id, at + random() * random() * interval '48 hours'
FROM sent, eager e, generate_series(1, floor(e.much * %(clicks)s + random())::int);
"""

_INDEXES = """
CREATE INDEX idx_views_camp_id ON campaign_views (campaign_id);
CREATE INDEX idx_views_subscriber_id ON campaign_views (subscriber_id);
CREATE INDEX idx_views_date ON campaign_views ((timezone('UTC', created_at)::date));
CREATE INDEX idx_clicks_camp_id ON link_clicks (campaign_id);
CREATE INDEX idx_clicks_link_id ON link_clicks (link_id);
CREATE INDEX idx_clicks_subscriber_id ON link_clicks (subscriber_id);
CREATE INDEX idx_clicks_date ON link_clicks ((timezone('UTC', created_at)::date));
"""

_COLUMNS = """
UPDATE contacts_contact c
SET last_sent_at = now() - interval '3 days', last_opened_at = v.at, last_clicked_at = k.at,
    recent_mails = least(50, %(campaigns)s), recent_opened = coalesce(v.bits, 0), recent_clicked = coalesce(k.bits, 0)
FROM contacts_contact o
LEFT JOIN (SELECT subscriber_id, max(created_at) AS at, bit_or(1::bigint << %(campaigns)s - campaign_id)
    FILTER (WHERE %(campaigns)s - campaign_id < 50) AS bits FROM campaign_views GROUP BY 1) v ON v.subscriber_id = o.id
LEFT JOIN (SELECT subscriber_id, max(created_at) AS at, bit_or(1::bigint << %(campaigns)s - campaign_id)
    FILTER (WHERE %(campaigns)s - campaign_id < 50) AS bits FROM link_clicks GROUP BY 1) k ON k.subscriber_id = o.id
WHERE o.id = c.id
"""

_LEDGER = """
INSERT INTO delivery_message (id, batch_id, contact_id, email, state, accepted_at)
SELECT k * %(checked)s + n, k, n, 'reader' || n, 1, at
FROM sent, generate_series(1, %(checked)s) n;
INSERT INTO tracking_engagement (message_id, batch_id, kind, link_id, is_machine, first_at)
SELECT campaign_id * %(checked)s + subscriber_id, campaign_id, 1, 0, false, min(created_at) FROM campaign_views
WHERE subscriber_id <= %(checked)s GROUP BY 1, 2
UNION ALL
SELECT campaign_id * %(checked)s + subscriber_id, campaign_id, 2, 0, false, min(created_at) FROM link_clicks
WHERE subscriber_id <= %(checked)s GROUP BY 1, 2;
"""
