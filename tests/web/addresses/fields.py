from typing import Any

from contacts.models import Field, FieldChange
from tests.web.address import STAFF, WRITERS, Address, beside
from tests.web.addresses.contacts import field, of
from tests.web.cast import Cast


def choice(cast: Cast) -> Field:
    return cast.once(
        "choice", lambda: Field.objects.create(key="tier", label="Tier", kind="choice", options=["Silver", "Gold"])
    )


def field_change(cast: Cast) -> FieldChange:
    """Checked, and waiting for an answer."""
    return cast.once(
        "field change",
        lambda: FieldChange.objects.create(
            field=field(cast),
            key="city",
            label="City",
            act="kind",
            state="ready",
            details={"to": "number"},
            counts={"people": 1, "misfits": 1, "examples": ["Paris"]},
        ),
    )


def field_change_at_work(cast: Cast) -> FieldChange:
    return cast.once(
        "field change at work",
        lambda: FieldChange.objects.create(
            field=choice(cast), key="tier", label="Tier", act="remove", until=9, details={"old": "Gold"}
        ),
    )


def _changes() -> list[Any]:
    return list(FieldChange.objects.values_list("act", "state"))


def _options() -> list[Any]:
    return list(Field.objects.values_list("options", flat=True))


ADDRESSES = {
    "fields": Address(STAFF, beside(field)),
    "field": Address(STAFF, of(field), states=(of(choice),)),
    "field-add": Address(
        WRITERS,
        post=lambda cast: {"label": "Shoe size", "kind": "number"},
        changes=lambda cast: Field.objects.count(),
        spoil="main form button.btn-primary",
    ),
    "field-edit": Address(
        WRITERS,
        of(field),
        get=False,
        post=lambda cast: {"label": "Town"},
        changes=lambda cast: list(Field.objects.values_list("label")),
    ),
    "fields-order": Address(
        WRITERS,
        beside(field),
        get=False,
        post=lambda cast: {"move": f"up:{choice(cast).pk}"},
        changes=lambda cast: list(Field.objects.values_list("key")),
    ),
    "field-kind": Address(
        WRITERS, of(field), get=False, post=lambda cast: {"kind": "number"}, changes=lambda cast: _changes()
    ),
    "field-choices": Address(
        WRITERS, of(choice), get=False, post=lambda cast: {"options": "Bronze"}, changes=lambda cast: _options()
    ),
    "field-choice": Address(
        WRITERS,
        of(choice),
        get=False,
        post=lambda cast: {"old": "Gold", "new": "Golden", "do": "rename"},
        changes=lambda cast: _options(),
    ),
    "field-change": Address(STAFF, of(field_change), states=(of(field_change_at_work),)),
    "field-change-start": Address(
        WRITERS, of(field_change), get=False, post=lambda cast: {}, changes=lambda cast: _changes()
    ),
    "field-change-cancel": Address(
        WRITERS, of(field_change), get=False, post=lambda cast: {}, changes=lambda cast: _changes()
    ),
    "field-delete": Address(
        WRITERS, of(field), get=False, post=lambda cast: {}, changes=lambda cast: Field.objects.count()
    ),
}
