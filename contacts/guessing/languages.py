"""Languages and countries by their codes and by their names in the languages of the world, from Unicode's CLDR."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages

# In whose words files and people name countries and languages most often.
_SPOKEN = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "ar", "sv", "da", "nb", "fi", "cs", "tr")
# SQL: the language that a contact reads, with and without its region; "" where it is not known.
FULL = "lower(coalesce(nullif({contact}.language, ''), {contact}.guessed_language))"
READ = "lower(split_part(coalesce(nullif({contact}.language, ''), {contact}.guessed_language), '-', 1))"
# Who reads Chinese in one script may not read it in the other: for a mail these are two languages.
TRADITIONAL = "zh-Hant"
_TRADITIONAL = "^zh-(hant|tw|hk|mo)(-|$)"
# In which a mail may be written beside the language itself.
_REGIONS = (
    *("de-AT", "de-CH", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-US", "en-ZA", "es-AR", "es-CO", "es-ES"),
    *("es-MX", "es-US", "fr-BE", "fr-CA", "fr-CH", "it-CH", "nl-BE", "pt-BR", "pt-PT", "sv-FI", TRADITIONAL),
)
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


@cache
def of_mails() -> tuple[tuple[str, str], ...]:
    """(code, English name) of what a mail may be written in, by name: also languages as a country has them."""
    names = dict(choices()) | {code: name_of(code) for code in _REGIONS} | {"zh": "Chinese (Simplified)"}
    return tuple(sorted(names.items(), key=lambda one: one[1]))


def picked(tag: str, offered: Sequence[str]) -> str:
    """Which of these languages somebody gets who reads `tag`; "": none of them.

    Their own, else the same without its region (RFC 4647, 3.4): pt-BR reads pt, but pt not pt-BR, which was written for
    others. zh-TW and zh-HK read zh-Hant, and never zh.
    """
    by_code = {code.lower(): code for code in offered}
    return by_code.get(tag.lower(), by_code.get(wider(tag).lower(), "")) if tag else ""


def wider(tag: str) -> str:
    """Without its region, but with the script that tells Chinese from Chinese."""
    return TRADITIONAL if re.match(_TRADITIONAL, tag.lower()) else tag.partition("-")[0].lower()


def picked_sql(contact: str, offered: Sequence[str]) -> tuple[str, list[Any]]:
    """The same for a contact under this alias, and its parameters; NULL: none of them."""
    full, read = FULL.format(contact=contact), READ.format(contact=contact)
    wider = f"CASE WHEN {full} ~ '{_TRADITIONAL}' THEN '{TRADITIONAL.lower()}' ELSE {read} END"
    place = f"coalesce(array_position(%s::text[], {full}), array_position(%s::text[], {wider}))"
    lowered = [code.lower() for code in offered]
    return f"(%s::text[])[{place}]", [list(offered), lowered, lowered]


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
    script = found.script if found.script != _usual_script(found.language, found.territory) else ""
    return "-".join(part for part in (found.language, script, found.territory) if part)


def _usual_script(language: str, territory: str | None) -> str:
    """In which it is read, there or anywhere, when nothing is said of it; "" where CLDR does not tell."""
    likely = get_global("likely_subtags")
    tag = likely.get(f"{language}_{territory}") or likely.get(language, "")
    return next((part for part in tag.split("_")[1:] if len(part) == 4), "")


def country(text: str) -> str:
    """The two letters of a country told by code or by name in many languages; "" if there is none such."""
    plain = " ".join(text.split()).casefold()
    return _country_names().get(plain, "")


def of_country(code: str) -> str:
    """What people there read; "" where several languages are official and none stands for all."""
    official = _official(code)
    return official[0].split("_")[0] if len(official) == 1 else ""


def of_browser(accept_language: str) -> str:
    """The first language that a browser asks for (RFC 9110, 12.5.4), without its region, but with a script that tells
    it from another one."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            share = float(weight) if weight else 1.0
        except ValueError:
            continue
        if tag and tag != "*" and share > 0:
            wanted.append((-share, wider(tag)))
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
