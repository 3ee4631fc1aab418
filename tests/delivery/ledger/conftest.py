"""People to write to, and a way out."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from contacts.audience import Audience
from contacts.models import Contact, MailingList, Subscription
from delivery import ledger
from delivery.ledger import building
from delivery.models import Batch, Provider

DOMAINS = ("gmail.com", "outlook.com", "yahoo.de", "icloud.com", "nordlicht.example")


@pytest.fixture
def provider(db: None) -> Provider:
    return Provider.objects.create(name="Relay", host="127.0.0.1", port=2599, connections=4)


@pytest.fixture
def people(db: None) -> Callable[[int], MailingList]:
    """A list with so many subscribers, on all the lanes."""

    def make(n: int) -> MailingList:
        mailing_list = MailingList.objects.create(name=f"Readers {uuid4()}")
        mark = uuid4().hex[:8]
        contacts = Contact.objects.bulk_create(
            Contact(email=f"p{i}.{mark}@{DOMAINS[i % len(DOMAINS)]}") for i in range(n)
        )
        Subscription.objects.bulk_create(Subscription(contact=c, list=mailing_list) for c in contacts)
        return mailing_list

    return make


def launched(provider: Provider, mailing_list: MailingList, **changes: object) -> Batch:
    options: dict[str, object] = {
        "content_kind": "test",
        "content_id": 1,
        "provider": provider,
        "audience": Audience((mailing_list.pk,)),
        "lists": [mailing_list.pk],
        "group": "campaign-1",
        "hold_seconds": 0,
    }
    return ledger.launch(**{**options, **changes})  # type: ignore[arg-type]


def built(provider: Provider, mailing_list: MailingList, **changes: object) -> Batch:
    batch = launched(provider, mailing_list, **changes)
    assert building.build(batch.pk)
    batch.refresh_from_db()
    return batch
