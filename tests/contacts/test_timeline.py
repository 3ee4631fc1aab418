from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts import consent, timeline
from contacts.models import Contact, MailingList, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_source() -> Iterator[None]:
    def mails(contact: Contact, wanted: timeline.Wanted) -> Iterable[timeline.Entry]:
        yield timeline.Entry(timezone.now() + timedelta(hours=1), "mail", "Got “Autumn”", url="/messages/1/")

    timeline.register(mails)
    timeline.register(mails)
    yield
    timeline._sources.remove(mails)


def test_story_is_told_by_all_sources_the_latest_first(mail_source: None) -> None:
    news = MailingList.objects.create(name="News")
    ada = Contact.objects.create(email="ada@example.com", source="Import of friends.csv")
    consent.subscribe(ada, lists=[news.pk], channel="import", text="They signed up")
    consent.suppress(ada.email, Suppression.Reason.HARD_BOUNCE, detail="550 no such user")
    told = [(entry.title, entry.detail) for entry in timeline.entries(ada)]
    assert told[0] == ("Got “Autumn”", "")
    assert ("Subscribed to News by an import", "They signed up") in told
    assert ("Suppressed: Address does not exist", "550 no such user") in told
    assert ("Added", "Import of friends.csv") in told
    assert len(told) == 4
