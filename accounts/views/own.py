"""What everyone may change about themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.forms import AlarmsForm, NameForm, PasswordForm, SummaryForm
from accounts.permissions import Permission, StaffRequest, allows, requires
from accounts.sessions import listing
from accounts.shell.alarms import Alarm, mailed_to_nobody
from accounts.shell.context import THEME_COOKIE, THEMES
from accounts.two_factor import factors

_YEAR = 365 * 24 * 60 * 60


@require_GET
@requires(Permission.LOOK)
def account(request: StaffRequest) -> HttpResponse:
    return _show(request)


@require_POST
@requires(Permission.LOOK)
def name(request: StaffRequest) -> HttpResponse:
    form = NameForm(request.POST, instance=request.user)
    if not form.is_valid():
        request.user.refresh_from_db()
        return _show(request, name_form=form)
    form.save()
    messages.success(request, "Your name is saved.")
    return redirect("account")


@require_POST
@requires(Permission.LOOK)
def summary(request: StaffRequest) -> HttpResponse:
    """Whether the weekly summary is mailed to this person."""
    form = SummaryForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    wanted = request.user.wants_summary
    words = "You get a summary every Monday." if wanted else "You get no summary by mail any more."
    messages.success(request, words)
    return redirect("account")


@require_POST
@requires(Permission.DELIVERY)
def alerts(request: StaffRequest) -> HttpResponse:
    """Which troubles are mailed to this person."""
    form = AlarmsForm(request.user, request.POST)
    if not form.is_valid():
        return _show(request, alarms_form=form)
    form.save()
    muted = len(request.user.muted_alarms)
    words = (
        "You get no alarms by mail any more; Home still shows them."
        if muted == len(Alarm)
        else f"You get a mail for {len(Alarm) - muted} of {len(Alarm)} kinds of trouble; Home still shows all."
        if muted
        else "You get a mail for every kind of trouble."
    )
    messages.success(request, words)
    return redirect(f"{reverse('account')}#alerts")


@sensitive_post_parameters("current", "new")
@require_POST
@requires(Permission.LOOK)
def password(request: StaffRequest) -> HttpResponse:
    """A new password ends all sessions of this person but the one that set it."""
    form = PasswordForm(request.user, request.META.get("REMOTE_ADDR") or "", request.POST)
    if not form.is_valid():
        return _show(request, password_form=form)
    request.user.set_password(form.cleaned_data["new"])
    request.user.save(update_fields=["password"])
    listing.end_others(request)
    audit.record(request, "password.changed", request.user.email)
    messages.success(request, "The password is changed. Everywhere else you were logged out.")
    return redirect("account")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in this browser; anything else means: as the system has it."""
    back = request.POST.get("next", "")
    # Not `redirect`, which would take a word for the name of a view.
    response = HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _show(
    request: StaffRequest,
    *,
    name_form: NameForm | None = None,
    password_form: PasswordForm | None = None,
    alarms_form: AlarmsForm | None = None,
) -> HttpResponse:
    can_get_alarms = allows(request.user, Permission.DELIVERY)
    shown = {
        "name_form": name_form or NameForm(instance=request.user),
        "password_form": password_form or PasswordForm(request.user, ""),
        "has_second_factor": factors.has_one(request.user),
        "sessions": listing.open_sessions(request),
        "can_get_alarms": can_get_alarms,
        "alarms_form": alarms_form or AlarmsForm(request.user),
        "mailed_to_nobody": mailed_to_nobody() if can_get_alarms else [],
    }
    is_wrong = name_form or password_form or alarms_form
    return render(request, "accounts/account.html", shown, status=422 if is_wrong else 200)
