import pytest

from delivery.domains import dkim, dmarc
from delivery.domains.resolver import Resolver, Status
from tests.delivery.domains.dns_server import DnsServer

# Of keys that nobody has.
RSA_2048 = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4xEesz06opbKVkE8YtKLdDehE0gvOrXnvsGRCAf9QrRLmRI9ioL0fMhy"
    "I9AoGdOGFqY2lF7nm2/PUhqfrahOvgLFPJ0npwRaPeDx1bDMIErFBR6fDjevsF+Xpd0ZVVHb72fLYH0ME0Jh7EMklZkIQzGE8Jjo"
    "2FJ+ikQOPN59scCVdOxlhlVtOsOYORppjbWiWCIMuoyvBjN5r56gu4FmpORlbZgK0XVnW+J0XtVhctxvFxn1akUVQ2ePv7N1Rq91"
    "aUUZ9wR1fiUirrJR8pqpmT2ggvqSZd8fZ93uH4j3xvGAqgShQ1JlniQ+NQhRcH4Qko6rNoegmX/0Tsz5PE5HFQIDAQAB"
)
RSA_1024 = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDaBsu26MBA7S+BKwsNJxcY+SYZ0sJvfGTsH8Pt/eMvD5RuUPEfPMK2JoPuS8FQ"
    "pOd//1OSEmLQ9OHifwLOw1MPn9qpPsSeqOnbJi/eVPLekP+d3ZQUaARmSKTdZSC+NAwB4xgCjtA+M8EoaxiEyV08EaLD4n6T+mfx"
    "okuzXiPSvQIDAQAB"
)
GOOD = f"v=DKIM1; k=rsa; p={RSA_2048}"
ED25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8463, A.2


@pytest.mark.parametrize(
    ("record", "codes", "passes"),
    [
        (GOOD, [], True),
        (f"p={RSA_2048}", [], True),
        (f"v=DKIM1; k=ed25519; p={ED25519}", [], True),
        (f"v=DKIM1; p={RSA_1024}", ["shortish"], True),
        (f"v=DKIM1; p={RSA_2048[:-8]}", ["broken"], False),
        ("v=DKIM1; k=rsa; p=", ["revoked"], False),
        (f"v=DKIM1; k=ed25519; p={RSA_2048}", ["broken"], False),
        (f"v=DKIM1; k=dsa; p={RSA_2048}", ["kind"], False),
        (f"{GOOD}; t=y:s", ["testing"], True),
        (f"{GOOD}; s=tlsrpt", ["service"], False),
        (f"{GOOD}; h=sha1", ["hash"], False),
        (GOOD.replace(";", r"\;"), ["backslash"], False),
        (f'"{GOOD}"', ["quotes"], False),
        (f"k=rsa; v=DKIM1; p={RSA_2048}", ["syntax"], False),
        ("v=DKIM1; k=rsa", ["syntax"], False),
        ("v=spf1 -all", ["other"], False),
    ],
)
def test_a_key_is_judged_as_receivers_use_it(
    name_server: DnsServer, ask: Resolver, record: str, codes: list[str], passes: bool
) -> None:
    name_server.add({"k1._domainkey.shop.example": {"TXT": [record]}})
    found = dkim.check("k1", "shop.example", ask)
    assert [finding.code for finding in found.findings] == codes
    assert found.passes == passes


def test_keys_behind_cnames_two_keys_and_none(name_server: DnsServer, ask: Resolver) -> None:
    name_server.add(
        {
            "s1._domainkey.shop.example": {"CNAME": ["s1.relay.example."]},
            "s1.relay.example": {"TXT": [GOOD]},
            "s2._domainkey.shop.example": {"CNAME": ["gone.relay.example."]},
            "two._domainkey.shop.example": {"TXT": [GOOD, f"v=DKIM1; p={RSA_1024}"]},
        }
    )
    behind = dkim.check("s1", "shop.example", ask)
    assert (behind.passes, behind.chain, behind.key.bits) == (True, ("s1.relay.example",), 2048)
    assert [one.code for one in dkim.check("s2", "shop.example", ask).findings] == ["dangling"]
    assert [one.code for one in dkim.check("two", "shop.example", ask).findings] == ["several"]
    assert dkim.check("none", "shop.example", ask).status == Status.MISSING


