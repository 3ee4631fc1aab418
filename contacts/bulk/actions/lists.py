"""Put people on a list, take them off one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import connection

from accounts.fields import LineField
from accounts.wording import isolated
from contacts.bulk.action import Done, NotPossible, Options, Setting
from contacts.bulk.since import WITHDRAWN_SINCE
from contacts.importing.plan import Consent
from contacts.models import MailingList
from contacts.reachability import is_suppressed

_SOURCES = [
    (one.value, one.label if one != Consent.OTHER_SYSTEM else "They agreed in another system") for one in Consent
]


class JoinForm(forms.Form):
    list = forms.ModelChoiceField(MailingList.objects.not_archived(), label="List", empty_label="Choose …")
    consent_source = forms.ChoiceField(
        choices=_SOURCES,
        widget=forms.RadioSelect,
        label="How did these people agree to get its mail?",
        help_text="The law wants you to be able to show it. It is kept beside each person.",
        error_messages={"required": "Say how these people agreed to get mail."},
    )
    consent_text = LineField(
        max_length=300, required=False, label="In your words", help_text="For example the address of the form."
    )


class LeaveForm(forms.Form):
    list = forms.ModelChoiceField(MailingList.objects.all(), label="List", empty_label="Choose …")
    reason = LineField(max_length=300, label="Reason", help_text="Kept beside each person.")


class JoinList:
    name, label = "join-list", "Add to a list"
    promise = "They get the mail of the list from then on. Who left it stays away, and who is suppressed joins no list."
    undo = "Undo takes those off again who joined by this and did nothing about it since."
    rest = "the others are on it, left it, or are suppressed"
    is_consent = True
    form: type[forms.Form] = JoinForm

    def options(self, form: forms.Form) -> Options:
        data = form.cleaned_data
        source = dict(_SOURCES)[data["consent_source"]]
        proof = f"{source}. {data['consent_text']}".strip(" .")[:500]
        return {"list": data["list"].pk, "name": data["list"].name, "proof": proof}

    def words(self, options: Options) -> str:
        return f"Add to the list {isolated(options['name'])}"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        _check(options)
        values = {"ids": list(ids), "list": options["list"], "text": options["proof"], "by": setting.by_id}
        with connection.cursor() as cursor:
            cursor.execute(_JOIN, values)
            joined = [contact_id for (contact_id,) in cursor.fetchall()]
        return Done(len(joined), {"ids": joined})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        values = {"ids": done["ids"], "list": options["list"], "at": done["at"], "by": setting.by_id}
        with connection.cursor() as cursor:
            cursor.execute(_UNJOIN, values)
            return len(cursor.fetchall())


class LeaveList:
    name, label = "leave-list", "Take off a list"
    promise = "They are unsubscribed from the list: no later import brings them back to it. Other lists stay."
    undo = "Undo brings back who was taken off by this. Who asked for less mail since then stays off."
    rest = "the others are not on it"
    is_consent = True
    form: type[forms.Form] = LeaveForm

    def options(self, form: forms.Form) -> Options:
        chosen = form.cleaned_data["list"]
        return {"list": chosen.pk, "name": chosen.name, "reason": form.cleaned_data["reason"]}

    def words(self, options: Options) -> str:
        return f"Take off the list {isolated(options['name'])}"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        _check(options)
        values = {"ids": list(ids), "list": options["list"], "text": options["reason"], "by": setting.by_id}
        with connection.cursor() as cursor:
            cursor.execute(_LEAVE, values)
            left = cursor.fetchall()
        return Done(len(left), {"ids": [row[0] for row in left], "states": [row[1] for row in left]})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        values = {"ids": done["ids"], "states": done["states"], "list": options["list"]}
        with connection.cursor() as cursor:
            cursor.execute(_RETURN, values | {"at": done["at"], "by": setting.by_id})
            return len(cursor.fetchall())


def _check(options: Options) -> None:
    if not MailingList.objects.filter(pk=options["list"]).exists():
        raise NotPossible(f"The list {isolated(options['name'])} was deleted.")


_JOIN = f"""
WITH joined AS (
    INSERT INTO contacts_subscription (contact_id, list_id, state, created_at, changed_at)
    SELECT c.id, %(list)s, 'subscribed', now(), now() FROM contacts_contact c
    WHERE c.id = ANY(%(ids)s) AND NOT {is_suppressed("c.email")} ORDER BY c.id
    ON CONFLICT (list_id, contact_id) DO NOTHING RETURNING contact_id
), proof AS (
    INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)
    SELECT contact_id, %(list)s, 'given', 'hand', %(text)s, %(by)s::bigint, now() FROM joined
)
SELECT contact_id FROM joined ORDER BY 1
"""  # noqa: S608
# That they were on the list for a while stays in the record, as does that it was a mistake.
_UNJOIN = """
WITH gone AS (
    DELETE FROM contacts_subscription WHERE list_id = %(list)s AND contact_id = ANY(%(ids)s)
    AND state = 'subscribed' AND changed_at = %(at)s::timestamptz RETURNING contact_id
), proof AS (
    INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)
    SELECT contact_id, %(list)s, 'withdrawn', 'undo', 'Adding to the list was undone', %(by)s::bigint, now() FROM gone
)
SELECT contact_id FROM gone
"""
_LEAVE = """
WITH held AS (
    SELECT id, contact_id, state FROM contacts_subscription
    WHERE list_id = %(list)s AND contact_id = ANY(%(ids)s) AND state <> 'unsubscribed' ORDER BY id FOR UPDATE
), gone AS (
    UPDATE contacts_subscription s SET state = 'unsubscribed', changed_at = now() FROM held WHERE s.id = held.id
), proof AS (
    INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)
    SELECT contact_id, %(list)s, 'withdrawn', 'hand', %(text)s, %(by)s::bigint, now() FROM held
)
SELECT contact_id, state FROM held ORDER BY 1
"""
_RETURN = f"""
WITH back AS (
    UPDATE contacts_subscription s SET state = was.state, changed_at = now()
    FROM unnest(%(ids)s::bigint[], %(states)s::text[]) AS was (contact_id, state)
    WHERE s.list_id = %(list)s AND s.contact_id = was.contact_id
        AND s.state = 'unsubscribed' AND s.changed_at = %(at)s::timestamptz
        AND NOT {WITHDRAWN_SINCE.format(contact="s.contact_id")}
    RETURNING s.contact_id, s.state
), proof AS (
    INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)
    SELECT contact_id, %(list)s, 'given', 'undo', 'Taking off the list was undone', %(by)s::bigint, now()
    FROM back WHERE state = 'subscribed'
)
SELECT contact_id FROM back
"""  # noqa: S608
