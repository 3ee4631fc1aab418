"""A forgotten password is replaced by way of the mailbox. The second factor is asked for afterwards as ever."""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts import audit
from accounts.login import known_browsers, throttling
from accounts.models import Organisation, User
from accounts.people import mailing


class _Tokens(PasswordResetTokenGenerator):
    """A token ends with the hour, the password, the next login and all that ends sessions."""

    key_salt = "accounts.resetting"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_epoch}"


_tokens = _Tokens()


def ask(request: HttpRequest, organisation: Organisation, email: str) -> None:
    """Mail a link if somebody here has that address; nobody learns whether. Raises throttling.Locked for a network."""
    throttling.begin("a new password", throttling.network(request.META.get("REMOTE_ADDR") or ""))
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None or not mailing.can_mail():
        return
    try:
        throttling.begin(f"a new password of {user.pk}", "anywhere")
    except throttling.Locked:
        return
    audit.record(request, "password.reset_asked", user.email)
    link = organisation.public_address + reverse("password-reset", args=[f"{user.pk}-{_tokens.make_token(user)}"])
    mailing.send_reset(organisation, user, link, settings.PASSWORD_RESET_TIMEOUT // 60)


def person_of(token: str) -> User | None:
    """Whose password the link changes, as long as it works."""
    number, _, rest = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    user = User.objects.filter(pk=int(number), is_active=True).first()
    return user if user and _tokens.check_token(user, rest) else None


@transaction.atomic
def reset(request: HttpRequest, token: str, password: str) -> bool:
    """End all sessions and set the password; False: the link was used by somebody who was quicker."""
    found = person_of(token)
    user = User.objects.select_for_update().get(pk=found.pk) if found else None
    if user is None or person_of(token) is None:
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    user.end_sessions()
    audit.record(request, "password.reset_by_mail", user.email)
    throttling.forget(user.email, known_browsers.place(request, user.email))
    return True
