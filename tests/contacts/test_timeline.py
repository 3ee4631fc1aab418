from collections.abc import Iterable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from contacts import consent, timeline
from contacts.grounds import history
from contacts.models import ConsentEvent, Contact, MailingList, Suppression
from contacts.preferences import pausing

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


def test_the_end_of_a_pause_is_told_in_the_readers_zone_like_every_other_time() -> None:
    ada = Contact.objects.create(email="ada@example.com")
    text = "30 days, until 2031-01-29 23:30 UTC"
    ConsentEvent.objects.create(contact=ada, kind=ConsentEvent.Kind.PAUSED, channel="page", text=text)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        told = {entry.title: entry.detail for entry in timeline.entries(ada)}
        (everything,) = [one for one in history.chapters(ada) if one.title == "Everything"]
    assert told["Paused all mail on the page for recipients"] == "30 days, until 30 Jan 2031, 00:30"
    assert [act.proof for act in everything.acts] == ["30 days, until 30 Jan 2031, 00:30"]


def test_what_pausing_says_of_its_end_is_understood_by_the_story() -> None:
    ada = Contact.objects.create(email="ada@example.com")
    pausing.pause(ada, 60, channel="page")
    assert not any("UTC" in entry.detail for entry in timeline.entries(ada))
