from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, User
from campaigns.drafts import forms
from campaigns.message import editions
from campaigns.models import Campaign
from campaigns.sending import launching
from campaigns.test_mails import sending
from contacts.models import Contact, Suppression
from delivery import ledger, tokens
from delivery.content import Recipient
from delivery.deliverability.figures import Deliverability
from delivery.ledger import cancelling
from delivery.models import Attempt, Batch, Chunk, Message, MessageState, Provider, Route, Waiting
from delivery.providers import removal
from delivery.routing.carriers import Carriers
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
ME = "mia@nordlicht.example"


def test_test_mail_reads_as_the_contact_would_read_it_and_touches_no_record(marketer: User) -> None:
    campaign = letters.draft(marketer, letters.readers("Ana"))
    ana = Contact.objects.get(first_name="Ana")
    (message,) = sending.send_tests(campaign, to=[ME], as_contact=ana, by=marketer)
    assert (message.email, message.contact_id) == (ME, None)
    recipient = Recipient(message.pk, None, ME, {"email": ME}, opens=True, clicks=True)
    parts = editions.load_edition(message.batch).parts(recipient)
    assert parts.subject == "[TEST] News for you"
    assert "Hello Ana" in parts.html
    assert 'href="https://nordlicht.example/news"' in parts.html


def test_the_links_of_a_test_mail_say_that_it_was_a_test(organisation: Organisation, marketer: User) -> None:
    """Nobody is in them: the mail itself can be seen as a page, and leaving by it changes nothing."""
    campaign, browser = letters.draft(marketer, letters.readers("Ana")), Client()
    ana = Contact.objects.get(first_name="Ana")
    (message,) = sending.send_tests(campaign, to=[ME], as_contact=ana, by=marketer)
    mail = editions.load_edition(message.batch).parts(Recipient(message.pk, None, ME, {}, opens=True, clicks=True))
    leave = urlsplit(dict(mail.headers)["List-Unsubscribe"].strip("<>")).path
    assert leave in mail.html
    before = subscriptions(ana)
    for address in (leave, f"{leave}/preferences"):
        for answer in (browser.get(address), browser.post(address, {"List-Unsubscribe": "One-Click"})):
            assert answer.status_code == 200
            page = answer.content.decode()
            assert "This was a test" in page
            assert "Nothing was changed." in page
            assert "leads nowhere" not in page
    assert browser.post(f"{leave}/leave").status_code == 200
    forged = browser.get(f"{leave[:-1]}{'A' if leave[-1] != 'A' else 'B'}")
    assert (forged.status_code, "This link leads nowhere" in forged.content.decode()) == (404, True)
    assert subscriptions(ana) == before
    assert not Suppression.objects.exists()
    shown = browser.get(f"/v/{tokens.seal(tokens.VIEW, message.pk)}")
    assert (shown.status_code, "Hello Ana" in shown.content.decode()) == (200, True)


def subscriptions(contact: Contact) -> list[tuple[int, str]]:
    return list(contact.subscriptions.values_list("list_id", "state"))


def test_broken_template_is_said_before_anything_is_sent(marketer: User) -> None:
    campaign = letters.draft(marketer, subject="Hello {{ first_name")
    with pytest.raises(sending.Unreadable):
        sending.send_tests(campaign, to=[ME], as_contact=None, by=marketer)
    assert not campaign.editions.exists()


def test_outcome_is_told_in_words(marketer: User) -> None:
    (message,) = sending.send_tests(letters.draft(marketer), to=[ME], as_contact=None, by=marketer)
    assert not sending.outcome(message).is_final
    message.state, message.accepted_at = MessageState.ACCEPTED, message.batch.created_at
    assert sending.outcome(message).text == "Accepted by Sandbox in 0.1 s"
    message.state = MessageState.REFUSED
    Attempt.objects.create(message_id=message.pk, batch=message.batch, stage="rcpt", category="x", text="550 no")
    assert sending.outcome(message).raw == "550 no"
    message.state = MessageState.DEFERRED
    Waiting.objects.create(
        message_id=message.pk,
        batch=message.batch,
        state=MessageState.DEFERRED,
        category="x",
        reply="451 later",
        retry_at=message.batch.created_at,
    )
    assert sending.outcome(message).raw == "451 later"


