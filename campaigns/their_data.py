"""What campaigns keeps of a person, in the collection of that person's data."""

from collections.abc import Iterator

from campaigns.models import TestAddress
from contacts.merging import known
from contacts.models import Contact
from contacts.their_data.collecting import Section, moment, rows


def sections(contact: Contact) -> Iterator[Section]:
    asked = [
        {"Address": one.email, "When": moment(one.asked_at), "Agreed": moment(one.agreed_at)}
        for one in rows(TestAddress.objects.filter(email__in=known.keys(contact)))
    ]
    yield Section("test_addresses", "That you were asked whether test mails may come", asked)
