"""Guessing for people who said nothing, in the background: all contacts by id, some thousand at a time."""

import json
import time
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.database import locks
from contacts.guessing import deciding
from contacts.models import GuessingRound

_SLICE = 5_000
_SECONDS = 10.0  # of one turn
_PAUSE = timedelta(hours=12)  # between whole rounds: what is new lies behind the last id and is seen within a minute


def turn() -> int:
    """Go on with the round; how many were guessed. Safe to run twice: what another one is at is left to it."""
    with locks.alone(locks.Kind.GUESSING) as is_alone:
        if not is_alone:
            return 0
        at, found, until = GuessingRound.objects.get_or_create(pk=1)[0], 0, time.monotonic() + _SECONDS
        if at.ended_at and at.ended_at < timezone.now() - _PAUSE:
            at.after, at.ended_at = 0, None
        while time.monotonic() < until:
            with transaction.atomic():
                last, guessed = _slice(at.after)
                found += guessed
                if last is None:
                    at.ended_at = at.ended_at or timezone.now()
                    at.save()
                    break
                at.after = last
                at.save()
        return found


def _slice(after: int) -> tuple[int | None, int]:
    """The last id of the slice (None: there was none) and how many guesses it brought."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [after, _SLICE])
        rows = cursor.fetchall()
        if not rows:
            return None, 0
        guessed = []
        for contact_id, email, text, lacks_language, lacks_zone in rows:
            if not (lacks_language or lacks_zone):
                continue
            attributes = json.loads(text)
            guess = deciding.of_attributes(attributes if isinstance(attributes, dict) else {}, email)
            language = guess.language if lacks_language else ""
            zone = guess.time_zone if lacks_zone else ""
            if language or zone:
                guessed.append((contact_id, language, guess.language_from, zone, guess.time_zone_from))
        if guessed:
            cursor.execute(_WRITE, [list(column) for column in zip(*guessed, strict=True)])
        return rows[-1][0], len(guessed)


_READ = """
SELECT id, email, attributes::text, language = '' AND guessed_language = '', time_zone = '' AND guessed_time_zone = ''
FROM contacts_contact WHERE id > %s ORDER BY id LIMIT %s
"""
# Whoever has said it meanwhile keeps their word: a guess is written where there is neither word nor guess.
_WRITE = """
UPDATE contacts_contact c SET
    guessed_language = CASE WHEN c.guessed_language = '' THEN v.language ELSE c.guessed_language END,
    guessed_language_from = CASE WHEN c.guessed_language = '' AND v.language <> '' THEN v.language_from
        ELSE c.guessed_language_from END,
    guessed_time_zone = CASE WHEN c.guessed_time_zone = '' THEN v.zone ELSE c.guessed_time_zone END,
    guessed_time_zone_from = CASE WHEN c.guessed_time_zone = '' AND v.zone <> '' THEN v.zone_from
        ELSE c.guessed_time_zone_from END
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS v(id, language, language_from, zone, zone_from)
WHERE c.id = v.id
"""
