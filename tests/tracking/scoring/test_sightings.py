"""What operators published of mail filters they saw, judged as if it came to us: sightings.toml names each source."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.tracking.scoring.test_bursts import ACCEPTED, Act
from tracking.scoring import bursts, networks, verdicts
from tracking.scoring.requests import Request, judge

TABLE = tomllib.loads(Path(__file__).with_name("sightings.toml").read_text())
KNOWN = networks.load()


def source(row: dict[str, Any]) -> str:
    return str(row["source"]).removeprefix("https://")


@pytest.mark.parametrize("row", TABLE["request"], ids=source)
def test_a_filter_is_told_by_its_name_its_network_or_its_haste(row: dict[str, Any]) -> None:
    network = KNOWN.place(row["address"]).network
    assert network == row["network"]
    found = {
        judge(Request(row["what"] == "open", "", row["program"], network, age, is_rehearsal=False))
        for age in row["seconds"] or [None]
    }
    assert found == {row["verdict"]}


@pytest.mark.parametrize("row", TABLE["sweep"], ids=source)
def test_a_filter_that_follows_the_links_of_a_mail_is_told_by_its_pace(row: dict[str, Any]) -> None:
    for start in row["starts"]:
        acts = [Act(ACCEPTED + start + row["apart"] * link, link + 1) for link in range(row["links"])]
        acts += [Act(ACCEPTED + row["opened"])] if "opened" in row else []
        found = bursts.of_mail(acts, links_in_mail=row["links"], accepted_at=ACCEPTED)
        assert [one.verdict for one in found] == [verdicts.BURST] * len(acts), start
