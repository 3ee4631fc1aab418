"""Fields: compared as what they are, and a missing value fits nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact, Field
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("town", "how", "value"),
    [
        ("Gießen", "is", "GIEßEN"),
        ("Gießen", "one-of", "Paris, gießen"),
        ("Gießen", "contains", "Eß"),
        ("Gießen", "begins", "gieß"),
        ("Gießen", "ends", "ßEN"),
        ("İZMİR", "is", "İzmir"),
    ],
)
def test_a_town_is_found_by_its_letters_in_whatever_case(town: str, how: str, value: str) -> None:
    """Python's small letters are not the database's: “ß” becomes “ss”, “İ” becomes two."""
    Field.objects.create(key="city", label="City")
    person("there", attributes={"city": town})
    person("elsewhere", attributes={"city": "Giessen"})
    assert who("profile", field="field:city", how=how, value=value) == {"there"}
    assert who("profile", field="field:city", how="one-of", value=" , ") == set()


@pytest.mark.parametrize(
    ("how", "values", "fit"),
    [
        ("is", {"value": "paris"}, {"paris"}),
        ("is-not", {"value": "paris"}, {"lyon", "odd"}),
        ("one-of", {"value": "Lyon, Paris ,"}, {"paris", "lyon"}),
        ("contains", {"value": "AR"}, {"paris"}),
        ("contains", {"value": "%"}, set()),
        ("lacks", {"value": "yo"}, {"paris", "odd"}),
        ("begins", {"value": "ly"}, {"lyon"}),
        ("ends", {"value": "IS"}, {"paris"}),
        ("ends", {"value": "_s"}, set()),
        ("less", {"value": "100"}, {"odd"}),
        ("known", {}, {"paris", "lyon", "odd"}),
        ("unknown", {}, {"empty", "nothing"}),
    ],
)
def test_a_text_is_compared_as_text_and_as_a_number_where_it_holds_one(
    townspeople: None, how: str, values: dict[str, str], fit: set[str]
) -> None:
    assert who("profile", field="field:city", how=how, **values) == fit


@pytest.mark.parametrize(
    ("how", "values", "fit"),
    [
        ("equals", {"value": "20.0"}, {"paris"}),
        ("differs", {"value": "20"}, {"lyon"}),
        ("less", {"value": "100"}, {"paris"}),
        ("most", {"value": "100"}, {"paris", "lyon"}),
        ("more", {"value": "-1"}, {"paris", "lyon"}),
        ("between", {"value": "19", "upper": "21"}, {"paris"}),
        ("known", {}, {"paris", "lyon", "odd"}),
    ],
)
def test_a_number_is_compared_as_a_number(townspeople: None, how: str, values: dict[str, str], fit: set[str]) -> None:
    assert who("profile", field="field:orders", how=how, **values) == fit


@pytest.mark.parametrize(
    ("how", "values", "fit"),
    [
        ("on", {"value": "1984-12-31"}, {"lyon"}),
        ("before", {"value": "1984-12-31"}, set()),
        ("after", {"value": "1984-12-31"}, {"paris"}),
        ("between", {"value": "1984-12-31", "upper": "1990-02-28"}, {"paris", "lyon"}),
        ("longer", {"days": "9999"}, {"paris", "lyon"}),
        ("unknown", {}, {"empty", "nothing"}),
    ],
)
def test_dates_are_compared_by_the_calendar(townspeople: None, how: str, values: dict[str, str], fit: set[str]) -> None:
    assert who("profile", field="field:born", how=how, **values) == fit


def test_a_birthday_comes_round_whatever_the_year() -> None:
    Field.objects.create(key="born", label="Born", kind="date")
    today = timezone.localdate()
    person(
        "today", attributes={"born": today.replace(year=1980).isoformat() if today.day < 29 else f"{today:1980-%m-%d}"}
    )
    person("next-week", attributes={"born": f"{today + timedelta(7):1990-%m-%d}"})
    person("gone", attributes={"born": f"{today - timedelta(1):1990-%m-%d}"})
    assert who("profile", field="field:born", how="anniversary", days="6") == {"today"}
    assert who("profile", field="field:born", how="anniversary", days="7") == {"today", "next-week"}


def test_yes_and_no_are_not_what_is_missing(townspeople: None) -> None:
    assert who("profile", field="field:vip", how="yes") == {"paris"}
    assert who("profile", field="field:vip", how="no") == {"lyon"}


def test_days_begin_at_midnight_of_the_organisation() -> None:
    zone = timezone.get_current_timezone()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for name, at in (("early", midnight), ("late", midnight - timedelta(seconds=1))):
        Contact.objects.filter(pk=person(name).pk).update(created_at=at)
    day = midnight.astimezone(zone).date().isoformat()
    assert who("profile", field="created_at", how="on", value=day) == {"early"}
    assert who("profile", field="created_at", how="before", value=day) == {"late"}
    assert who("profile", field="created_at", how="last", days="1") == {"early", "late"}


def test_the_domain_is_what_stands_behind_the_last_at() -> None:
    Contact.objects.create(email='"a@b"@firm.example')
    person("ana")
    assert who("profile", field="domain", how="is", value="FIRM.example") == {'"a'}
