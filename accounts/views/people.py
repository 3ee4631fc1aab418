"""Who works here."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.forms import InviteForm
from accounts.login.confirming import lately_confirmed
from accounts.models import Invitation, Organisation, Role, User
from accounts.people import staff
from accounts.permissions import Permission, StaffRequest, requires
from accounts.two_factor import factors

_LINK = "invitation_link"


@never_cache
@require_GET
@requires(Permission.USERS)
def people(request: StaffRequest) -> HttpResponse:
    return _show(request, InviteForm(staff.roles_given_by(request.user)))


@require_POST
@requires(Permission.USERS)
@lately_confirmed
def invite(request: StaffRequest) -> HttpResponse:
    """The link is kept for the next page of this session alone: it is shown once."""
    form = InviteForm(staff.roles_given_by(request.user), request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    email = form.cleaned_data["email"]
    try:
        token = staff.invite(request, email, Role(form.cleaned_data["role"]))
    except staff.NotAllowed as problem:
        form.add_error("email", str(problem))
        return _show(request, form, status=422)
    organisation = get_object_or_404(Organisation, id=1)
    is_mailed = staff.mail(token, organisation)
    request.session[_LINK] = {"email": email, "url": staff.link(organisation, token), "is_mailed": is_mailed}
    return redirect("people")


@require_POST
@requires(Permission.USERS)
@lately_confirmed
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(staff.pending(), pk=pk)
    return _act(request, lambda: staff.revoke(request, invitation), f"The invitation of {invitation.email} is gone.")


@require_POST
@requires(Permission.USERS)
@lately_confirmed
def change_role(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    wanted = request.POST.get("role", "")
    if wanted not in Role:
        messages.error(request, "There is no such role.")
        return redirect("people")
    role = Role(wanted)
    return _act(request, lambda: staff.change_role(request, person, role), f"{person} is now {role.label}.")


@require_POST
@requires(Permission.USERS)
@lately_confirmed
def deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk, is_active=True)
    return _act(request, lambda: staff.deactivate(request, person), f"{person} is logged out and cannot log in.")


@require_POST
@requires(Permission.USERS)
@lately_confirmed
def reactivate(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk, is_active=False)
    return _act(request, lambda: staff.reactivate(request, person), f"{person} can log in again.")


@require_POST
@requires(Permission.USERS)
@lately_confirmed
def second_factor(request: StaffRequest) -> HttpResponse:
    """Whether everybody who works here needs one."""
    is_required = request.POST.get("required") == "yes"
    Organisation.objects.filter(id=1).update(second_factor_required=is_required)
    audit.record(request, "second_factor.rule_changed", required=is_required)
    said = "Everybody needs a second factor now. Who has none is asked to set it up at their next click."
    messages.success(request, said if is_required else "A second factor is everybody's own choice now.")
    return redirect("people")


def _act(request: StaffRequest, act: Callable[[], None], done: str) -> HttpResponse:
    """Refusals that depend on who is concerned, not on the page: 403, and nothing has changed."""
    try:
        act()
    except staff.NotAllowed as problem:
        messages.error(request, str(problem))
        return _show(request, InviteForm(staff.roles_given_by(request.user)), status=403)
    messages.success(request, done)
    return redirect("people")


def _show(request: StaffRequest, form: InviteForm, *, status: int = 200) -> HttpResponse:
    given = staff.roles_given_by(request.user)
    shown = {
        "form": form,
        "roles": given,
        "everybody": [(person, staff.may_manage(request.user, person)) for person in _in_order()],
        "invitations": [(found, found.role in given) for found in _open_invitations()],
        "link": request.session.pop(_LINK, None) if request.method == "GET" else None,
        "days": staff.INVITATION_DAYS,
        "with_second_factor": factors.holders(),
    }
    return render(request, "accounts/people.html", shown, status=status)


def _in_order() -> list[User]:
    return sorted(User.objects.all(), key=lambda person: (not person.is_active, str(person).casefold()))


def _open_invitations() -> list[Invitation]:
    now = timezone.now()
    found = list(staff.pending().select_related("invited_by").order_by("-created_at"))
    for invitation in found:
        invitation.has_expired = invitation.expires_at <= now  # type: ignore[attr-defined]  # for the page
    return found
