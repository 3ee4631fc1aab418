import time

import pytest

from delivery.domains.resolver import Resolver, Status
from tests.delivery.domains.dns_server import PATIENCE_SECONDS, DnsServer
from tests.lateness import Lateness

LONG = "v=DKIM1; p=" + "A" * 600


def test_strings_of_a_record_are_joined_and_cnames_followed(ask: Resolver, name_server: DnsServer) -> None:
    name_server.add(
        {
            "s1._domainkey.shop.example": {"CNAME": ["s1.hosted.example."]},
            "s1.hosted.example": {"CNAME": ["keys.relay.example."]},
            "keys.relay.example": {"TXT": [LONG], "BEHAVES": [""]},
        }
    )
    answer = ask("S1._domainkey.shop.example.", "TXT")
    assert answer.values == (LONG,)
    assert answer.chain == ("s1.hosted.example", "keys.relay.example")


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ("SERVFAIL", Status.UNKNOWN),
        ("REFUSED", Status.UNKNOWN),
        ("garbage", Status.UNKNOWN),
        ("silent", Status.UNKNOWN),
        ("slow", Status.FOUND),
        ("truncated", Status.FOUND),
        ("lies first", Status.FOUND),
    ],
)
def test_broken_slow_and_lying_servers_say_nothing_false(
    name_server: DnsServer, behaviour: str, status: Status
) -> None:
    name_server.add({"shop.example": {"TXT": ["v=spf1 -all"], "BEHAVES": [behaviour]}})
    ask = Resolver((name_server.address,), seconds=PATIENCE_SECONDS if status == Status.FOUND else 0.5)
    with Lateness() as machine:
        began = time.monotonic()
        answer = ask("shop.example", "TXT")
        took = time.monotonic() - began
    assert answer.status == status
    assert answer.values == (("v=spf1 -all",) if status == Status.FOUND else ())
    assert took < 2 + machine.allowed


def test_a_missing_name_and_a_missing_record_are_told_apart(ask: Resolver, name_server: DnsServer) -> None:
    name_server.add({"shop.example": {"A": ["192.0.2.1"]}})
    assert ask("shop.example", "TXT").status == Status.EMPTY
    assert ask("no.example", "TXT").status == Status.MISSING
    assert ask("a..b", "TXT").status == Status.UNKNOWN


def test_circles_of_cnames_end(ask: Resolver, name_server: DnsServer) -> None:
    name_server.add({"a.example": {"CNAME": ["b.example."]}, "b.example": {"CNAME": ["a.example."]}})
    assert ask("a.example", "TXT").status in (Status.UNKNOWN, Status.EMPTY)


def test_the_same_question_is_asked_once(ask: Resolver, name_server: DnsServer) -> None:
    name_server.add({"shop.example": {"A": ["192.0.2.1"]}})
    for _ in range(5):
        ask("shop.example", "A")
    assert len(name_server.questions) == 1
