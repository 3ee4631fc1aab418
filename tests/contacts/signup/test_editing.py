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


@pytest.mark.parametrize(
    "name", ["title", "intro", "thanks", "mail_subject", "mail_text", "welcome_subject", "welcome_text"]
)
@pytest.mark.parametrize("tag", ["{{ first_name|default('you') }}", "{% if city %}"])
def test_words_that_are_the_same_for_everybody_take_no_merge_tag(name: str, tag: str) -> None:
    form = SettingsForm({"name": "News", name: f"Hello {tag}, welcome"})
    assert f"“{tag}” would be read as it stands here" in form.errors[name][0]
    assert name not in SettingsForm({"name": "News", name: "Hello {you}, 5 % off"}).errors
