"""A line of an inbox is cut where programs cut it, between signs and not within them."""

import pytest

from campaigns.review import inbox_lines


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("News", 4, "News"),
        ("News of the  harbour", 8, "News of…"),
        ("今日のニュース", 9, "今日のニ…"),
        ("Zoe\u0301 Zoe\u0301", 5, "Zoe\u0301…"),
        ("👩‍👩‍👧 family", 4, "👩‍👩‍👧…"),
        ("👍🏽👍🏽👍🏽", 5, "👍🏽👍🏽…"),
        ("Anything", 0, ""),
        ("Anything", -3, ""),
    ],
)
def test_cut(text: str, room: int, shown: str) -> None:
    assert inbox_lines.cut(text, room) == shown


def test_long_subject_leaves_less_room_for_what_follows_in_one_row() -> None:
    gmail, apple, phone = inbox_lines.lines("Nordlicht Books", "A" * 90, "B" * 200)
    assert (len(gmail.subject), len(gmail.preheader)) == (70, 27)
    assert (len(apple.subject), len(phone.subject)) == (45, 40)


@pytest.mark.parametrize(
    ("sender", "letters"), [("Nordlicht Books Ltd", "NB"), ("ana@x.example", "AX"), ("“” –", ""), ("محمد علي", "مع")]
)
def test_initials(sender: str, letters: str) -> None:
    assert inbox_lines.initials(sender) == letters
