"""Test mails reach colleagues, and strangers only when they agreed: shown with a real SMTP server."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from campaigns.models import Campaign, TestAddress
from campaigns.test_mails import sending
from delivery.domains.models import SendingDomain
from delivery.models import Message, Provider
from tests.campaigns import letters
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)  # the mail leaves by a thread, which sees what was committed

Browser = Callable[[User], Client]
STRANGER, TYPED = "zoe@elsewhere.example", "ZOE@elsewhere.example"


@pytest.fixture
def campaign(marketer: User, relay: Provider) -> Campaign:
    return letters.draft(marketer, provider=relay)


def test_a_stranger_is_asked_and_gets_test_mails_from_then_on(
    campaign: Campaign, marketer: User, mailbox: Mailbox, client_for: Browser
) -> None:
    browser = client_for(marketer)

    def send() -> str:
        to = {"to": f"{marketer.email}, {TYPED}"}
        return browser.post(f"/campaigns/{campaign.pk}/test/", to).content.decode()

    assert "its owner was asked by mail" in send()
    assert list(Message.objects.values_list("email", flat=True)) == [marketer.email], "the colleague got it"
    path = mailbox.next_link(TYPED)
    assert "was asked and has not agreed yet" in send()

    reader = Client()
    question = reader.get(path).content.decode()
    assert marketer.name in question
    assert STRANGER in question
    assert not TestAddress.objects.exclude(agreed_at=None).exists(), "programs that open links agree to nothing"
    assert "Test mails come to you" in reader.post(path, follow=True).content.decode()
    assert TYPED in send()
    assert Message.objects.filter(email__iexact=STRANGER).count() == 1

    reader.post(path, {"stop": "1"})
    assert "has not agreed yet" in send()
    assert Message.objects.filter(email__iexact=STRANGER).count() == 1
    assert Client().get(f"{path[:-2]}x/").status_code == 404


def test_a_rehearsal_may_name_anybody_as_nothing_leaves(marketer: User) -> None:
    sent = sending.send_tests(letters.draft(marketer), to=[STRANGER], as_contact=None, by=marketer)
    assert [message.email for message in sent] == [STRANGER]


def test_nobody_is_mailed_who_did_not_agree_whoever_calls(campaign: Campaign, marketer: User) -> None:
    with pytest.raises(sending.NotNow, match=STRANGER):
        sending.send_tests(campaign, to=[marketer.email, STRANGER], as_contact=None, by=marketer)
    assert not Message.objects.exists()


def test_one_person_may_send_so_many_an_hour(
    campaign: Campaign, marketer: User, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_AN_HOUR", 3)
    both = [marketer.email, owner.email]
    sending.send_tests(campaign, to=both, as_contact=None, by=marketer)
    with pytest.raises(sending.NotNow, match="3 test mails an hour"):
        sending.send_tests(campaign, to=both, as_contact=None, by=marketer)
    sending.send_tests(campaign, to=[owner.email], as_contact=None, by=marketer)
    sending.send_tests(campaign, to=both, as_contact=None, by=owner)


def test_a_test_mail_leaves_only_in_the_name_of_a_domain_that_an_admin_confirmed(
    marketer: User, relay: Provider, organisation: Organisation
) -> None:
    campaign = letters.draft(marketer, provider=relay, sender_email="ceo@bank.example")

    def send() -> int:
        return len(sending.send_tests(campaign, to=[marketer.email], as_contact=None, by=marketer))

    with pytest.raises(sending.NotNow, match="confirmed that bank"):
        send()
    assert not Message.objects.exists()
    SendingDomain.objects.create(name="bank.example", confirmed_at=timezone.now())
    assert send() == 1


def test_without_a_ready_server_the_page_says_why_nobody_is_asked(
    campaign: Campaign, marketer: User, relay: Provider, client_for: Browser
) -> None:
    relay.state = Provider.State.PAUSED
    relay.save()
    page = client_for(marketer).post(f"/campaigns/{campaign.pk}/test/", {"to": STRANGER}).content.decode()
    assert "no mail server is ready to ask its owner" in page
    assert not TestAddress.objects.exists()
