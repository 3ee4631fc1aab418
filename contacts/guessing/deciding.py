"""From what is known of a person to their language and time zone, or to nothing where that would be a lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from contacts.guessing import languages, zones

FROM = {
    "country": "their country",
    "phone": "their telephone number",
    "browser": "the language of their browser",
    "address": "the ending of their address",
    "form": "the form they signed up with",
}
# Whose endings people and firms of that country have, and hardly anybody else.
_NATIONAL = frozenset(
    {"at", "be", "ch", "cz", "de", "dk", "es", "fi", "fr", "gr", "hu", "ie", "it", "jp", "kr", "nl", "no", "pl", "pt"}
    | {"ro", "se", "sk", "tr", "uk"}
)
# Of several the first counts.
_COUNTRY_FIELDS = (
    *("country", "country_code", "country_name", "land", "pays", "pais", "paese", "kraj", "nation"),
    "land_code",
)
_PHONE_FIELDS = (
    *("phone", "phone_number", "telephone", "telephone_number", "mobile", "mobile_phone", "cell", "cell_phone", "tel"),
    *("telefon", "telefonnummer", "handy", "mobil", "mobiltelefon", "portable", "telefono", "telefone", "sms"),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """Each "" where nothing can be told; `…_from` is a key of FROM."""

    language: str = ""
    language_from: str = ""
    time_zone: str = ""
    time_zone_from: str = ""


def guess(*, country: str = "", phone: str = "", accept_language: str = "", email: str = "") -> Guess:
    """A browser tells the language alone, but is nearer to the person than where they live."""
    hints = (
        Guess(_of_browser(accept_language), "browser"),
        _of_country(country),
        _of_phone(phone),
        _of_ending(email),
    )
    language = next((hint for hint in hints if hint.language), Guess())
    zone = next((hint for hint in hints if hint.time_zone), Guess())
    return Guess(language.language, language.language_from, zone.time_zone, zone.time_zone_from)


def of_attributes(attributes: Mapping[str, object], email: str) -> Guess:
    """From fields that are named like a country or a telephone number."""
    country = next((value for key in _COUNTRY_FIELDS if isinstance(value := attributes.get(key), str)), "")
    phones = (value for key in _PHONE_FIELDS if isinstance(value := attributes.get(key), (str, int)))
    return guess(country=country[:100], phone=str(next(phones, ""))[:40], email=email)


def _of_country(text: str) -> Guess:
    code = languages.country(text) if text else ""
    return _of_code(code, "country") if code else Guess()


@lru_cache(1024)
def _of_code(code: str, source: str) -> Guess:
    language, zone = languages.of_country(code), zones.of_country(code)
    return Guess(language, source if language else "", zone, source if zone else "")


def _of_phone(text: str) -> Guess:
    """Only numbers in their international form: others belong to any country."""
    plain = text.strip()
    plain = f"+{plain[2:]}" if plain.startswith("00") else plain
    if not plain.startswith("+"):
        return Guess()
    import phonenumbers  # 2 MB of numbering plans
    from phonenumbers import timezone as phone_zones

    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        return Guess()
    region = phonenumbers.region_code_for_number(number)
    if not region or not phonenumbers.is_possible_number(number):
        return Guess()
    known = _of_code(region, "phone")
    zone = known.time_zone or zones.one_clock(
        [name for name in phone_zones.time_zones_for_number(number) if name != phone_zones.UNKNOWN_TIMEZONE]
    )
    return Guess(known.language, known.language_from, zone, "phone" if zone else "")


def _of_browser(accept_language: str) -> str:
    return languages.of_browser(accept_language) if accept_language else ""


def _of_ending(email: str) -> Guess:
    ending = email.rpartition(".")[2].lower()
    return _of_code("GB" if ending == "uk" else ending.upper(), "address") if ending in _NATIONAL else Guess()
