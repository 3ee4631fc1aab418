import tomllib
from ipaddress import ip_network
from pathlib import Path

import pytest

from tracking.scoring import agents, networks
from tracking.scoring.networks import NOWHERE, Network, Networks


@pytest.fixture(scope="module")
def known() -> Networks:
    return networks.load()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("209.222.82.10", Network.SECURITY),  # Barracuda
        ("207.211.31.120", Network.SECURITY),  # Mimecast
        ("67.231.153.1", Network.SECURITY),  # Proofpoint
        ("40.94.20.7", Network.SECURITY),  # Exchange Online Protection
        ("40.64.100.180", Network.OFFICE),  # phinsec.io: Microsoft, when it scans
        ("3.145.232.16", Network.CLOUD),
        ("34.68.34.70", Network.CLOUD),
        ("172.225.100.33", Network.RELAY),
        ("2a02:26f7:d580:4000::1", Network.RELAY),
        ("104.28.28.1", Network.RELAY),
        ("2a01:111:f400::1", Network.OFFICE),
        ("84.180.1.2", Network.UNKNOWN),
        ("::ffff:209.222.82.10", Network.SECURITY),
        ("192.168.1.1", Network.UNKNOWN),
    ],
)
def test_published_addresses_are_found(known: Networks, address: str, network: Network) -> None:
    assert known.place(address).network == network


def test_first_and_last_address_of_each_prefix_are_within_and_their_neighbours_decide_for_themselves() -> None:
    made = Networks(
        [
            {"kind": "cloud", "prefixes": ["10.0.0.0/8", "10.1.0.0/16"]},
            {"kind": "security", "prefixes": ["10.1.2.0/24", "10.1.3.0/24", "11.0.0.0/24"]},
        ]
    )
    kinds = {address: made.place(address).network.value for address in ("9.255.255.255", "10.0.0.0", "10.1.1.255")}
    assert kinds == {"9.255.255.255": "", "10.0.0.0": "cloud", "10.1.1.255": "cloud"}
    inner = [made.place(address).network.value for address in ("10.1.2.0", "10.1.3.255", "10.1.4.0", "10.2.0.0")]
    assert inner == ["security", "security", "cloud", "cloud"]
    outer = [made.place(address).network.value for address in ("10.255.255.255", "11.0.0.255", "11.0.1.0")]
    assert outer == ["cloud", "security", ""]


def test_neighbourhood_is_kept_and_no_address(known: Networks) -> None:
    assert known.place("192.0.2.77").neighbourhood == "192.0.2.0"
    assert known.place("2001:db8:1:2::7").neighbourhood == "2001:db8:1::"
    assert known.place("::ffff:192.0.2.77").neighbourhood == "192.0.2.0"
    for nonsense in ("", "nonsense", "192.0.2", "192.0.2.077", " 192.0.2.7", "192.0.2.7.8", "192.0.2.256", "1\0", "ä"):
        assert known.place(nonsense) == NOWHERE, nonsense


def test_newer_list_takes_the_place_of_the_same_owners(tmp_path: Path) -> None:
    newer = tmp_path / "networks.toml"
    newer.write_text(
        '[[network]]\nowner = "DigitalOcean"\nkind = "cloud"\nsource = ""\nprefixes = ["198.51.100.0/24"]\n'
    )
    known = networks.load(newer, tmp_path / "missing.toml")
    assert known.place("198.51.100.9").network == Network.CLOUD
    assert known.place("167.99.1.1").network == Network.UNKNOWN
    assert known.place("3.145.232.16").network == Network.CLOUD


def test_every_row_of_both_tables_names_its_source() -> None:
    rows = tomllib.loads(networks.TABLE.read_text())["network"]
    assert all("https://" in row["source"] for row in rows)
    assert all("https://" in row.source for row in agents.table())
    assert all(ip_network(prefix) for row in rows for prefix in row["prefixes"])
