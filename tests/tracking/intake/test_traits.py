"""Programs, devices and countries of people who opened and clicked: counted once, and taken back by later verdicts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from accounts.models import Role, User
from delivery.models import Message
from tests.tracking.conftest import FIREFOX, Reader, Sent
from tracking import problems
from tracking.intake import countries
from tracking.models import Breakdown, Event, EventKind

GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.10730; Pro)"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
HERE = "192.0.2.0/24"  # where the tests' reader sits


def counted(by: str, kind: EventKind) -> dict[str, tuple[int, int]]:
    rows = Breakdown.objects.filter(by=by, kind=kind).values_list("value").annotate(Sum("total"), Sum("people"))
    return {value: (total, people) for value, total, people in rows if total or people}


@pytest.fixture
def geoip(settings: Any, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Write a file that knows where the tests' reader sits, and use it."""
    settings.GEOIP_FILE = str(tmp_path / "country.mmdb")
    countries._files.clear()

    def write(network: str = HERE, **record: Any) -> Path:
        writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-Country")
        writer.insert_network(IPSet([network]), record or {"country": {"iso_code": "PT"}})
        new = tmp_path / "new.mmdb"
        writer.to_db_file(str(new))
        return new.rename(settings.GEOIP_FILE)

    yield write
    countries._files.clear()


def test_people_are_counted_by_program_and_device(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open(0), agent=GMAIL)
    reader("GET", sent.open(1), agent=OUTLOOK)
    for _ in range(2):
        reader("GET", sent.click(1), agent=FIREFOX)
        take_in()
    assert counted("client", EventKind.OPEN) == {"Gmail (through its proxy)": (1, 1), "Outlook": (1, 1)}
    assert counted("device", EventKind.OPEN) == {"unknown": (1, 1), "computer": (1, 1)}
    assert counted("client", EventKind.CLICK) == {"Browser: Firefox": (2, 1)}
    assert not counted("country", EventKind.OPEN), "there is no file to look it up in"


def test_a_person_of_two_programs_counts_with_the_first(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open(0), agent=OUTLOOK)
    reader("GET", sent.open(0), agent=GMAIL)
    take_in()
    reader("GET", sent.open(0), agent=GMAIL)
    take_in()
    assert counted("client", EventKind.OPEN) == {"Outlook": (1, 1), "Gmail (through its proxy)": (2, 0)}


def test_machines_are_not_among_the_programs_of_people(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open(0), agent="Mozilla/5.0")
    reader("HEAD", sent.click(0))
    reader("POST", sent.unsubscribe(1))
    take_in()
    assert not Breakdown.objects.filter(by__in=("client", "device", "country")).exists()


def test_a_later_verdict_takes_its_clicks_out_of_programs_devices_and_countries(
    reader: Reader, send: Callable[..., Sent], take_in: Callable[[], int], geoip: Callable[..., Path]
) -> None:
    geoip()
    sent = send(links=4)
    Message.objects.filter(id=sent.messages[0].id).update(accepted_at=timezone.now() - timedelta(seconds=5))
    reader("GET", sent.click(1, 0), agent=IPHONE)
    for link in range(4):
        reader("GET", sent.click(0, link))
        if link == 1:
            take_in()
            assert counted("client", EventKind.CLICK)["Browser: Firefox"] == (2, 1)
            assert counted("country", EventKind.CLICK) == {"PT": (3, 2)}
            # Neither another library nor another file may change what is taken out.
            countries._files.clear()
            geoip(country={"iso_code": "ES"})
    take_in()
    assert counted("client", EventKind.CLICK) == {"Browser: Safari": (1, 1)}
    assert counted("device", EventKind.CLICK) == {"phone": (1, 1)}
    assert counted("country", EventKind.CLICK) == {"PT": (1, 1)}


def test_country_is_kept_of_an_address_that_is_not(
    reader: Reader, sent: Sent, take_in: Callable[[], int], geoip: Callable[..., Path]
) -> None:
    """The file knows one address of its neighbourhood alone, so the whole one was looked up."""
    geoip("192.0.2.77/32")
    reader("GET", sent.open(0))
    reader("GET", sent.open(1), agent=GMAIL)
    take_in()
    assert sorted(Event.objects.values_list("country", "ip")) == [("", "192.0.2.0"), ("PT", "192.0.2.0")]
    assert counted("country", EventKind.OPEN) == {"PT": (1, 1)}, "a proxy's address says where the proxy stands"


@pytest.mark.parametrize(
    "record",
    [{"registered_country": {"iso_code": "PT"}}, {"country": "Portugal", "country_code": "PT"}, {"country": "PT"}],
)
def test_files_of_other_makers_are_read_too(geoip: Callable[..., Path], record: dict[str, Any]) -> None:
    geoip(**record)
    assert countries.country_of("192.0.2.77") == "PT"
    assert countries.country_of("2001:db8::1") == countries.country_of("nowhere") == ""


@pytest.mark.parametrize("content", [None, b"", b"no database\n" * 100])
def test_a_file_that_is_missing_or_broken_is_told_of_and_stops_nothing(
    content: bytes | None,
    reader: Reader,
    sent: Sent,
    take_in: Callable[[], int],
    geoip: Callable[..., Path],
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if content is not None:
        Path(settings.GEOIP_FILE).write_bytes(content)
    reader("GET", sent.open(0))
    take_in()
    assert counted("client", EventKind.OPEN) == {"Browser: Firefox": (1, 1)}
    assert f"the GeoIP file {settings.GEOIP_FILE} cannot be read" in caplog.text
    (told,) = problems.unreadable_geoip_file(User(role=Role.ADMIN))
    assert settings.GEOIP_FILE in told.text
    assert not list(problems.unreadable_geoip_file(User(role=Role.MARKETER)))


def test_a_good_file_or_none_is_no_problem(geoip: Callable[..., Path], settings: Any) -> None:
    geoip()
    assert not list(problems.unreadable_geoip_file(User(role=Role.ADMIN)))
    settings.GEOIP_FILE = ""
    assert not list(problems.unreadable_geoip_file(User(role=Role.ADMIN)))


def test_a_newer_file_is_noticed(geoip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(countries, "_LOOK_AGAIN_SECONDS", 0.0)
    assert countries.country_of("192.0.2.77") == ""
    geoip()
    assert countries.country_of("192.0.2.77") == "PT"
    geoip(country={"iso_code": "ES"})
    assert countries.country_of("192.0.2.77") == "ES"
