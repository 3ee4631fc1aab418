"""A domain looked at whole, from a new one to one that passes, and to one that breaks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.shell import notices, problems
from contacts.models import MailingList
from delivery.domains import catalogue, known, rechecking, standing
from delivery.domains.extras import KINDS
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report
from delivery.domains.resolver import Resolver
from delivery.models import Provider, Route
from tests.delivery.domains.dns_server import PATIENCE_SECONDS, DnsServer
from tests.delivery.domains.test_dkim_and_dmarc import GOOD

SOA = "ns.nordlicht.example. admin.nordlicht.example. 1 7200 3600 1209600 300"
NAME = "news.nordlicht.example"


@pytest.fixture
def domain(organisation: Organisation, name_server: DnsServer) -> SendingDomain:
    name_server.add({"nordlicht.example": {"SOA": [SOA]}, NAME: {"MX": ["10 mx.nordlicht.example."]}})
    return SendingDomain.objects.create(name=NAME, confirmed_at=timezone.now())


def provider(name: str, host: str, *, is_default: bool = False) -> Provider:
    made = Provider.objects.create(name=name, kind=Provider.Kind.SMTP, host=host)
    if is_default:
        made.make_default()
    return made


def look(domain: SendingDomain, name_server: DnsServer) -> Report:
    rechecking.check(domain.pk, Resolver((name_server.address,), seconds=PATIENCE_SECONDS, most_seconds=200))
    domain.refresh_from_db()
    return Report.read(domain.report)


def rows(report: Report) -> dict[str, tuple[str, str, str]]:
    return {
        f"{row.kind} {row.relative}": (row.state, row.type, row.value) for row in report.rows if row.kind not in KINDS
    }


def test_rows_follow_from_the_providers_and_turn_green_one_by_one(
    domain: SendingDomain, name_server: DnsServer
) -> None:
    mandrill = provider("Mandrill", "smtp.mandrillapp.com")
    google = provider("Workspace", "smtp-relay.gmail.com")
    provider("Not on its way", "smtp.mailjet.com")
    Route.objects.create(provider=mandrill, sender_domain=NAME)
    Route.objects.create(provider=google, sender_domain="", position=2)

    report = look(domain, name_server)
    merged = "v=spf1 include:spf.mandrillapp.com include:_spf.google.com ~all"
    assert rows(report) == {
        "spf news": ("bad", "TXT", merged),
        "dkim mte1._domainkey.news": ("bad", "CNAME", "dkim1.mandrillapp.com"),
        "dkim mte2._domainkey.news": ("bad", "CNAME", "dkim2.mandrillapp.com"),
        "dkim google._domainkey.news": ("bad", "TXT", ""),
        "dmarc _dmarc": ("bad", "TXT", "v=DMARC1; p=none"),
    }
    assert (domain.state, [way.passes for way in report.used]) == ("fails", [False, False])
    assert standing.of(f"x@{NAME}", mandrill).kind == "fails"

    name_server.add(
        {
            "spf.mandrillapp.com": {"TXT": ["v=spf1 ip4:198.2.128.0/18 ~all"]},
            "_spf.google.com": {"TXT": ["v=spf1 ip4:35.190.247.0/24 ~all"]},
            NAME: {"TXT": [merged.replace("include:_spf.google.com ", "")]},
            f"mte1._domainkey.{NAME}": {"CNAME": ["dkim1.mandrillapp.com."]},
            "dkim1.mandrillapp.com": {"TXT": [GOOD]},
            f"mte2._domainkey.{NAME}.nordlicht.example": {"CNAME": ["dkim2.mandrillapp.com."]},
            "_dmarc.nordlicht.example": {"TXT": ["v=DMARC1; p=quarantine; rua=mailto:d@nordlicht.example"]},
        }
    )
    report = look(domain, name_server)
    assert [(way.provider, way.dkim_passes, way.by_spf, way.passes) for way in report.used] == [
        ("Mandrill", True, False, True),  # its own return address: SPF passes there, and counts for nobody here
        ("Workspace", False, False, False),
    ]
    by_kind = {row.relative: row for row in report.rows}
    assert by_kind["news"].pieces[2] == ("added", "include:_spf.google.com")
    assert by_kind["news"].cost == "Reading it takes 1 of at most 10 look-ups. Leading nowhere: 0 of at most 2."
    assert [(one["domain"], one["via"], one["lookups"]) for one in by_kind["news"].tree] == [
        (NAME, "", 1),
        ("spf.mandrillapp.com", NAME, 0),
    ]
    assert "by itself" in by_kind["mte2._domainkey.news"].findings[0]["text"]
    assert by_kind["mte1._domainkey.news"].chain == ["dkim1.mandrillapp.com"]
    assert standing.of(f"x@{NAME}", mandrill).kind == "passes"

    name_server.add({NAME: {"TXT": [merged]}, f"google._domainkey.{NAME}": {"TXT": [GOOD]}})
    del name_server.zone[f"mte2._domainkey.{NAME}.nordlicht.example"]
    name_server.add({f"mte2._domainkey.{NAME}": {"TXT": [GOOD]}})
    report = look(domain, name_server)
    assert (domain.state, [way.passes for way in report.used]) == ("passes", [True, True])
    assert {state for state, _, _ in rows(report).values()} == {"good"}
    assert report.policy == "quarantine"


def test_new_part_of_a_domain_is_entered_in_the_zone_above_it_and_a_misspelt_one_is_said_to_be(
    organisation: Organisation, name_server: DnsServer
) -> None:
    name_server.add({"nordlicht.example": {"SOA": [SOA]}})
    reports = {}
    for name in ("new.nordlicht.example", "nordlcht.example"):
        reports[name] = look(SendingDomain.objects.create(name=name, confirmed_at=timezone.now()), name_server)
    new, misspelt = reports.values()
    assert (new.zone, new.is_missing) == ("nordlicht.example", False)
    assert "dmarc _dmarc" in rows(new)
    assert (misspelt.zone, misspelt.is_missing) == ("nordlcht.example", True)
    name_server.add({name: {"BEHAVES": ["SERVFAIL"]} for name in ("away.example", "b.away.example")})
    away = look(SendingDomain.objects.create(name="b.away.example", confirmed_at=timezone.now()), name_server)
    assert not away.is_missing


def test_own_servers_are_found_by_address_and_what_is_inside_a_network_is_not_guessed(
    domain: SendingDomain, name_server: DnsServer
) -> None:
    name_server.add(
        {
            "mail.nordlicht.example": {"A": ["9.9.9.9"]},
            NAME: {"TXT": ["v=spf1 ip4:9.9.9.0/24 -all"]},
            "_dmarc.nordlicht.example": {"TXT": ["v=DMARC1; p=none"]},
        }
    )
    provider("Own", "mail.nordlicht.example", is_default=True)
    inside = provider("Inside", "10.0.0.5")
    report = look(domain, name_server)
    assert [(way.provider, way.passes) for way in report.ways] == [("Own", True), ("Inside", None)]
    assert report.used[0].provider == "Own"
    assert standing.of(f"x@{NAME}", inside).kind == "not-known"


def test_each_record_of_spf_stands_where_mailboxes_look_for_it(domain: SendingDomain, name_server: DnsServer) -> None:
    """At the domain of our return addresses, and of the sender's where a provider goes by that."""
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    name_server.add({"mail.nordlicht.example": {"A": ["9.9.9.9"]}})
    provider("Own", "mail.nordlicht.example", is_default=True)
    Route.objects.create(provider=provider("Workspace", "smtp-relay.gmail.com"), sender_domain=NAME)
    found = rows(look(domain, name_server))
    assert found["spf returns"] == ("bad", "TXT", "v=spf1 a:mail.nordlicht.example ~all")
    assert found["spf news"] == ("bad", "TXT", "v=spf1 include:_spf.google.com ~all")

    name_server.add(
        {
            "_spf.google.com": {"TXT": ["v=spf1 ip4:35.190.247.0/24 ~all"]},
            "returns.nordlicht.example": {"TXT": ["v=spf1 a:mail.nordlicht.example ~all"]},
            NAME: {"TXT": ["v=spf1 include:_spf.google.com ~all"]},
            "_dmarc.nordlicht.example": {"TXT": ["v=DMARC1; p=none"]},
        }
    )
    report = look(domain, name_server)
    assert {state for name, (state, _, _) in rows(report).items() if name.startswith("spf")} == {"good"}
    assert {way.provider: way.by_spf for way in report.used} == {"Own": True, "Workspace": True}


