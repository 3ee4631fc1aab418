"""Delete people: gone from everywhere at once, kept aside for Undo."""

from collections.abc import Sequence
from typing import Any

from django import forms

from contacts import consent
from contacts.bulk import deleted
from contacts.bulk.action import Done, Options, Setting
from contacts.models import Suppression


class Delete:
    name, label = "delete", "Delete"
    promise = (
        "They are gone from contacts, with what they agreed to and their story, and get no more mail. Mails they got"
        " still count in reports. Who had left stays suppressed, so that no later import brings them back. Those who"
        " ask to be forgotten are erased instead, on their page: of the deleted a copy is kept for Undo."
    )
    undo = "Undo brings them back with lists, consent, fields and notes; who was added again meanwhile stays as then."
    rest = "the others were gone already"
    is_consent = True
    form: type[forms.Form] = forms.Form

    def options(self, form: forms.Form) -> Options:
        return {}

    def words(self, options: Options) -> str:
        return "Delete"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        deleted.keep(setting.change_id, ids)
        return Done(consent.erase_all(ids), {"ids": list(ids)})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        back = deleted.bring_back(setting.change_id, done["ids"], deleted_at=done["at"])
        of_this = Suppression.objects.filter(source="hand", detail=consent.LEFT_BEFORE, created_at=done["at"])
        of_this.filter(email__in=back).delete()
        return len(back)
