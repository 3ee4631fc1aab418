"""What campaigns keeps of a person, in the collection of that person's data."""

from collections.abc import Iterator

from campaigns.models import SeedList, TestAddress
from contacts import addresses
from contacts.their_data.collecting import Asking, Section, moment, rows


def sections(asking: Asking) -> Iterator[Section]:
    theirs = asking.keys
    asked = [
        {"Address": one.email, "When": moment(one.asked_at), "Agreed": moment(one.agreed_at)}
        for one in rows(TestAddress.objects.filter(email__in=theirs))
    ]
    yield Section("test_addresses", "That you were asked whether test mails may come", asked)
    seeds = [
        {"Address": address, "Seed list": one.name}
        for one in SeedList.objects.all()
        for address in one.addresses
        if addresses.key(address) in theirs
    ]
    yield Section("seed_lists", "Lists of addresses that get test mails", seeds)