def test_several_addresses_get_the_same_mail(marketer: User) -> None:
    campaign = letters.draft(marketer)
    sent = sending.send_tests(campaign, to=[ME, "lee@nordlicht.example"], as_contact=None, by=marketer)
    assert [message.email for message in sent] == [ME, "lee@nordlicht.example"]
    assert {message.batch_id for message in sent} == {campaign.editions.get().batch_id}
    assert Message.objects.filter(batch=sent[0].batch_id).count() == 2


def test_addresses_are_parted_by_whatever_people_type(marketer: User) -> None:
    def filled(to: str) -> forms.TestMailForm:
        return forms.TestMailForm({"to": to}, way_out=Provider.objects.default())

    form = filled(f"{ME}, lee@nordlicht.example; Mia@Nordlicht.example zoë@straße.example")
    assert form.is_valid()
    assert form.cleaned_data["to"] == [ME, "lee@nordlicht.example", "zoë@xn--strae-oqa.example"]
    wrong = filled(f"{ME}, lee")
    assert not wrong.is_valid()
    assert "lee" in wrong.errors["to"][0]
    assert not filled(",".join(f"{n}@example.org" for n in range(11))).is_valid()
    assert not filled(" , ").is_valid()


def test_a_mistake_in_a_test_mail_is_told_beside_its_field_and_gone_with_the_next(
    organisation: Organisation, marketer: User, client_for: Callable[[User], Client]
) -> None:
    campaign, browser = letters.draft(marketer), client_for(marketer)
    backup = Provider.objects.create(name="Backup", host="127.0.0.1", port=2526)
    url = reverse("campaign-test", args=[campaign.pk])
    cases: list[tuple[dict[str, object], str, str]] = [
        ({"to": "lee"}, "to", "lee"),
        ({"to": ""}, "to", "Enter an address, or choose a seed list with addresses."),
        ({"to": ME, "through": backup.pk + 1}, "through", "This choice is not offered any more"),
    ]
    for given, field, reason in cases:
        answer = browser.post(url, given, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (422, "#test-form", "outerHTML")
        page = BeautifulSoup(answer.content, "html.parser")
        control = page.select_one(f"#test-form [name={field}]")
        assert control is not None
        assert control["aria-invalid"] == "true"
        beside = page.find(id=f"id_{field}_error")
        assert beside is not None
        assert reason in beside.get_text()
        assert page.select_one(f".errors[autofocus] a[href='#{control['id']}']"), "the sum of it takes the focus"
        assert page.select_one("[hx-swap-oob='innerHTML:#test-outcome']"), "what was said of an earlier one is gone"
    typed = page.select_one("#test-form [name=to]")
    assert typed is not None
    assert typed["value"] == ME
    assert not Message.objects.exists()
    page = BeautifulSoup(browser.post(url, {"to": ME}, headers={"HX-Request": "true"}).content, "html.parser")
    again = page.select_one("#test-form[hx-swap-oob=true]")
    assert again is not None
    assert again.select("[aria-invalid], [autofocus], .field-error, .errors") == []
    assert Message.objects.get().email == ME


def test_a_test_mail_leaves_through_the_provider_chosen_for_it(
    organisation: Organisation, marketer: User, client_for: Callable[[User], Client]
) -> None:
    """Not through another one to which routes lead; chosen or not, the campaign keeps its own."""
    usual = Provider.objects.create(name="Usual", host="127.0.0.1", port=2525)
    backup = Provider.objects.create(name="Backup", host="127.0.0.1", port=2526)
    for position, provider in enumerate((usual, backup), 1):
        Route.objects.create(provider=provider, position=position)
    campaign, browser = letters.draft(marketer, provider=usual), client_for(marketer)
    page = browser.get(campaign.get_absolute_url()).content.decode()
    assert "Usual, as the campaign" in page

    def carriers(through: str) -> list[Provider]:
        asked = {"to": marketer.email, "through": through}
        assert browser.post(reverse("campaign-test", args=[campaign.pk]), asked).status_code == 200
        batch = Batch.objects.latest("pk")
        with connection.cursor() as cursor:
            return [Provider.objects.get(pk=leg.provider_id) for leg in Carriers(cursor).legs(batch)]

    assert carriers("") == [usual, backup]
    assert carriers(str(backup.pk)) == [backup]
    assert Campaign.objects.get(pk=campaign.pk).way_out == usual
    Provider.objects.filter(pk=backup.pk).update(state=Provider.State.PAUSED)
    assert "Waits: Backup takes no mail now" in sending.outcome(Message.objects.latest("pk")).text
    removed = {"to": marketer.email, "through": "4711"}
    assert browser.post(reverse("campaign-test", args=[campaign.pk]), removed).status_code == 422


def test_a_test_that_waits_is_cancelled_where_it_is_shown(
    organisation: Organisation, marketer: User, client_for: Callable[[User], Client]
) -> None:
    """Also after the page was left."""
    relay = Provider.objects.create(name="Relay", host="127.0.0.1", port=2525, state=Provider.State.PAUSED)
    campaign, browser = letters.draft(marketer, provider=relay), client_for(marketer)
    sent = browser.post(reverse("campaign-test", args=[campaign.pk]), {"to": marketer.email})
    message = Message.objects.get()
    cancel = reverse("campaign-test-cancel", args=[campaign.pk, message.batch_id])
    assert "Waits: Relay takes no mail now" in sent.content.decode()
    assert cancel in sent.content.decode()
    assert cancel in browser.get(campaign.get_absolute_url()).content.decode()
    answer = browser.post(cancel, headers={"HX-Request": "true"}).content.decode()
    assert "Being cancelled" in answer
    assert cancel not in answer
    cancelling.settle(message.batch_id)
    told = browser.get(reverse("campaign-test-outcome", args=[campaign.pk, message.batch_id])).content.decode()
    assert "Cancelled: not sent" in told
    assert cancel not in browser.get(campaign.get_absolute_url()).content.decode()
    again = browser.post(cancel, headers={"HX-Request": "true"})
    assert (again.status_code, "Cancelled: not sent" in again.content.decode()) == (200, True)
    removal.remove(relay)


def test_a_provider_for_which_a_test_waits_is_removed_with_it_and_names_it(
    organisation: Organisation, admin: User, marketer: User, client_for: Callable[[User], Client]
) -> None:
    relay = Provider.objects.create(name="Relay", host="127.0.0.1", port=2525, state=Provider.State.PAUSED)
    campaign, browser = letters.draft(marketer, letters.readers("Ana"), provider=relay), client_for(admin)
    client_for(marketer).post(reverse("campaign-test", args=[campaign.pk]), {"to": marketer.email})
    page = browser.get(reverse("provider", args=[relay.pk])).content.decode()
    assert "Test of Harbour news" in page
    assert "Cancel 1 mail and remove it" in " ".join(page.split())
    browser.post(reverse("provider-remove", args=[relay.pk]))
    assert Provider.objects.kept().filter(pk=relay.pk).exists(), "nobody agreed to cancel anything"
    relay.resume()
    batch = launching.launch(Campaign.objects.get(pk=campaign.pk), by=marketer)
    refused = browser.post(reverse("provider-remove", args=[relay.pk]), {"cancel": "yes"}, follow=True)
    assert "“Harbour news” is under way through Relay" in refused.content.decode()
    assert Message.objects.get(batch__kind=Batch.Kind.OPEN).batch.state == Batch.State.SENDING, "all or nothing"
    ledger.undo(batch)
    browser.post(reverse("provider-remove", args=[relay.pk]), {"cancel": "yes"})
    assert not Provider.objects.kept().filter(pk=relay.pk).exists()
    assert Message.objects.get(batch__kind=Batch.Kind.OPEN).batch.state == Batch.State.CANCELLED


def test_a_test_mail_counts_in_no_figure(organisation: Organisation, marketer: User) -> None:
    """It is of a stream of its own in trends, and of nobody: no pixel, no counted link, no contact."""
    relay = Provider.objects.create(name="Relay", host="127.0.0.1", port=2525)
    campaign = letters.draft(marketer, letters.readers("Ana"), provider=relay)
    ana = Contact.objects.get(first_name="Ana")
    (message,) = sending.send_tests(campaign, to=[marketer.email], as_contact=ana, by=marketer)
    Chunk.objects.filter(batch=message.batch).update(pending=0, accepted=1, is_done=True)
    assert Deliverability(7).is_empty
    Batch.objects.filter(pk=message.batch_id).update(is_test=False)
    assert not Deliverability(7).is_empty, "as any other single mail would"
    recipient = Recipient(message.pk, None, marketer.email, {}, opens=True, clicks=True)
    shown = editions.load_edition(message.batch).parts(recipient).html
    assert "/o/" not in shown
    assert "/c/" not in shown
    assert (Batch.objects.get().stream, message.contact_id) == (Batch.Stream.TRANSACTIONAL, None)
