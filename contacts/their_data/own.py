"""What contacts keeps of a person, and where others wrote their address."""

import json
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.models import AuditEntry
from contacts.erasing import registry, words
from contacts.models import (
    BulkSlice,
    Contact,
    DeletedPerson,
    FixedMember,
    ImportOverwritten,
    ListSuppression,
    MailingList,
    SignupRequest,
    Suppression,
)
from contacts.profile import changing
from contacts.their_data.collecting import Asking, Row, Section, moment, rows
from contacts.timeline import consent_in_words


def sections(asking: Asking) -> Iterator[Section]:
    contact, keys = asking.contact, asking.keys
    numbers = [one for one in asking.addresses.values() if one is not None]
    named = changing.labels()
    values = {named.get(name, name): text for name, text in changing.values(contact).items()}
    yield Section("person", "You", [values | _about(contact)])
    merged = [{"Address": one.email, "When": moment(one.at)} for one in contact.merges.all()]
    yield Section("merged", "Addresses that became one with yours", merged)
    yield Section("address_changes", "Changes of your address that you asked for", list(_moves(contact)))
    lists = contact.subscriptions.select_related("list").order_by("list__name")
    states = [{"List": on.list.name, "State": on.get_state_display(), "Since": moment(on.changed_at)} for on in lists]
    yield Section("lists", "Lists", states)
    yield Section("consent", "What you agreed to or left", list(_consent(contact)))
    yield Section("suppression", "Why you get no mail", list(_suppressed(keys)))
    yield Section("sign_ups", "Sign-ups, with what you typed", list(_sign_ups(contact, keys, named)))
    notes = [{"When": moment(one.at), "Note": one.text} for one in rows(contact.notes)]
    yield Section("notes", "Notes about you", notes)
    changes = [
        {"When": moment(one.at), "Value": named.get(name, name), "Before": before, "After": after}
        for one in rows(contact.value_changes)
        for name, (before, after) in one.values.items()
    ]
    yield Section("changes", "Values changed by hand", changes)
    yield Section("before", "Values kept for a while, so that changes can be undone", list(_before(keys, numbers)))
    decided = FixedMember.objects.of_people(numbers).select_related("audience").order_by("audience_id")
    mails = [{"When": moment(place.audience.at)} for place in decided]
    yield Section("audiences", "Mails for which you were chosen beforehand", mails)
    whose = reduce(or_, (Q(subject__iexact=one[:200]) for one in keys))
    entries = [{"When": moment(one.at), "What": one.action} for one in rows(AuditEntry.objects.filter(whose))]
    yield Section("log", "What people here did", entries)
    yield Section(words.QUOTES, "Where people here or programs wrote your address", list(_quotes(keys)))


def _about(contact: Contact) -> dict[str, str]:
    return {
        "Counting opens": contact.get_open_consent_display(),
        "Counting clicks": contact.get_click_consent_display(),
        "Guessed language": contact.guessed_language,
        "Guessed time zone": contact.guessed_time_zone,
        "No mail until": moment(contact.paused_until),
        "Source": contact.source,
        "Added": moment(contact.created_at),
        "Last mail": moment(contact.last_sent_at),
        "Last open": moment(contact.last_opened_at),
        "Last click": moment(contact.last_clicked_at),
    }


def _moves(contact: Contact) -> Iterator[Row]:
    for one in rows(contact.address_changes):
        yield {
            "When": moment(one.asked_at),
            "From": one.old_email,
            "To": one.new_email,
            "Confirmed": moment(one.confirmed_at),
            "Taken back": moment(one.undone_at),
            "Internet address": one.ip or "",
        }


def _consent(contact: Contact) -> Iterator[Row]:
    for event in rows(contact.consent_events.select_related("list", "by")):
        where = {"Internet address": event.ip or ""}
        yield {"When": moment(event.at), "What": consent_in_words(event), "Words": event.text} | where
    for event in rows(contact.tracking_events):
        what = f"Counting {event.get_part_display().lower()}: {event.state}"
        yield {"When": moment(event.at), "What": what, "Words": event.text, "Internet address": event.ip or ""}


def _suppressed(keys: Sequence[str]) -> Iterator[Row]:
    for one in Suppression.objects.filter(email__in=keys).order_by("created_at"):
        said = {"Reason": one.get_reason_display(), "Detail": one.detail, "Since": moment(one.created_at)}
        yield {"Address": one.email} | said
    for own in ListSuppression.objects.filter(email__in=keys).select_related("list").order_by("created_at"):
        said = {"Reason": f"No mail of the list {own.list}", "Detail": own.detail, "Since": moment(own.created_at)}
        yield {"Address": own.email} | said


def _sign_ups(contact: Contact, keys: Sequence[str], named: dict[str, str]) -> Iterator[Row]:
    asked = SignupRequest.objects.filter(Q(key__in=keys) | Q(contact=contact)).select_related("form")
    lists = dict(MailingList.objects.values_list("pk", "name"))
    for one in rows(asked.prefetch_related("letters")):
        typed = {named.get(name, named.get(f"field_{name}", name)): text for name, text in one.values.items()}
        counting = {f"may {part} be counted": answer for part, answer in one.counting.items()}
        yield {
            "When": moment(one.asked_at),
            "Form": one.form.name,
            "State": one.get_state_display(),
            "Address": one.email,
            "Lists": ", ".join(lists[pk] for pk in one.lists if pk in lists),
            "What you typed": ", ".join(f"{name}: {text}" for name, text in (typed | counting).items()),
            "Confirmed": moment(one.confirmed_at),
            "Mails about it": ", ".join(f"{letter.kind} {moment(letter.at)}" for letter in one.letters.all()),
            "Where": one.site,
            "Internet address": one.ip or "",
            "Program": one.user_agent,
        }


def _before(keys: Sequence[str], numbers: Sequence[int]) -> Iterator[Row]:
    for one in ImportOverwritten.objects.filter(contact_id__in=numbers).select_related("slice").order_by("slice_id"):
        names = ("first_name", "last_name", "language", "time_zone", "attributes", "open_consent", "click_consent")
        was = {name: text for name in names if (text := getattr(one, f"was_{name}")) is not None}
        yield {"When": moment(one.slice.at), "Changed by": "an import", "Before": _json(was)}
    for number in numbers:
        for piece in BulkSlice.objects.filter(was__ids__contains=[number]).select_related("change").order_by("pk"):
            kept = piece.was or {}
            values = kept.get("values") or []
            before = values[kept["ids"].index(number)] if values else ""
            when = moment(piece.change.created_at)
            yield {
                "When": when,
                "Changed by": f"a change of many people: {piece.change.action}",
                "Before": _json(before),
            }
    theirs = Q(email__in=keys) | Q(contact_id__in=numbers)
    for gone in DeletedPerson.objects.filter(theirs).select_related("change").order_by("change_id"):
        when = moment(gone.change.created_at)
        yield {"When": when, "Changed by": "an earlier contact that was deleted", "Before": _json(gone.rows)}


def _quotes(keys: Sequence[str]) -> Iterator[Row]:
    for part in registry.parts():
        if part.quote is not None:
            for text in part.quote(keys):
                yield {"Where": part.label.partition(":")[0], "Text": text}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if value else ""
