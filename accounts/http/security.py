"""Headers that keep a page from doing more than it should. The policy of ordinary pages stands in the settings."""

from collections.abc import Callable
from typing import cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

_MAIL = {
    "default-src": [NONE],
    "img-src": [SELF, "data:", "https:", "http:"],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "sandbox": True,
}
# For a view that shows somebody else's HTML: as its readers see it, with its pictures, and never run.
mail_policy = cast("Callable[[View], View]", csp(_MAIL))
# The same with links of ours on it, which a hand on them opens in the page around the frame.
linking_mail_policy = cast(
    "Callable[[View], View]", csp(_MAIL | {"sandbox": ["allow-top-navigation-by-user-activation"]})
)
# The mail on which its editor works: the page around reads where each block stands and exchanges what has changed. No
# script of its own runs: neither frame nor policy allows scripts, so being of the same origin opens nothing.
edited_mail_policy = cast(
    "Callable[[View], View]", csp(_MAIL | {"sandbox": ["allow-same-origin"], "script-src": [NONE]})
)

# A picture of somebody else that may hold more than a picture, as SVG does: by itself it loads and runs nothing.
picture_policy = cast(
    "Callable[[View], View]", csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "sandbox": True})
)


def without_pictures(shown: HttpResponse) -> HttpResponse:
    """The same mail in a program that asks before it loads a picture: its description stands in its place."""
    shown.headers["Content-Security-Policy"] = build_policy(config=_MAIL | {"img-src": [NONE]})
    return shown


# The mail as a page of its own: its links may open wherever they ask to.
_WHOLE_PAGE = _MAIL | {"frame-ancestors": [NONE], "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"]}


def as_a_page(shown: HttpResponse) -> HttpResponse:
    shown.headers["Content-Security-Policy"] = build_policy(config=_WHOLE_PAGE)
    return shown


_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


class PermissionsPolicy:
    """No page uses the machine's camera, place or purse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        return response
