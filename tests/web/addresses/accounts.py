from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from accounts.login.resetting import _tokens
from accounts.models import Invitation, Organisation, Role, Session, User
from accounts.people.staff import _digest
from accounts.sessions.listing import _number
from accounts.sessions.store import SessionStore
from delivery.models import Provider
from tests.web.address import ADMINS, STAFF, Address, beside
from tests.web.cast import Cast

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FACTOR = 900_001
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


def mail_server(cast: Cast) -> Provider:
    """One that nothing is known against; nobody is ever connected to it here."""
    return cast.once("server", lambda: Provider.objects.create(name="Relay", host="127.0.0.1", port=9))


def reset_token(cast: Cast) -> dict[str, Any]:
    return {"token": f"{cast.owner.pk}-{_tokens.make_token(cast.owner)}"}


def with_password(cast: Cast) -> dict[str, Any]:
    assert cast.actor
    cast.actor.set_password("correct horse battery")
    cast.actor.save()
    return {"current": "correct horse battery", "new": "another stapled horse"}


def settings(cast: Cast) -> dict[str, Any]:
    kept = ("name", "postal_address", "time_zone", "sender_name", "sender_email", "public_url", "approval")
    return {name: getattr(cast.organisation, name) for name in kept} | {"name": "Another name"}


def with_app(cast: Cast) -> dict[str, Any]:
    """The actor has a second factor; its number is known before anybody has it."""
    if cast.actor and not Authenticator.objects.filter(pk=FACTOR).exists():
        Authenticator.objects.create(pk=FACTOR, user=cast.actor, type="totp", data={"secret": encrypt(SECRET)})
        RecoveryCodes.activate(cast.actor)
    return {}


def factors_of_actor(cast: Cast) -> list[Any]:
    return list(Authenticator.objects.filter(user=cast.actor).order_by("id").values_list("pk", "type"))


OTHER_KEY = "b" * 32


def in_another_browser(cast: Cast) -> dict[str, Any]:
    """The actor is logged in once more, in a session of a known key."""
    assert cast.actor
    data = {SESSION_KEY: str(cast.actor.pk), HASH_SESSION_KEY: cast.actor.get_session_auth_hash()}
    Session.objects.create(
        pk=OTHER_KEY,
        session_data=SessionStore().encode(data),
        expire_date=timezone.now() + timedelta(days=1),
        user=cast.actor,
    )
    return {}


def other_sessions(cast: Cast) -> int:
    return Session.objects.filter(pk=OTHER_KEY).count()


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
    "password-reset-ask": Address(None, args=beside(mail_server), spoil="main .btn-primary"),
    "password-reset": Address(
        None,
        args=reset_token,
        post=lambda cast: {"new": "another stapled horse"},
        changes=lambda cast: User.objects.get(pk=cast.owner.pk).password,
        spoil="main .btn-primary",
    ),
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
    "account-summary": Address(
        STAFF,
        get=False,
        post=lambda cast: {"wants_summary": "on"},
        changes=lambda cast: actor(cast, "wants_summary"),
    ),
    "account-alerts": Address(
        ADMINS,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: actor(cast, "muted_alarms"),
    ),
    "account_change_password": Address(
        STAFF, get=False, post=with_password, changes=lambda cast: actor(cast, "password")
    ),
    "mfa_authenticate": Address(
        None, statuses=frozenset({200, 302}), no_page="needs a password first; seen among what strangers get"
    ),
    "confirm": Address(STAFF, spoil="main .btn-primary"),
    "two-factor": Address(STAFF, states=(with_app,)),
    "two-factor-app": Address(STAFF, no_page="leads away with an app; seen in its own test"),
    "passkey-add": Address(STAFF),
    "passkey-login": Address(
        None, statuses=frozenset({200, 302}), no_page="leads away when logged in; seen in its own test"
    ),
    "two-factor-codes": Address(
        STAFF,
        args=with_app,
        statuses=frozenset({200, 302}),
        post=with_app,
        changes=factors_of_actor,
    ),
    "two-factor-remove": Address(
        STAFF,
        args=lambda cast: {"pk": FACTOR},
        get=False,
        post=with_app,
        changes=factors_of_actor,
    ),
    "second-factor-rule": Address(
        ADMINS,
        get=False,
        post=lambda cast: {"required": "yes"},
        changes=lambda cast: Organisation.objects.get().second_factor_required,
    ),
    "session-end": Address(
        STAFF,
        args=lambda cast: {"number": _number(Session(pk=OTHER_KEY))},
        get=False,
        post=in_another_browser,
        changes=other_sessions,
    ),
    "sessions-end": Address(STAFF, get=False, post=in_another_browser, changes=other_sessions),
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
