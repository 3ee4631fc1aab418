"""Consent is only ever added to: the database itself refuses the rest."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from contacts import consent, tracking_consent
from contacts.grounds import wordings
from contacts.models import ConsentEvent, Contact, MailingList, TrackingConsentEvent, Wording
from contacts.tracking_consent import Answer, Part

pytestmark = pytest.mark.django_db


def agreed(email: str, news: MailingList) -> Contact:
    contact = Contact.objects.create(email=email)
    words = wordings.keep("form/1", "en", "Yes, send me news")
    consent.resubscribe(contact, lists=[news.pk], channel="form", by=None, text="Form", ip="192.0.2.7", wording=words)
    tracking_consent.record(contact, Answer({Part.OPENS: "refused"}, channel="page"))
    return contact


def test_nothing_changes_or_deletes_what_people_agreed_to_but_deleting_the_person(
    client: Client, marketer: User
) -> None:
    news = MailingList.objects.create(name="News")
    ada, bob = agreed("ada@example.org", news), agreed("bob@example.org", news)
    assert wordings.keep("form/1", "en", "Yes, send me all of it").version == 2
    assert wordings.keep("form/1", "en", "Yes, send me news").version == 1  # read by somebody before it changed
    refused: list[Callable[[], object]] = [
        lambda: ConsentEvent.objects.filter(contact=ada).update(text="Something else"),
        lambda: ConsentEvent.objects.filter(contact=ada).update(contact=bob),
        lambda: ConsentEvent.objects.filter(contact=ada).delete(),
        lambda: TrackingConsentEvent.objects.filter(contact=ada).update(state="given"),
        lambda: TrackingConsentEvent.objects.filter(contact=ada).delete(),
        lambda: Wording.objects.update(text="Something else"),
        lambda: Wording.objects.all().delete(),
    ]
    for act in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    consent.unsubscribe(ada, lists=[news.pk], channel="hand", by=marketer, text="Told us on the telephone")
    news_page = reverse("contact-consent", args=[ada.pk])
    client.force_login(marketer)
    page = client.get(news_page).content.decode()
    for said in ("Yes, send me news", "version 1", "192.0.2.7", "Told us on the telephone", "may not be counted"):
        assert said in page
    consent.delete_list(news)
    page = client.get(news_page).content.decode()
    assert "A list that was deleted" in page
    assert "Yes, send me news" in page

    bob.delete()
    assert set(ConsentEvent.objects.values_list("contact", flat=True)) == {ada.pk}
    consent.erase_all([ada.pk])
    assert not ConsentEvent.objects.exists()
    assert not TrackingConsentEvent.objects.exists()
    with connection.cursor() as cursor:  # as tests that begin anew do
        cursor.execute("TRUNCATE contacts_consentevent, contacts_trackingconsentevent, contacts_wording")
    assert not Wording.objects.exists()
