"""Set one of the organisation's own fields."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.fields import LineField
from accounts.wording import isolated
from contacts import fields
from contacts.bulk.action import Done, NotPossible, Options, Setting
from contacts.models import Field


class ValueForm(forms.Form):
    field = forms.ModelChoiceField(Field.objects.all(), label="Field", empty_label="Choose …")
    value = LineField(
        max_length=10_000,
        required=False,
        label="Value",
        help_text="A date as 2026-03-12, yes or no as a word. Empty: the field is emptied.",
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("field") and data.get("value"):
            try:
                data["value"] = fields.convert(data["field"].kind, data["value"], options=data["field"].options)
            except fields.BadValue as problem:
                raise ValidationError({"value": str(problem)}) from None
        return data


class SetField:
    name, label = "set-field", "Set a field"
    promise = "Each of them has this value in the field afterwards, whatever was in it before."
    undo = "Undo gives back to each person what was there before, unless the field was changed again since."
    rest = "the others had this value before"
    is_consent = False
    form: type[forms.Form] = ValueForm

    def options(self, form: forms.Form) -> Options:
        chosen: Field = form.cleaned_data["field"]
        value = form.cleaned_data["value"]
        return {"key": chosen.key, "name": chosen.label, "value": None if value == "" else value}

    def words(self, options: Options) -> str:
        if options["value"] is None:
            return f"Empty the field {isolated(options['name'])}"
        return f"Set {isolated(options['name'])} to “{isolated(str(options['value'])[:60])}”"

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done:
        if not Field.objects.filter(key=options["key"]).exists():
            raise NotPossible(f"The field {isolated(options['name'])} was deleted.")
        with connection.cursor() as cursor:
            cursor.execute(_SET, _values(options) | {"ids": list(ids)})
            rows = cursor.fetchall()
        return Done(len(rows), {"ids": [row[0] for row in rows], "values": [row[1] for row in rows]})

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, _values(options) | {"ids": done["ids"], "values": done["values"]})
            return int(cursor.rowcount)


def _values(options: Options) -> dict[str, Any]:
    value = options["value"]
    return {"key": options["key"], "value": None if value is None else json.dumps(value)}


_SET = """
WITH old AS (
    SELECT id, attributes -> %(key)s AS value FROM contacts_contact WHERE id = ANY(%(ids)s)
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE contacts_contact c SET updated_at = now(), attributes = CASE WHEN %(value)s::jsonb IS NULL
    THEN c.attributes - %(key)s::text ELSE jsonb_set(c.attributes, ARRAY[%(key)s], %(value)s::jsonb) END
FROM old WHERE c.id = old.id AND old.value IS DISTINCT FROM %(value)s::jsonb
RETURNING c.id, old.value::text
"""
_GIVE_BACK = """
UPDATE contacts_contact c SET updated_at = now(), attributes = CASE WHEN was.value IS NULL
    THEN c.attributes - %(key)s::text ELSE jsonb_set(c.attributes, ARRAY[%(key)s], was.value::jsonb) END
FROM unnest(%(ids)s::bigint[], %(values)s::text[]) AS was (id, value)
WHERE c.id = was.id AND c.attributes -> %(key)s IS NOT DISTINCT FROM %(value)s::jsonb
"""
