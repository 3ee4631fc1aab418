"""Codes of an authenticator app and recovery codes: each works once, and few may be tried."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.http import HttpRequest

from accounts import secrets
from accounts.login import known_browsers, throttling
from accounts.models import User

_LAST = "last_counter"


def use(request: HttpRequest, user: User, code: str) -> Authenticator | None:
    """The factor that `code` belongs to; None if it is wrong. Raises throttling.Locked.

    Whoever gets here knows the password or sits at an open session, so tries from all unknown browsers count as one.
    """
    who, where = f"second factor of {user.pk}", known_browsers.number(request, user.email) or "anywhere"
    throttling.begin(who, where)
    found = _use(user, code)
    if found:
        throttling.forget(who, where)
    return found


def lift_lock(request: HttpRequest, email: str, code: str) -> Authenticator | None:
    """Somebody whose network is locked shows the second factor together with the password. Few tries here, too."""
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    try:
        throttling.begin(*_lifting(request, email))
    except throttling.Locked:
        return None
    return _use(user, code) if user else None


def forget_lifting(request: HttpRequest, email: str) -> None:
    throttling.forget(*_lifting(request, email))


def counter_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """The step of time that `code` stands for (RFC 6238); those up to `after` were used."""
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > after and compare_user_code(actual=code, expected=expected):
            return int(counter)
    return None


def remember(factor: Authenticator, counter: int) -> None:
    """That the code of this step of time was used."""
    factor.data[_LAST] = counter
    factor.save(update_fields=["data"])


@transaction.atomic
def _use(user: User, code: str) -> Authenticator | None:
    for factor in Authenticator.objects.select_for_update().filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        try:
            is_right = _is_app_code(factor, code) if _is_app(factor) else factor.wrap().validate_code(code)
        except secrets.Unreadable:
            continue
        if is_right:
            factor.record_usage()
            return factor
    return None


def _is_app(factor: Authenticator) -> bool:
    return bool(factor.type == Authenticator.Type.TOTP)


def _is_app_code(factor: Authenticator, code: str) -> bool:
    """allauth remembers a used code for one step of time, but takes it for three: whoever looks over a shoulder has
    another minute. The step itself is remembered here."""
    counter = counter_of(decrypt(factor.data["secret"]), code, after=factor.data.get(_LAST, 0))
    if counter is None:
        return False
    remember(factor, counter)
    return True


def _lifting(request: HttpRequest, email: str) -> tuple[str, str]:
    return f"locked login of {email}", throttling.network(request.META.get("REMOTE_ADDR") or "")
