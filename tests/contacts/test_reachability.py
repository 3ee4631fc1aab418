"""Pages, audiences and the engine agree on who may receive mail."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts import audience
from contacts.audience import Audience
from contacts.models import Contact, MailingList, Subscription, Suppression
from contacts.preferences import pausing
from contacts.reachability import is_paused, suppression_of, why_closed

pytestmark = pytest.mark.django_db
STATES = (None, *Subscription.State.values, "expired")
REASONS = (None, "unsubscribed", "hard_bounce", "complaint", "held")
CASES = [*itertools.product(STATES, STATES, REASONS, (False,)), *itertools.product(STATES, (None,), (None,), (True,))]
_ENGINE = f"""
    SELECT count(*) FROM contacts_contact c LEFT JOIN {suppression_of("c.email")}
    WHERE c.id = %s AND s.reason IS NULL AND {why_closed("c.id", "%s::bigint[]")} = '' AND NOT {is_paused("c")}
"""  # noqa: S608


def test_all_three_say_the_same_of_every_combination() -> None:
    one, other = (MailingList.objects.create(name=name) for name in ("One", "Other"))
    for number, (first, second, reason, is_away) in enumerate(CASES):
        person = Contact.objects.create(email=f"Person{number}@Example.org")
        for mailing_list, state in ((one, first), (other, second)):
            if state:
                until = timezone.now() - timedelta(hours=1) if state == "expired" else None
                stored = "subscribed" if state == "expired" else state
                Subscription.objects.create(contact=person, list=mailing_list, state=stored, expires_at=until)
        if reason:
            Suppression.objects.create(email=person.email.lower(), reason=reason)
        if is_away:
            pausing.pause(person, 90, channel="page")
        lists = [one.pk, other.pk]
        with connection.cursor() as cursor:
            sql, parameters = audience.select(Audience(tuple(lists)))
            cursor.execute(f"SELECT count(*) FROM ({sql}) a WHERE a.contact_id = %s", [*parameters, person.pk])  # noqa: S608
            in_audience = bool(cursor.fetchone()[0])
            cursor.execute(_ENGINE, [person.pk, lists])
            is_sent = bool(cursor.fetchone()[0])
        expected = "subscribed" in (first, second) and reason is None and not is_away
        assert Contact.objects.filter(pk=person.pk).reachable().exists() == expected
        assert in_audience == expected
        if first or second:  # who is on neither list was named one by one
            assert is_sent == expected, (first, second, reason)
