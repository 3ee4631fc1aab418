"""Mailboxes of the sandbox: made, changed, opened to logins, removed."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.models import Organisation
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import Provider, SandboxKey, SandboxLogin, SandboxMailbox
from delivery.sandbox.api import keys
from delivery.sandbox.mailboxes import logins
from delivery.sandbox.mailboxes.forms import KeyForm, LoginForm, SandboxMailboxForm
from delivery.sandbox.mailboxes.logins import Issued
from delivery.views.sandbox.listing import list_url, mailbox_at


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def add(request: StaffRequest) -> HttpResponse:
    form = SandboxMailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        audit.record(request, "sandbox.mailbox_added", made.name)
        return redirect("sandbox-mailbox", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "delivery/sandbox/mailbox_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def mailbox(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    shown = mailbox_at(mailbox_id)
    form = SandboxMailboxForm(request.POST or None, instance=mailbox_at(mailbox_id))
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.record(request, "sandbox.mailbox_changed", **form.cleaned_data)
        messages.success(request, "Saved. What is too old or too much goes within a minute.")
        return redirect("sandbox-mailbox", mailbox_id)
    return _page(request, shown, form, status=422 if request.method == "POST" else 200)


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def add_login(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Its password is shown by this answer and by no other page."""
    shown = mailbox_at(mailbox_id)
    form = LoginForm(request.POST)
    if shown.logins.count() >= logins.MOST:
        messages.error(request, f"This mailbox has {logins.MOST} logins. Remove one that nobody uses any more.")
        return redirect("sandbox-mailbox", mailbox_id)
    if not form.is_valid():
        return _page(request, shown, SandboxMailboxForm(instance=shown), login_form=form, status=422)
    issued = logins.issue(shown, form.cleaned_data["note"])
    audit.record(request, "sandbox.login_added", issued.login.username, mailbox=shown.name)
    return _page(request, shown, SandboxMailboxForm(instance=shown), issued=issued)


@require_POST
@requires(Permission.DELIVERY)
def remove_login(request: StaffRequest, login_id: int) -> HttpResponse:
    login = get_object_or_404(SandboxLogin, pk=login_id)
    login.delete()
    audit.record(request, "sandbox.login_removed", login.username)
    messages.success(request, f"{login.username} cannot log in any more.")
    return redirect(f"{reverse('sandbox-mailbox', args=[login.mailbox_id])}#logins")


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def add_key(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """It is shown by this answer and by no other page."""
    shown = mailbox_at(mailbox_id)
    form = KeyForm(request.POST, auto_id="key_%s")
    if shown.keys.count() >= keys.MOST:
        messages.error(request, f"This mailbox has {keys.MOST} keys. Remove one that nobody uses any more.")
        return redirect("sandbox-mailbox", mailbox_id)
    if not form.is_valid():
        return _page(request, shown, SandboxMailboxForm(instance=shown), key_form=form, status=422)
    issued = keys.issue(shown, form.cleaned_data["note"])
    audit.record(request, "sandbox.key_added", issued.row.beginning, mailbox=shown.name)
    return _page(request, shown, SandboxMailboxForm(instance=shown), issued_key=issued)


@require_POST
@requires(Permission.DELIVERY)
def remove_key(request: StaffRequest, key_id: int) -> HttpResponse:
    key = get_object_or_404(SandboxKey, pk=key_id)
    key.delete()
    audit.record(request, "sandbox.key_removed", key.beginning)
    messages.success(request, f"The key {key} opens nothing any more.")
    return redirect(f"{reverse('sandbox-mailbox', args=[key.mailbox_id])}#keys")


@require_POST
@requires(Permission.DELIVERY)
def remove(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """With its logins at once; its mails are swept out."""
    shown = mailbox_at(mailbox_id)
    if shown.is_own:
        messages.error(request, "Rehearsals need this mailbox. Delete its mails instead.")
        return redirect("sandbox-mailbox", mailbox_id)
    SandboxMailbox.objects.filter(pk=shown.pk).delete()
    audit.record(request, "sandbox.mailbox_removed", shown.name)
    messages.success(request, f"The mailbox {shown.name} was removed. Its mails go within a minute.")
    return redirect("sandbox")


def _page(
    request: StaffRequest,
    shown: SandboxMailbox,
    form: SandboxMailboxForm,
    *,
    login_form: LoginForm | None = None,
    issued: Issued | None = None,
    key_form: KeyForm | None = None,
    issued_key: keys.Issued | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "mailbox": shown,
        "form": form,
        "login_form": login_form or LoginForm(),
        "issued": issued,
        "logins": shown.logins.order_by("pk"),
        "key_form": key_form or KeyForm(auto_id="key_%s"),
        "issued_key": issued_key,
        "keys": shown.keys.order_by("pk"),
        "api_url": f"{organisation.public_address if (organisation := Organisation.get()) else settings.PUBLIC_URL}"
        f"{reverse('sandbox-api-mails')}",
        "sandbox": Provider.objects.sandbox(),
        "has_tls": settings.SANDBOX_STARTTLS,
        "mails_url": list_url(shown),
    }
    response = render(request, "delivery/sandbox/mailbox.html", context, status=status)
    if issued or issued_key:
        response.headers["Cache-Control"] = "no-store"
    return response
