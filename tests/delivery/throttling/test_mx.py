"""Custom domains share the lane of whoever runs their servers. No name is asked for over the network here."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact, MailingList
from delivery.models import Chunk, MailDomain, Message, Provider
from delivery.policy import mailbox_providers
from delivery.throttling import mx
from delivery.throttling.mx import Unknown
from tests.delivery.ledger.conftest import built

pytestmark = pytest.mark.django_db

MX = {
    "nordlicht.example": ["aspmx.l.google.com.", "alt1.aspmx.l.google.com."],
    "hafen.example": ["hafen-example.mail.protection.outlook.com."],
    "no-mail.example": [],
}


def resolve(domain: str) -> Sequence[str]:
    return MX[domain]


def people_at(*domains: str, n: int = mx.AT_LEAST_CONTACTS) -> None:
    Contact.objects.bulk_create(Contact(email=f"p{i}@{domain}") for domain in domains for i in range(n))


@pytest.mark.parametrize(
    ("mx", "lane"),
    [
        ("aspmx.l.google.com", "gmail"),
        ("ALT2.ASPMX.L.GOOGLE.COM.", "gmail"),
        ("aspmx3.googlemail.com", "gmail"),
        ("smtp.google.com", "gmail"),
        ("gmail-smtp-in.l.google.com", "gmail"),
        ("kunden-example.mail.protection.outlook.com", "microsoft"),
        ("outlook-com.olc.protection.outlook.com", "microsoft"),
        ("kunden-example.a-v1.mx.microsoft", "microsoft"),
        ("mta5.am0.yahoodns.net", "yahoo"),
        ("mx-eu.mail.am0.yahoodns.net", "yahoo"),
        ("mx-aol.mail.gm0.yahoodns.net", "yahoo"),
        ("mx01.mail.icloud.com", "apple"),
        ("mx1.mail.icloud.com.", "apple"),
        ("mx00.ionos.de", "other"),
        ("mail.notgoogle.com", "other"),
        ("google.com.evil.example", "other"),
        ("mx.outlook.com.example", "other"),
        ("", "other"),
    ],
)
def test_who_runs_the_server_decides_the_lane(mx: str, lane: str) -> None:
    assert mailbox_providers.lane_of_mx(mx) == lane


def test_domains_of_many_contacts_are_looked_up_once(db: None) -> None:
    people_at(*MX)
    people_at("rare.example", n=3)
    people_at("gmail.com")
    assert mx.learn(resolve) == 3
    assert dict(MailDomain.objects.values_list("domain", "lane")) == {
        "nordlicht.example": "gmail",
        "hafen.example": "microsoft",
        "no-mail.example": "other",
    }
    assert mx.learn(resolve) == 0
    MailDomain.objects.filter(domain="hafen.example").update(looked_up_at=timezone.now() - timedelta(days=31))
    assert mx.learn(resolve) == 1


def test_no_more_than_so_many_a_run_the_most_frequent_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mx, "MOST_A_RUN", 1)
    people_at("nordlicht.example")
    people_at("hafen.example", n=30)
    assert mx.learn(resolve) == 1
    assert MailDomain.objects.get().domain == "hafen.example"


def test_resolver_that_is_away_changes_no_lane_and_is_not_pressed() -> None:
    people_at(*(f"d{n}.example" for n in range(8)))
    MailDomain.objects.create(domain="d0.example", lane="gmail", looked_up_at=timezone.now() - timedelta(days=40))
    asked: list[str] = []

    def away(domain: str) -> Sequence[str]:
        asked.append(domain)
        raise Unknown("SERVFAIL")

    assert mx.learn(away) == 0
    assert len(asked) == 5
    assert MailDomain.objects.get(domain="d0.example").lane == "gmail"
    assert MailDomain.objects.get(domain="d1.example").lane == "other"
    again: list[str] = []
    mx.learn(lambda domain: again.append(domain) or [])  # type: ignore[func-returns-value]
    assert sorted(again) == ["d5.example", "d6.example", "d7.example"], "the others are tried tomorrow"


def test_audience_is_sorted_by_what_is_known(provider: Provider, people: Callable[[int], MailingList]) -> None:
    MailDomain.objects.create(domain="nordlicht.example", lane="gmail", mx="x", looked_up_at=timezone.now())
    batch = built(provider, people(10))
    by_lane: dict[str, set[str]] = {}
    for chunk in Chunk.objects.filter(batch=batch):
        emails = Message.objects.filter(pk__range=(chunk.first_id, chunk.last_id)).values_list("email", flat=True)
        by_lane.setdefault(chunk.lane, set()).update(email.partition("@")[2] for email in emails)
    assert by_lane["gmail"] == {"gmail.com", "nordlicht.example"}
    assert "other" not in by_lane
