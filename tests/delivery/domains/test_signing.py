"""What Tallypost signs passes at others: dkimpy, and OpenDKIM and Perl's Mail::DKIM as Debian ships them."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Organisation
from delivery.content import Parts, Recipient
from delivery.domains.models import SendingDomain, SigningKey
from delivery.domains.signing import keys, loading
from delivery.domains.signing.signer import Signer
from delivery.outcomes import BatchFacts, Claim, Letter
from delivery.transports.smtp import encoding
from tests.delivery.domains.dns_server import DnsServer

NAME = "news.nordlicht.example"
MAIL = (
    "From: =?utf-8?q?N=C3=B6rdlicht?= <news@news.nordlicht.example>\r\nTo: ana@example.org\r\n"
    "Subject: News of the harbour,\r\n \t in a long line that had to be folded\r\n"
    "Date: Sun, 29 Nov 2026 03:00:00 +0000\r\nMessage-ID: <1@news.nordlicht.example>\r\n"
    "List-Unsubscribe: <https://news.nordlicht.example/u/abc>\r\nReply-To: us@news.nordlicht.example\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Id: <list-1.news.nordlicht.example>\r\n"
    "Feedback-ID: c1:b1:campaign:abcde12345\r\nPrecedence: bulk\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)
MAIL_DKIM = """
use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS::Resolver;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => ["127.0.0.1"], port => shift));
for my $file (@ARGV) {
    my $verifier = Mail::DKIM::Verifier->new;
    open my $mail, "<:raw", $file; local $/; $verifier->PRINT(<$mail>); $verifier->CLOSE;
    print map { $_->result . "\\n" } grep { $_->algorithm eq "rsa-sha256" } $verifier->signatures;
}
"""
BODIES = ["Hello\r\n", "", "\r\n\r\n", "  two  blanks \t\r\n.\r\n.. dots \r\nend \t \r\n\r\n\r\n", "no end of line "]


class Written:
    """A content that keeps no promise about dots."""

    def __init__(self, mail: bytes) -> None:
        self.mail = mail

    def envelope_from(self, recipient: Recipient) -> str:
        return "bounce@news.nordlicht.example"

    def build(self, recipient: Recipient) -> bytes:
        return self.mail

    def parts(self, recipient: Recipient) -> Parts:
        raise NotImplementedError


@pytest.fixture
def signing(organisation: Organisation) -> Iterator[list[SigningKey]]:
    loading.forget()
    domain = SendingDomain.objects.create(name=NAME, confirmed_at=timezone.now())
    made = keys.make(domain)
    SendingDomain.objects.update(signs=True)
    yield made
    loading.forget()


def sent(body: str, service: str = "") -> bytes:
    """As it leaves, with doubled dots taken back as a receiver does."""
    content = Written((MAIL + body).encode())
    facts = BatchFacts(1, "marketing", False, [], content, signer=loading.signer_of(NAME))
    claim = Claim(0, facts, epoch=0, flush_no=0, ids=(), window_end=1, safe_until=1.0)
    recipient = Recipient(1, None, "ana@example.org", {}, opens=False, clicks=False)
    letter = Letter(claim, 1, 0, "ana@example.org", 0, False, recipient)
    encoding.encode(letter, service)
    return letter.body.replace(b"\r\n..", b"\r\n.")


@pytest.mark.parametrize("body", BODIES)
def test_dkimpy_verifies_both_signatures_and_notices_every_change(signing: list[SigningKey], body: str) -> None:
    records = {f"{key.selector}._domainkey.{NAME}.".encode(): key.record.encode() for key in signing}
    mail = sent(body)

    def passes(text: bytes) -> list[bool]:
        return [is_good(text, number) for number in (0, 1)]

    def is_good(text: bytes, number: int) -> bool:
        try:
            return bool(dkim.DKIM(text).verify(idx=number, dnsfunc=lambda name, timeout=5: records.get(name, b"")))
        except dkim.ValidationError:
            return False

    assert passes(mail) == [True, True]
    assert passes(mail + b"\r\n\r\n") == [True, True]  # lines at the end are nothing
    for header in (b"From: a@b.example\r\n", b"Subject: Another\r\n", b"To: b@c.example\r\n"):
        assert passes(header + mail) == [False, False], "a second one on top"
    for name in (b"List-Unsubscribe-Post", b"List-Unsubscribe", b"Feedback-ID", b"Reply-To", b"Date", b"List-Id"):
        assert passes(re.sub(rb"\r\n" + name + rb": [^\r]*", b"\r\n" + name + b": x", mail)) == [False, False], name
    assert passes(mail + b"more\r\n") == [False, False]


def test_what_a_service_writes_anew_is_not_signed_and_nobody_s_mail_is_signed_unasked(
    signing: list[SigningKey],
) -> None:
    covered = re.search(rb"h=([^;]*);", sent("Hello\r\n"))
    assert covered
    names = re.sub(rb"\s", b"", covered[1]).split(b":")
    assert [names.count(name) for name in (b"from", b"to", b"subject", b"message-id")] == [2, 2, 2, 1]
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"list-id", b"feedback-id", b"date"} <= set(names)
    without = re.search(rb"h=([^;]*);", sent("Hello\r\n", "amazon_ses"))
    assert without
    assert b"message-id" not in without[1]
    assert b"date" not in without[1]
    assert b"l=" not in sent("Hello\r\n").partition(b"From:")[0]

    SendingDomain.objects.update(signs=False)
    loading.forget()
    assert b"DKIM-Signature" not in sent("Hello\r\n")


def test_private_keys_are_sealed_and_rotated_with_the_other_secrets(signing: list[SigningKey], settings: Any) -> None:
    assert b"PRIVATE KEY" not in b"".join(bytes(key.private_sealed) for key in SigningKey.objects.all())
    settings.SECRETS_KEYS = [Fernet.generate_key().decode(), *settings.SECRETS_KEYS]
    call_command("rotate_secrets")
    settings.SECRETS_KEYS = settings.SECRETS_KEYS[:1]
    loading.forget()
    assert sent("Hello\r\n").count(b"DKIM-Signature") == 2


def test_mail_dkim_of_perl_verifies_it_and_notices_a_change(
    signing: list[SigningKey], name_server: DnsServer, tmp_path: Path
) -> None:
    """RSA alone: for Ed25519 it needs a library that Debian does not install with it."""
    if subprocess.run(["perl", "-MMail::DKIM::Verifier", "-e1"], capture_output=True, check=False).returncode:
        pytest.skip("needs Mail::DKIM (Debian: apt install libmail-dkim-perl)")
    name_server.add({f"{key.selector}._domainkey.{NAME}": {"TXT": [key.record]} for key in signing})
    mails = [mail if (mail := sent(body)).endswith(b"\r\n") else mail + b"\r\n" for body in BODIES]
    mails.append(mails[0].replace(b"Hello", b"Hullo"))
    files = [tmp_path / f"{number}.eml" for number in range(len(mails))]
    for file, mail in zip(files, mails, strict=True):
        file.write_bytes(mail)
    command = ["perl", "-e", MAIL_DKIM, name_server.address.rpartition(":")[2], *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.split() == ["pass"] * len(BODIES) + ["fail"]


def test_opendkim_verifies_it(signing: list[SigningKey], name_server: DnsServer, tmp_path: Path) -> None:
    """In its own process, which reads a mail and says what it found."""
    program = shutil.which("opendkim", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "This test needs OpenDKIM (Debian: apt install opendkim)."
    name_server.add({f"{key.selector}._domainkey.{NAME}": {"TXT": [key.record]} for key in signing})
    asking, config = tmp_path / "unbound.conf", tmp_path / "opendkim.conf"
    way = name_server.address.replace(":", "@")
    asking.write_text(f'server:\n do-not-query-localhost: no\nforward-zone:\n name: "."\n forward-addr: {way}\n')
    config.write_text(f"Mode v\nResolverConfiguration {asking}\nSyslog no\nSocket local:{tmp_path}/socket\n")
    mails = []
    for number, (body, key) in enumerate((body, key) for body in BODIES for key in signing):
        mails.append(tmp_path / f"{number}.eml")
        mail = Signer(NAME, [keys.opened(key)]).signed((MAIL + body).encode())
        mails[-1].write_bytes(mail if mail.endswith(b"\r\n") else mail + b"\r\n")
    said = subprocess.run(
        [program, "-x", config, "-t", ",".join(map(str, mails))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = (said.stdout + said.stderr).splitlines()
    assert [line.endswith("succeeded") for line in lines] == [True] * len(mails), lines