@pytest.mark.parametrize(
    ("service", "host", "first"),
    [
        ("postal", "postal.nordlicht.example", [("psrp", "CNAME", "rp.postal.nordlicht.example")]),
        ("postal", "9.9.9.9", []),
        ("sparkpost", "api.eu.sparkpost.com", [("bounces", "CNAME", "eu.sparkpostmail.com")]),
        ("sparkpost", "smtp.sparkpostmail.com", [("bounces", "CNAME", "sparkpostmail.com")]),
        ("", "email-smtp.eu-west-1.amazonaws.com", [("bounces", "MX", "10 feedback-smtp.eu-west-1.amazonses.com")]),
    ],
)
def test_a_return_address_of_one_s_own_follows_from_the_server(
    service: str, host: str, first: list[tuple[str, str, str]]
) -> None:
    found = catalogue.of(service, host)
    assert (found.keeps, found.returns_for(host)[:1]) == (False, first)


def test_a_host_for_counted_links_is_offered_and_missed_when_it_is_gone(
    organisation: Organisation, name_server: DnsServer, admin: User
) -> None:
    domain = SendingDomain.objects.create(name="shop.example", confirmed_at=timezone.now())
    name_server.add({"shop.example": {"SOA": [SOA]}, "news.nordlicht.example": {"A": ["9.9.9.9"]}})
    offered = ("warn", "CNAME", "news.nordlicht.example")
    assert rows(look(domain, name_server))["tracking go"] == offered
    name_server.add({"go.shop.example": {"CNAME": ["news.nordlicht.example."]}})
    assert rows(look(domain, name_server))["tracking go"][0] == "good"

    SendingDomain.objects.update(tracking_url="https://go.shop.example")
    assert rows(look(domain, name_server))["tracking go"][0] == "good"
    del name_server.zone["go.shop.example"]
    assert rows(look(domain, name_server))["tracking go"][0] == "bad"


