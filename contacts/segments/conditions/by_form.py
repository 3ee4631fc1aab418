"""Who signed up by a form, and confirmed it."""

from collections.abc import Mapping, Sequence
from typing import Any

from contacts.models import SignupForm
from contacts.segments.known import Known
from contacts.segments.predicate import NOBODY, Sql, negated
from contacts.segments.registry import Condition, Input, Values, turned

_FORMS = "forms"
_ANY = "any"
_HOW = {"by": "signed up by", "not": "never signed up by"}


class CameByForm(Condition):
    key = "form"
    label = "Sign-up form"
    heading = "Lists and consent"
    missing = "Who asked by a form and never confirmed it is not here."

    def known(self) -> Mapping[str, Any]:
        return {_FORMS: {str(pk): name for pk, name in SignupForm.objects.order_by("name").values_list("pk", "name")}}

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [
            Input("how", "comparison", options=tuple(_HOW.items())),
            Input("form", "form", options=((_ANY, "any form"), *known.more.get(_FORMS, {}).items())),
        ]

    def sql(self, values: Values, known: Known) -> Sql:
        form = values["form"]
        if form != _ANY and form not in known.more.get(_FORMS, {}):
            return NOBODY
        of_form = "" if form == _ANY else " AND r.form_id = %s"
        found = Sql(
            "c.id IN (SELECT r.contact_id FROM contacts_signuprequest r"  # noqa: S608
            f" WHERE r.state = 'confirmed' AND r.contact_id IS NOT NULL{of_form})",
            [int(form)] if of_form else [],
        )
        return negated(found) if values["how"] == "not" else found

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("by", "not"))

    def words(self, values: Values, known: Known) -> str:
        name = known.more.get(_FORMS, {}).get(values["form"], "a form that is gone")
        return f"who {_HOW[values['how']]} {'any form' if values['form'] == _ANY else f'“{name}”'}"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            "coalesce((SELECT string_agg(DISTINCT f.name, ', ') FROM contacts_signuprequest r"
            " JOIN contacts_signupform f ON f.id = r.form_id"
            " WHERE r.contact_id = c.id AND r.state = 'confirmed'), 'none')"
        )
