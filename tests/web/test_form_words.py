"""What a form says about a mistake is in our words, never in Django's: read from all forms there are, so that no field
and no validator is forgotten. The words are those of `locale/`, see tools.translations."""

import gettext
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from contacts.models import Field
from contacts.profile_fields import controls
from contacts.signup import visitor
from tools import translations

_OURS = ("accounts", "campaigns", "config", "contacts", "delivery", "tracking")
_PLACE = re.compile(r"%\\\(\w+\\\)[sdr]|%d|\\{\w+\\}")
_NONSENSE: tuple[Any, ...] = (
    *(None, "", "x", "\0", "a\tb", "x" * 100_001, "-1", "-99999999999", "99999999999", "1.23456789", "nan"),
    *(["x"], ["999999999"], "https://", "300.1.1.1", "2026-02-30", "2026-03-29T02:30", "29.2.2026 25:61"),
    *(SimpleUploadedFile("empty.csv", b""), SimpleUploadedFile("x" * 300 + ".png", b"no picture")),
)


class _Anything(dict[str, int]):
    """For each place in a sentence."""

    def __missing__(self, name: str) -> int:
        return 100


def _forms() -> Iterator[type[forms.BaseForm]]:
    for name in _OURS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".migrations." not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    seen: set[type[forms.BaseForm]] = set()
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return (one for one in seen if one.__module__.partition(".")[0] in _OURS)


def _fields(form: type[forms.BaseForm]) -> Iterator[tuple[str, Any]]:
    """Of the form and of the model that stands behind it."""
    yield from getattr(form, "base_fields", {}).items()
    model = getattr(getattr(form, "_meta", None), "model", None)
    if model is not None:
        yield from ((f"model.{field.name}", field) for field in model._meta.fields)


def _may_say(field: Any) -> Iterator[str]:
    messages = [*field.error_messages.values()]
    for validator in field.validators:
        messages += [validator.message] if hasattr(validator, "message") else []
        messages += getattr(validator, "messages", {}).values()
    for message in messages:
        yield from ValidationError(message, params=_Anything()).messages
    if isinstance(field, forms.Field):
        yield from (said for value in _NONSENSE for said in _said(field, value))


def _said(field: forms.Field, value: Any) -> list[str]:
    try:
        field.clean(value)
    except ValidationError as problem:
        return problem.messages
    except (AttributeError, TypeError):  # no widget of its kind sends that
        pass
    return []


def _patterns() -> re.Pattern[str]:
    texts = [text for one in translations.of_django() for text in ((one,) if isinstance(one, str) else one)]
    return re.compile("|".join(_PLACE.sub(".*", re.escape(text)) for text in texts), re.DOTALL)


def _own(kinds: Any) -> list[Field]:
    return [Field(key=kind, label=kind, kind=kind, options=["a", "b"]) for kind in kinds]


@pytest.mark.django_db
def test_no_form_speaks_in_the_words_of_django() -> None:
    """It imports all there is, which takes seconds where it is the first test of its process."""
    patterns = _patterns()
    fields = [
        (f"{form.__module__}.{form.__name__}.{name}", field) for form in _forms() for name, field in _fields(form)
    ]
    fields += [(f"field {own.kind}", controls.control(own, None)) for own in _own(Field.Kind)]
    assert len(fields) > 250
    found = {name: [said for said in _may_say(field) if patterns.fullmatch(said)] for name, field in fields}
    assert {name: said for name, said in found.items() if said} == {}


def test_words_of_django_would_be_found() -> None:
    patterns = _patterns()
    field = forms.CharField(max_length=3)
    long = _said(field, "long")
    assert long == ["This is too long: it has 4 characters, and 3 fit. Shorten it."]
    with translation.override(None, deactivate=True):
        translation.deactivate_all()
        assert _said(field, "long") != long
        assert patterns.fullmatch(_said(field, "long")[0])
        assert patterns.fullmatch(_said(field, "")[0])


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_visitors_read_our_words_in_their_language(language: str) -> None:
    whose = gettext.translation("django", Path(django.__file__).parent / "conf" / "locale", [language])
    of_django = {whose.gettext(one) for one in translations.of_django() if isinstance(one, str)}
    controls_ = [visitor._address(), *(visitor._control(own, required=True) for own in _own(Field.Kind))]
    with translation.override("en"):
        english = {said for field in controls_ for value in _NONSENSE for said in _said(field, value)}
    with translation.override(language):
        said = {said for field in controls_ for value in _NONSENSE for said in _said(field, value)}
    assert len(said) == len(english) > 4
    assert not said & (english | of_django)
