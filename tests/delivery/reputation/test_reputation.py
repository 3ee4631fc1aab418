"""Reverse DNS and blocklists, asked of a name server of ours on loopback."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.shell import problems
from delivery.domains.models import SendingDomain
from delivery.domains.resolver import Answer, Resolver, Status
from delivery.models import AskedBlocklist, DomainListing, SendingAddress
from delivery.reputation import checking
from delivery.reputation.models import MailboxFigure
from tests.delivery.domains.dns_server import PATIENCE_SECONDS, DnsServer, running

pytestmark = pytest.mark.django_db

LISTED = "203.0.113.5"
ZEN, REVERSED = "zen.spamhaus.org", "5.113.0.203"


@pytest.fixture
def name_server() -> Iterator[DnsServer]:
    with running() as server:
        yield server


@pytest.fixture
def ask(name_server: DnsServer) -> Resolver:
    return Resolver((name_server.address,), seconds=PATIENCE_SECONDS)


def look(ask: Resolver, ip: str = LISTED) -> SendingAddress:
    SendingAddress.objects.get_or_create(ip=ip)
    checking.look(ask)
    return SendingAddress.objects.get(ip=ip)


@pytest.mark.parametrize(
    ("ip", "zone", "found"),
    [
        (
            LISTED,
            {f"{REVERSED}.in-addr.arpa": {"PTR": ["mx.a.example."]}, "mx.a.example": {"A": [LISTED]}},
            ("mx.a.example", True),
        ),
        (
            LISTED,
            {
                f"{REVERSED}.in-addr.arpa": {"PTR": ["one.a.example.", "two.a.example."]},
                "one.a.example": {"A": ["203.0.113.9"]},
                "two.a.example": {"A": [LISTED]},
            },
            ("two.a.example", True),
        ),
        (
            LISTED,
            {f"{REVERSED}.in-addr.arpa": {"PTR": ["mx.a.example."]}, "mx.a.example": {"A": ["203.0.113.9"]}},
            ("mx.a.example", False),
        ),
        (LISTED, {"113.0.203.in-addr.arpa": {"TXT": ["x"]}}, ("", False)),
        (
            LISTED,
            {f"{REVERSED}.in-addr.arpa": {"PTR": ["mx.a.example."]}, "mx.a.example": {"BEHAVES": ["SERVFAIL"]}},
            ("mx.a.example", None),
        ),
        (LISTED, {f"{REVERSED}.in-addr.arpa": {"BEHAVES": ["SERVFAIL"]}}, ("", None)),
    ],
)
def test_an_address_has_a_name_that_leads_back_or_says_what_is_missing(
    name_server: DnsServer,
    ask: Resolver,
    ip: str,
    zone: dict[str, dict[str, list[str]]],
    found: tuple[str, bool | None],
) -> None:
    name_server.add(zone)
    address = look(ask, ip)
    assert (address.reverse_name, address.leads_back) == found


def test_no_list_is_asked_before_somebody_says_so(name_server: DnsServer, ask: Resolver) -> None:
    assert look(ask).lists == []
    assert not [name for name, _ in name_server.questions if "in-addr.arpa" not in name]


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        ({"A": ["127.0.0.2", "127.0.0.4"], "TXT": ["See https://check.spamhaus.org/"]}, "listed"),
        ({"A": ["127.255.255.254"]}, "refused"),
        ({"A": ["127.255.255.252"]}, "refused"),
        ({"A": ["127.0.0.1"]}, "refused"),
        ({"A": ["93.184.215.14"]}, "refused"),  # a name server that answers to whatever does not exist
        ({"TXT": ["no address"]}, "clear"),
        ({}, "clear"),
        ({"BEHAVES": ["SERVFAIL"]}, "unknown"),
    ],
)
def test_only_an_answer_of_the_list_itself_is_a_listing(
    name_server: DnsServer, ask: Resolver, answer: dict[str, list[str]], standing: str
) -> None:
    AskedBlocklist.objects.create(key="spamhaus-zen")
    if answer:
        name_server.add({f"{REVERSED}.{ZEN}": answer})
    (found,) = look(ask).lists
    assert found["standing"] == standing
    assert found["words"] == ("See https://check.spamhaus.org/" if standing == "listed" else "")


@pytest.mark.parametrize(
    ("words", "kept"), [("a\0b", "a\N{REPLACEMENT CHARACTER}b"), ("\0", "\N{REPLACEMENT CHARACTER}"), ("é|\0x", None)]
)
def test_words_that_no_database_keeps_do_not_stop_the_rest(
    name_server: DnsServer, ask: Resolver, words: str, kept: str | None
) -> None:
    AskedBlocklist.objects.create(key="spamhaus-zen")
    name_server.add({f"{REVERSED}.{ZEN}": {"A": ["127.0.0.2"], "TXT": [words]}})
    (found,) = look(ask).lists
    assert found["standing"] == "listed"
    assert "\0" not in found["words"]
    assert kept is None or found["words"] == kept


@pytest.mark.django_db(transaction=True)
def test_what_is_removed_while_it_is_looked_up_stays_removed_and_the_rest_is_looked_up() -> None:
    SendingAddress.objects.bulk_create([SendingAddress(ip="192.0.2.7"), SendingAddress(ip=LISTED)])
    domain = SendingDomain.objects.create(name="news.nordlicht.example", confirmed_at=timezone.now())
    AskedBlocklist.objects.create(key="spamhaus-dbl")

    def ask(name: str, kind: str) -> Answer:
        SendingAddress.objects.filter(ip="192.0.2.7").delete()
        if name.endswith("dbl.spamhaus.org"):
            SendingDomain.objects.filter(pk=domain.pk).delete()
        return Answer(Status.MISSING)

    checking.look(ask)
    assert SendingAddress.objects.get().checked_at is not None
    assert not DomainListing.objects.exists()


def test_an_ipv6_address_and_a_domain_are_asked_by_their_own_names(
    name_server: DnsServer, ask: Resolver, organisation: Organisation
) -> None:
    domain = SendingDomain.objects.create(name="news.nordlicht.example", confirmed_at=timezone.now())
    AskedBlocklist.objects.bulk_create([AskedBlocklist(key="psbl"), AskedBlocklist(key="spamhaus-dbl")])
    nibbles = "4.4.8.8" + ".0" * 16 + ".0.6.8.4.0.6.8.4.1.0.0.2"
    name_server.add(
        {
            f"{nibbles}.psbl.surriel.com": {"A": ["127.0.0.2"]},
            "news.nordlicht.example.dbl.spamhaus.org": {"A": ["127.0.1.2"]},
        }
    )
    assert [one["standing"] for one in look(ask, "2001:4860:4860::8844").lists] == ["listed"]
    assert [one["standing"] for one in DomainListing.objects.get(domain=domain).lists] == ["listed"]


def test_a_listing_needs_somebody_and_outlasts_a_silent_list(
    name_server: DnsServer, ask: Resolver, admin: User, client_for: Callable[[User], Client]
) -> None:
    AskedBlocklist.objects.create(key="spamhaus-zen")
    name_server.add({f"{REVERSED}.{ZEN}": {"A": ["127.0.0.2"]}})
    look(ask)
    name_server.add({f"{REVERSED}.{ZEN}": {"BEHAVES": ["SERVFAIL"]}})
    look(Resolver((name_server.address,), seconds=PATIENCE_SECONDS))
    (told,) = (one for one in problems.for_user(admin) if one.about.startswith("blocklist"))
    assert (told.kind, told.title) == ("bad", f"{LISTED} is on a blocklist")
    assert told.text.startswith("Spamhaus ZEN lists it")
    page = client_for(admin).get("/reputation/").content.decode()
    assert "https://check.spamhaus.org/" in page
    assert "Ask to be taken off" in page


def test_an_admin_adds_addresses_and_chooses_lists(
    organisation: Organisation, admin: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(admin)
    for ip, words in (
        ("192.168.1.1", "private network"),
        ("not one", "not the address of a machine (IPv4 or IPv6)"),
        ("8.8.4.4", "looked up now"),
    ):
        assert words in browser.post("/reputation/", {"ip": ip}, follow=True).content.decode()
    assert "looked up already" in browser.post("/reputation/", {"ip": "8.8.4.4"}).content.decode()
    browser.post("/reputation/lists/", {"lists": ["psbl", "nobody-s", "surbl"]})
    assert set(AskedBlocklist.objects.values_list("key", flat=True)) == {"psbl", "surbl"}
    address = SendingAddress.objects.get()
    browser.post(f"/reputation/{address.pk}/remove/")
    assert not SendingAddress.objects.exists()


def test_both_tables_can_be_taken_along(admin: User, client_for: Callable[[User], Client]) -> None:
    address = SendingAddress.objects.create(ip=LISTED, note="=old", reverse_name="mx.a.example", leads_back=True)
    domain = SendingDomain.objects.create(name="a.example", confirmed_at=timezone.now())
    at = timezone.now()
    MailboxFigure.objects.create(domain=domain, begins_at=at, day=at.date(), complained=0.0021, verdict="low")
    MailboxFigure.objects.create(address=address, begins_at=at, day=at.date(), complained=0.001, is_most=True)
    browser = client_for(admin)
    page = reverse("reputation")
    shown = browser.get(page).content.decode()
    assert shown.index('id="domains-title"') < shown.index('id="addresses-title"')
    found = {}
    for name in ("addresses", "domains"):
        assert f'table={name}"' in shown
        answer: Any = browser.get(f"{page}?as=csv&table={name}")
        found[name] = next(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert found["addresses"]["Note"] == "'=old", "no spreadsheet reckons with it"
    assert found["addresses"]["Its name (PTR)"] == "mx.a.example"
    assert found["addresses"]["Microsoft says: marked as spam %"] == "under 0.1"
    assert (found["domains"]["Domain"], found["domains"]["Gmail says"]) == ("a.example", "low")
    assert found["domains"]["Gmail says: marked as spam %"] == "0.21"
    assert browser.get(f"{page}?as=csv&table=other").status_code == 404
