"""Which second factors a person has; turned on and off, each time ending that person's other sessions."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import audit, secrets
from accounts.models import Organisation, User
from accounts.permissions import StaffRequest
from accounts.sessions import listing
from accounts.two_factor import codes

_CODES = Authenticator.Type.RECOVERY_CODES


class Refused(Exception):
    """It stays as it is. The text may be shown."""


def of(user: User) -> QuerySet[Authenticator]:
    """Without the recovery codes, which only help out."""
    return Authenticator.objects.filter(user=user).exclude(type=_CODES).order_by("id")  # type: ignore[no-any-return]


def has_one(user: User) -> bool:
    return of(user).exists()


def app_of(user: User) -> Authenticator | None:
    return of(user).filter(type=Authenticator.Type.TOTP).first()


def holders() -> set[int]:
    """Numbers of everybody who has one."""
    return set(Authenticator.objects.exclude(type=_CODES).values_list("user_id", flat=True))


def is_missing(user: User, organisation: Organisation) -> bool:
    return organisation.second_factor_required and not has_one(user)


def codes_left(user: User) -> list[str]:
    """Recovery codes that were not used yet; none when the key that sealed them is lost."""
    kept = Authenticator.objects.filter(user=user, type=_CODES).first()
    try:
        return kept.wrap().get_unused_codes() if kept else []
    except secrets.Unreadable:
        return []


def turn_on_app(request: StaffRequest, secret: str, code: str) -> None:
    """Raises Refused when the code is not the app's."""
    counter = codes.counter_of(secret, code)
    if counter is None:
        raise Refused("That is not the code of this moment. Look whether the clock of your phone is right.")
    try:
        with transaction.atomic():
            factor = TOTP.activate(request.user, secret).instance
    except IntegrityError:
        raise Refused("An authenticator app is on already.") from None
    codes.remember(factor, counter)
    added(request, factor)


def added(request: StaffRequest, factor: Authenticator) -> None:
    """What follows when any factor was turned on."""
    RecoveryCodes.activate(request.user)
    audit.record(request, "second_factor.added", request.user.email, kind=factor.type)
    listing.end_others(request)


@transaction.atomic
def remove(request: StaffRequest, factor: Authenticator) -> None:
    """Raises Refused for the last one where everybody needs one."""
    organisation = Organisation.get()
    User.objects.select_for_update().get(pk=request.user.pk)  # of two at once one is the last
    others = of(request.user).exclude(pk=factor.pk)
    if organisation and organisation.second_factor_required and not others.exists():
        raise Refused("Everybody here needs a second factor. Add another one first.")
    audit.record(request, "second_factor.removed", request.user.email, kind=factor.type)
    factor.delete()
    if not others.exists():
        Authenticator.objects.filter(user=request.user).delete()
    listing.end_others(request)


@transaction.atomic
def renew_codes(request: StaffRequest) -> None:
    """The codes of before no longer work."""
    User.objects.select_for_update().get(pk=request.user.pk)
    if not has_one(request.user):
        raise Refused("Recovery codes come with a second factor.")
    Authenticator.objects.filter(user=request.user, type=_CODES).delete()
    RecoveryCodes.activate(request.user)
    audit.record(request, "second_factor.codes_renewed", request.user.email)
    listing.end_others(request)
