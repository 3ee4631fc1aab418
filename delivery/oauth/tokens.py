"""Access tokens: kept sealed until they end, renewed before, by one process at a time.

A service may take ten seconds to answer. Meanwhile an advisory lock is held, and neither a transaction nor a row:
whoever changes the sign-in does not wait. The refresh token that was sent may be worth nothing afterwards, so what came
for it is kept in a transaction of its own, which no caller can roll back.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts import secrets
from accounts.database import locks
from accounts.egress.fetching import Client, Limits, NoAnswer
from accounts.egress.guard import Refused
from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from delivery.oauth import services
from delivery.oauth.models import OAuthLogin

_EARLY = timedelta(minutes=5)
_AHEAD = timedelta(minutes=15)  # of the timetable, so that whoever sends finds a fresh one
_AGAIN = timedelta(minutes=1)
_SHORTEST, _LONGEST = 60, 86_400
_SAYS_NO = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "access_denied"})


class NoToken(secrets.Unreadable):
    """The provider or the mailbox is out of service for now; no recipient has to do with it."""

    def __init__(self, words: str, cure: str, raw: str = "", *, is_refused: bool = False) -> None:
        super().__init__(words)
        self.words, self.cure, self.raw, self.is_refused = words, cure, raw, is_refused


def nobody_signed_in() -> NoToken:
    return NoToken("Nobody has signed in yet.", "Sign in on its page.", is_refused=True)


def client() -> Client:
    return Client(Limits(seconds=10.0, answer_bytes=100_000, redirects=0))


def access(login: OAuthLogin, host: str) -> str:
    """For `host`; the one that is known, unless it ends soon. Raises NoToken."""
    service = services.SERVICES[login.service]
    if services.of_host(host) is not service:
        raise NoToken(f"A sign-in at {service.name} is not sent to {host}.", "Check the name of the server.")
    known = _valid(login, _EARLY)
    return known if known else _renewed(login.pk, _EARLY)


def renew_early() -> None:
    """Those that end soon, before anybody needs them."""
    soon = timezone.now() + _AHEAD
    for login in OAuthLogin.objects.filter(expires_at__lt=soon, is_refused=False):
        try:
            _renewed(login.pk, _AHEAD)
        except NoToken:
            continue


def exchange(login: OAuthLogin, code: str, back: str) -> None:
    """What a person agreed to becomes a sign-in. Raises NoToken."""
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    with locks.in_turn(locks.Kind.SIGN_IN, login.pk):
        asked = _read(login.pk)
        said = _ask(asked, given)
        if not said.get("refresh_token"):
            raise NoToken(
                "The sign-in gave no right to come back later.", "Sign in once more, and agree to all that is asked."
            )
        with _if_the_same(asked) as kept:
            _take(kept, said)


def problems(user: User) -> Iterator[Problem]:
    for login in failing().select_related("provider", "mailbox")[:3]:
        page = ("provider-sign-in", login.provider_id) if login.provider_id else ("mailbox-sign-in", login.mailbox_id)
        url = reverse(page[0], args=[page[1]]) if allows(user, Permission.DELIVERY) else ""
        what = login.provider or login.mailbox
        about = (
            Alarm.PROVIDER.about(login.provider_id)
            if login.provider_id
            else Alarm.RETURNED.about(f"mailbox {login.mailbox_id}")
        )
        yield Problem(
            "bad",
            f"The sign-in of {what} does not work",
            f"{login.problem} {login.cure}",
            url,
            about=about,
        )


def failing() -> QuerySet[OAuthLogin]:
    """More than once."""
    return OAuthLogin.objects.filter(failing_since__lt=Now() - _AGAIN)


def _valid(login: OAuthLogin, for_another: timedelta) -> str:
    if login.access_sealed is None or login.expires_at is None or login.expires_at < timezone.now() + for_another:
        return ""
    return secrets.open(login.access_sealed)


def _renewed(login_id: int, for_another: timedelta) -> str:
    """Whoever waited finds what the other one got."""
    with locks.in_turn(locks.Kind.SIGN_IN, login_id):
        login = _read(login_id)
        if known := _valid(login, for_another):
            return known
        problem = _held_back(login)
        if problem is None:
            try:
                said = _ask(login, _grant(login))
            except NoToken as found:
                problem = found
                retry_at = timezone.now() + _AGAIN
                with _if_the_same(login) as kept:
                    if not secrets.are_same(kept.client_secret_sealed, login.client_secret_sealed):
                        raise  # a new one was entered meanwhile, of which this says nothing
                    kept.fails(found.words, found.cure, found.raw, retry_at, is_refused=found.is_refused)
            else:
                with _if_the_same(login) as kept:
                    return _take(kept, said)
    # An early renewal that fails leaves a token that is good for some minutes.
    if known := _valid(login, timedelta(0)):
        return known
    raise problem


def _read(login_id: int) -> OAuthLogin:
    """Before a service is asked: never within a caller's transaction, which would stay open meanwhile."""
    with transaction.atomic(durable=True):
        login = OAuthLogin.objects.filter(pk=login_id).first()
    if login is None:
        raise nobody_signed_in()
    return login


