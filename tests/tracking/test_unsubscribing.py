"""The page a recipient sees, walked through without scripts and without cookies."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from contacts import consent
from contacts.models import ConsentEvent, Contact, MailingList, Subscription, Suppression
from delivery.models import Batch
from tests.clock import making_older
from tests.tracking.conftest import Sent
from tracking.models import Event

pytestmark = pytest.mark.usefixtures("organisation")


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def subscribed(contact: Contact) -> set[int]:
    held = Subscription.objects.filter(contact=contact, state=Subscription.State.SUBSCRIBED)
    return set(held.values_list("list_id", flat=True))


def test_the_page_names_organisation_and_lists_and_hides_the_address(browser: Client, sent: Sent) -> None:
    answer = browser.get(sent.unsubscribe())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Nordlicht Books" in page
    assert "Unsubscribe from everything" in page
    assert sent.lists[0].name in page
    assert sent.lists[1].name not in page  # the mail did not come by this one
    assert sent.messages[0].email not in page
    assert "r***@gmail.com" in page
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<script" not in page


def test_one_button_ends_everything_at_once(browser: Client, sent: Sent, take_in: Callable[[], int]) -> None:
    answer = browser.post(f"{sent.unsubscribe()}/leave")
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.content.decode()
    assert not answer.cookies
    assert subscribed(sent.contact()) == set()
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.source) == (sent.messages[0].email, "page")
    assert suppression.message_id == sent.messages[0].id
    take_in()
    assert Event.objects.get().channel == "page"


def test_leaving_one_list_keeps_the_others(browser: Client, sent: Sent) -> None:
    answer = browser.post(f"{sent.unsubscribe()}/leave", {"list": sent.lists[0].id})
    assert f"You have left “{sent.lists[0].name}”" in answer.content.decode()
    assert subscribed(sent.contact()) == {sent.lists[1].id}
    assert not Suppression.objects.exists()


def test_leaving_one_list_twice_keeps_the_others_too(browser: Client, sent: Sent) -> None:
    """A double click, or the answer's page loaded again."""
    for _ in range(2):
        answer = browser.post(f"{sent.unsubscribe()}/leave", {"list": sent.lists[0].id})
        assert f"You have left “{sent.lists[0].name}”" in answer.content.decode()
    assert subscribed(sent.contact()) == {sent.lists[1].id}
    assert not Suppression.objects.exists()
    browser.post(f"{sent.unsubscribe()}/undo")
    assert subscribed(sent.contact()) == {sent.lists[0].id, sent.lists[1].id}


def test_a_made_up_list_means_everything(browser: Client, sent: Sent) -> None:
    browser.post(f"{sent.unsubscribe()}/leave", {"list": sent.lists[1].id})
    assert subscribed(sent.contact()) == set()


@pytest.mark.parametrize("one", [True, False])
def test_undo_brings_back_exactly_what_was_left(browser: Client, sent: Sent, one: bool) -> None:
    before = subscribed(sent.contact())
    browser.post(f"{sent.unsubscribe()}/leave", {"list": sent.lists[0].id} if one else {})
    answer = browser.post(f"{sent.unsubscribe()}/undo")
    assert "subscribed again" in answer.content.decode()
    assert subscribed(sent.contact()) == before
    assert not Suppression.objects.exists()
    assert ConsentEvent.objects.filter(kind=ConsentEvent.Kind.GIVEN, channel="page").count() == (1 if one else 2)


@pytest.mark.parametrize("by_mistake", ["one", "everything"])
def test_undo_leaves_alone_what_was_left_by_another_button_before(browser: Client, sent: Sent, by_mistake: str) -> None:
    """Somebody leaves one list, goes back, and presses the wrong button."""
    meant, other = sent.lists[0], MailingList.objects.create(name="Other")
    consent.subscribe(sent.contact(), lists=[other.pk], channel="form")
    browser.post(f"{sent.unsubscribe()}/leave", {"list": meant.pk})
    kept = subscribed(sent.contact())
    assert len(kept) == 2
    Batch.objects.filter(pk=sent.batch.pk).update(lists=[meant.pk, other.pk])
    page = browser.post(f"{sent.unsubscribe()}/leave", {"list": other.pk} if by_mistake == "one" else {})
    assert subscribed(sent.contact()) == (kept - {other.pk} if by_mistake == "one" else set())
    left = re.findall(r'name="left" value="(\d+)"', page.content.decode())
    assert "subscribed again" in browser.post(f"{sent.unsubscribe()}/undo", {"left": left}).content.decode()
    assert subscribed(sent.contact()) == kept
    browser.post(f"{sent.unsubscribe()}/undo", {"left": [MailingList.objects.create(name="Never joined").pk]})
    assert subscribed(sent.contact()) == kept


