"""People of the audience to whom a mail may look odd, each with the reason."""

import pytest

from accounts.models import User
from campaigns.models import Campaign
from campaigns.review import odd_ones
from contacts.merge_values import Tag
from contacts.models import Contact
from tests.campaigns import letters

USED = [Tag("first_name", "First name", ""), Tag("city", "City", ""), Tag("email", "E-mail address", "")]


@pytest.fixture
def campaign(marketer: User) -> Campaign:
    readers = letters.readers("Ana", "Ben")
    Contact.objects.update(attributes={"city": "Paris"}, last_name="Long")
    return letters.draft(marketer, readers)


def person(local: str, first: str, last: str = "", city: str = "Rome") -> None:
    letters.readers(local)
    Contact.objects.filter(email=f"{local}@example.org").update(
        first_name=first, last_name=last, attributes={"city": city} if city else {}
    )


def test_usual_people_are_not_odd(campaign: Campaign) -> None:
    assert odd_ones.find(campaign, USED) == []
    campaign.lists.clear()
    assert odd_ones.find(campaign, USED) == []


def test_each_kind_once_with_its_reason(campaign: Campaign) -> None:
    person("nobody", " ", city="")
    person("half", "", "Half")
    person("longer", "Hubert Blaine", "Wolfeschlegelsteinhausenbergerdorff")
    person("arabic", "محمد", "علي")
    person("hearts", "Ann <3", "O’Neill")
    person("loud", "MARIA", "GARCÍA")
    person("short", "J", "Doe")
    person("a" * 45, "Ida", "Lang")
    reasons = {one.contact.email.partition("@")[0][:8]: one.reason for one in odd_ones.find(campaign, USED)}
    assert reasons == {
        "nobody": "Has no first name, no city",
        "longer": "The longest name: 49 letters",
        "arabic": "A name that is read from right to left: “محمد علي”",
        "hearts": "Unusual signs in the name: “Ann <3 O’Neill”",
        "loud": "A name in capitals: “MARIA GARCÍA”",
        "short": "A first name of one letter: “J”",
        "aaaaaaaa": f"A long address: “{'a' * 39}…”",
    }


def test_strangers_to_the_audience_are_not_among_them(campaign: Campaign) -> None:
    Contact.objects.create(email="x@example.org", first_name="ШАПКА")
    assert odd_ones.find(campaign, USED) == []
