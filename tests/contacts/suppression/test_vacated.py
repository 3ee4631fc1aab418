"""Whoever gave an address up and takes it again gets mail there."""

import pytest

from contacts import audience, consent
from contacts.models import Contact, MailingList, Suppression
from contacts.preferences import moving

pytestmark = pytest.mark.django_db
FIRST, SECOND = "ana@first.example", "ana@second.example"


@pytest.fixture
def ana(news: MailingList) -> Contact:
    person = Contact.objects.create(email=FIRST)
    consent.subscribe(person, lists=[news.pk], channel="page")
    return person


def move(person: Contact, email: str) -> None:
    person.refresh_from_db()
    _, secret = moving.ask(person, email)
    moving.confirm(secret)


def reached(news: MailingList) -> int:
    return audience.summary(audience.Audience((news.pk,))).will_receive


def test_who_moves_back_to_an_earlier_address_gets_mail_there(ana: Contact, news: MailingList) -> None:
    move(ana, SECOND)
    move(ana, FIRST)
    ana.refresh_from_db()
    assert (ana.email, reached(news)) == (FIRST, 1)
    assert list(Suppression.objects.values_list("email", flat=True)) == [SECOND]


def test_what_else_was_said_against_the_earlier_address_holds(ana: Contact, news: MailingList) -> None:
    move(ana, SECOND)
    consent.suppress(FIRST, Suppression.Reason.COMPLAINT, source="complaint")
    move(ana, FIRST)
    assert reached(news) == 0
