import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from contacts.exporting import csv_response, safe_cell
from contacts.importing.reading.cells import clean

FORMULAS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_arrives_as_text(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_an_export_comes_back_as_it_was(text: str) -> None:
    assert clean(safe_cell(text)) == text


def test_download_is_a_table_with_quotes_where_needed() -> None:
    response = csv_response("people", ["Name", "=evil"], [['O\'Neill, "Jr."\nx', None], ["Zoë", -3]] * 600)
    assert response["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert response["X-Content-Type-Options"] == "nosniff"
    text = b"".join(response).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["Name", "'=evil"]
    assert rows[1:3] == [['O\'Neill, "Jr."\nx', ""], ["Zoë", "-3"]]
    assert len(rows) == 1201


def test_times_are_of_the_zone_in_which_the_table_was_asked_for() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        response = csv_response("people", ["At"], ([f"{timezone.localtime(noon):%H:%M}"] for _ in range(600)))
    assert set(b"".join(response).decode().split()[1:]) == {"14:00"}