@contextmanager
def _if_the_same(asked: OAuthLogin) -> Iterator[OAuthLogin]:
    """Locked, to note what the service said. Raises NoToken if another one was entered, or it was ended, meanwhile."""
    with transaction.atomic(durable=True):
        kept = OAuthLogin.objects.select_for_update().filter(pk=asked.pk).first()
        if kept is None or not kept.is_same(asked):
            raise NoToken("The sign-in was changed while a token was asked for.", "It is tried again by itself.")
        yield kept


def _held_back(login: OAuthLogin) -> NoToken | None:
    name = login.get_service_display()
    if not login.as_application and login.refresh_sealed is None:
        return NoToken(f"Nobody has signed in at {name} yet.", "Sign in there first.", is_refused=True)
    if login.is_refused or (login.retry_at and login.retry_at > timezone.now()):
        return NoToken(login.problem, login.cure, login.detail, is_refused=login.is_refused)
    return None


def _grant(login: OAuthLogin) -> dict[str, str]:
    service = services.SERVICES[login.service]
    if login.as_application:
        return {"grant_type": "client_credentials", "scope": service.app_scope}
    return {"grant_type": "refresh_token", "refresh_token": secrets.open(login.refresh_sealed or b"")}


def _ask(login: OAuthLogin, given: dict[str, str]) -> dict[str, Any]:
    service = services.SERVICES[login.service]
    form = {"client_id": login.client_id, "client_secret": secrets.open(login.client_secret_sealed), **given}
    url = service.token_url.format(tenant=login.tenant)
    try:
        answer = client().post(
            url,
            urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        said = json.loads(answer.body)
    except (Refused, NoAnswer) as problem:
        raise NoToken(f"{service.name} gives no token now.", "It is tried again by itself.", str(problem)) from None
    except ValueError:
        said = {}
    if answer.status == 200 and isinstance(said, dict) and isinstance(said.get("access_token"), str):
        return said
    raise _refusal(service.name, answer.status, said if isinstance(said, dict) else {})


def _refusal(name: str, status: int, said: dict[str, Any]) -> NoToken:
    """RFC 6749 5.2. What it says holds no secret of ours."""
    code, raw = str(said.get("error", ""))[:60], str(said.get("error_description", said.get("error", "")))[:300]
    if code == "invalid_client":
        cure = "Make a new client secret in its console and enter it here: secrets end, often after two years."
        return NoToken(f"{name} does not know this application or its secret any more.", cure, raw, is_refused=True)
    if code in _SAYS_NO:
        cure = "Sign in again. It ends when the password changes, when somebody takes it back, or after long disuse."
        return NoToken(f"{name} does not accept the sign-in any more.", cure, raw, is_refused=True)
    words = f"{name} gives no token now (it answered {status})."
    return NoToken(words, "It is tried again by itself.", raw)


def _take(login: OAuthLogin, said: dict[str, Any]) -> str:
    seconds = said.get("expires_in", 3600)
    seconds = int(seconds) if str(seconds).isdigit() else 3600
    lasts = timedelta(seconds=min(max(seconds, _SHORTEST), _LONGEST))
    refresh = said.get("refresh_token")
    login.take(said["access_token"], timezone.now() + lasts, refresh if isinstance(refresh, str) else "")
    token: str = said["access_token"]
    return token
