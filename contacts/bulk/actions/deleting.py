"""Delete people. The one change without a way back: nothing of them is kept that could be brought back."""

from collections.abc import Sequence
from typing import Any

from django import forms

from contacts import consent
from contacts.bulk.action import Done, Options, Setting


class Delete:
    name, label = "delete", "Delete"
    promise = (
        "They are gone from contacts, with what they agreed to and their story. Mails they got still count in reports."
        " Who had left stays suppressed, so that no later import brings them back."
    )
    undo = ""
    rest = "the others were gone already"
    is_consent = True
    form: type[forms.Form] = forms.Form

    def options(self, form: forms.Form) -> Options:
        return {}

    def words(self, options: Options) -> str:
        return "Delete"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        return Done(consent.erase_all(ids), {})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        raise AssertionError("what is deleted is gone")
