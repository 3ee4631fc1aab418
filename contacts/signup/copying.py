"""Another form with the same settings, and an address and numbers of its own."""

from django.db import transaction

from accounts.models import User
from contacts.signup.models import SignupForm

_OWN = ("id", "key", "created_at", "updated_at", "paused_at", "pause_reason", "resumed_at", "archived_at")


@transaction.atomic
def duplicate(form: SignupForm, *, by: User) -> SignupForm:
    columns = [field.attname for field in SignupForm._meta.concrete_fields if field.attname not in _OWN]
    copied = {name: getattr(form, name) for name in columns}
    made = SignupForm.objects.create(**copied | {"name": f"Copy of {form.name}"[:120], "created_by_id": by.pk})
    made.lists.set(form.lists.all())
    return made