def test_silence_breaks_nothing_and_two_real_failures_do(
    domain: SendingDomain, name_server: DnsServer, admin: User, viewer: User
) -> None:
    own = provider("Own", "mail.nordlicht.example", is_default=True)
    good = {
        "mail.nordlicht.example": {"A": ["9.9.9.9"]},
        NAME: {"TXT": ["v=spf1 a:mail.nordlicht.example -all"]},
        "_dmarc.nordlicht.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:d@nordlicht.example"]},
    }
    name_server.add(good)
    domain.ask_for_checks()
    waits = []
    for _ in range(6):
        look(domain, name_server)
        assert domain.next_check_at
        assert domain.checked_at
        waits.append(round((domain.next_check_at - domain.checked_at).total_seconds() / 60))
    assert waits == [1, 5, 15, 60, 1440, 1440]
    assert domain.state == "passes"

    for name in list(name_server.zone):
        name_server.add({name: {"BEHAVES": ["SERVFAIL"]}})
    look(domain, name_server)
    assert (domain.state, domain.broken_since, Report.read(domain.report).ways[0].passes) == ("passes", None, True)

    name_server.zone.clear()
    name_server.add({"nordlicht.example": {"SOA": [SOA]}, NAME: {"MX": ["10 mx.nordlicht.example."]}, "com": {"A": []}})
    look(domain, name_server)
    in_a_while = timezone.now() + timedelta(minutes=6)  # not a day later
    assert not SendingDomain.objects.broken().exists()
    assert SendingDomain.objects.due(in_a_while).exists()
    look(domain, name_server)
    assert SendingDomain.objects.broken().exists()
    title = f"Mail from {NAME} no longer passes"
    assert title in [problem.title for problem in problems.for_user(admin)]
    assert [notice.action_label for notice in notices.for_user(viewer) if NAME in notice.text] == [""]
    assert standing.of(f"x@{NAME}", own).is_short

    name_server.add(good)
    look(domain, name_server)
    assert (domain.broken_since, domain.state) == (None, "passes")
    assert title not in [problem.title for problem in problems.for_user(admin)]


