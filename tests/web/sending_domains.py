"""A sending domain whose check has found one record of each kind."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import secrets
from delivery.domains.dmarc_reports import keeping, parsing
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report, Row, Way, difference
from delivery.models import (
    AskedBlocklist,
    DomainListing,
    DomainMail,
    MailboxFigure,
    OAuthLogin,
    Provider,
    ReturnMailbox,
    Route,
    SendingAddress,
    WarmupPlan,
)
from tests.delivery.domains.dmarc_reports.samples import Line, xml

NAME = "a-very-long-name-of-a-domain-without-any-place-to-break-it.nordlicht.example"
_NOW = "v=spf1 mx include:old-relay-that-nobody-uses.example -all"
_WANTED = "v=spf1 mx include:relay.example -all"


def report(name: str = NAME) -> Report:
    long = "v=DKIM1; k=rsa; p=" + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" * 12
    finding = {"level": "warn", "text": "It allows 10.0.0.0/8, which is a lot.", "cure": "Name the servers instead."}
    rows = [
        Row(
            "spf",
            "TXT",
            name,
            "@",
            _WANTED,
            [_NOW],
            "bad",
            "include:relay.example is missing.",
            [finding],
            difference(_WANTED, _NOW, at=" "),
            cost="Reading it takes 4 of at most 10 look-ups. Leading nowhere: 1 of at most 2.",
            tree=[
                {"domain": name, "via": "", "lookups": 2, "text": _NOW},
                {"domain": "old-relay-that-nobody-uses.example", "via": name, "lookups": 2, "text": "v=spf1 a mx -all"},
            ],
        ),
        Row("dkim", "TXT", f"s1._domainkey.{name}", "s1._domainkey", long, [], "bad", "There is no such record yet."),
        Row(
            "dkim",
            "CNAME",
            f"s2._domainkey.{name}",
            "s2._domainkey",
            "",
            [],
            "wait",
            "Nobody answered.",
            console="Relay: Settings.",
        ),
        Row(
            "dmarc",
            "TXT",
            f"_dmarc.{name}",
            "_dmarc",
            "v=DMARC1; p=none",
            ["v=DMARC1; p=none"],
            "good",
            "Mail is left alone.",
        ),
        Row(
            "returns", "CNAME", f"mta.{name}", "mta", "relay.example", [], "warn", "With it SPF counts.", optional=True
        ),
    ]
    ways = [
        Way(1, "Relay " + "x" * 60, name, True, True, False, "It passes by its return address (SPF)."),
        Way(2, "Other", "", True, False, False, "It passes neither check."),
        Way(3, "Third", name, None, True, None, "Send one mail and see."),
    ]
    return Report(name, "nordlicht.example", rows, ways, True, "none", name)


def checked() -> SendingDomain:
    now = timezone.now()
    return SendingDomain.objects.create(
        name=NAME,
        confirmed_at=now,
        report=report().as_json(),
        state=SendingDomain.State.FAILS,
        checked_at=now,
        next_check_at=now + timedelta(hours=1),
    )


def reported() -> int:
    """What mailboxes saw of its mail, day by day for three weeks; returns how many reports."""
    today = timezone.now().date()
    lines = [
        Line(ip="192.0.2.10", from_domain=NAME, mails=40),
        Line(ip="192.0.2.11", from_domain=NAME, mails=5, spf="fail", reason="forwarded"),
        Line(ip="192.0.2.66", from_domain=NAME, mails=7, spf="fail", dkim="fail", disposition="quarantine"),
    ]
    for ago in range(21, 0, -1):
        text = xml(lines, domain=NAME, number=str(ago), day=today - timedelta(days=ago))
        keeping.keep(parsing.parse(text.encode()), "google.com")
    return 21


def carried() -> Provider:
    """A provider that its mail leaves through, and a mailbox that is read."""
    ReturnMailbox.objects.create(name="Checks", host="imap.kunden.example", username="bounces@kunden.example")
    made = Provider.objects.create(name="Relay of the domain", host="relay.kunden.example")
    Route.objects.create(provider=made, sender_domain=NAME)
    return made


def mail_form(_: object) -> dict[str, object]:
    return {"provider": Provider.objects.get(name="Relay of the domain").pk, "to": "bounces@kunden.example"}


def mailed(domain_id: int) -> DomainMail:
    provider = Provider.objects.get(name="Relay of the domain")
    return DomainMail.objects.create(
        domain_id=domain_id, provider=provider, to="ana@kunden.example", state=DomainMail.State.SENT
    )


def source_of(mail: DomainMail) -> str:
    said = f"mx.kunden.example; spf=pass smtp.mailfrom={NAME}; dmarc=pass header.from={NAME}"
    return f"Authentication-Results: {said}\r\nX-Tallypost-Check: {mail.token}\r\n\r\nHello\r\n"


def looked_up() -> SendingAddress:
    now = timezone.now()
    verdicts = [
        {"key": "spamhaus-zen", "standing": "listed", "words": "https://check.spamhaus.org/query/ip/" + "9" * 60},
        {"key": "spamcop", "standing": "clear", "words": ""},
        {"key": "barracuda", "standing": "refused", "words": ""},
        {"key": "psbl", "standing": "unknown", "words": ""},
    ]
    AskedBlocklist.objects.bulk_create(AskedBlocklist(key=one["key"]) for one in verdicts)
    for last, name, leads_back in ((1, "", False), (2, f"mx.{NAME}", False), (3, f"mx.{NAME}", None)):
        SendingAddress.objects.create(
            ip=f"198.51.99.{last}", reverse_name=name, leads_back=leads_back, checked_at=now, note="Old relay " * 7
        )
    domain = SendingDomain.objects.get(name=NAME)
    DomainListing.objects.create(domain=domain, lists=verdicts[:1], checked_at=now)
    WarmupPlan.objects.create(sender_domain=NAME, caps=[500, 1_000], started_on=now.date(), today=now.date())
    address = SendingAddress.objects.create(
        ip="2001:4860:4860::8844", reverse_name=f"mx.{NAME}", leads_back=True, lists=verdicts, checked_at=now
    )
    Provider.objects.create(name="Relay of our own", host="mx.relay.example", port=25)
    for number, verdict in enumerate(("red", "yellow", "green")):
        begins = now - timedelta(days=number)
        said = {"begins_at": begins, "day": begins.date(), "complained": 0.001 + number / 1000}
        MailboxFigure.objects.create(address=address, verdict=verdict, mails=12_000, traps=number, is_most=True, **said)
        MailboxFigure.objects.create(domain=domain, **said)
    return address


def signed_in() -> OAuthLogin:
    """A provider of Microsoft's whose sign-in was refused."""
    office = Provider.objects.create(name="Office", host="smtp.office365.com", username="news@kunden.example")
    return OAuthLogin.objects.create(
        provider=office,
        service="microsoft",
        client_id="client-1",
        client_secret_sealed=secrets.seal("x"),
        problem="Microsoft does not accept the sign-in any more.",
        cure="Sign in again.",
        detail="AADSTS700082: " + "x" * 90,
        is_refused=True,
    )


def sign_in_form(_: object) -> dict[str, object]:
    return {"client_id": "client-2", "tenant": "common", "client_secret": "another"}


def figures_form(cast: object) -> dict[str, object]:
    text = f"Date,Domain,Spam rate\n{timezone.now().date() - timedelta(days=9)},{NAME},0.1%\n"
    return {"file": SimpleUploadedFile("spam.csv", text.encode(), "text/csv")}
