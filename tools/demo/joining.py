"""What is there before anything is sent, and people who come, with the proof of what they agreed to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from django.utils import timezone

from contacts.models import (
    ConsentEvent,
    Contact,
    MailingList,
    Subscription,
    TrackingConsent,
    TrackingConsentEvent,
)
from delivery.models import MailDomain
from tools.demo import copying
from tools.demo.people import HOUSES, Person

_MUCH_LATER = timedelta(days=36_500)
_Part = TrackingConsentEvent.Part


def make_lists(described: Mapping[str, str]) -> dict[str, MailingList]:
    return {
        name: MailingList.objects.create(name=name, description=description, is_sample=True)
        for name, description in described.items()
    }


def make_domains() -> None:
    """Whose servers are behind the domains, as if it had been looked up; nobody is asked for them."""
    at = timezone.now() + _MUCH_LATER
    MailDomain.objects.bulk_create(
        MailDomain(domain=house.domain, lane=house.lane, mx=f"mx.{house.domain}", looked_up_at=at) for house in HOUSES
    )


def join(people: Sequence[Person], lists: Mapping[str, MailingList]) -> dict[int, Person]:
    """By the number of their contact."""
    found = dict(zip(copying.numbers(Contact, len(people)), people, strict=True))
    copying.copy(Contact, (_contact(number, person) for number, person in found.items()))
    places = [(number, person, lists[name].pk) for number, person in found.items() for name in person.lists]
    copying.copy(
        Subscription,
        (
            {
                "id": row,
                "contact_id": number,
                "list_id": list_id,
                "created_at": person.joined_at,
                "changed_at": person.joined_at,
            }
            for row, (number, person, list_id) in zip(copying.numbers(Subscription, len(places)), places, strict=True)
        ),
    )
    copying.copy(
        ConsentEvent,
        (
            {
                "id": row,
                "contact_id": number,
                "list_id": list_id,
                "kind": ConsentEvent.Kind.GIVEN,
                "channel": person.channel,
                "text": person.wording,
                "at": person.joined_at,
            }
            for row, (number, person, list_id) in zip(copying.numbers(ConsentEvent, len(places)), places, strict=True)
        ),
    )
    copying.copy(TrackingConsentEvent, list(_tracking(found)))  # its numbers are asked for before the COPY begins
    return found


def _tracking(found: Mapping[int, Person]) -> Iterator[dict[str, object]]:
    said = [
        (number, person, part, state)
        for number, person in found.items()
        for part, state in ((_Part.OPENS, person.opens), (_Part.CLICKS, person.clicks))
        if state != TrackingConsent.UNKNOWN
    ]
    for row, (number, person, part, state) in zip(copying.numbers(TrackingConsentEvent, len(said)), said, strict=True):
        text = "Asked with the form." if state == TrackingConsent.GIVEN else "Ticked “Do not count what I read”."
        yield {
            "id": row,
            "contact_id": number,
            "part": part,
            "state": state,
            "channel": person.channel,
            "text": text,
            "at": person.joined_at,
        }


def _contact(number: int, person: Person) -> dict[str, object]:
    return {
        "id": number,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "attributes": {"tags": list(person.tags)} if person.tags else {},
        "language": person.language,
        "time_zone": person.time_zone,
        "open_consent": person.opens,
        "click_consent": person.clicks,
        "is_sample": True,
        "source": person.source,
        "created_at": person.joined_at,
        "updated_at": person.joined_at,
    }
