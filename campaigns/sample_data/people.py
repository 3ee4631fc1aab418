"""Two hundred people who do not exist, with names that test a layout: long, short, accented, right to left, missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

LISTS = ("Readers (sample)", "Customers (sample)", "Event guests (sample)")

# Reserved by RFC 2606: nobody can ever receive mail there.
_DOMAINS = ("example.com", "example.net", "example.org")
_FIRST = (
    ("Ana", "ana", "pt"),
    ("Maximilian", "maximilian", "de"),
    ("Zoë", "zoe", "nl"),
    ("محمد", "mohammed", "ar"),
    ("Søren", "soeren", "da"),
    ("Li", "li", "zh"),
    ("Siobhán", "siobhan", "ga"),
    ("Łukasz", "lukasz", "pl"),
    ("Anne-Sophie", "anne-sophie", "fr"),
    ("Kwame", "kwame", "en"),
    ("Ingrid", "ingrid", "sv"),
    ("Mateo", "mateo", "es"),
    ("Yuki", "yuki", "ja"),
    ("", "office", "en"),
)
_LAST = (
    ("Meier", "meier"),
    ("O’Brien", "obrien"),
    ("García Márquez", "garcia"),
    ("Hohenstein-Wallenbergerhausen", "hohenstein"),
    ("Ng", "ng"),
    ("Nowak", "nowak"),
    ("Andersen", "andersen"),
    ("Okafor", "okafor"),
    ("Tanaka", "tanaka"),
    ("da Silva", "dasilva"),
    ("Petrović", "petrovic"),
    ("Dubois", "dubois"),
    ("العلي", "alali"),
    ("Smith", "smith"),
    ("", "post"),
)


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    first_name: str
    last_name: str
    language: str
    lists: tuple[str, ...]
    has_left: bool


def everyone() -> Iterator[Person]:
    """Always the same 210 people; some are on two lists, some have unsubscribed."""
    for number, ((first, first_key, language), (last, last_key)) in enumerate(product(_FIRST, _LAST)):
        lists = [LISTS[number % 3]]
        if number % 7 == 0:
            lists.append(LISTS[(number + 1) % 3])
        email = f"{first_key}.{last_key}@{_DOMAINS[number % 3]}"
        yield Person(email, first, last, language, tuple(lists), has_left=number % 23 == 5)
