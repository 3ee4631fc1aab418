"""A guess is made where it is honest, marked as one, and never takes the place of what somebody said."""

import csv
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from contacts.guessing import deciding, languages, rounds
from contacts.guessing.deciding import Guess
from contacts.importing.columns import guessing
from contacts.importing.plan import Target
from contacts.models import Contact


@pytest.mark.parametrize(
    ("hints", "guess"),
    [
        ({"country": "Deutschland"}, Guess("de", "country", "Europe/Berlin", "country")),
        ({"country": "Japan"}, Guess("ja", "country", "Asia/Tokyo", "country")),
        ({"country": "ch"}, Guess("", "", "Europe/Zurich", "country")),  # four languages
        ({"country": "USA"}, Guess("en", "country", "", "")),  # many clocks
        ({"country": "Brésil"}, Guess("pt", "country", "", "")),
        ({"country": "Narnia"}, Guess()),
        ({"phone": "+48 601 234 567"}, Guess("pl", "phone", "Europe/Warsaw", "phone")),
        ({"phone": "001 212 555 0123"}, Guess("en", "phone", "America/New_York", "phone")),
        ({"phone": "0601 234567"}, Guess()),  # of any country
        ({"phone": "+1"}, Guess()),
        ({"country": "CH", "accept_language": "fr;q=0.8, de-CH"}, Guess("de", "browser", "Europe/Zurich", "country")),
        ({"accept_language": "*, en;q=x, xx"}, Guess()),
        ({"email": "ana@firm.pt"}, Guess("pt", "address", "Europe/Lisbon", "address")),
        ({"email": "dev@project.io"}, Guess()),  # an ocean's ending, used by everybody
    ],
)
def test_what_is_known_tells_language_and_clock_or_nothing(hints: dict[str, str], guess: Guess) -> None:
    assert deciding.guess(**hints) == guess


def test_of_two_countries_the_first_that_is_named_counts() -> None:
    told = {"nation": "Japan", "land": "Polen", "country": "Germany"}
    assert deciding.of_attributes(told, "a@example.com").language == "de"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("Deutsch", "de"), ("german", "de"), ("pt_BR", "pt-BR"), ("日本語", "ja"), ("Klingonish", "")),
        # The script is left out only where it is the one that is read there anyway.
        *(("zh-Hans-HK", "zh-Hans-HK"), ("zh-Hant-HK", "zh-HK"), ("zh_Hans_CN", "zh-CN"), ("zh-Hans", "zh")),
        *(("zh-Hant", "zh-Hant"), ("sr-Latn", "sr-Latn"), ("sr-Cyrl-RS", "sr-RS"), ("de-Latn-AT", "de-AT")),
    ],
)
def test_a_language_is_found_by_code_and_name(text: str, code: str) -> None:
    assert languages.find(text) == code


@pytest.mark.django_db
def test_guesses_are_marked_and_give_way_to_a_word(client_for: Callable[[User], Client], marketer: User) -> None:
    made: dict[str, dict[str, Any]] = {
        "ada": {"attributes": {"country": "Germany"}},
        "ben": {"attributes": {"country": "Germany"}, "language": "en", "time_zone": "Europe/London"},
        "cem": {"attributes": {"phone": "+90 212 555 01 23"}, "language": "de-AT"},
        "dora": {"attributes": {}},
    }
    for name, values in made.items():
        Contact.objects.create(email=f"{name}@example.com", **values)
    assert rounds.turn() == 2
    assert rounds.turn() == 0
    ada, ben = (Contact.objects.get(email=f"{name}@example.com") for name in ("ada", "ben"))
    assert (ada.language, ada.best_language, ada.best_time_zone) == ("", "de", "Europe/Berlin")
    assert (ben.guessed_language, ben.guessed_time_zone, ben.best_time_zone) == ("", "", "Europe/London")
    browser = client_for(marketer)
    page = browser.get(ada.get_absolute_url()).content.decode()
    assert "German</bdi> (guessed from their country)" in page
    browser.post("/contacts/columns/", {"column": ["language", "time_zone"]})
    table = BeautifulSoup(browser.get("/contacts/").content, "html.parser")
    rows = [[cell.get_text(strip=True) for cell in row("td")][1:] for row in table.select("tbody tr")]
    assert ["ada@example.com", "de (guessed)", "Europe/Berlin (guessed)"] in rows
    assert ["ben@example.com", "en", "Europe/London"] in rows
    asked_for = ["language", "time_zone", "guessed_language", "guessed_time_zone"]
    export: Any = browser.post("/contacts/export/", {"column": asked_for})
    lines = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[:2] == [
        "Email,Language,Time zone,Guessed language,Guessed time zone",
        "ada@example.com,,,de,Europe/Berlin",
    ]
    header, *people = csv.reader(lines)
    assert [one.target for one in guessing.columns(header, people, {})][-2:] == [Target.IGNORE] * 2
    assert "Guessed: German." in browser.get(f"/contacts/{ada.pk}/edit/").content.decode()
    browser.post(f"/contacts/{ada.pk}/value/language/", {"language": "French"})
    assert rounds.turn() == 0
    ada.refresh_from_db()
    assert (ada.language, ada.best_language, ada.guessed_language) == ("fr", "fr", "de")
    assert "(guessed" not in browser.get(ada.get_absolute_url()).content.decode().split("Time zone")[0]
    assert (
        "There is no language"
        in browser.post(f"/contacts/{ada.pk}/value/language/", {"language": "Klingonish"}).content.decode()
    )
