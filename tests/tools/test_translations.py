"""Every word of recipients' pages, and what Django says about a mistake in a form, is there in every language, in what
is edited and in what is read."""

import gettext
import io
import re

import pytest
from django.conf import settings

from tools import translations

_PLACE = re.compile(r"%(?:\((\w+)\))?[sdr]")
_MANY = 100


def test_there_is_a_catalogue_for_every_language() -> None:
    assert sorted(translations.languages()) == sorted(code for code, _ in settings.LANGUAGES)
    assert len(translations.words("de")) > 30
    assert len(translations.words("en")) > 30


@pytest.mark.parametrize("language", translations.languages())
def test_nothing_is_left_untranslated(language: str) -> None:
    """Otherwise: `python -m tools.translations` adds what is new and says what is missing."""
    catalog = translations.read(language)
    assert translations.untranslated(language, catalog) == []
    assert {entry.id for entry in catalog if entry.id} == set(translations.words(language))


@pytest.mark.parametrize("language", translations.languages())
def test_what_is_put_in_is_put_in_everywhere(language: str) -> None:
    """What Django puts into a sentence of its own may be left out."""
    own = set(translations.words(language)) - set(translations.of_django())
    for entry in translations.read(language):
        if entry.id in own:
            assert sorted(_PLACE.findall(str(entry.string))) == sorted(_PLACE.findall(str(entry.id))), entry.id
        elif entry.id:
            for string in translations.strings(entry):
                assert set(_PLACE.findall(string)) <= set(_PLACE.findall(str(entry.id))), entry.id


@pytest.mark.parametrize("language", translations.languages())
def test_what_is_read_is_what_was_edited(language: str) -> None:
    """Otherwise: `python -m tools.translations` compiles it."""
    with translations.path_of(language, "mo").open("rb") as file:
        committed = gettext.GNUTranslations(file)
    fresh = gettext.GNUTranslations(io.BytesIO(translations.compiled(translations.read(language))))
    for text in translations.words(language):
        if isinstance(text, str):
            assert committed.gettext(text) == fresh.gettext(text)
        else:
            assert [committed.ngettext(*text, n) for n in (1, _MANY)] == [fresh.ngettext(*text, n) for n in (1, _MANY)]
