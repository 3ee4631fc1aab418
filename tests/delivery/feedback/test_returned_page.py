"""The page Returned mail."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Organisation, User
from contacts.models import Suppression
from delivery.feedback import settling
from delivery.feedback.listening import trial
from delivery.feedback.listening.place import Place
from delivery.models import FeedbackEvent, MessageState, Returned, ReturnListener, ReturnMailbox, Webhook
from delivery.policy import aftermath
from tests.delivery.feedback.listening import listening
from tests.delivery.feedback.returned import DOMAIN, bounce, hand_in, mailed, report

pytestmark = pytest.mark.django_db

PAGE = "/returned/"


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def set_domain(page: Client, domain: str) -> tuple[int, str]:
    answer = page.post(f"{PAGE}domain/", {"bounce_domain": domain}, follow=True)
    return answer.status_code, answer.content.decode()


def heard(**changes: object) -> None:
    """What the feedback process says of the listener."""
    given = {"place": "127.0.0.1:2526", "is_open": True, "since": timezone.now(), "seen_at": timezone.now()}
    ReturnListener.objects.update_or_create(pk=1, defaults=given | changes)


def test_bounce_domain_is_set_as_it_travels_and_the_record_that_it_needs_is_shown(page: Client) -> None:
    status, shown = set_domain(page, " Rückläufer.Nordlicht.example. ")
    assert status == 200
    assert Organisation.objects.get().bounce_domain == "xn--rcklufer-3za0v.nordlicht.example"
    assert "xn--rcklufer-3za0v.nordlicht.example. MX 10 news.nordlicht.example." in shown
    assert "complaints@xn--rcklufer-3za0v.nordlicht.example" in shown
    assert "lmtp:inet:127.0.0.1:2526" in shown
    assert "It opens within a few seconds." in shown
    assert AuditEntry.objects.filter(action="returned.domain").count() == 1


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("ana@x", "is not a domain"),
        ("gmail.com", "belongs to a mailbox provider"),
        ("Hotmail.CO.UK", "belongs to a mailbox provider"),
        ("nordlicht.example", "their mail would come here"),
        ("localhost", "is not a domain"),
        ("192.0.2.1", "is not a domain"),
        ("a b.example", "is not a domain"),
        ("https://returns.example.com/", "is not a domain"),
        ("ana@returns.example.com", "is not a domain"),
        ("-x-.example", "is not a domain"),
    ],
)
def test_what_cannot_be_a_bounce_domain_is_said_and_changes_nothing(page: Client, domain: str, words: str) -> None:
    status, shown = set_domain(page, domain)
    assert status == 422
    assert words in shown
    assert Organisation.objects.get().bounce_domain == ""


def test_mail_that_is_out_still_comes_back_to_the_domain_before(page: Client) -> None:
    set_domain(page, "returns.nordlicht.example")
    set_domain(page, "back.nordlicht.example")
    domains = ReturnListener.get().domains(Organisation.get())
    assert domains == {"back.nordlicht.example", "returns.nordlicht.example", "nordlicht.example"}
    set_domain(page, "")
    assert ReturnListener.get().domains(Organisation.get()) == set()


def test_page_says_whether_it_listens_and_every_page_when_it_does_not(page: Client) -> None:
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    heard()
    assert "Listening at 127.0.0.1:2526" in page.get(PAGE).content.decode()
    assert "Bounces and complaints are not received" not in page.get("/").content.decode()
    heard(full_since=timezone.now() - timedelta(minutes=4))
    assert "told to come back" not in page.get("/").content.decode()
    heard(full_since=timezone.now() - timedelta(minutes=6))
    for address in (PAGE, "/"):
        assert "let a mail server in front take port 25" in page.get(address).content.decode()
    heard(is_open=False, problem="127.0.0.1:2526 cannot be listened on: another program has it.")
    for address in (PAGE, "/"):
        assert "another program has it" in page.get(address).content.decode()
    heard(seen_at=timezone.now() - timedelta(minutes=10))
    assert "does not run. Start Tallypost again" in page.get("/").content.decode()


def test_state_of_the_listener_is_looked_at_again_until_it_is_settled(page: Client) -> None:
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    fragment = f"{PAGE}listener/"
    assert "hx-get" in page.get(fragment, headers={"HX-Request": "true"}).content.decode()
    heard()
    assert "hx-get" not in page.get(fragment, headers={"HX-Request": "true"}).content.decode()


def held(people: int, reports: int = 3) -> list[Returned]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aftermath, "largest_hour", lambda accepted: 0)
        rows = [hand_in(bounce(mailed(email=f"p{n}@example.org"))) for n in range(reports)]
    Returned.objects.filter(pk=rows[0].pk).update(would_suppress=people - reports + 1)
    return rows


def decide(page: Client, verb: str, **more: str) -> str:
    newest = Returned.objects.filter(state="held").order_by("pk").last()
    data = {"source": "pipe", "newest_id": str(newest.pk if newest else 0), **more}
    return page.post(f"{PAGE}{verb}/", data, follow=True).content.decode()


def test_flood_waits_for_somebody_to_look_who_may_believe_it(page: Client) -> None:
    rows = held(3)
    assert "3 returned mails would suppress up to 3 people" in page.get("/").content.decode()
    shown = page.get(PAGE).content.decode()
    assert "3 reports would suppress" in shown
    assert not Suppression.objects.exists()
    assert "3 reports are believed" in decide(page, "believe")
    settling.settle_now(row.pk for row in rows)
    assert Suppression.objects.count() == 3
    assert "Nothing waits any more" in decide(page, "believe")


def test_what_waits_is_named_as_whoever_set_it_up_named_it(page: Client) -> None:
    webhook = Webhook.objects.create(kind="amazon_ses", secret_digest=b"x" * 16, secret_sealed=b"", password_sealed=b"")
    mailbox = ReturnMailbox.objects.create(name="Bounces at home", host="mail.example", username="b")
    rows = held(3)
    for row, way, source in zip(
        rows, ("webhook", "mailbox", "webhook"), (webhook.source, mailbox.source, "webhook 999999"), strict=True
    ):
        Returned.objects.filter(pk=row.pk).update(way=way, source=source)
    shown = page.get(PAGE).content.decode()
    for words in ("Webhook of Amazon SES", "Mailbox Bounces at home", "Provider"):
        assert f"<bdi>{words}</bdi>" in shown


def test_complaints_that_wait_are_counted_where_somebody_looks(page: Client) -> None:
    held(2, reports=2)
    assert "complain or leave" not in page.get("/").content.decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aftermath, "largest_hour", lambda accepted: 0)
        for name, kind in (("bea", "abuse"), ("eve", "opt-out")):
            hand_in(report(mailed(email=f"{name}@example.org"), kind=kind))
    shown = page.get("/").content.decode()
    assert "4 returned mails would suppress up to 4 people" in shown
    assert "In 2 of them people complain or leave, and they get no mail until then." in shown
    assert (
        "In 2 of them people complain or leave: they get no mail until you decide." in page.get(PAGE).content.decode()
    )


def test_flood_may_be_discarded_and_nobody_is_suppressed(page: Client) -> None:
    held(3)
    assert "3 reports are discarded" in decide(page, "discard")
    assert not Returned.objects.filter(state="held").exists()
    assert not Suppression.objects.exists()


def test_above_five_thousand_people_the_number_is_typed(page: Client) -> None:
    held(6_000)
    assert "Type 6,000 to confirm. Nothing was changed." in decide(page, "believe")
    assert Returned.objects.filter(state="held").count() == 3
    assert "are believed" in decide(page, "believe", typed="6,000")


def test_what_came_after_the_look_waits_for_a_look_of_its_own(page: Client) -> None:
    rows = held(2, reports=2)
    assert "1 report is believed" in decide(page, "believe", newest_id=str(rows[0].pk))
    assert list(Returned.objects.filter(state="held")) == [rows[1]]


def test_last_reports_are_listed_with_what_became_of_them(page: Client) -> None:
    message = mailed()
    row = hand_in(bounce(message, words="550 5.1.1 <script>alert(1)</script> User unknown"))
    shown = page.get(PAGE).content.decode()
    assert f"/returned/{row.pk}/" in shown
    assert f'href="/messages/{message.pk}/"' in shown
    assert "<bdi>ana@example.org</bdi>" in shown
    assert "Bounced for good: The address does not exist" in shown
    assert "Counted" in shown
    assert "<script>alert" not in shown


def test_test_report_without_a_rehearsal_or_a_listener_says_what_is_missing(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = f"{PAGE}test/"
    assert "Set a bounce domain first." in page.post(send, follow=True).content.decode()
    Organisation.objects.update(bounce_domain=DOMAIN)
    assert "Rehearse a campaign first." in page.post(send, follow=True).content.decode()
    monkeypatch.setattr(trial, "place", lambda: Place("127.0.0.1", 9))
    rehearsed()
    assert "Nobody answers at 127.0.0.1:9." in page.post(send, follow=True).content.decode()


def rehearsed() -> None:
    message = mailed(rehearsal=True, sample=True)
    batch = message.batch
    batch.first_id = batch.last_id = message.pk
    batch.accepted = 1
    batch.save()
    assert message.state == MessageState.ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_test_report_takes_the_whole_way_and_changes_nobody(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    Organisation.objects.update(bounce_domain=DOMAIN)
    rehearsed()
    with listening() as listener:
        monkeypatch.setattr(trial, "place", lambda: listener.place)
        answer = page.post(f"{PAGE}test/", follow=True)
        address = answer.redirect_chain[-1][0]
        assert "A test report is under way" in answer.content.decode()
        settling.settle_now(Returned.objects.values_list("pk", flat=True))
        assert "The test report came through" in page.get(address).content.decode()
        page.post(f"{PAGE}test/")
    assert FeedbackEvent.objects.get().kind == "delivered"
    assert Returned.objects.count() == 2
    assert not Suppression.objects.exists()
