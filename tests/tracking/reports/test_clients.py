from collections.abc import Callable

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from delivery.models import Batch
from tests.tracking.conftest import Reader, Sent
from tracking.models import Breakdown, EventKind
from tracking.reports import clients, numbers

OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.10730; Pro)"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


def put(batch: Batch, by: str, value: str, *, opened: int = 0, clicked: int = 0) -> None:
    for kind, people in ((EventKind.OPEN, opened), (EventKind.CLICK, clicked)):
        Breakdown.objects.create(batch=batch, kind=kind, by=by, value=value, total=people, people=people)


def test_report_names_programs_and_devices_of_people(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open(0), agent=OUTLOOK)
    reader("GET", sent.open(1), agent=GMAIL)
    reader("GET", sent.open(2), agent="Mozilla/5.0")
    reader("GET", sent.click(0))
    take_in()
    programs, devices = numbers.report([sent.batch.id]).clients
    assert [(row.label, row.opened, row.clicked) for row in programs.rows] == [
        ("Browser: Firefox", 0, 1),
        ("Gmail (through its proxy)", 1, 0),
        ("Outlook", 1, 0),
    ]
    assert [(row.label, row.opened, row.clicked) for row in devices.rows] == [
        ("Computer", 1, 1),
        ("Not known (hidden by a proxy)", 1, 0),
    ]
    page = render_to_string("tracking/_report.html", {"report": numbers.report([sent.batch.id]), "campaign_url": "/"})
    assert "Gmail (through its proxy)" in page
    assert "Somebody with two programs counts once" in page
    assert "Countries" not in page


def test_countries_have_names_and_the_rare_ones_are_summed(sent: Sent) -> None:
    put(sent.batch, "country", "DE", opened=500, clicked=80)
    put(sent.batch, "country", "QQ", opened=400)
    for number, code in enumerate(("PT", "ES", "FR", "IT", "AT", "CH", "NL", "BE", "DK", "SE", "NO", "FI", "PL")):
        put(sent.batch, "country", code, opened=100 - number)
    (table,) = clients.tables([sent.batch.id])
    assert [row.label for row in table.rows[:3]] == ["Germany", "QQ", "Portugal"]
    assert (table.rows[-1].label, table.rows[-1].opened) == ("4 more", 91 + 90 + 89 + 88)
    assert len(table.rows) == 12
    assert len(table.counts) == 15
    assert table.counts[-1] == ("Poland", 88, 0)
    assert (table.rows[0].opened_width, table.rows[0].clicked_width) == (100, 16)


@pytest.mark.parametrize("of", [(), ("lane",)])
def test_a_report_without_them_shows_no_empty_tables(sent: Sent, of: tuple[str, ...]) -> None:
    for by in of:
        put(sent.batch, by, "gmail", opened=1)
    with CaptureQueriesContext(connection) as captured:
        assert clients.tables([sent.batch.id]) == []
    assert len(captured) == 1
