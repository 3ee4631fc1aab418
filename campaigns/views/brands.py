"""Brands: the list, one with the sample mail beside it, and which is the usual one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.http.security import mail_policy
from accounts.http.uploads import takes_uploads
from accounts.models import BrandKit, Organisation
from accounts.numbers import whole_number
from accounts.organisation import logo, senders
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.brands import contrast
from campaigns.brands import sample as sampling
from campaigns.brands.form import BrandForm
from campaigns.content import mjml
from campaigns.models import Campaign


@require_safe
@requires(Permission.WRITE)
def brands(request: StaffRequest) -> HttpResponse:
    organisation = _organisation()
    own = organisation.brand_id
    kits = sorted(BrandKit.objects.all(), key=lambda kit: (kit.pk != own, kit.name.casefold()))
    return render(request, "campaigns/brands/brands.html", {"kits": kits, "own": own, "organisation": organisation})


@takes_uploads(2 * logo.LARGEST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def new_brand(request: StaffRequest) -> HttpResponse:
    return _edited(request, BrandKit())


@takes_uploads(2 * logo.LARGEST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def brand(request: StaffRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(BrandKit, pk=pk))


@require_safe
@requires(Permission.WRITE)
@mail_policy
def sample(request: StaffRequest) -> HttpResponse:
    """The sample mail of the brand `?kit=`, with whatever else of its form the address holds."""
    return HttpResponse(sampling.page(Organisation.get(), _tried(request)))


@require_safe
@requires(Permission.WRITE)
def words(request: StaffRequest) -> HttpResponse:
    """How well the colours read, while they are chosen."""
    tried = mjml.Brand.of(Organisation.get(), _tried(request))
    return render(request, "campaigns/brands/_contrast.html", {"pairs": contrast.pairs(tried)})


@require_POST
@requires(Permission.WRITE)
def use_as_default(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(BrandKit, pk=pk)
    if not found.name:
        found.name = _organisation().name
        found.save(update_fields=["name"])
    Organisation.objects.filter(id=1).update(brand=found)
    audit.record(request, "brand.default", str(found), brand=found.pk)
    messages.success(request, f"“{found}” is what new campaigns and the pages of recipients look like from now on.")
    return redirect("brands")


@require_POST
@requires(Permission.WRITE)
def delete_brand(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(BrandKit, pk=pk)
    if found.pk == _organisation().brand_id:
        messages.warning(request, "The usual brand stays: choose another one as the usual first.")
        return redirect("brand", pk)
    audit.record(request, "brand.deleted", str(found), brand=found.pk)
    found.delete()
    messages.success(request, f"“{found}” is deleted. Drafts that had it look like the usual brand now.")
    return redirect("brands")


def _edited(request: StaffRequest, kit: BrandKit) -> HttpResponse:
    organisation, title = _organisation(), str(kit)
    form = BrandForm(request.POST or None, request.FILES or None, instance=kit, organisation=organisation)
    if form.is_valid():
        is_new = kit.pk is None
        saved = form.save()
        audit.record(request, "brand.created" if is_new else "brand.changed", str(saved), brand=saved.pk)
        messages.success(request, "Saved. Drafts with this brand look so from now on; what was launched stays.")
        senders.warn(request, saved.sender_email)
        return redirect("brand", saved.pk)
    stored = BrandKit.objects.filter(pk=kit.pk).first() or BrandKit()
    context: dict[str, Any] = {
        "form": form,
        "kit": stored,
        "title": title,
        "is_own": organisation.brand_id == kit.pk is not None,
        "organisation": organisation,
        "drafts": Campaign.objects.drafts().filter(brand=kit).count() if kit.pk else 0,
        "pairs": contrast.pairs(mjml.Brand.of(organisation, kit)),
    }
    return render(request, "campaigns/brands/brand.html", context, status=422 if form.is_bound else 200)


def _tried(request: StaffRequest) -> BrandKit:
    """Not to be saved: the brand `?kit=` with those values of the form that are right."""
    kit = BrandKit.objects.filter(pk=whole_number(request.GET.get("kit")) or 0).first() or BrandKit()
    if "colour" in request.GET:
        form = BrandForm(request.GET, instance=kit, organisation=Organisation.get())
        form.is_valid()
    return kit


def _organisation() -> Organisation:
    return get_object_or_404(Organisation.objects.select_related("brand"), id=1)