@pytest.mark.parametrize("lost", ["returns.nordlicht.example", f"google._domainkey.{NAME}"])
def test_a_record_that_is_lost_while_mail_passes_is_told_after_two_looks(
    domain: SendingDomain, name_server: DnsServer, admin: User, lost: str
) -> None:
    provider("Workspace", "smtp-relay.gmail.com", is_default=True)
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    good = {
        "_spf.google.com": {"TXT": ["v=spf1 ip4:35.190.247.0/24 ~all"]},
        NAME: {"TXT": ["v=spf1 include:_spf.google.com ~all"]},
        f"google._domainkey.{NAME}": {"TXT": [GOOD]},
        "_dmarc.nordlicht.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:d@nordlicht.example"]},
        "returns.nordlicht.example": {"MX": ["10 mx.nordlicht.example."]},
    }
    name_server.add(good)

    def told() -> list[str]:
        look(domain, name_server)
        return [
            problem.text
            for problem in problems.for_user(admin)
            if problem.title == f"Records of {NAME} are no longer in order"
        ]

    assert told() == []
    SendingDomain.objects.update(check_step=9)  # by now it is looked at once a day
    del name_server.zone[lost]
    assert told() == []
    assert SendingDomain.objects.due(timezone.now() + timedelta(minutes=6)).exists()
    name_server.add({lost: {"BEHAVES": ["SERVFAIL"]}})
    assert told() == []  # silence is no news
    del name_server.zone[lost]
    (text,) = told()
    assert text.startswith(
        "Mail still passes. The bounce domain: Undeliverable" if "returns" in lost else "Mail still passes. DKIM: "
    )
    name_server.add(good)
    assert told() == []


@pytest.mark.parametrize("state", ["fails", "unknown"])
def test_a_record_that_is_lost_is_not_said_to_leave_mail_passing_where_that_is_not_so(
    domain: SendingDomain, name_server: DnsServer, admin: User, viewer: User, state: str
) -> None:
    """Of a domain without DMARC, which is not set up yet, and of one whose keys nobody has named."""
    provider("SES", "email-smtp.eu-west-1.amazonaws.com", is_default=True)
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    name_server.add({"returns.nordlicht.example": {"MX": ["10 mx.nordlicht.example."]}})
    if state == "unknown":
        name_server.add({"_dmarc.nordlicht.example": {"TXT": ["v=DMARC1; p=none; rua=mailto:d@nordlicht.example"]}})
    look(domain, name_server)
    assert domain.state == state
    del name_server.zone["returns.nordlicht.example"]
    for _ in range(2):
        look(domain, name_server)
    assert domain.state == state
    assert [row.kind for row in Report.read(domain.report).gone] == ["bounce"]
    told = {one.title: one for one in problems.for_user(admin) if NAME in one.title}
    if state == "fails":
        assert set(told) == {f"{NAME} is not set up yet"}
        return
    (title,) = told
    assert title == f"Records of {NAME} are no longer in order"
    assert told[title].text.startswith("The bounce domain: Undeliverable mail has nowhere to go back to.")
    assert told[title].url
    (seen,) = [one for one in problems.for_user(viewer) if one.title == title]
    assert (seen.url, seen.text) == ("", f"{told[title].text} An admin can see to it.")


def test_while_all_mail_goes_into_the_sandbox_a_domain_without_records_is_a_step_and_no_alarm(
    domain: SendingDomain, name_server: DnsServer, admin: User
) -> None:
    def told() -> list[str]:
        return [one.title for one in problems.for_user(admin) if NAME in one.title]

    look(domain, name_server)
    assert SendingDomain.objects.not_set_up().get() == domain
    assert told() == []
    provider("SES", "email-smtp.eu-west-1.amazonaws.com", is_default=True)
    assert told() == [f"{NAME} is not set up yet"]


