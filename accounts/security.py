"""Headers that keep a page from doing more than it should."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
# Somebody else's HTML: shown as its readers see it, with its pictures, and never run.
MAIL_POLICY = (
    "default-src 'none'; img-src 'self' data: https: http:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
)

_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

View = Callable[..., HttpResponse]


class SecurityHeaders:
    """A response that has a Content-Security-Policy of its own keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", getattr(response, "csp", POLICY))
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        return response


def content_policy(policy: str) -> Callable[[View], View]:
    """For a view whose page needs another policy, such as `MAIL_POLICY` for the frame round a mail."""

    def decorate(view: View) -> View:
        @wraps(view)
        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.headers["Content-Security-Policy"] = policy
            return response

        return with_policy

    return decorate
