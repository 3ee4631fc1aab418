"""A number in a workbook reads as it is shown there, where that is what it means."""

from datetime import datetime

import pytest

from contacts.importing.reading.formats.shown import text_of

PHONE = r"[<=9999999]###\-####;\(###\)\ ###\-####"


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1067, "00000", "01067"),
        (1067.0, "00000", "01067"),
        (12345678, "000-00-0000", "012-34-5678"),
        (12345678, "00000\\-0000", "01234-5678"),
        (4155550123, PHONE, "(415) 555-0123"),
        (5550123, PHONE, "555-0123"),
        (491511234, '"+"0', "+491511234"),
        (4915112345678.0, "General", "4915112345678"),
        (4915112345678.0, "0", "4915112345678"),
        (491511234567890.0, "0.00E+00", "491511234567890"),
        (12.5, "#,##0.00", "12.5"),
        (1250, "#,##0", "1250"),
        (0.25, "0%", "0.25"),
        (3, '0 "pieces"', "3"),
        (-7, "00000", "-7"),
        (0, "00000", "00000"),
        (float("nan"), "General", ""),
        (True, "General", "true"),
        (datetime(2024, 3, 4), "DD/MM/YYYY", "2024-03-04"),  # noqa: DTZ001  # a cell knows no time zone
        (datetime(2024, 3, 4, 9, 30), "DD/MM/YYYY HH:MM", "2024-03-04 09:30:00"),  # noqa: DTZ001
        ("a\nb", "@", "a b"),
        ("Hafenstr. 5_x000D_\nHamburg", "@", "Hafenstr. 5 Hamburg"),
        ("Ana_x0009_Berg_x000d_", "@", "Ana Berg"),
        ("item_x0041_ x000D", "@", "item_x0041_ x000D"),
        (None, "General", ""),
    ],
)
def test_value_reads_as_it_is_shown(value: object, number_format: str, shown: str) -> None:
    assert text_of(value, number_format) == shown
