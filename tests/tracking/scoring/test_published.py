from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tracking.scoring import networks, published
from tracking.scoring.networks import Network

AMAZON = '{"syncToken": "1/2", "prefixes": [{"ip_prefix": "198.51.100.0/25"}, {"ip_prefix": "198.51.100.128/25"}],' + (
    ' "ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32"}]}'
)
MICROSOFT = (
    '{"values": [{"name": "AzureCloud", "properties": {"addressPrefixes": ["203.0.113.0/24", "2001:db8:8::/48"]}}]}'
)
APPLE = "192.0.2.0/31,DE,DE-BE,Berlin,\n192.0.2.2/31,DE,DE-BE,Berlin,\nno/network,DE,,,\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (AMAZON, ["198.51.100.0/24", "2001:db8::/32"]),
        (MICROSOFT, ["203.0.113.0/24", "2001:db8:8::/48"]),
        (APPLE, ["192.0.2.0/30"]),
        ("203.0.113.0/24\n\n# a word\n", ["203.0.113.0/24"]),
        ("nothing at all", []),
    ],
)
def test_networks_are_found_in_what_owners_publish(text: str, found: list[str]) -> None:
    assert published.prefixes(text) == found


def test_command_takes_a_list_over_and_keeps_the_others(tmp_path: Path, settings: Any) -> None:
    settings.NETWORKS_FILE = tmp_path / "networks.toml"
    for owner, kind, text in (("Amazon Web Services", "cloud", AMAZON), ('A "filter"', "security", "203.0.113.0/24")):
        (tmp_path / "list").write_text(text)
        call_command("networks", owner, kind, str(tmp_path / "list"), stdout=StringIO())
    known = networks.load(settings.NETWORKS_FILE)
    kinds = [known.place(address).network for address in ("198.51.100.7", "203.0.113.7", "3.9.1.1", "34.68.34.70")]
    assert kinds == [Network.CLOUD, Network.SECURITY, Network.UNKNOWN, Network.CLOUD]


def test_command_refuses_a_file_without_networks(tmp_path: Path, settings: Any) -> None:
    settings.NETWORKS_FILE = tmp_path / "networks.toml"
    (tmp_path / "list").write_text("<html>moved</html>")
    with pytest.raises(CommandError, match="names no network"):
        call_command("networks", "Amazon Web Services", "cloud", str(tmp_path / "list"))
    assert not settings.NETWORKS_FILE.exists()
