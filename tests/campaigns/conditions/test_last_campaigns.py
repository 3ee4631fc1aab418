"""How many of the last campaigns people opened, clicked in or got."""

import pytest

from campaigns.models import Campaign
from contacts.models import Contact
from tests.contacts.segments.asked import who

pytestmark = pytest.mark.django_db


def test_so_many_of_the_last_campaigns(sent: Campaign) -> None:
    """Of their own last ones, as the folding leaves them on the contact: the latest campaign is the last bit."""
    for name, mails, opened, clicked in (("Ana", 6, 0b011010, 0b000010), ("Bo", 5, 0b10000, 0), ("Cy", 2, 0, 0)):
        Contact.objects.filter(first_name=name).update(recent_mails=mails, recent_opened=opened, recent_clicked=clicked)
    assert who("recent", how="opened", least="1", last="5") == {"ana", "bo"}
    assert who("recent", how="opened", least="3", last="5") == {"ana"}
    assert who("recent", how="opened", least="3", last="4") == set()
    assert who("recent", how="clicked", least="1", last="2") == {"ana"}
    assert who("recent", how="not-opened", last="4") == {"bo"}
    assert who("recent", how="not-clicked", last="2") == {"bo", "cy"}
    Contact.objects.filter(first_name="Cy").update(click_consent="refused")
    assert who("recent", how="not-clicked", last="2") == {"bo"}
    assert who("recent", how="got", least="1", last="1") == {"ana", "bo", "cy"}
    assert who("recent", how="got", least="2", last="5") == set()
