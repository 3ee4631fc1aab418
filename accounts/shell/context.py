"""What every page knows without being told."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Organisation

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The organisation (asked for only when used) and the theme that this browser chose, if any."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {"organisation": SimpleLazyObject(Organisation.get), "theme": theme if theme in THEMES else ""}
