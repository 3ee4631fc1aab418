"""Optional extras never count against a domain, and say what they bring."""

import pytest

from delivery.domains import checking
from delivery.domains.facts import Facts
from delivery.domains.report import Row
from delivery.domains.resolver import Resolver
from tests.delivery.domains.dns_server import DnsServer

NAME = "nordlicht.example"
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx.nordlicht.example\r\nmax_age: 604800\r\n"


def found(ask: Resolver, policy: str | None = None) -> dict[str, tuple[str, str]]:
    report = checking.check(Facts(NAME), ask, lambda url: policy)
    rows = [row for row in report.rows if row.kind in ("bimi", "mta-sts", "tls-rpt")]
    assert all(row.optional for row in rows)
    return {row.kind: (row.state, row.words) for row in rows}


def test_what_is_missing_says_what_it_brings_and_needs(name_server: DnsServer, ask: Resolver) -> None:
    name_server.add({NAME: {"MX": ["10 mx.nordlicht.example."]}})
    rows = found(ask)
    assert {kind: state for kind, (state, _) in rows.items()} == {"bimi": "warn", "mta-sts": "warn", "tls-rpt": "warn"}
    assert "certificate" in rows["bimi"][1]
    assert "/.well-known/mta-sts.txt" in rows["mta-sts"][1]


@pytest.mark.parametrize("zone", [{"TXT": ["x"]}, {"MX": ["0 ."]}, {"MX": ["10 ."]}])
def test_a_domain_that_receives_no_mail_is_offered_the_logo_alone(
    name_server: DnsServer, ask: Resolver, zone: dict[str, list[str]]
) -> None:
    name_server.add({NAME: zone})
    assert set(found(ask)) == {"bimi"}


LOGO = "v=BIMI1; l=https://cdn.example/logo.svg"
STRICT = {f"_dmarc.{NAME}": {"TXT": ["v=DMARC1; p=reject"]}}


def logo(ask: Resolver, domain: str = f"news.{NAME}") -> Row:
    report = checking.check(Facts(domain), ask, lambda url: None)
    return next(row for row in report.rows if row.kind == "bimi")


def test_logo_of_the_organisational_domain_counts_for_its_subdomains(name_server: DnsServer, ask: Resolver) -> None:
    name_server.add(STRICT | {f"news.{NAME}": {"A": ["192.0.2.1"]}, f"default._bimi.{NAME}": {"TXT": [LOGO]}})
    row = logo(ask)
    assert (row.state, row.host, row.now) == ("good", f"default._bimi.{NAME}", [LOGO])
    name_server.add({f"default._bimi.news.{NAME}": {"TXT": ["v=spf1 -all", LOGO.replace("logo", "news")]}})
    row = logo(Resolver((name_server.address,)))
    assert (row.state, row.host) == ("good", f"default._bimi.news.{NAME}")
    assert row.now == [LOGO.replace("logo", "news")]


def test_subdomain_without_any_logo_is_told_that_one_above_would_do(name_server: DnsServer, ask: Resolver) -> None:
    name_server.add(STRICT | {f"news.{NAME}": {"A": ["192.0.2.1"]}})
    row = logo(ask)
    assert (row.host, row.now) == (f"default._bimi.news.{NAME}", [])
    assert f"At default._bimi.{NAME} it counts for all subdomains" in row.words
    assert "it counts for all subdomains" not in logo(ask, NAME).words


@pytest.mark.parametrize("behaviour", [f"default._bimi.news.{NAME}", f"default._bimi.{NAME}"])
def test_nothing_is_said_of_a_logo_that_nobody_answered_about(
    name_server: DnsServer, ask: Resolver, behaviour: str
) -> None:
    name_server.add(STRICT | {behaviour: {"BEHAVES": ["SERVFAIL"]}})
    assert logo(ask).state == "wait"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (["v=BIMI1; l=; a="], "no logo is to be shown"),
        (["v=BIMI1; a="], "no logo is to be shown"),
        (["v=BIMI1; l=http://cdn.example/logo.svg"], "https address"),
        ([LOGO, LOGO.replace("logo", "old")], "use none of them"),
        (["v=BIMI1; l=https://cdn.example/logo.svg; nonsense"], "not understood"),
        (["v=bimi1; l=https://cdn.example/logo.svg"], "can show your logo"),
        (["v=BIMI11; l=https://cdn.example/logo.svg"], "can show your logo"),
    ],
)
def test_record_that_shows_no_logo_says_why(
    name_server: DnsServer, ask: Resolver, record: list[str], words: str
) -> None:
    name_server.add(STRICT | {f"default._bimi.{NAME}": {"TXT": record}})
    row = logo(ask, NAME)
    assert (row.state, words in row.words) == ("warn", True)