def test_domains_appear_from_the_addresses_in_use_and_only_the_organisation_s_own_is_believed(
    organisation: Organisation, admin: User
) -> None:
    for sender in ("a@shop.example", "b@gmail.com", "not an address", "c@SHOP.example", "d@münchen.example"):
        MailingList.objects.create(name=sender, sender_email=sender)
    assert known.appear() == 3
    assert known.appear() == 0
    found = {domain.name: domain.is_confirmed for domain in SendingDomain.objects.all()}
    assert found == {"nordlicht.example": True, "shop.example": False, "xn--mnchen-3ya.example": False}
    assert "Is shop.example yours?" in [problem.title for problem in problems.for_user(admin)]
    assert [standing.of(f"x@{name}").kind for name in ("gmail.com", "shop.example", "nordlicht.example", "x")] == [
        *("free-mail", "not-ours", "not-known", "none"),
    ]


def test_return_addresses_stand_under_the_name_that_was_chosen_at_the_service(
    domain: SendingDomain, name_server: DnsServer
) -> None:
    name_server.add({"_dmarc.nordlicht.example": {"TXT": ["v=DMARC1; p=none"]}})
    resend = Provider.objects.create(name="Resend", kind=Provider.Kind.API, service="resend", host="api.resend.com")
    resend.make_default()
    for name, host in (("SES", "email-smtp.eu-west-1.amazonaws.com"), ("SendGrid", "smtp.sendgrid.net")):
        Route.objects.create(provider=provider(name, host), sender_domain=NAME)
    found = look(domain, name_server)
    mx = [row for row in found.rows if (row.kind, row.type, row.relative) == ("returns", "MX", "send.news")]
    assert [(row.value, row.console) for row in mx] == [("", "Resend: Domains, your domain, DNS Records.")]
    shown = {name for name in rows(found) if name.startswith("returns")}
    assert shown == {"returns send.news", "returns bounces.news"}  # SendGrid's has no name that we could know

    domain.return_names = {"sendgrid": "em1234", "amazon_ses": "mail"}
    domain.save()
    name_server.add(
        {
            f"send.{NAME}": {
                "MX": ["20 feedback-smtp.us-east-1.amazonses.com."],
                "TXT": ["v=spf1 include:amazonses.com ~all"],
            },
            f"em1234.{NAME}": {"CNAME": ["u7.wl42.sendgrid.net."]},
            f"mail.{NAME}": {
                "MX": ["10 feedback-smtp.us-east-1.amazonses.com."],  # of another region
                "TXT": ["v=spf1 include:amazonses.com ~all"],
            },
        }
    )
    found = look(domain, name_server)
    states = {(row.relative, row.type): row.state for row in found.rows if row.kind == "returns"}
    assert states == {
        ("send.news", "MX"): "good",
        ("send.news", "TXT"): "good",
        ("em1234.news", "CNAME"): "good",
        ("mail.news", "MX"): "warn",
        ("mail.news", "TXT"): "good",
    }
    assert {way.provider: way.by_spf for way in found.used} == {"Resend": True, "SendGrid": True, "SES": False}


def test_a_service_that_asks_for_a_proof_of_ownership_gets_a_row_for_it(
    domain: SendingDomain, name_server: DnsServer
) -> None:
    brevo = Provider.objects.create(name="Brevo", kind=Provider.Kind.API, service="brevo", host="api.brevo.com")
    brevo.make_default()
    (row,) = (row for row in look(domain, name_server).rows if row.kind == "ownership")
    assert (row.state, row.host, row.value) == ("bad", NAME, "")
    assert row.console.startswith("Brevo: Senders, Domains")
    name_server.add({NAME: {"TXT": ["v=spf1 -all", "brevo-code:0123abc"]}})
    (row,) = (row for row in look(domain, name_server).rows if row.kind == "ownership")
    assert (row.state, row.now) == ("good", ["brevo-code:0123abc"])
