"""Templates: the gallery, one of ours looked at, one of the organisation's own kept, described and put away."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.fields import LineField
from accounts.http.security import mail_policy
from accounts.models import BrandKit, Organisation
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns import starters
from campaigns.brands import choosing
from campaigns.compiling import results
from campaigns.content import blocks, html, mjml
from campaigns.drafts import own_templates
from campaigns.merge import language
from campaigns.message import preview
from campaigns.models import Template
from campaigns.sending import launching
from campaigns.views.pages import get_campaign


class TemplateForm(forms.Form):
    name = LineField(label="Name", max_length=200)
    description = LineField(
        label="What it is for", max_length=200, required=False, help_text="Shown below it in the gallery."
    )


def own(*, archived: bool = False) -> Any:
    return Template.objects.filter(archived_at__isnull=not archived).select_related("campaign")


@require_safe
@requires(Permission.LOOK)
def templates(request: StaffRequest) -> HttpResponse:
    is_archive = request.GET.get("show") == "archived"
    context = {
        "own": own(archived=is_archive),
        "is_archive": is_archive,
        "some_are_away": own(archived=True).exists(),
        "starters": starters.all(),
    }
    return render(request, "campaigns/templates/templates.html", context)


@require_safe
@requires(Permission.LOOK)
def starter(request: StaffRequest, key: str) -> HttpResponse:
    """One of ours, large."""
    return render(request, "campaigns/templates/starter.html", {"starter": _starter(key)})


@require_safe
@requires(Permission.LOOK)
@mail_policy
def starter_mail(request: StaffRequest, key: str) -> HttpResponse:
    """A starter as it would look, for the gallery."""
    kit = choosing.others().filter(pk=whole_number(request.GET.get("brand")) or 0).first()
    found = _starter(key, kit)
    page = results.of_drawing(mjml.draw(found.document, mjml.Brand.of(Organisation.get(), kit), title=found.name))
    return HttpResponse(language.render(page.html, {}))


@require_safe
@requires(Permission.LOOK)
@mail_policy
def template_mail(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Template.objects.select_related("campaign__brand"), pk=pk)
    try:
        return HttpResponse(preview.preview(found.campaign, None).html)
    except (blocks.Invalid, html.Unusable, language.Broken):
        return HttpResponse("")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def keep(request: StaffRequest, pk: int) -> HttpResponse:
    """A campaign becomes a template besides."""
    campaign = get_campaign(pk)
    form = TemplateForm(request.POST or None, initial={"name": campaign.name}, label_suffix="")
    if form.is_valid():
        made = own_templates.keep(
            campaign, form.cleaned_data["name"], form.cleaned_data["description"], by=request.user
        )
        messages.success(request, f"“{made}” is a template now. The campaign stays as it is.")
        return redirect("template", made.pk)
    context = {"campaign": campaign, "form": form}
    return render(request, "campaigns/templates/keep.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def template(request: StaffRequest, pk: int) -> HttpResponse:
    found = _template(pk)
    initial = {"name": found.campaign.name, "description": found.description}
    form = TemplateForm(request.POST or None, initial=initial, label_suffix="")
    if form.is_valid():
        found.campaign.name, found.description = form.cleaned_data["name"], form.cleaned_data["description"]
        found.campaign.save(update_fields=["name", "updated_at"])
        found.save(update_fields=["description"])
        messages.success(request, "Saved.")
        return redirect("template", pk)
    context = {"template": found, "form": form}
    return render(request, "campaigns/templates/template.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.WRITE)
def duplicate(request: StaffRequest, pk: int) -> HttpResponse:
    found = _template(pk)
    made = own_templates.keep(found.campaign, f"{found.campaign.name[:190]} (copy)", found.description, by=request.user)
    messages.success(request, f"“{made}” is a copy you can change.")
    return redirect("template", made.pk)


@require_POST
@requires(Permission.WRITE)
def archive(request: StaffRequest, pk: int) -> HttpResponse:
    """Put away, or taken out again."""
    found = _template(pk)
    found.archived_at = None if found.archived_at else timezone.now()
    found.save(update_fields=["archived_at"])
    audit.record(request, "template.archived" if found.archived_at else "template.restored", str(found), template=pk)
    words = "is put away: it is offered no more." if found.archived_at else "is offered again."
    messages.success(request, f"“{found}” {words}")
    return redirect("templates")


@require_POST
@requires(Permission.WRITE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = _template(pk)
    launching.delete_draft(found.campaign, by=request.user)
    messages.success(request, f"“{found}” is deleted. Campaigns made from it stay.")
    return redirect("templates")


def _starter(key: str, kit: BrandKit | None = None) -> starters.Starter:
    try:
        return starters.get(key, kit)
    except KeyError:
        raise Http404 from None


def _template(pk: int) -> Template:
    return get_object_or_404(Template.objects.select_related("campaign"), pk=pk)
