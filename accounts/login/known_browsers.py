"""A browser in which somebody has logged in before: strangers who guess the password cannot lock it out.

The cookie gives no access. It has a number of its own, so that a stolen one has no more tries than a network has.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.login import throttling
from accounts.models import User

COOKIE = "known_browser"
_SALT = "accounts.login.known_browsers"
_AGE = timedelta(days=365)
_MOST = 5  # people who share a browser


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    known = _read(request)
    known.pop(str(user.pk), None)
    known = dict(list(known.items())[-(_MOST - 1) :]) | {str(user.pk): secrets.token_urlsafe(12)}
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=_SALT),
        max_age=_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def number(request: HttpRequest, email: str) -> str:
    """The number of this browser for the person with that address; empty when unknown."""
    known = _read(request)
    if not known:
        return ""
    user = User.objects.filter(email__iexact=email.strip(), pk__in=[int(pk) for pk in known]).first()
    return known[str(user.pk)] if user else ""


def place(request: HttpRequest, email: str) -> str:
    """Where tries are counted: a browser that is known for this person, or else the network."""
    browser = number(request, email)
    return f"browser {browser}" if browser else throttling.network(request.META.get("REMOTE_ADDR") or "")


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        found: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        return {}
    return found
