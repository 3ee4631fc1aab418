"""Passkeys (WebAuthn): added, and shown instead of a code or of password and code together."""

import json
import re
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.permissions import StaffRequest
from accounts.two_factor import factors, stage

_BASE64URL = re.compile(r"[A-Za-z0-9_=-]{1,20000}")
_ANSWERS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
# What readers of binary formats raise when a stranger wrote them.
_UNREADABLE = (ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidSignature)


class Refused(Exception):
    """The passkey did not prove anything. The text may be shown."""

    def __init__(self) -> None:
        super().__init__("The passkey did not work. Try again.")


def of(user: User) -> list[Authenticator]:
    return list(factors.of(user).filter(type=Authenticator.Type.WEBAUTHN))


def are_used() -> bool:
    return bool(Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists())


def begin_adding(user: User) -> dict[str, Any]:
    """What the browser is told; the session remembers the challenge."""
    return _plain(auth.begin_registration(user, passwordless=True))


def add(request: StaffRequest, name: str, answer: str) -> None:
    """Raises Refused."""
    credential = _read(answer)
    try:
        made = auth.complete_registration(credential)
        if not made.is_user_verified():
            raise Refused
    except _UNREADABLE:
        raise Refused from None
    factor = auth.WebAuthn.add(request.user, name, credential).instance
    factors.added(request, factor)


def begin_asking(user: User | None) -> dict[str, Any]:
    """None: whoever it is, the passkey says so."""
    return _plain(auth.begin_authentication(user))


def use(user: User, answer: str) -> Authenticator:
    """The one that the browser showed. Raises Refused."""
    try:
        factor: Authenticator = auth.complete_authentication(user, _read(answer))
    except _UNREADABLE:
        raise Refused from None
    factor.record_usage()
    return factor


def log_in(request: HttpRequest, answer: str) -> HttpResponse:
    """Without a password: the passkey and the finger or PIN that opened it are two factors. Raises Refused."""
    try:
        user = auth.extract_user_from_response(_read(answer))
    except _UNREADABLE:
        raise Refused from None
    if not user.is_active:
        raise Refused
    use(user, answer)
    stage.passed(request, user.pk)
    response: HttpResponse = perform_login(request, Login(user=user, email=user.email))
    return response


def _plain(options: Any) -> dict[str, Any]:
    return {"publicKey": dict(options["publicKey"])}


def _read(answer: str) -> dict[str, Any]:
    """Only what is known of it: some of this is stored."""
    try:
        said = json.loads(answer)
        given = {name: said["response"][name] for name in _ANSWERS if said["response"].get(name)}
        is_kept = said.get("clientExtensionResults", {}).get("credProps", {}).get("rk") is True
        if not all(_BASE64URL.fullmatch(text) for text in [said["id"], *given.values()]):
            raise Refused
    except (*_UNREADABLE, RecursionError):
        raise Refused from None
    extensions = {"credProps": {"rk": is_kept}}
    return {
        "id": said["id"],
        "rawId": said["id"],
        "type": "public-key",
        "response": given,
        "clientExtensionResults": extensions,
    }