@pytest.mark.parametrize(
    ("records", "policy", "found_at", "codes"),
    [
        ({"shop.example": ["v=DMARC1; p=none; rua=mailto:d@shop.example"]}, "none", "shop.example", []),
        ({"shop.example": ["v=DMARC1; p=reject"]}, "reject", "shop.example", ["no-reports"]),
        ({"shop.example": ["v=DMARC1; rua=mailto:d@shop.example; p=quarantine"]}, "quarantine", "shop.example", []),
        # A bare version asks for nothing; with an address for reports it is p=none (RFC 9989 4.7).
        ({"shop.example": ["v=DMARC1"]}, "", "shop.example", ["no-policy"]),
        ({"shop.example": ["v=DMARC1; rua=mailto:d@shop.example"]}, "none", "shop.example", ["no-policy"]),
        ({"shop.example": ["v=DMARC1; p=nothing"]}, "", "shop.example", ["no-policy"]),
        (
            {"shop.example": ["v=DMARC1; p=reject; rua=d@shop.example"]},
            "reject",
            "shop.example",
            ["report-address", "no-reports"],
        ),
        (
            {"shop.example": ["v=DMARC1; p=none; rua=mailto:d@shop.example!10m; pct=50; rf=afrf; ri=86400"]},
            "none",
            "shop.example",
            ["removed"] * 3,
        ),
        ({"shop.example": ["hello", "v=DMARC1; p=none; rua=mailto:d@shop.example"]}, "none", "shop.example", []),
        ({"shop.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "", "", ["several"]),
        ({"shop.example": ["V=dmarc1; p=none"]}, "", "", ["almost"]),
        (
            {"shop.example": ["v=DMARC1; p=reject; t=y; x=1; rua=mailto:d@shop.example"]},
            "reject",
            "shop.example",
            ["unknown-tag", "testing"],
        ),
        (
            {"shop.example": ["v=DMARC1; p=none; rua=mailto:d@elsewhere.example"]},
            "none",
            "shop.example",
            ["report-elsewhere"],
        ),
        ({}, "", "", []),
    ],
)
def test_dmarc_is_read_as_receivers_do(
    name_server: DnsServer, ask: Resolver, records: dict[str, list[str]], policy: str, found_at: str, codes: list[str]
) -> None:
    name_server.add({f"_dmarc.{name}": {"TXT": texts} for name, texts in records.items()})
    found = dmarc.check("shop.example", ask)
    assert (found.policy, found.found_at, [one.code for one in found.findings]) == (policy, found_at, codes)


# RFC 9989 4.10: name, where a record is found, whose it is, the policy.
@pytest.mark.parametrize(
    ("domain", "records", "organisational", "found_at", "policy"),
    [
        ("news.shop.example", {"shop.example": "p=reject; sp=none"}, "shop.example", "shop.example", "none"),
        (
            "gone.shop.example",
            {"shop.example": "p=reject; sp=none; np=quarantine"},
            "shop.example",
            "shop.example",
            "quarantine",
        ),
        (
            "news.shop.example",
            {"news.shop.example": "p=none", "shop.example": "p=reject"},
            "shop.example",
            "news.shop.example",
            "none",
        ),
        ("shop.bank.example", {"bank.example": "p=reject; psd=y"}, "shop.bank.example", "bank.example", "reject"),
        (
            "a.shop.bank.example",
            {"shop.bank.example": "p=none", "bank.example": "p=reject; psd=y"},
            "shop.bank.example",
            "shop.bank.example",
            "none",
        ),
        (
            "x.branch.shop.example",
            {"branch.shop.example": "p=quarantine; psd=n", "shop.example": "p=reject"},
            "branch.shop.example",
            "branch.shop.example",
            "quarantine",
        ),
        ("a.b.c.d.e.f.g.h.shop.example", {"shop.example": "p=reject"}, "shop.example", "shop.example", "reject"),
        ("news.shop.example", {}, "news.shop.example", "", ""),
    ],
)
def test_the_walk_up_the_tree_finds_the_owner(
    name_server: DnsServer,
    ask: Resolver,
    domain: str,
    records: dict[str, str],
    organisational: str,
    found_at: str,
    policy: str,
) -> None:
    name_server.add({f"_dmarc.{name}": {"TXT": [f"v=DMARC1; {rest}"]} for name, rest in records.items()})
    name_server.add(
        {
            name: {"A": ["192.0.2.1"]}
            for name in ("news.shop.example", "a.b.c.d.e.f.g.h.shop.example", "shop.bank.example")
        }
    )
    found = dmarc.check(domain, ask)
    assert (found.organisational, found.found_at, found.policy) == (organisational, found_at, policy)
    assert len([name for name, _ in name_server.questions if name.startswith("_dmarc.")]) <= 8


def test_alignment_is_by_owner_and_by_name_where_it_is_strict(name_server: DnsServer, ask: Resolver) -> None:
    name_server.add({"_dmarc.shop.example": {"TXT": ["v=DMARC1; p=none"]}})
    assert dmarc.is_aligned("news.shop.example", "bounces.shop.example", ask, strict=False)
    assert not dmarc.is_aligned("news.shop.example", "bounces.shop.example", ask, strict=True)
    assert not dmarc.is_aligned("news.shop.example", "relay.example", ask, strict=False)


def test_a_resolver_that_is_away_says_nothing_about_dmarc(name_server: DnsServer, ask: Resolver) -> None:
    name_server.add({"_dmarc.shop.example": {"BEHAVES": ["SERVFAIL"]}})
    found = dmarc.check("shop.example", ask)
    assert (found.holds, found.is_complete) == (False, False)
