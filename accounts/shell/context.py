"""What every page knows without being told."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Organisation

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The organisation and the theme that this browser chose, if any.

    Pages of staff know the organisation already; elsewhere it is asked for only when used.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    organisation = getattr(request, "organisation", None) or SimpleLazyObject(Organisation.get)
    return {"organisation": organisation, "theme": theme if theme in THEMES else ""}
