"""What all pages for recipients have in common: their language, the organisation's brand, and that they stay quiet."""

from collections.abc import Callable
from typing import Any, cast

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache

from accounts import wording
from accounts.models import Organisation
from tracking import unsubscribing
from tracking.recipients import brand, language

View = Callable[..., HttpResponse]


def for_recipients(view: View) -> View:
    """The page's only styles besides our own are the organisation's colours."""
    styled = cast("Callable[[View], View]", csp_update({"style-src": [SELF, NONCE]}))
    return never_cache(styled(view))


def unknown(request: HttpRequest) -> HttpResponse:
    """One answer for every token that leads nowhere, whatever is wrong with it."""
    with translation.override(spoken(request)):
        return rendered(request, "public/unknown.html", {}, Organisation.get(), status=404)


def of_nobody(request: HttpRequest, token: str) -> HttpResponse:
    """For a token of leaving by which nobody can leave: a test mail's says what it is."""
    if not unsubscribing.is_of_a_test(token):
        return unknown(request)
    with translation.override(spoken(request)):
        return rendered(request, "public/test_mail.html", {}, Organisation.get())


def rendered(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    organisation: Organisation | None,
    status: int = 200,
) -> HttpResponse:
    """In the language that is active."""
    wanted = language.known_of(request.GET.get("lang", ""))
    common = {
        "organisation": organisation,
        "brand": brand.of(organisation.own_brand.colour) if organisation else None,
        "languages": settings.LANGUAGES,
        "wanted": f"?lang={wanted}" if wanted else "",  # behind the addresses of the page's own buttons
    }
    response = render(request, template, context | common, status=status)
    response.headers["Content-Language"] = translation.get_language() or language.OTHERWISE
    return quiet(response)


def in_words(address: str) -> SafeString:
    """An address within a sentence, whose direction it does not turn."""
    return format_html('<strong class="mono"><bdi>{}</bdi></strong>', wording.breakable(address))


def quiet(response: HttpResponse) -> HttpResponse:
    """Nobody who is led on learns the token, and no search engine keeps the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def spoken(request: HttpRequest, own: str = "") -> str:
    """The language chosen on the page itself (`?lang=`), else the person's or the form's own, else the browser's."""
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return language.choose(own, accepted, wanted=request.GET.get("lang", ""))
