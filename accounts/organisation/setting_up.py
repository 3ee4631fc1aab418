"""The first act of an installation: one organisation, one owner."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import BrandKit, Organisation, Role, User
from accounts.signals import organisation_created


class AlreadySetUp(Exception):
    """Somebody was quicker."""


@dataclass(frozen=True, slots=True)
class Owner:
    name: str
    email: str
    password: str


def set_up(owner: Owner, *, with_sample: bool, **organisation: Any) -> User:
    """Create both or neither. Of two at once the second waits for the first and raises `AlreadySetUp`."""
    try:
        with transaction.atomic():
            created = Organisation(id=1, brand=BrandKit.objects.create(), **organisation)
            created.save(force_insert=True)
            user = User.objects.create_user(
                owner.email, owner.password, name=owner.name, role=Role.OWNER, wants_summary=True
            )
            audit.record(user, "organisation.created", created.name)
    except IntegrityError as problem:
        raise AlreadySetUp from problem
    organisation_created.send(Organisation, organisation=created, owner=user, with_sample=with_sample)
    return user
