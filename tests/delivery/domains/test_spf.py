from collections.abc import Sequence

import pytest

from delivery.domains import spf, spf_merging
from delivery.domains.resolver import Resolver
from tests.delivery.domains.dns_server import DnsServer

ZONE = {f"n{number}.example": {"TXT": [f"v=spf1 ip4:192.0.2.{number} -all"]} for number in range(1, 13)}


def of(name_server: DnsServer, ask: Resolver, *records: str) -> spf.Spf:
    name_server.add(ZONE)
    name_server.add(
        {
            "shop.example": {"TXT": list(records), "MX": ["10 mx1.shop.example."], "A": ["198.51.100.7"]},
            "mx1.shop.example": {"A": ["198.51.100.8"], "AAAA": ["2001:db8::8"]},
            "two.example": {"TXT": ["v=spf1 -all", "v=spf1 ~all"]},
            "bare.example": {"TXT": ["hello"]},
            "open.example": {"TXT": ["v=spf1 +all"]},
            "broken.example": {"TXT": ["v=spf1 ipv4:192.0.2.1 -all"]},
            "deep.example": {"TXT": ["v=spf1 include:n1.example include:n2.example -all"]},
            "round.example": {"TXT": ["v=spf1 include:round2.example -all"]},
            "round2.example": {"TXT": ["v=spf1 include:round.example -all"]},
            "away.example": {"TXT": ["v=spf1 -all"], "BEHAVES": ["SERVFAIL"]},
            "crowd.example": {"MX": [f"10 m{number}.example." for number in range(11)]},
        }
    )
    return spf.check("shop.example", ask)


def includes(numbers: range) -> str:
    return "v=spf1 " + " ".join(f"include:n{number}.example" for number in numbers) + " ~all"


# What receivers apply decides (RFC 7208): the findings' codes, and whether the record can be used at all.
@pytest.mark.parametrize(
    ("records", "codes", "holds"),
    [
        (["v=spf1 ip4:192.0.2.0/24 ~all"], [], True),
        (["V=SPF1 IP4:192.0.2.1 -ALL"], [], True),  # capitals are no fault
        (["google-site-verification=x", "v=spf1 mx -all"], [], True),  # nor are other records beside it
        ([], [], False),
        (["v=spf1 -all", "v=spf1 mx -all"], ["several"], False),
        (["v=spf10 -all"], ["almost"], False),
        (["spf1 mx -all"], ["almost"], False),
        ([includes(range(1, 10))], [], True),  # nine questions
        ([includes(range(1, 11))], ["lookups-full"], True),
        ([includes(range(1, 12))], ["lookups"], False),
        (["v=spf1 include:deep.example include:deep.example a mx ~all"], [], True),  # 2 + 4 + 2
        (["v=spf1 include:no.example -all"], ["include-missing"], False),
        (["v=spf1 include:bare.example -all"], ["include-missing"], False),
        (["v=spf1 include:two.example -all"], ["include-missing"], False),
        (["v=spf1 include:broken.example -all"], ["syntax"], False),
        (["v=spf1 a:x1.example a:x2.example -all"], [], True),  # two that lead nowhere are allowed
        (["v=spf1 a:x1.example a:x2.example mx:x3.example -all"], ["voids"], False),
        (["v=spf1 include:round.example -all"], ["circle"], False),
        (["v=spf1 mx +all"], ["all"], True),
        (["v=spf1 mx all"], ["all"], True),
        (["v=spf1 include:open.example -all"], ["all"], True),
        (["v=spf1 ip4:0.0.0.0/0 -all"], ["all"], True),
        (["v=spf1 ip4:10.0.0.0/8 -all"], ["wide"], True),
        (["v=spf1 ?all"], ["neutral"], True),
        (["v=spf1 mx"], ["no-all"], True),
        (["v=spf1 redirect=n1.example"], [], True),
        (["v=spf1 redirect=no.example"], ["include-missing"], False),
        (["v=spf1 -all include:no.example"], [], True),  # never reached
        (["v=spf1 ptr -all"], ["ptr"], True),
        (["v=spf1 mx:crowd.example -all"], ["mx-names"], False),
        (["v=spf1 ipv4:192.0.2.1 -all"], ["syntax"], False),
        (["v=spf1 ip4:192.0.2.300 -all"], ["syntax"], False),
        (["v=spf1 include: -all"], ["syntax"], False),
        (["v=spf1 a/33 -all"], ["syntax"], False),
        (["v=spf1 redirect=a.example redirect=b.example"], ["syntax"], False),
        (["v=spf1 exists:%{i}._spf.n1.example x-what=1 a//64 -all"], [], True),
        (["v=spf1 include:n1.example|include:n2.example -all"], ["include-missing", "joint"], False),
        (["v=spf1 ip4:192.0.2.1 |ip4:192.0.2.2 -all"], [], True),
        (["v=spf1 " + "ip4:192.0.2.1 " * 40 + "-all"], ["long"], True),
    ],
)
def test_what_receivers_apply_decides(
    name_server: DnsServer, ask: Resolver, records: Sequence[str], codes: Sequence[str], holds: bool
) -> None:
    found = of(name_server, ask, *records)
    assert [finding.code for finding in found.findings] == list(codes)
    assert found.holds == holds


