"""What a form's own page offers."""

import pytest

from contacts.models import Field, SignupForm
from contacts.signup.editing import SettingsForm

pytestmark = pytest.mark.django_db


def test_fields_that_are_not_asked_stand_behind_those_that_are() -> None:
    for key in ("city", "score", "company"):
        Field.objects.create(key=key, label=key.capitalize())
    form = SettingsForm(instance=SignupForm(name="News", fields=[{"key": "score", "required": True}]))
    assert [one.label for one in form.questions()] == ["First name", "Last name", "Score"]
    assert [one.label for one in form.further_questions()] == ["City", "Company"]
    typed = SettingsForm({"name": "", "ask_city": "optional"})
    assert [one.label for one in typed.questions()] == ["First name", "Last name", "City"], "chosen, and not saved yet"
