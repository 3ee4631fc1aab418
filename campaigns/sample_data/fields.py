"""Fields of every kind for the people who do not exist, so that whoever tries things out finds each of them in use."""

from typing import Any

from contacts.models import Contact, Field

Kind = Field.Kind
_LIKES = ["Crime", "Poetry", "Travel", "History"]
_CARDS = ["Silver", "Gold"]
_FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "sample_town", "label": "Town (sample)", "kind": Kind.TEXT, "default": "your town"},
    {"key": "sample_visits", "label": "Visits (sample)", "kind": Kind.NUMBER},
    {"key": "sample_birthday", "label": "Birthday (sample)", "kind": Kind.DATE},
    {"key": "sample_print", "label": "Wants it in print (sample)", "kind": Kind.BOOLEAN},
    {"key": "sample_card", "label": "Card (sample)", "kind": Kind.CHOICE, "options": _CARDS},
    {
        "key": "sample_likes",
        "label": "Likes (sample)",
        "kind": Kind.CHOICES,
        "options": _LIKES,
        "default": "good books",
    },
    {"key": "sample_site", "label": "Site (sample)", "kind": Kind.URL},
)
_TOWNS = ("Lisbon", "Kraków", "São Paulo", "Bristol", "القاهرة")


def make() -> None:
    position = Field.objects.count()
    for number, field in enumerate(_FIELDS):
        Field.objects.get_or_create(key=field["key"], defaults=field | {"position": position + number})


def values(number: int) -> dict[str, Any]:
    """Of the sample person of that number; some have few, one in nine has none."""
    known: dict[str, Any] = {
        "sample_town": _TOWNS[number % 5],
        "sample_visits": number % 13,
        "sample_birthday": f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}",
        "sample_print": number % 3 == 0,
        "sample_card": _CARDS[number % 2],
        "sample_likes": [_LIKES[number % 4], _LIKES[(number + 1 + number % 3) % 4]],
        "sample_site": f"https://example.com/reader/{number}",
    }
    return {key: value for at, (key, value) in enumerate(known.items()) if (number + at) % 4} if number % 9 else {}


def remove() -> None:
    """Those that nobody real has a value in."""
    for field in _FIELDS:
        if not Contact.objects.filter(is_sample=False, attributes__has_key=field["key"]).exists():
            Field.objects.filter(key=field["key"]).delete()
