"""A report counts as from whoever signed its mail: keys from the test's own name server, signatures by dkimpy."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from accounts.models import Organisation
from delivery.domains import resolver
from delivery.domains.dmarc_reports import proving
from delivery.domains.models import SendingDomain
from delivery.domains.resolver import Resolver
from delivery.models import DmarcReport, Returned
from tests.delivery.domains.dmarc_reports.samples import NAME, gzipped, mail, xml
from tests.delivery.domains.dns_server import DnsServer
from tests.delivery.feedback.returned import hand_in

PLAIN = mail(gzipped(xml()))


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def pem() -> bytes:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key().private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@pytest.fixture(autouse=True)
def zone(name_server: DnsServer) -> None:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = b64encode(key().public_key().public_bytes(serialization.Encoding.DER, form)).decode()
    record = f"v=DKIM1; k=rsa; p={public}"
    for domain in ("google.com", "forger.example", "gmail.com"):
        name_server.add(
            {f"s1._domainkey.{domain}": {"TXT": [record]}, f"_dmarc.{domain}": {"TXT": ["v=DMARC1; p=none"]}}
        )


def signed(raw: bytes = PLAIN, domain: str = "google.com", **more: Any) -> bytes:
    signature: bytes = dkim.sign(raw, b"s1", domain.encode(), pem(), canonicalize=(b"relaxed", b"relaxed"), **more)
    return signature + raw


def written_by(sender: str) -> bytes:
    return PLAIN.replace(b"noreply-dmarc-support@google.com", sender.encode())


def test_who_signed_is_who_sent(ask: Resolver) -> None:
    assert proving.sender(signed(), ask) == "google.com"
    assert proving.sender(signed(written_by("dmarc@reports.google.com")), ask) == "google.com"  # its organisation


@pytest.mark.parametrize(
    "make",
    [
        lambda: PLAIN,
        lambda: signed(domain="forger.example"),
        lambda: signed() + b"more of it\r\n",
        lambda: signed().replace(b"Report-ID: 1", b"Report-ID: 2"),
        lambda: b"From: noreply@google.com\r\n" + signed(written_by("a@forger.example"), "forger.example"),
        lambda: signed(written_by("anybody@gmail.com"), "gmail.com"),
        lambda: signed(length=True),
        lambda: signed(domain="nobody.example"),
        lambda: b"DKIM-Signature: v=1; a=rsa-sha256; d=google.com; s=s1; h=from; bh=; b=\r\n" + PLAIN,
        lambda: b"DKIM-Signature: \xff\xfe\r\n" + PLAIN,
        lambda: b"",
    ],
    ids=[
        "no signature",
        "another's signature",
        "lengthened",
        "changed",
        "two senders",
        "free mail",
        "signed in part",
        "no key",
        "empty signature",
        "no words",
        "nothing",
    ],
)
def test_no_proof_is_no_sender(make: Callable[[], bytes], ask: Resolver) -> None:
    """Signed by the process that runs it, not by each that collects."""
    assert proving.sender(make(), ask) == ""


def test_a_later_signature_of_its_own_is_found_among_those_of_relays(ask: Resolver) -> None:
    relayed = signed(signed(), "forger.example")
    assert proving.sender(relayed, ask) == "google.com"


def test_silence_of_name_servers_proves_nothing(name_server: DnsServer) -> None:
    silent = Resolver(("127.0.0.1:9",), seconds=0.2)
    assert proving.sender(signed(), silent) == ""


@pytest.fixture
def asked_here(name_server: DnsServer, settings: Any) -> Iterator[None]:
    settings.DNS_SERVERS = (name_server.address,)
    resolver.shared.cache_clear()
    yield
    resolver.shared.cache_clear()


@pytest.mark.django_db
def test_the_intake_notes_whose_report_it_is(organisation: Organisation, asked_here: None) -> None:
    SendingDomain.objects.create(name=NAME, confirmed_at=timezone.now())
    first = hand_in(signed())
    assert first.state == Returned.State.COUNTED
    assert "Signed by google.com." in first.words
    hand_in(mail(gzipped(xml(number="2"))))
    assert dict(DmarcReport.objects.values_list("number", "sent_by")) == {"1": "google.com", "2": ""}


@pytest.mark.django_db
def test_who_is_proven_takes_the_place_of_none_but_the_unproven(organisation: Organisation, asked_here: None) -> None:
    SendingDomain.objects.create(name=NAME, confirmed_at=timezone.now())
    forged = signed(written_by("a@forger.example"), "forger.example")
    for raw in (PLAIN, forged, signed(), b"X-Again: forged\r\n" + forged, b"X-Again: plain\r\n" + PLAIN):
        hand_in(raw)
    assert sorted(DmarcReport.objects.values_list("sent_by", flat=True)) == ["forger.example", "google.com"]
