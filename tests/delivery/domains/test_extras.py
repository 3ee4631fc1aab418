"""Optional extras never count against a domain, and say what they bring."""

import pytest

from delivery.domains import checking
from delivery.domains.facts import Facts
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


@pytest.mark.parametrize(
    ("policy", "state", "words"),
    [
        (POLICY, "good", "always encrypted"),
        (POLICY.replace("enforce", "testing"), "warn", "mode: testing"),
        ("<html>", "warn", "not one that senders understand"),
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