@pytest.mark.parametrize(
    ("own", "above", "words"),
    [
        ("", "v=DMARC1; p=none", f"{NAME} has p=none."),
        ("v=DMARC1; p=reject", "v=DMARC1; p=none", f"{NAME} has p=none."),
        ("", "v=DMARC1; p=reject; sp=none", f"{NAME} has sp=none."),
        ("", "v=DMARC1; p=quarantine; pct=50", f"{NAME} has pct=50."),
        ("v=DMARC1; p=none", "v=DMARC1; p=reject", f"news.{NAME} has p=none."),
        ("", "", "there is no p=quarantine or p=reject."),
        ("", "v=DMARC1; p=quarantine", ""),
        ("", "v=DMARC1; p=quarantine; pct=100", ""),
        ("v=DMARC1; p=quarantine", "v=DMARC1; p=reject", ""),
    ],
)
def test_logo_waits_for_a_policy_of_the_domain_and_of_its_organisation(
    name_server: DnsServer, ask: Resolver, own: str, above: str, words: str
) -> None:
    name_server.add({f"news.{NAME}": {"A": ["192.0.2.1"]}, f"default._bimi.news.{NAME}": {"TXT": [LOGO]}})
    for name, record in ((f"news.{NAME}", own), (NAME, above)):
        name_server.add({f"_dmarc.{name}": {"TXT": [record]}} if record else {})
    row = logo(ask)
    assert row.state == ("warn" if words else "good")
    assert row.words.endswith(words)


@pytest.mark.parametrize(
    ("policy", "state", "words"),
    [
        (POLICY, "good", "always encrypted"),
        (POLICY.replace("enforce", "testing"), "warn", "mode: testing"),
        ("<html>", "warn", "not one that senders understand"),
        (POLICY.replace("max_age: 604800", ""), "warn", "for how long"),
        (POLICY.replace("mx.nordlicht", "old.nordlicht"), "warn", "does not name mx.nordlicht.example"),
        (POLICY.replace("mx.nordlicht", "*.mx.nordlicht"), "warn", "does not name mx.nordlicht.example"),
        (POLICY.replace("mx: mx.", "mx: a.example\r\nMX: *."), "good", "always encrypted"),
        (None, "warn", "no policy at"),
    ],
)
def test_what_is_there_is_good_once_all_of_it_is(
    name_server: DnsServer, ask: Resolver, policy: str | None, state: str, words: str
) -> None:
    name_server.add(
        {
            NAME: {"MX": ["10 mx.nordlicht.example."]},
            f"_dmarc.{NAME}": {"TXT": ["v=DMARC1; p=reject"]},
            f"default._bimi.{NAME}": {"TXT": [f"v=BIMI1; l=https://{NAME}/logo.svg"]},
            f"_mta-sts.{NAME}": {"TXT": ["v=STSv1; id=20261129"]},
            f"_smtp._tls.{NAME}": {"TXT": [f"v=TLSRPTv1; rua=mailto:tls@{NAME}"]},
        }
    )
    rows = found(ask, policy)
    assert (rows["bimi"][0], rows["tls-rpt"][0], rows["mta-sts"][0]) == ("good", "good", state)
    assert words in rows["mta-sts"][1]


@pytest.mark.parametrize(
    ("host", "records", "words"),
    [
        ("_mta-sts", ["v=STSv1; id=1", "v=STSv1; id=2"], "use none of them"),
        ("_mta-sts", ["v=STSv1;"], "names no “id=”"),
        (
            "_smtp._tls",
            ["v=TLSRPTv1; rua=mailto:a@x.example", "v=TLSRPTv1; rua=mailto:b@x.example"],
            "use none of them",
        ),
        ("_smtp._tls", ["v=TLSRPTv1; rua=a@x.example"], "names no place for reports"),
    ],
)
def test_what_senders_do_not_use_is_not_called_good(
    name_server: DnsServer, ask: Resolver, host: str, records: list[str], words: str
) -> None:
    name_server.add({NAME: {"MX": ["10 mx.nordlicht.example."]}, f"{host}.{NAME}": {"TXT": records}})
    state, said = found(ask, POLICY)["mta-sts" if host == "_mta-sts" else "tls-rpt"]
    assert (state, words in said) == ("warn", True)
