"""What is a name, and what is a flood: tables of cases."""

import pytest

from contacts.signup.robots import flood, hostile


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Dr.med. Ada",
        "J.R.R. Tolkien",
        "Żółć Gżegżółka-Brzęczyszczykiewicz",
        "محمد عبد الرحمن",
        "O’Neil",
        "李小龍",
    ],
)
def test_people_s_names_are_taken(name: str) -> None:
    assert not hostile.is_no_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Win 500 EUR http://evil.example",
            "www.casino.top now",
            "cheap-pills.com",
            "Hello evil . ru /x",
            "a@b.example",
        ),
        *("<b>Ada</b>", "{{ first_name }}", "x" * 61, "javascript:alert(1)", "Ada\u202eevil", "ｗｗｗ．evil．com"),
    ],
)
def test_advertising_is_no_name(name: str) -> None:
    assert hostile.is_no_name(name)


@pytest.mark.parametrize(
    ("in_last_hour", "usual_hours", "is_flood"),
    [(50, [], False), (51, [], True), (60, [1, 2, 3], True), (60, [20, 20], False), (101, [20, 20], True)],
)
def test_five_times_the_usual_and_not_a_handful_is_a_flood(
    in_last_hour: int, usual_hours: list[int], is_flood: bool
) -> None:
    assert flood.is_flood(in_last_hour, usual_hours) is is_flood