def test_a_forwarded_mail_undoes_nothing_that_is_long_ago(browser: Client, sent: Sent) -> None:
    browser.post(f"{sent.unsubscribe()}/leave")
    long_ago = timezone.now() - timedelta(hours=2)
    with making_older():
        ConsentEvent.objects.update(at=long_ago)
    Suppression.objects.update(created_at=long_ago)
    Subscription.objects.update(changed_at=long_ago)
    browser.post(f"{sent.unsubscribe()}/leave")
    answer = browser.post(f"{sent.unsubscribe()}/undo")
    assert "Nothing was changed" in answer.content.decode()
    assert Suppression.objects.exists()


def test_undo_lifts_no_complaint(browser: Client, sent: Sent) -> None:
    browser.post(f"{sent.unsubscribe()}/leave", {"list": sent.lists[0].id})
    consent.suppress(sent.messages[0].email, Suppression.Reason.COMPLAINT)
    browser.post(f"{sent.unsubscribe()}/undo")
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


def test_a_rehearsal_says_that_nothing_changes_and_changes_nothing(
    browser: Client, send: Callable[..., Sent], take_in: Callable[[], int]
) -> None:
    sent = send(rehearsal=True)
    before = subscribed(sent.contact())
    for address, method in ((sent.unsubscribe(), browser.get), (f"{sent.unsubscribe()}/leave", browser.post)):
        assert "This is a rehearsal" in method(address).content.decode()
    browser.post(f"{sent.unsubscribe()}/undo")
    assert subscribed(sent.contact()) == before
    assert not Suppression.objects.exists()
    assert not ConsentEvent.objects.exists()
    take_in()
    assert Event.objects.count() == 1


def test_whoever_leaves_or_comes_back_in_a_rehearsal_reads_what_a_real_mail_would_do(
    browser: Client, send: Callable[..., Sent]
) -> None:
    sent = send(rehearsal=True)
    here, one = sent.unsubscribe(), {"list": sent.lists[0].id}
    gone, left = browser.post(f"{here}/leave").content.decode(), browser.post(f"{here}/leave", one).content.decode()
    back, german = browser.post(f"{here}/undo").content.decode(), browser.post(f"{here}/leave?lang=de").content.decode()
    for page, words in (
        (gone, "<h1>You would be unsubscribed now</h1>"),
        (gone, "would get no more mail from us."),
        (left, f"<h1>You would have left “{sent.lists[0].name_for_recipients}” now</h1>"),
        (left, "would get no more mail of this list."),
        (back, "<h1>You would be subscribed again now</h1>"),
        (back, "everything would be as it was before for"),
        (german, "<h1>Sie wären jetzt abgemeldet</h1>"),
    ):
        assert words in page
    for page in (gone, left, back):
        for claim in ("You are unsubscribed", "You have left", "gets no more mail", "You are subscribed again"):
            assert claim not in page
    one_click = browser.post(here, {"List-Unsubscribe": "One-Click"})
    assert (one_click.status_code, one_click.content) == (200, b"This was a rehearsal: nobody is unsubscribed.\n")


def test_a_sample_person_leaves_for_real_even_in_a_rehearsal(browser: Client, send: Callable[..., Sent]) -> None:
    sent = send(rehearsal=True, sample=True)
    assert "This is a rehearsal" not in browser.post(f"{sent.unsubscribe()}/leave").content.decode()
    assert subscribed(sent.contact()) == set()


def test_the_page_works_for_ever(browser: Client, sent: Sent) -> None:
    Batch.objects.filter(id=sent.batch.id).delete()
    assert browser.get(sent.unsubscribe()).status_code == 200
    browser.post(f"{sent.unsubscribe()}/leave")
    assert Suppression.objects.exists()


def test_every_unknown_token_gets_the_same_answer(browser: Client, sent: Sent) -> None:
    good = sent.unsubscribe()
    pages = set()
    for address in (good[:-1], good + "A", "/u/nonsense", "/u/" + sent.click()[3:], "/u/" + sent.open()[3:]):
        for answer in (
            browser.get(address),
            browser.post(f"{address}/leave"),
            browser.post(f"{address}/undo"),
            browser.post(address),
        ):
            assert answer.status_code == 404
            pages.add(re.sub(rb'nonce="[^"]+"', b"", answer.content))  # new with each answer
    assert len(pages) == 1
    assert not Suppression.objects.exists()


def test_recipients_read_the_name_that_is_meant_for_them(browser: Client, sent: Sent) -> None:
    inside = sent.lists[0]
    inside.name, inside.public_name = "2026 Q3 import, B leads", "Monthly news"
    inside.save()
    page = browser.get(sent.unsubscribe()).content.decode()
    left = browser.post(f"{sent.unsubscribe()}/leave", {"list": inside.id}).content.decode()
    assert "Leave “Monthly news”" in page
    assert "You have left “Monthly news”" in left
    assert "B leads" not in page + left


def test_a_name_of_a_list_is_shown_and_never_run(browser: Client, sent: Sent) -> None:
    sent.lists[0].name = "<script>alert(1)</script>"
    sent.lists[0].save()
    assert "<script>" not in browser.get(sent.unsubscribe()).content.decode()


def test_it_works_before_the_organisation_is_set_up(browser: Client, sent: Sent) -> None:
    Organisation.objects.all().delete()
    assert browser.get(sent.unsubscribe()).status_code == 200
