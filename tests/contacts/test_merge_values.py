import pytest

from contacts import merge_values
from contacts.models import Field


def test_values_are_flat_plain_and_without_holes() -> None:
    attributes = {"city": "Köln", "visits": 3, "vip": False, "gone": None, "tags": ["a"], "deep": {"x": 1}}
    assert merge_values.values("ada@example.com", "Ada", "", "de", attributes) == {
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "",
        "language": "de",
        "city": "Köln",
        "visits": 3,
        "vip": False,
    }


def test_an_attribute_cannot_pass_for_the_address() -> None:
    assert (
        merge_values.values("ada@example.com", "", "", "", {"email": "eve@example.com"})["email"] == "ada@example.com"
    )


@pytest.mark.django_db
def test_every_field_is_offered_as_a_tag() -> None:
    Field.objects.create(key="shoe_size", label="Shoe size", kind="number")
    assert [tag.name for tag in merge_values.tags()] == ["first_name", "last_name", "email", "language", "shoe_size"]
    assert all(tag.example for tag in merge_values.tags())
