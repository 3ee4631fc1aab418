"""Languages and countries by their codes and by their names in the languages of the world, from Unicode's CLDR."""

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages

# In whose words files and people name countries and languages most often.
_SPOKEN = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "ar", "sv", "da", "nb", "fi", "cs", "tr")
# SQL: the language that a contact reads, without its region; "" where it is not known. In Python: Contact.reads.
READ = "lower(split_part(coalesce(nullif({contact}.language, ''), {contact}.guessed_language), '-', 1))"
_MORE_COUNTRIES = {"usa": "US", "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB"}


def name_of(code: str) -> str:
    """“German” for de, “Portuguese (Brazil)” for pt-BR; a code that is none stays as it is."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or code
    except (ValueError, UnknownLocaleError, TypeError):
        return code


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """(code, English name) of languages that somebody speaks as their own, by name."""
    spoken = {language.split("_")[0] for country in _countries() for language in _official(country)}
    names = {code: str(Locale("en").languages.get(code, "")) for code in spoken}
    return tuple(sorted(((code, name) for code, name in names.items() if name), key=lambda one: one[1]))


def find(text: str) -> str:
    """The code of a language told by code or by name in many languages; "" if there is none such."""
    plain = " ".join(text.split())
    named = _language_names().get(plain.casefold())
    if named:
        return named
    try:
        found = Locale.parse(plain.replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        return ""
    return f"{found.language}-{found.territory}" if found.territory else str(found.language)


def country(text: str) -> str:
    """The two letters of a country told by code or by name in many languages; "" if there is none such."""
    plain = " ".join(text.split()).casefold()
    return _country_names().get(plain, "")


def of_country(code: str) -> str:
    """What people there read; "" where several languages are official and none stands for all."""
    official = _official(code)
    return official[0].split("_")[0] if len(official) == 1 else ""


def of_browser(accept_language: str) -> str:
    """The first language that a browser asks for (RFC 9110, 12.5.4), without its region."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            share = float(weight) if weight else 1.0
        except ValueError:
            continue
        if tag and tag != "*" and share > 0:
            wanted.append((-share, tag.split("-")[0].lower()))
    found = sorted(wanted, key=lambda one: one[0])
    return next((code for _, tag in found if (code := find(tag))), "")


def _official(code: str) -> tuple[str, ...]:
    return tuple(get_official_languages(code, de_facto=True))


@cache
def _countries() -> tuple[str, ...]:
    return tuple(sorted(get_global("territory_zones")))


@cache
def _country_names() -> dict[str, str]:
    there = _countries()
    found = {code.casefold(): code for code in there} | dict(_MORE_COUNTRIES)
    for language in _SPOKEN:
        names = Locale(language).territories
        for code in there:
            if name := names.get(code):
                found.setdefault(str(name).casefold(), code)
    return found


@cache
def _language_names() -> dict[str, str]:
    codes = [code for code, _ in choices()]
    found: dict[str, str] = {}
    for language in _SPOKEN:
        names = Locale(language).languages
        for code in codes:
            if name := names.get(code):
                found.setdefault(str(name).casefold(), code)
    for code in codes:
        try:
            own = Locale(code).languages.get(code, "")
        except UnknownLocaleError:
            continue
        if own:
            found.setdefault(str(own).casefold(), code)
    return found
