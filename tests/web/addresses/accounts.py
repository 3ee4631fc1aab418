from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Invitation, Organisation, Role, User
from accounts.staff import _digest
from tests.web.address import ADMINS, STAFF, Address, beside
from tests.web.cast import Cast

TOKEN = "a-token-that-was-never-given-to-anybody"


def colleague(cast: Cast) -> dict[str, Any]:
    person = cast.once("colleague", lambda: cast.person("colleague", Role.VIEWER))
    return {"pk": person.pk}


def former_colleague(cast: Cast) -> dict[str, Any]:
    person = cast.once("former", lambda: cast.person("former", Role.VIEWER, is_active=False))
    return {"pk": person.pk}


def invitation(cast: Cast) -> dict[str, Any]:
    found = cast.once("invitation", lambda: invited(cast))
    return {"pk": found.pk}


def invitation_token(cast: Cast) -> dict[str, Any]:
    invitation(cast)
    return {"token": TOKEN}


def invited(cast: Cast) -> Invitation:
    return Invitation.objects.create(
        email="neu@nordlicht.example",
        role=Role.VIEWER,
        token_digest=_digest(TOKEN),
        invited_by=cast.owner,
        expires_at=timezone.now() + timedelta(days=7),
    )


def with_password(cast: Cast) -> dict[str, Any]:
    assert cast.actor
    cast.actor.set_password("correct horse battery")
    cast.actor.save()
    return {"current": "correct horse battery", "new": "another stapled horse"}


def settings(cast: Cast) -> dict[str, Any]:
    kept = ("name", "postal_address", "time_zone", "sender_name", "sender_email", "brand_colour", "public_url")
    return {name: getattr(cast.organisation, name) for name in kept} | {"name": "Another name"}


def actor(cast: Cast, field: str) -> Any:
    return User.objects.values_list(field, flat=True).get(pk=cast.actor.pk) if cast.actor else None


def colleague_now(cast: Cast, field: str) -> Any:
    return User.objects.values_list(field, flat=True).get(email="colleague@nordlicht.example")


ADDRESSES = {
    "setup": Address(None, statuses=frozenset({302}), no_page="leads away once set up; seen in its own test"),
    "account_login": Address(
        None, statuses=frozenset({200, 302}), no_page="leads away when logged in; seen in its own test"
    ),
    "account_inactive": Address(None),
    "account_logout": Address(None, statuses=frozenset({200, 302})),
    "join": Address(
        None,
        args=invitation_token,
        post=lambda cast: {"name": "Nele Neu", "password": "correct horse battery"},
        changes=lambda cast: User.objects.filter(email="neu@nordlicht.example").exists(),
        spoil="main .btn-primary",
    ),
    "theme": Address(None, get=False, no_page="answers with a cookie and a redirect"),
    "account": Address(STAFF, spoil="form[action$='password/'] .btn-primary"),
    "account-name": Address(
        STAFF, get=False, post=lambda cast: {"name": "New Name"}, changes=lambda cast: actor(cast, "name")
    ),
    "account_change_password": Address(
        STAFF, get=False, post=with_password, changes=lambda cast: actor(cast, "password")
    ),
    "settings": Address(
        ADMINS, post=settings, changes=lambda cast: Organisation.objects.get().name, spoil="main .btn-primary"
    ),
    "faults": Address(ADMINS),
    "people": Address(
        ADMINS, args=beside(colleague, former_colleague, invitation), spoil="form[action$='invite/'] .btn-primary"
    ),
    "invite": Address(
        ADMINS,
        get=False,
        post=lambda cast: {"email": "neu@nordlicht.example", "role": "viewer"},
        changes=lambda cast: Invitation.objects.count(),
    ),
    "revoke-invitation": Address(
        ADMINS, args=invitation, get=False, post=lambda cast: {}, changes=lambda cast: Invitation.objects.count()
    ),
    "change-role": Address(
        ADMINS,
        args=colleague,
        get=False,
        post=lambda cast: {"role": "marketer"},
        changes=lambda cast: colleague_now(cast, "role"),
    ),
    "deactivate-person": Address(
        ADMINS, args=colleague, get=False, post=lambda cast: {}, changes=lambda cast: colleague_now(cast, "is_active")
    ),
    "reactivate-person": Address(
        ADMINS,
        args=former_colleague,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: User.objects.filter(is_active=False).count(),
    ),
}
