"""Reports become figures of our domains, each once, and say what to do next."""

import csv
import html
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.shell import problems
from delivery.domains import rechecking
from delivery.domains.dmarc_reports import advice, figures, keeping, naming, parsing, watching
from delivery.domains.dmarc_reports.advice import Kind
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report
from delivery.domains.resolver import Resolver
from delivery.models import DmarcCount, DmarcReport, DmarcSource, Returned, ReturnMailbox, SourceName
from tests.delivery.domains.dmarc_reports import samples
from tests.delivery.domains.dmarc_reports.samples import Line, gzipped, mail, xml
from tests.delivery.domains.dns_server import PATIENCE_SECONDS, DnsServer
from tests.delivery.feedback.returned import hand_in

pytestmark = pytest.mark.django_db

NAME = samples.NAME
FAILS: dict[str, Any] = {"spf": "fail", "dkim": "fail"}
State = Returned.State


@pytest.fixture
def domain(organisation: Organisation) -> SendingDomain:
    return SendingDomain.objects.create(name=NAME, confirmed_at=timezone.now())


def take(*lines: Line, ago: int = 1, signed: bool = True, **of_report: str) -> keeping.Outcome:
    day = timezone.now().date() - timedelta(days=ago)
    text = xml(lines, **{"number": f"{ago}", **of_report}, day=day)
    report = parsing.parse(text.encode())
    return keeping.keep(report, report.reporter if signed else "")


def test_a_report_comes_by_the_same_intake_as_bounces_and_counts_once(domain: SendingDomain) -> None:
    first = hand_in(samples.GOOGLE)
    assert (first.state, first.words) == (
        State.COUNTED,
        f"A DMARC report of google.com on {NAME}: 100 mails. Its sender is not verified, so it moves no advice. "
        "They stand on the domain's page.",
    )
    again = hand_in(mail(gzipped(xml()), name="the same, packed otherwise.gz"))
    assert (again.state, again.words) == (
        State.NOTHING,
        f"A DMARC report of google.com on {NAME}, which was counted before.",
    )
    assert hand_in(samples.MICROSOFT).state == State.COUNTED
    assert sum(DmarcCount.objects.values_list("mails", flat=True)) == 200


def test_a_report_on_somebody_elses_domain_changes_nothing(domain: SendingDomain) -> None:
    found = hand_in(mail(gzipped(xml(domain="elsewhere.example"))))
    assert (found.state, found.words) == (
        State.NOT_OURS,
        "A DMARC report of google.com on elsewhere.example, which is none of the domains here.",
    )
    broken = hand_in(mail(gzipped(xml())[:-20]))
    assert (broken.state, broken.words) == (
        State.UNREADABLE,
        "It calls itself a DMARC report. Its attachment is cut off in the middle.",
    )
    assert not DmarcReport.objects.exists()


