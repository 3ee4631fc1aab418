"""The last step of a domain: a mail that is sent to see how it arrives."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from delivery import tasks
from delivery.domains.delivered import checking
from delivery.domains.delivered.models import DomainMail
from delivery.domains.forms import PasteForm
from delivery.domains.models import SendingDomain

_SHOWN = 5
Refused = tuple[int, PasteForm]  # the mail's id


@require_safe
@requires(Permission.DELIVERY)
def mails(request: StaffRequest, domain_id: int) -> HttpResponse:
    """Looked at again while one is under way."""
    domain = _domain(domain_id)
    if not request.htmx:
        return redirect(f"{domain.get_absolute_url()}#delivered")
    return render(request, "delivery/domains/_delivered.html", {"domain": domain, **context(request, domain)})


@require_POST
@requires(Permission.DELIVERY)
def send(request: StaffRequest, domain_id: int) -> HttpResponse:
    domain = _domain(domain_id)
    try:
        provider_id = whole_number(request.POST.get("provider")) or 0
        made = checking.begin(domain, provider_id, request.POST.get("to", ""), request.user)
    except checking.NotPossible as problem:
        messages.error(request, str(problem))
    else:
        audit.record(request, "domain.mailed", domain.name, to=made.to)
        transaction.on_commit(partial(tasks.send_domain_mail.delay, mail_id=made.pk), robust=True)
    return back(domain)


def refused(mail: DomainMail, data: QueryDict) -> PasteForm | None:
    """With what is wrong with the source that was pasted; none: it is taken."""
    form = _paste_form(mail.pk, data)
    if form.is_valid():
        try:
            checking.take_pasted(mail, form.cleaned_data["source"])
        except checking.NotPossible as problem:
            form.add_error("source", str(problem))
    return form if form.errors else None


def context(request: StaffRequest, domain: SendingDomain, refused: Refused | None = None) -> dict[str, Any]:
    found = list(DomainMail.objects.filter(domain=domain).select_related("provider").order_by("-pk")[:_SHOWN])
    wrong = dict((refused,) if refused else ())
    arrived = next((mail for mail in found if mail.arrived_at), None)
    return {
        "sent_mails": [(mail, wrong.get(mail.pk) or _paste_form(mail.pk)) for mail in found],
        "leaves_out_one_click": bool(arrived and arrived.dkim == "pass" and arrived.is_one_click_signed is False),
        "is_mail_expected": any(mail.is_expected for mail in found),
        "mail_providers": checking.providers(domain),
        "mail_recipients": checking.recipients(request.user),
    }


def _paste_form(mail_id: int, data: QueryDict | None = None) -> PasteForm:
    return PasteForm(data, label_suffix="", auto_id=f"mail-{mail_id}-%s")


def _domain(domain_id: int) -> SendingDomain:
    return get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)


def tell(request: StaffRequest, mail: DomainMail) -> None:
    if mail.passes:
        messages.success(request, "The mail passed: that is what your readers' mailboxes see.")
    else:
        messages.warning(request, "The mail arrived and did not pass. See below which check failed.")


def back(domain: SendingDomain) -> HttpResponse:
    return redirect(f"{reverse('domain', args=[domain.pk])}#delivered")
