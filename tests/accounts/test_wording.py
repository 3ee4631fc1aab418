from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import wording

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 22, 14, 20, tzinfo=BERLIN), "today 14:20"),
        (datetime(2026, 11, 21, 23, 59, tzinfo=BERLIN), "yesterday 23:59"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=BERLIN), "tomorrow 00:00"),
        (datetime(2026, 3, 12, 7, 0, tzinfo=BERLIN), "12 Mar, 07:00"),
        (datetime(2025, 3, 2, 7, 0, tzinfo=BERLIN), "2 Mar 2025, 07:00"),
    ],
)
def test_times_read_as_people_say_them(at: datetime, said: str) -> None:
    assert wording.moment(at, NOW) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.2, "a minute"),
        (45, "45 minutes"),
        (60, "1\N{NO-BREAK SPACE}h"),
        (150, "2\N{NO-BREAK SPACE}h 30\N{NO-BREAK SPACE}min"),
        (24 * 60, "1 day"),
        (3000, "2 days 2\N{NO-BREAK SPACE}h"),
    ],
)
def test_spans_are_told_in_the_units_that_matter(minutes: float, said: str) -> None:
    assert wording.span(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.024, "2.4\N{NO-BREAK SPACE}%"),
        (0.0, "0.0\N{NO-BREAK SPACE}%"),
        (1, "100.0\N{NO-BREAK SPACE}%"),
        (None, "–"),
        (0.12345, "12.3\N{NO-BREAK SPACE}%"),
    ],
)
def test_rates_have_one_decimal_and_a_dash_before_there_is_one(share: float | None, said: str) -> None:
    assert wording.rate(share) == said


def test_counts_are_grouped() -> None:
    assert wording.count(12014) == "12,014"


def test_an_arabic_name_leaves_the_sentence_in_its_order() -> None:
    assert wording.isolated("Relay Köln") == "Relay Köln"
    assert wording.isolated("بريد") == "\u2068بريد\u2069"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("a\0b", "ab"),
        ("half \ud83d a pair", "half ? a pair"),
        ("İ" * 30, "İ" * 20),
        ("x" * 30, "x" * 20),
    ],
)
def test_words_of_strangers_are_kept_as_the_database_can(text: str, kept: str) -> None:
    assert wording.storable(text, 20) == kept


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ana@example.org", "ana@example.org"),
        ("Anna-Lena Meier <ana@example.org>", "Anna-Lena Meier &lt;ana@example.org&gt;"),
        ("anna-lena.meier@mail.example.org", "anna-<wbr>lena.<wbr>meier@<wbr>mail.<wbr>example.<wbr>org"),
        ("a&b'long--than_most+x@example.org", "a&amp;b&#x27;long--<wbr>than_<wbr>most+<wbr>x@<wbr>example.<wbr>org"),
        ("<b>anna-lena</b>@example.org", "&lt;b&gt;anna-<wbr>lena&lt;/b&gt;@<wbr>example.<wbr>org"),
    ],
)
def test_a_long_address_ends_a_line_after_its_signs_alone(address: str, shown: str) -> None:
    assert wording.breakable(address) == shown
