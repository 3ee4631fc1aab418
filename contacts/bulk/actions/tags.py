"""Add a tag, take a tag away."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.fields import LineField
from accounts.wording import isolated
from contacts import tags
from contacts.bulk.action import Done, Options, Setting


class TagForm(forms.Form):
    tag = LineField(
        max_length=tags.LONGEST,
        label="Tag",
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
        error_messages={"required": "Write the tag that these people shall carry."},
    )

    def clean_tag(self) -> str:
        return " ".join(str(self.cleaned_data["tag"]).split())


class AddTag:
    name, label = "add-tag", "Add a tag"
    promise = f"Each of them carries the tag afterwards. Who carries {tags.MOST} tags already gets no further one."
    undo = "Undo takes it from those who got it by this."
    rest = "the others carried it before, or carry too many"
    is_consent = False
    form: type[forms.Form] = TagForm

    def options(self, form: forms.Form) -> Options:
        return {"tag": form.cleaned_data["tag"]}

    def words(self, options: Options) -> str:
        return f"Add the tag “{isolated(options['tag'])}”"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        fresh = tags.add(options["tag"], ids)
        return Done(len(fresh), {"ids": fresh})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        return len(tags.remove(options["tag"], done["ids"]))


class RemoveTag:
    name, label = "remove-tag", "Take a tag away"
    promise = "None of them carries the tag afterwards."
    undo = "Undo gives it back to those who lost it by this."
    rest = "the others did not carry it"
    is_consent = False
    form: type[forms.Form] = TagForm

    def options(self, form: forms.Form) -> Options:
        return {"tag": form.cleaned_data["tag"]}

    def words(self, options: Options) -> str:
        return f"Take the tag “{isolated(options['tag'])}” away"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        lost = tags.remove(options["tag"], ids)
        return Done(len(lost), {"ids": lost})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        return len(tags.add(options["tag"], done["ids"]))
