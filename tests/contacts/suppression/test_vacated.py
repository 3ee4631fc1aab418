"""Whoever gave an address up and takes it again gets mail there, and what they said goes with them."""

import pytest

from contacts import audience, consent
from contacts.forms import ContactForm
from contacts.models import Contact, MailingList, Suppression
from contacts.preferences import moving
from contacts.suppression import holding

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


@pytest.mark.parametrize("by", ["themselves", "hand"])
def test_who_complains_in_a_report_that_waits_for_a_look_waits_under_another_address_too(
    ana: Contact, news: MailingList, by: str
) -> None:
    holding.hold_with("webhook 3", [(FIRST, 7)])
    if by == "themselves":
        move(ana, SECOND)
    else:
        form = ContactForm({"email": SECOND, "open_consent": "unknown", "click_consent": "unknown"}, contact=ana)
        assert form.is_valid(), form.errors
        form.save()
    assert reached(news) == 0
    holding.end_with("webhook 3", {7})
    assert reached(news) == 1