def test_the_tree_is_flattened_to_who_may_send(name_server: DnsServer, ask: Resolver) -> None:
    found = of(name_server, ask, "v=spf1 a mx include:deep.example ?ip4:203.0.113.9 -ip4:203.0.113.10 ~all")
    assert found.lookups == 5
    assert [one for one in ("198.51.100.7", "2001:db8::8", "192.0.2.2", "203.0.113.9") if found.permits(one)] == [
        "198.51.100.7",
        "2001:db8::8",
        "192.0.2.2",
    ]
    assert found.includes("n2.example")
    assert next(one.path for one in found.allowed if str(one.network) == "192.0.2.1/32") == (
        *("shop.example", "deep.example", "n1.example"),
    )


def test_a_part_that_nobody_answers_for_is_no_fault_of_the_record(name_server: DnsServer, ask: Resolver) -> None:
    found = of(name_server, ask, "v=spf1 include:away.example -all")
    assert (found.findings, found.is_complete) == ((), False)


def test_a_tree_without_end_is_left(name_server: DnsServer, ask: Resolver) -> None:
    name_server.add(
        {
            f"t{n}.example": {"TXT": [f"v=spf1 include:t{2 * n}.example include:t{2 * n + 1}.example -all"]}
            for n in range(1, 500)
        }
    )
    found = spf.check("t1.example", ask)
    assert any("more than 40" in finding.text for finding in found.findings)
    assert len(name_server.questions) < 60


@pytest.mark.parametrize(
    ("records", "wanted", "becomes"),
    [
        ([], ["include:relay.example"], "v=spf1 include:relay.example ~all"),
        (["v=spf1 mx -all"], ["include:relay.example"], "v=spf1 mx include:relay.example -all"),
        (["v=spf1 mx +all"], ["include:relay.example"], "v=spf1 mx include:relay.example ~all"),
        (["v=spf1 mx include:RELAY.example ~all"], ["include:relay.example"], "v=spf1 mx include:RELAY.example ~all"),
        (["v=spf1 a -all", "v=spf1 a mx ~all"], [], "v=spf1 a mx ~all"),
        (["v=spf1 redirect=x.example"], ["ip4:192.0.2.1"], "v=spf1 ip4:192.0.2.1 redirect=x.example"),
    ],
)
def test_servers_are_merged_into_the_one_record(records: list[str], wanted: list[str], becomes: str) -> None:
    assert spf_merging.merged(records, wanted) == becomes


def test_a_long_record_is_cut_as_a_zone_file_takes_it() -> None:
    assert [len(part) for part in spf_merging.strings("x" * 600)] == [255, 255, 90]
