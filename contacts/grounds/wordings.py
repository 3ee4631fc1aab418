"""The words that people agree to, kept once in each version."""

import hashlib

from django.db import connection

from contacts.grounds.models import Wording


def keep(place: str, language: str, text: str) -> Wording:
    """The version of these words at that place, a new one if nobody has read them there before."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    known = Wording.objects.filter(place=place, language=language, digest=digest)
    if found := known.first():
        return found
    with connection.cursor() as cursor:  # two at once: one of them makes it
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"wording {place} {language}"])
        cursor.execute(_NEXT, {"place": place, "language": language, "digest": digest, "text": text})
    return known.get()


_NEXT = """
INSERT INTO contacts_wording (place, language, version, digest, text, since)
SELECT %(place)s, %(language)s, coalesce(max(version), 0) + 1, %(digest)s, %(text)s, now()
FROM contacts_wording WHERE place = %(place)s AND language = %(language)s
ON CONFLICT DO NOTHING
"""
