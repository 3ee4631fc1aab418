"""A whole page where htmx asked for a part of one: it would be put into the fragment."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode


def instead(address: str) -> HttpResponse:
    """The browser goes to `address` and leaves the page it shows."""
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = address
    return answer


def and_back(address: str, request: HttpRequest) -> HttpResponse:
    """To a page that leads back to what is on the screen."""
    shown = getattr(request, "htmx").current_url_abs_path or "/"  # noqa: B009  # set by django-htmx, unknown to mypy
    return instead(f"{address}?{urlencode({'next': shown})}")


def sent_from(request: HttpRequest) -> str:
    """Path and query of the page of ours whose form this is; "" where the browser does not say."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return ""
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
