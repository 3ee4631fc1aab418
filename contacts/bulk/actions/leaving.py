"""Unsubscribe from everything, suppress."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import connection

from accounts.fields import LineField
from contacts import consent
from contacts.addresses import key
from contacts.bulk.action import Done, Options, Setting
from contacts.bulk.since import WITHDRAWN_SINCE
from contacts.consent import Suppressing
from contacts.models import Contact, Suppression

_STAYS_AWAY = "Who asked for less mail, complained or bounced since stays away."


class ReasonForm(forms.Form):
    reason = LineField(max_length=300, label="Reason", help_text="Whoever wonders later will read this.")


class Unsubscribe:
    name, label = "unsubscribe", "Unsubscribe from everything"
    promise = "They leave every list and their addresses are suppressed, so that no later import brings them back."
    undo = f"Undo brings back who was unsubscribed by this alone. {_STAYS_AWAY}"
    rest = "the others had left before"
    is_consent = True
    form: type[forms.Form] = ReasonForm

    def options(self, form: forms.Form) -> Options:
        return {"reason": form.cleaned_data["reason"]}

    def words(self, options: Options) -> str:
        return "Unsubscribe from everything"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        addresses = _addresses(ids)
        values = {"ids": list(addresses)}
        with connection.cursor() as cursor:
            cursor.execute(_LEAVE_ALL, values)
            places = cursor.fetchall()
            fresh = _suppress(addresses, Suppression.Reason.UNSUBSCRIBED, options["reason"])
            left = {contact_id for _, contact_id, _ in places}
            changed = [one for one, address in addresses.items() if one in left or address in fresh]
            cursor.execute(_PROVE, {"ids": changed, "text": options["reason"], "by": setting.by_id})
        was = {"places": [row[0] for row in places], "states": [row[2] for row in places]}
        return Done(len(changed), was | {"ids": changed, "emails": sorted(fresh)})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        with connection.cursor() as cursor:
            back, _ = _lift(cursor, done, Suppression.Reason.UNSUBSCRIBED)
            values = {"ids": back, "places": done["places"], "states": done["states"]}
            cursor.execute(_RETURN, values | {"at": done["at"], "by": setting.by_id})
        return len(back)


class Suppress:
    name, label = "suppress", "Suppress"
    promise = "They get no marketing mail, whoever adds them again. Their lists stay as they are."
    undo = f"Undo lets mail through again to those suppressed by this. {_STAYS_AWAY}"
    rest = "the others were suppressed before"
    is_consent = True
    form: type[forms.Form] = ReasonForm

    def options(self, form: forms.Form) -> Options:
        return {"reason": form.cleaned_data["reason"]}

    def words(self, options: Options) -> str:
        return "Suppress"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        addresses = _addresses(ids)
        fresh = _suppress(addresses, Suppression.Reason.MANUAL, options["reason"])
        changed = [one for one, address in addresses.items() if address in fresh]
        return Done(len(changed), {"ids": changed, "emails": sorted(fresh)})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        with connection.cursor() as cursor:
            _, lifted = _lift(cursor, done, Suppression.Reason.MANUAL)
        return lifted


def _addresses(ids: Sequence[int]) -> dict[int, str]:
    return {
        pk: key(email) for pk, email in Contact.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "email")
    }


def _suppress(addresses: dict[int, str], reason: str, said: str) -> set[str]:
    return consent.suppress_all(Suppressing(one, reason, said, "hand") for one in addresses.values())


def _lift(cursor: Any, done: dict[str, Any], reason: str) -> tuple[list[int], int]:
    """Who asked for nothing since, and how many of them were suppressed by this and are no longer."""
    cursor.execute(_UNCHANGED, {"ids": done["ids"], "at": done["at"]})
    back = [contact_id for (contact_id,) in cursor.fetchall()]
    cursor.execute(_LIFT, {"ids": back, "emails": done["emails"], "at": done["at"], "reason": reason})
    return back, int(cursor.rowcount)


_LEAVE_ALL = """
WITH held AS (
    SELECT id, contact_id, state FROM contacts_subscription
    WHERE contact_id = ANY(%(ids)s) AND state <> 'unsubscribed' ORDER BY id FOR UPDATE
), gone AS (
    UPDATE contacts_subscription s SET state = 'unsubscribed', changed_at = now() FROM held WHERE s.id = held.id
)
SELECT id, contact_id, state FROM held ORDER BY 1
"""
_PROVE = """
INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)
SELECT contact_id, NULL, 'withdrawn', 'hand', %(text)s, %(by)s::bigint, now() FROM unnest(%(ids)s::bigint[]) contact_id
"""
_UNCHANGED = f"""
SELECT c.id FROM contacts_contact c
WHERE c.id = ANY(%(ids)s) AND NOT {WITHDRAWN_SINCE.format(contact="c.id")} AND NOT EXISTS (
    SELECT 1 FROM contacts_suppression p WHERE p.email = lower(c.email) AND p.created_at > %(at)s::timestamptz)
ORDER BY 1
"""  # noqa: S608
_LIFT = """
DELETE FROM contacts_suppression p USING contacts_contact c
WHERE c.id = ANY(%(ids)s) AND p.email = lower(c.email) AND p.email = ANY(%(emails)s) AND p.reason = %(reason)s
    AND p.created_at = %(at)s::timestamptz
"""
_RETURN = """
WITH back AS (
    UPDATE contacts_subscription s SET state = was.state, changed_at = now()
    FROM unnest(%(places)s::bigint[], %(states)s::text[]) AS was (id, state)
    WHERE s.id = was.id AND s.contact_id = ANY(%(ids)s)
        AND s.state = 'unsubscribed' AND s.changed_at = %(at)s::timestamptz
    RETURNING s.contact_id, s.list_id, s.state
)
INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)
SELECT contact_id, list_id, 'given', 'undo', 'Unsubscribing was undone', %(by)s::bigint, now()
FROM back WHERE state = 'subscribed'
"""
