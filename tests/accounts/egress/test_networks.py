"""Public is what anybody can reach: in no other form does an address get through."""

import pytest

from accounts.egress import networks
from accounts.egress.allowed import Allowed
from accounts.organisation import public_address
from delivery.providers.check import machines

PUBLIC = [
    "9.9.9.9",
    "193.0.6.139",
    "2620:fe::fe",
    "2a00:1450:4001:82f::200e",
    "::ffff:9.9.9.9",
    "64:ff9b::9.9.9.9",
    "2002:909:909::1",
    "2002:c100:68b::25",
]
PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.1.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.251",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::9.9.9.9",
    "100::1",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
THIS_MACHINE = [
    "127.0.0.1",
    "127.255.1.2",
    "[127.0.0.1]",
    "::1",
    "[::1]",
    "[IPv6:::1]",
    "::ffff:127.0.0.1",
    "localhost",
    "LocalHost.",
    "localhost.localdomain",
    "shop.localhost",
    "ip6-localhost",
    "127.0.0.1.",
]
OTHERS = [
    "",
    "localhost.example",
    "mylocalhost",
    "localdomain",
    "128.0.0.1",
    "10.0.0.1",
    "::2",
    "0.0.0.0",
    "127.example",
]
CARRYING = [
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::9.9.9.9",
    "64:ff9b:1:a00:0:100::",
    "2002:a00:1::1",
    "2002:7f00:1::",
    "2002:6440:1::1",
    "2002:e000:fb::1",
    "2002:c058:6301::",
    "2001:0:909:909:0:0:f5ff:fffe",
    "2001:0:a00:1::",
    "2a00:1450:4001:82f:0:5efe:10.0.0.1",
    "2a00:1450:4001:82f:200:5efe:c0a8:101",
]
METADATA = [
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1:a9fe:0:a9fe::",
    "2002:a9fe:a9fe::1",
    "2a00:1450:4001:82f:0:5efe:a9fe:a9fe",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_servers_are_public_in_each_of_their_forms(text: str) -> None:
    assert networks.is_public(networks.read(text))


@pytest.mark.parametrize("text", PRIVATE + CARRYING + METADATA)
def test_private_and_special_networks_are_not_public_whatever_carries_their_address(text: str) -> None:
    assert not networks.is_public(networks.read(text))
    assert public_address.is_private(text)


@pytest.mark.parametrize("text", METADATA)
def test_metadata_services_are_nobodys_server_even_where_relays_may_be_private(text: str) -> None:
    assert networks.is_never_a_server(networks.read(text))
    assert not machines.is_reachable(text)


def test_relays_in_a_private_network_may_be_used() -> None:
    assert all(map(machines.is_reachable, ("10.0.0.1", "192.168.1.1", "127.0.0.1", "::1", "fd12:3456::1")))


def test_the_owners_list_names_hosts_and_networks() -> None:
    allowed = Allowed.read(" Mail.Intern, 10.0.0.0/8 ,fd12::/16, 192.168.1.7,straße.example")
    for host, address in (
        ("mail.intern", "192.168.1.1"),
        ("xn--strae-oqa.example", "127.0.0.1"),
        ("any.example", "10.1.2.3"),
        ("any.example", "::ffff:10.1.2.3"),
        ("any.example", "fd12::1"),
        ("any.example", "192.168.1.7"),
    ):
        assert allowed.covers(host, networks.read(address))
    assert not allowed.covers("other.intern", networks.read("192.168.1.1"))
    assert not allowed.covers("sub.mail.intern", networks.read("192.168.1.1"))
    assert not Allowed.read("").covers("mail.intern", networks.read("10.0.0.1"))


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "10.0.0", "a b", "10.0.0.0/40", "https://a.example", "*.intern"])
def test_a_wrong_entry_in_the_owners_list_is_named_at_the_start(entry: str) -> None:
    with pytest.raises(ValueError, match="EGRESS_ALLOW"):
        Allowed.read(f"mail.intern,{entry}")


@pytest.mark.parametrize(("host", "is_here"), [(host, host in THIS_MACHINE) for host in (*THIS_MACHINE, *OTHERS)])
def test_this_machine_is_known_by_all_its_names(host: str, is_here: bool) -> None:
    assert networks.is_this_machine(host) == is_here
