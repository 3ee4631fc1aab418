"""A mail brought along from elsewhere: taken in, and looked at before anything is done with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.http.security import mail_policy
from accounts.http.uploads import takes_uploads
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.compiling import results
from campaigns.content.html import Unusable
from campaigns.mail_imports import drafting, reading, remote
from campaigns.mail_imports.forms import LARGEST_UPLOAD, ImportForm
from campaigns.mail_imports.models import MailImport
from campaigns.models import Campaign
from campaigns.preflight import foreign_tags, written_html


@takes_uploads(LARGEST_UPLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def import_mail(request: StaffRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = drafting.draft(form.brought, form.kind, request.user)
        except reading.Unusable as problem:
            form.add_error(None, str(problem))
        else:
            audit.record(request, "campaign.imported", campaign.name, campaign=campaign.pk, kind=form.kind.value)
            if campaign.content_kind == Campaign.ContentKind.BLOCKS:
                messages.success(request, "The campaign is here, with its blocks.")
                return redirect(campaign)
            return redirect("campaign-imported", campaign.pk)
    status = 422 if form.errors else 200
    return render(request, "campaigns/imports/import.html", {"form": form}, status=status)


@require_safe
@requires(Permission.WRITE)
def imported(request: StaffRequest, pk: int) -> HttpResponse:
    """What came, what was changed in it, and what is still to be decided."""
    found = _import(pk)
    campaign = found.campaign
    if not campaign.is_draft or campaign.content_kind != Campaign.ContentKind.HTML:
        return redirect(campaign)
    distant = remote.of(campaign)
    context = {
        "campaign": campaign,
        "brought": found,
        "tags": foreign_tags.known_and_unknown(campaign),
        "distant": len(distant),
        "hosts": remote.hosts(distant),
        "translated": request.GET.get("translated", ""),
    } | _changes(campaign)
    return render(request, "campaigns/imports/imported.html", context)


@require_safe
@requires(Permission.WRITE)
@mail_policy
def imported_mail(request: StaffRequest, pk: int) -> HttpResponse:
    """The mail as it came, for a frame without scripts."""
    return HttpResponse(_import(pk).html)


@require_safe
@requires(Permission.WRITE)
def imported_source(request: StaffRequest, pk: int) -> HttpResponse:
    """The MJML that it was compiled from."""
    response = HttpResponse(_import(pk).mjml, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="campaign-{pk}.mjml"'
    return response


@require_POST
@requires(Permission.WRITE)
def copy_pictures(request: StaffRequest, pk: int) -> HttpResponse:
    found = _import(pk)
    campaign = found.campaign
    if not campaign.is_draft:
        return redirect(campaign)
    done = remote.copy(campaign, request.user)
    if done.count:
        messages.success(request, f"{done.count} picture{'' if done.count == 1 else 's'} copied into the library.")
    if done.left:
        messages.info(request, f"{done.left} more are waiting: press the button again.")
    if done.problems:
        found.note(done.problems)
        messages.warning(request, "Not every picture could be copied: see below what was done.")
    return redirect("campaign-imported", pk)


def _import(pk: int) -> MailImport:
    found: MailImport = get_object_or_404(MailImport.objects.select_related("campaign__batch"), campaign=pk)
    return found


def _changes(campaign: Campaign) -> dict[str, Any]:
    try:
        page = results.of_html(campaign.html, campaign.preheader)
    except Unusable as problem:
        return {"problem": str(problem), "changes": []}
    return {"problem": "", "changes": list(written_html.check(page))}
