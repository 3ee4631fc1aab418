"""Signing in at Google or Microsoft, so that a provider or a mailbox needs no password."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, secrets
from accounts.fields import LineField, SecretField
from accounts.login.confirming import lately_confirmed
from accounts.models import Organisation
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import OAuthLogin, Provider, ReturnMailbox
from delivery.oauth import services, tokens
from delivery.oauth.services import Service
from delivery.oauth.tokens import NoToken

_SALT, _STATE_SECONDS = "delivery.oauth", 3600
_TENANT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
Owner = Provider | ReturnMailbox


class SignInForm(forms.Form):
    client_id = LineField(label="Client ID", max_length=200, help_text="Also called application ID.")
    client_secret = SecretField(
        label="Client secret",
        max_length=500,
        strip=True,
        required=False,
        help_text="Its value, not its ID. It is stored encrypted and never shown.",
        once_more="Enter the client secret once more.",
    )
    tenant = LineField(label="Tenant ID", max_length=100, help_text="Also called directory ID.")
    as_application = forms.BooleanField(
        label="Without a person",
        required=False,
        help_text="Client credentials: an Exchange administrator allows the application to use this mailbox.",
    )

    def __init__(self, service: Service, login: OAuthLogin | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._login = login
        if not service.app_scope:
            del self.fields["tenant"], self.fields["as_application"]

    def clean_tenant(self) -> str:
        tenant = str(self.cleaned_data["tenant"]).lower()
        if not set(tenant) <= _TENANT:
            raise ValidationError("It looks like 8a3c… with hyphens, or like your-company.onmicrosoft.com.")
        return tenant

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_another = self._login is None or self._login.client_id != cleaned.get("client_id")
        if is_another and not cleaned.get("client_secret"):
            self.add_error("client_secret", "Enter the client secret of this application.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
@lately_confirmed
def provider(request: StaffRequest, provider_id: int) -> HttpResponse:
    found = Provider.objects.kept().filter(kind=Provider.Kind.SMTP)
    return _page(request, get_object_or_404(found, pk=provider_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
@lately_confirmed
def mailbox(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    return _page(request, get_object_or_404(ReturnMailbox, pk=mailbox_id))


@require_POST
@requires(Permission.DELIVERY)
def end(request: StaffRequest, login_id: int) -> HttpResponse:
    """Its secrets go; what is left is the password, where there is one."""
    login = get_object_or_404(OAuthLogin.objects.select_related("provider", "mailbox"), pk=login_id)
    owner = _owner(login)
    login.delete()
    audit.record(request, "oauth.ended", owner.name)
    messages.success(request, f"{owner} no longer signs in at {login.get_service_display()}. Its secrets are deleted.")
    return redirect(_address(owner))


@require_safe
@requires(Permission.DELIVERY)
def back(request: StaffRequest) -> HttpResponse:
    """Where a person comes back to from Google or Microsoft."""
    try:
        state = signing.loads(request.GET.get("state", "")[:1000], salt=_SALT, max_age=_STATE_SECONDS)
        login = OAuthLogin.objects.select_related("provider", "mailbox").get(pk=state["login"])
    except (signing.BadSignature, OAuthLogin.DoesNotExist):
        raise Http404 from None
    if state["user"] != request.user.pk:
        raise Http404
    owner, code = _owner(login), request.GET.get("code", "")[:4000]
    if not code:
        messages.error(
            request, f"{login.get_service_display()} did not agree: {request.GET.get('error', '')[:100]}. Try again."
        )
        return redirect(_address(owner))
    try:
        tokens.exchange(login, code, _back())
    except NoToken as problem:
        messages.error(request, f"{problem.words} {problem.cure}")
    else:
        audit.record(request, "oauth.signed_in", owner.name, service=login.service)
        messages.success(request, f"{owner} is signed in at {login.get_service_display()}. Test the connection now.")
        _try_again(owner)
    return redirect(_address(owner))


def _page(request: StaffRequest, owner: Owner) -> HttpResponse:
    service = services.of_host(owner.host)
    login = OAuthLogin.objects.filter(**_of(owner)).first()
    if service is None:
        raise Http404
    initial = (
        {"client_id": login.client_id, "tenant": login.tenant, "as_application": login.as_application} if login else {}
    )
    form = SignInForm(service, login, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _keep(request, owner, service, form.cleaned_data)
        return redirect(_address(owner))
    is_provider = isinstance(owner, Provider)
    context = {
        "owner": owner,
        "service": service,
        "login": login,
        "form": form,
        "back": _back(),
        "scope": service.scopes[_purpose(owner)].split()[0].rpartition("/")[2] or service.scopes[_purpose(owner)],
        "sign_in_url": _sign_in_url(request, owner, service, login) if login and not login.as_application else "",
        "owner_url": reverse("provider" if is_provider else "mailbox", args=[owner.pk]),
        "is_provider": is_provider,
        "has_password": bool(owner.password_sealed if isinstance(owner, Provider) else owner.secret_sealed),
    }
    return render(request, "delivery/sign_in.html", context, status=422 if form.errors else 200)


def _keep(request: StaffRequest, owner: Owner, service: Service, given: dict[str, Any]) -> None:
    login = _entered(request, owner, service, given)
    if not login.as_application:
        messages.success(request, f"Kept. Now sign in at {service.name}, by the button below.")
        return
    try:
        tokens.access(login, owner.host)
    except NoToken as problem:
        messages.error(request, f"{problem.words} {problem.cure}")
    else:
        _try_again(owner)
        messages.success(request, f"{service.name} gives tokens. Test the connection now.")


@transaction.atomic
def _entered(request: StaffRequest, owner: Owner, service: Service, given: dict[str, Any]) -> OAuthLogin:
    # Locked: a refresh token that a worker gets meanwhile would be written over with the one it replaced.
    login = OAuthLogin.objects.select_for_update().filter(**_of(owner)).first() or OAuthLogin(**_of(owner))
    if login.pk is None or login.client_id != given["client_id"] or login.service != service.key:
        login.refresh_sealed = None  # of another application
    login.service, login.client_id = service.key, given["client_id"]
    login.tenant, login.as_application = given.get("tenant") or "common", bool(given.get("as_application"))
    if given["client_secret"]:
        login.client_secret_sealed = secrets.seal(given["client_secret"])
    login.access_sealed = login.expires_at = login.retry_at = login.failing_since = None
    login.is_refused, login.problem, login.cure, login.detail = False, "", "", ""
    login.save()
    if isinstance(owner, ReturnMailbox):
        ReturnMailbox.objects.filter(pk=owner.pk).update(login_by=ReturnMailbox.LoginBy.TOKEN)
    audit.record(request, "oauth.set", owner.name, service=service.key, client_id=login.client_id)
    return login


def _try_again(owner: Owner) -> None:
    if isinstance(owner, ReturnMailbox):
        owner.refresh_from_db()
        owner.try_again()


def _sign_in_url(request: StaffRequest, owner: Owner, service: Service, login: OAuthLogin) -> str:
    state = signing.dumps({"login": login.pk, "user": request.user.pk}, salt=_SALT)
    return services.sign_in_url(
        service,
        tenant=login.tenant,
        client_id=login.client_id,
        back=_back(),
        state=state,
        purpose=_purpose(owner),
        user=owner.username,
    )


def _purpose(owner: Owner) -> str:
    return "smtp" if isinstance(owner, Provider) else str(owner.protocol)


def _back() -> str:
    organisation = Organisation.get()
    return f"{organisation.public_address if organisation else ''}{reverse('oauth-back')}"


def _of(owner: Owner) -> dict[str, Any]:
    return {"provider": owner} if isinstance(owner, Provider) else {"mailbox": owner}


def _owner(login: OAuthLogin) -> Owner:
    owner = login.provider or login.mailbox
    if owner is None:
        raise Http404
    return owner


def _address(owner: Owner) -> str:
    return reverse("provider-sign-in" if isinstance(owner, Provider) else "mailbox-sign-in", args=[owner.pk])
