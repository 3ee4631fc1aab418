"""What holds for every page that staff open."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import Organisation, User
from accounts.organisation import hosts
from accounts.sessions import listing
from accounts.shell import whole_pages
from accounts.two_factor import factors

Response = Callable[[HttpRequest], HttpResponse]
_ALSO_STAFF = {"account_login", "account_logout"}
# Where somebody who works here comes in, before anything is asked of the person.
_ENTRANCES = {
    *("setup", "mfa_authenticate", "passkey-login", "password-reset-ask", "password-reset", "account_inactive", "join"),
}
_NO_STORE = "no-store"
# What somebody without a second factor may open where everybody needs one.
_WITHOUT_FACTOR = {
    *("two-factor", "two-factor-app", "passkey-add", "two-factor-codes", "confirm", "account_login", "account_logout"),
}


class StaffPages:
    """Set-up comes first, then a second factor where everybody needs one; times are the organisation's.

    A fragment never swallows the login page. The host of counted links, which strangers' mails name, shows none of
    these pages.

    Staff pages are those whose view wears `requires`. Recipients' pages cost no query here. No browser keeps a staff
    page: after logging out nobody reads it by going back.
    """

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        timezone.deactivate()
        if getattr(request, "is_for_staff", False) and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = _NO_STORE
        return _to_login_as_a_whole(request, response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else ""
        is_for_staff = hasattr(view, "permission") or name in _ALSO_STAFF
        if not is_for_staff and name not in _ENTRANCES:
            return None
        organisation = Organisation.for_page()
        if organisation and hosts.counts_only(request, organisation):
            raise Http404
        if not is_for_staff:
            return None
        request.is_for_staff = True  # type: ignore[attr-defined]  # for the answer on its way back
        if organisation is None:
            return redirect("setup")
        request.organisation = organisation  # type: ignore[attr-defined]  # for whatever answers
        timezone.activate(_zone(organisation.time_zone))
        if not isinstance(request.user, User):
            return None
        listing.note(request)
        if name not in _WITHOUT_FACTOR and factors.is_missing(request.user, organisation):
            return _to_second_factor(request)
        return None


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    if not getattr(request, "htmx", None):
        return redirect("two-factor")
    return whole_pages.instead(resolve_url("two-factor"))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _to_login_as_a_whole(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A session that ended while a page polls: htmx would put the login form into the fragment.

    One that ended while somebody filled in a form leads back to the form, not to an address that only takes it. A
    script is refused: it would follow to the login page, which answers whoever wants JSON with 200, and take what
    somebody had typed for stored.
    """
    login, to = resolve_url("account_login"), response.headers.get("Location", "")
    if not to.startswith(login):
        return response
    if getattr(request, "htmx", None):
        return whole_pages.and_back(login, request)
    if request.headers.get("Accept") == "application/json":
        return HttpResponseForbidden("You are logged out.", content_type="text/plain")
    if request.method == "POST" and "?" in to and (form_page := whole_pages.sent_from(request)):
        return redirect(f"{login}?{urlencode({'next': form_page})}")
    return response
