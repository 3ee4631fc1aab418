"""Every word of recipients' pages is there in every language, in what is edited and in what is read."""

import gettext
import io
import re

import pytest
from django.conf import settings

from tools import translations

_PLACE = re.compile(r"%\((\w+)\)s")


def test_there_is_a_catalogue_for_every_language_but_that_of_the_code() -> None:
    assert sorted({*translations.languages(), "en"}) == sorted(code for code, _ in settings.LANGUAGES)
    assert len(translations.words()) > 30


@pytest.mark.parametrize("language", translations.languages())
def test_nothing_is_left_untranslated(language: str) -> None:
    """Otherwise: `python -m tools.translations` adds what is new and says what is missing."""
    catalog = translations.read(language)
    assert translations.untranslated(catalog) == []
    assert {str(entry.id) for entry in catalog if entry.id} == set(translations.words())


@pytest.mark.parametrize("language", translations.languages())
def test_what_is_put_in_is_put_in_everywhere(language: str) -> None:
    for entry in translations.read(language):
        if entry.id:
            assert sorted(_PLACE.findall(str(entry.string))) == sorted(_PLACE.findall(str(entry.id))), entry.id


@pytest.mark.parametrize("language", translations.languages())
def test_what_is_read_is_what_was_edited(language: str) -> None:
    """Otherwise: `python -m tools.translations` compiles it."""
    with translations.path_of(language, "mo").open("rb") as file:
        committed = gettext.GNUTranslations(file)
    fresh = gettext.GNUTranslations(io.BytesIO(translations.compiled(translations.read(language))))
    for text in translations.words():
        assert committed.gettext(text) == fresh.gettext(text)
