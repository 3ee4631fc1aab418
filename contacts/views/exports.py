"""Downloads: contacts as they are filtered, and suppressed addresses."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from contacts import fields
from contacts.exporting import csv_response, joined
from contacts.filtering import Filter
from contacts.models import Contact, ContactQuerySet, Field, Subscription, TrackingConsent
from contacts.suppression import listing as suppressed

_SLICE = 2000
_MAY = {TrackingConsent.UNKNOWN.value: "", TrackingConsent.GIVEN.value: "yes", TrackingConsent.REFUSED.value: "no"}
_STATES = (Subscription.State.SUBSCRIBED, Subscription.State.UNCONFIRMED, Subscription.State.UNSUBSCRIBED)


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def contacts(request: StaffRequest) -> HttpResponseBase:
    chosen = Filter.of(request.GET)
    own = list(Field.objects.all())
    audit.record(request, "contacts.export", chosen.url())
    header = ["Email", "First name", "Last name", "Language", "Time zone", *(field.label for field in own)]
    header += ["Tags", "Lists", "Not confirmed on", "Unsubscribed from", "Suppressed", "Opens may be counted"]
    header += ["Clicks may be counted", "Added"]
    return csv_response(f"contacts-{timezone.localdate()}", header, _people(chosen.apply(), own))


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def suppressions(request: StaffRequest) -> HttpResponseBase:
    chosen = suppressed.Filter.of(request.GET)
    audit.record(request, "suppressions.export", chosen.query())
    rows = (
        (row.email, row.get_reason_display(), row.detail, row.source, f"{row.created_at:%Y-%m-%d %H:%M:%S}Z")
        for row in chosen.apply().order_by("id").iterator(_SLICE)
    )
    header = ["Email", "Reason", "Detail", "Source", "Since"]
    return csv_response(f"suppressed-{timezone.localdate()}", header, rows)


def _people(found: ContactQuerySet, own: list[Field]) -> Iterator[list[Any]]:
    after = 0
    while people := list(found.with_suppression().filter(pk__gt=after).order_by("pk")[:_SLICE]):
        lists = _lists(people)
        for person in people:
            states = lists.get(person.pk, {})
            yield [
                person.email,
                person.first_name,
                person.last_name,
                person.language,
                person.time_zone,
                *(fields.as_text(person.attributes.get(field.key)) for field in own),
                joined(person.attributes.get("tags") or ()),
                *(joined(states.get(state, ())) for state in _STATES),
                person.suppression_reason or "",  # type: ignore[attr-defined]  # annotated
                _MAY[person.open_consent],
                _MAY[person.click_consent],
                f"{person.created_at:%Y-%m-%d %H:%M:%S}Z",
            ]
        after = people[-1].pk


def _lists(people: list[Contact]) -> dict[int, dict[str, list[str]]]:
    """For each person the names of the lists in each state."""
    found: dict[int, dict[str, list[str]]] = {}
    rows = Subscription.objects.filter(contact__in=people).values_list("contact_id", "list__name", "state")
    for contact_id, name, state in rows.order_by("list__name"):
        found.setdefault(contact_id, {}).setdefault(state, []).append(name)
    return found