def test_more_than_is_believable_in_a_day_is_not_counted(
    domain: SendingDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_MOST_LINES_A_DAY", 2)
    assert take(Line(), Line(ip="192.0.2.11")) == keeping.Outcome.COUNTED
    assert take(Line(), ago=2) == keeping.Outcome.TOO_MANY


def test_what_one_report_says_moves_no_advice_and_of_days_to_come_none_counts(
    domain: SendingDomain,
) -> None:
    for ago in range(4, 40):
        take(Line(), ago=ago)
    take(Line(ip="192.0.2.66", mails=9_000, **FAILS), Line(mails=5_000, **FAILS), ago=1, number="forged")
    watching.look()
    assert not DmarcSource.objects.exclude(failing_since=None).exists()
    found = figures.sources(domain, 90)
    assert [source.name for source in found if not source.is_plausible] == ["192.0.2.66"]
    assert "192.0.2.66" not in advice.next_step(found, "none", 39).text
    for ago in (2, 3):
        take(Line(ip="192.0.2.66", **FAILS), ago=ago)
    assert all(source.is_plausible for source in figures.sources(domain, 90))
    assert take(Line(), ago=-400) == keeping.Outcome.AHEAD


def test_mail_counts_for_the_domain_that_its_from_address_is_at(domain: SendingDomain) -> None:
    news = SendingDomain.objects.create(name=f"news.{NAME}", confirmed_at=timezone.now())
    take(Line(from_domain=f"news.{NAME}", mails=3), Line(from_domain=f"shop.{NAME}", mails=4), Line(mails=5))
    counts = dict(DmarcCount.objects.values_list("mails", "domain"))
    assert counts == {3: news.pk, 4: domain.pk, 5: domain.pk}


def test_a_source_is_named_after_its_network_where_the_name_leads_back(
    domain: SendingDomain, name_server: DnsServer, ask: Resolver
) -> None:
    name_server.add(
        {
            "google.example": {"SOA": ["ns.google.example. a.google.example. 1 1 1 1 1"]},
            "10.2.0.192.in-addr.arpa": {"PTR": ["mail-1.lon.google.example."]},
            "mail-1.lon.google.example": {"A": ["192.0.2.10"]},
            "11.2.0.192.in-addr.arpa": {"PTR": ["mail-2.google.example."]},
            "mail-2.google.example": {"A": ["192.0.2.11"]},
            "12.2.0.192.in-addr.arpa": {"PTR": ["forged.google.example."]},
            "forged.google.example": {"A": ["198.51.100.1"]},
            "13.2.0.192.in-addr.arpa": {"BEHAVES": ["SERVFAIL"]},
        }
    )
    take(*(Line(ip=f"192.0.2.{last}", mails=last) for last in (10, 11, 12, 13)))
    assert naming.name_sources(ask) == 3
    assert {source.name: source.mails for source in figures.sources(domain, 30)} == {
        "google.example": 21,
        "192.0.2.12": 12,
        "192.0.2.13": 13,
    }
    assert not SourceName.objects.filter(ip="192.0.2.13").exists()  # asked again


def test_what_a_source_is_follows_from_what_passes_and_from_what_an_admin_said(domain: SendingDomain) -> None:
    take(
        Line(ip="192.0.2.1", mails=990),
        Line(ip="192.0.2.1", mails=10, **FAILS),
        Line(ip="192.0.2.2", mails=90),
        Line(ip="192.0.2.2", mails=10, **FAILS),
        Line(ip="192.0.2.3", mails=2, spf="fail"),
        Line(ip="192.0.2.3", mails=8, **FAILS),
        Line(ip="192.0.2.4", mails=50, disposition="quarantine", **FAILS),
        Line(ip="192.0.2.5", mails=50, **FAILS),
        Line(ip="192.0.2.6", mails=50, **FAILS),
    )
    DmarcSource.objects.create(domain=domain, name="192.0.2.5", is_ours=True)
    DmarcSource.objects.create(domain=domain, name="192.0.2.6", is_ours=False)
    found = advice.by_weight(figures.sources(domain, 30))
    assert [(source.name[-1], source.kind) for source in found] == [
        ("2", Kind.FAILING),
        ("5", Kind.FAILING),
        ("4", Kind.UNKNOWN),
        ("1", Kind.OURS),
        ("3", Kind.FORWARDED),
        ("6", Kind.FOREIGN),
    ]
    assert found[2].stopped == 50


@pytest.mark.parametrize(
    ("policy", "days", "words"),
    [
        ("none", 3, "300 mails in 3 days so far: wait for two weeks of reports before you change the policy."),
        ("none", 14, "All your own sources pass: p=quarantine is safe."),
        (
            "quarantine",
            14,
            "All your own sources pass: p=reject is safe, unless people write to mailing lists from this domain.",
        ),
        ("reject", 14, "All your own sources pass, and forgeries are refused: nothing is left to do."),
    ],
)
def test_the_next_step_is_one_sentence(domain: SendingDomain, policy: str, days: int, words: str) -> None:
    for ago in range(1, days + 1):
        take(Line(), ago=ago)
    assert advice.next_step(figures.sources(domain, 30), policy, len(figures.by_day(domain, 30))).text == words


def test_first_what_fails_is_mended_and_then_who_is_unknown_is_named(domain: SendingDomain) -> None:
    for ago in range(1, 15):
        take(Line(), Line(ip="192.0.2.66", **FAILS), ago=ago)
    sources = figures.sources(domain, 30)
    unknown = "1 unknown source sends in your name: say whether that is you."
    assert advice.next_step(sources, "none", 14).text == unknown
    DmarcSource.objects.create(domain=domain, name="192.0.2.66", is_ours=True)
    fails = "1,400 of 1,400 mails from 192.0.2.66 do not pass: set up SPF or DKIM there before you ask for a stricter"
    assert advice.next_step(figures.sources(domain, 30), "none", 14).text == f"{fails} policy."


def test_an_own_source_that_begins_to_fail_is_told_until_it_passes_again(
    domain: SendingDomain, owner: User, admin: User, name_server: DnsServer, settings: object
) -> None:
    settings.DNS_SERVERS = [name_server.address]  # type: ignore[attr-defined]
    for ago in range(5, 25):
        take(Line(), Line(ip="192.0.2.66", **FAILS), ago=ago)
    watching.look()
    assert not DmarcSource.objects.exists()
    for reporter in ("google.com", "yahoo.example"):
        take(Line(mails=30), Line(mails=20, **FAILS), Line(ip="192.0.2.66", **FAILS), ago=2, reporter=reporter)
    watching.look()
    watching.look()
    (told,) = (one for one in problems.for_user(admin) if one.about.startswith("dmarc "))
    assert told.kind == "bad"
    assert told.title == f"Mail as {NAME} from 192.0.2.10 begins to fail"
    assert told.text.startswith("40 of its 100 mails of the last days did not pass.")
    assert told.url == f"/domains/{domain.pk}/senders/"
    take(Line(mails=2000), ago=1)
    watching.look()
    assert not [one for one in problems.for_user(admin) if one.about.startswith("dmarc ")]


def test_what_nobody_signed_is_shown_and_moves_neither_advice_nor_alarms(
    domain: SendingDomain, admin: User, client_for: Callable[[User], Client]
) -> None:
    for ago in range(1, 16):
        take(Line(), ago=ago)
        for reporter in ("forger.example", "other.example"):
            lines = Line(mails=900, **FAILS), Line(ip="192.0.2.66", mails=500, **FAILS)
            take(*lines, ago=ago, reporter=reporter, signed=False)
    watching.look()
    assert not [one for one in problems.for_user(admin) if one.about.startswith("dmarc ")]
    page = " ".join(client_for(admin).get(f"/domains/{domain.pk}/senders/").content.decode().split())
    assert "All your own sources pass: p=quarantine is safe." in page
    assert "by the reports of <bdi>google.com</bdi>, and with an unverified sender <bdi>forger.example</bdi>" in page
    assert page.count("Unverified sender: moves no advice") == 1  # of 192.0.2.66; signed reports name the other, too


def test_a_page_of_unsigned_reports_alone_names_no_reporter_that_signed(
    domain: SendingDomain, admin: User, client_for: Callable[[User], Client]
) -> None:
    take(Line(mails=3), reporter="forger.example", signed=False)
    page = " ".join(client_for(admin).get(f"/domains/{domain.pk}/senders/").content.decode().split())
    assert "3 mails, of which 3 passed, by reports with an unverified sender <bdi>forger.example</bdi>." in page
    take(Line(mails=2))
    DmarcReport.objects.filter(sent_by="").delete()
    page = " ".join(client_for(admin).get(f"/domains/{domain.pk}/senders/").content.decode().split())
    assert "2 mails, of which 2 passed, by the reports of <bdi>google.com</bdi>." in page


def test_a_proven_report_takes_the_place_of_one_in_its_name(domain: SendingDomain) -> None:
    assert take(Line(mails=9_000, **FAILS), signed=False) == keeping.Outcome.COUNTED
    assert take(Line(mails=9_000, **FAILS), signed=False) == keeping.Outcome.KNOWN
    assert take(Line(mails=50)) == keeping.Outcome.COUNTED
    assert list(DmarcCount.objects.values_list("mails", flat=True)) == [50]
    assert take(Line(mails=9_000, **FAILS), signed=False) == keeping.Outcome.KNOWN
    assert take(Line(mails=9_000, **FAILS)) == keeping.Outcome.KNOWN


def test_the_record_to_enter_brings_reports_here(domain: SendingDomain, name_server: DnsServer) -> None:
    Organisation.objects.update(bounce_domain=f"returns.{NAME}")
    name_server.add({NAME: {"SOA": ["ns.x. a.x. 1 1 1 1 1"]}})
    ours = f"mailto:dmarc@returns.{NAME}"

    def rows() -> dict[str, tuple[str, str]]:
        rechecking.check(domain.pk, Resolver((name_server.address,), seconds=PATIENCE_SECONDS))
        domain.refresh_from_db()
        found = Report.read(domain.report).rows
        return {row.kind: (row.state, row.value) for row in found if row.kind in ("dmarc", "reports", "consent")}

    assert rows() == {"dmarc": ("bad", f"v=DMARC1; p=none; rua={ours}")}
    name_server.add({f"_dmarc.{NAME}": {"TXT": ["v=DMARC1; p=quarantine; rua=mailto:x@y.example; adkim=s"]}})
    assert rows()["reports"] == ("warn", f"v=DMARC1; p=quarantine; rua=mailto:x@y.example,{ours}; adkim=s")
    name_server.add({f"_dmarc.{NAME}": {"TXT": [f"v=DMARC1; p=none; rua={ours}"]}})
    assert rows()["reports"][0] == "good"
    assert "consent" not in rows()
    # Reports to another owner's domain need that one's word.
    Organisation.objects.update(bounce_domain="")
    ReturnMailbox.objects.create(name="Bounces", host="imap.mail.example", username="bounces@mail.example")
    name_server.add({f"_dmarc.{NAME}": {"TXT": ["v=DMARC1; p=none; rua=mailto:bounces@mail.example"]}})
    assert rows()["consent"] == ("warn", "v=DMARC1")
    name_server.add({f"{NAME}._report._dmarc.mail.example": {"TXT": ["v=DMARC1;"]}})
    assert rows()["consent"][0] == "good"


@pytest.mark.parametrize(
    ("spf_domain", "result", "words"),
    [
        ("bounces.relay.example.net", "pass", "another domain’s"),
        ("bounces.relay.example.net", "none", "another domain’s"),  # rspamd's word for the same
        (f"bounces.{NAME}", "none", "none"),
    ],
)
def test_whose_return_address_it_was_is_told_whatever_the_reporter_makes_of_it(
    domain: SendingDomain, admin: User, client_for: Callable[[User], Client], spf_domain: str, result: str, words: str
) -> None:
    row = parsing.Row("192.0.2.66", NAME, "none", spf=False, dkim=True, spf_domain=spf_domain, spf_result=result)
    day = timezone.now().timestamp() // 86_400 * 86_400 - 86_400
    keeping.keep(parsing.Report("mx.example", "1", NAME, int(day), int(day) + 86_399, "none", {row: 5}), "mx.example")
    page = client_for(admin).get(f"/domains/{domain.pk}/senders/?source=192.0.2.66").content.decode()
    assert f"{spf_domain}</bdi>: {words}" in " ".join(page.split())


def test_an_admin_reads_who_sends_and_says_who_is_theirs(
    domain: SendingDomain, admin: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(admin)
    empty = browser.get(f"/domains/{domain.pk}/senders/").content.decode()
    assert "No report yet" in empty
    for ago in range(1, 16):
        take(Line(), Line(ip="192.0.2.66", mails=20, disposition="reject", reason="<b>x</b>", **FAILS), ago=ago)
    page = browser.get(f"/domains/{domain.pk}/senders/?source=192.0.2.66").content.decode()
    assert "1 unknown source sends in your name" in page
    assert "192.0.2.66</bdi>, address by address" in page
    assert "<b>x</b>" not in page
    files = [html.unescape(one) for one in re.findall(r'href="([^"]+as=csv[^"]*)"', page)]
    tables: list[Any] = [browser.get(f"/domains/{domain.pk}/senders/{one}") for one in files]
    found = [list(csv.DictReader(StringIO(b"".join(one).decode("utf-8-sig")))) for one in tables]
    assert [len(rows) for rows in found] == [2, 1, 15]
    assert found[1][0]["Ip"] == "192.0.2.66"
    assert sum(int(row["Failed"]) for row in found[2]) == 300
    assert '<input type="hidden" name="chosen" value="192.0.2.66">' in page
    for days in (7, 30, 90):
        assert f'<a class="chip" href="?days={days}&amp;source=192.0.2.66"' in page, "the source stays listed"
    whole = browser.get(f"/domains/{domain.pk}/senders/").content.decode()
    assert '<a class="chip" href="?days=90"' in whole
    said = {"source": "192.0.2.66", "ours": "no", "days": "7", "chosen": "192.0.2.66"}
    judged: Any = browser.post(f"/domains/{domain.pk}/senders/say/", said)
    assert judged.url == f"/domains/{domain.pk}/senders/?days=7&source=192.0.2.66#sources"
    page = browser.get(domain.get_absolute_url()).content.decode()
    assert "All your own sources pass: p=quarantine is safe." in page
    assert "1,500 of 1,800 mails passed in the last 30 days" in page
    refused = browser.post(f"/domains/{domain.pk}/senders/say/", {"source": "nobody", "ours": "no"}, follow=True)
    assert "That source is in no report" in refused.content.decode()
