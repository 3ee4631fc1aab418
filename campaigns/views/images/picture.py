"""One picture: what it shows, how it is cropped, where it is used."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.http.uploads import takes_uploads
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.content.images import library, uses
from campaigns.content.images.forms import AboutForm, CropForm, FolderNameForm, ReplaceForm
from campaigns.models import Image, ImageFolder

_SHAPES = ("1:1", "4:3", "3:2", "16:9", "2:1", "3:1")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def image(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Image, pk=pk)
    form = AboutForm(request.POST or None, instance=found, label_suffix="")
    is_saved = request.method == "POST" and form.is_valid()
    if is_saved:
        form.save()
    if "application/json" in request.headers.get("Accept", ""):  # beside an upload, saved while it is typed
        return JsonResponse(
            {"errors": form.errors} if form.errors else {"saved": "Saved"}, status=200 if is_saved else 422
        )
    if is_saved:
        messages.success(request, "Saved. Mails already written keep their own description.")
        return redirect("images")
    return _page(request, found, form=form)


@require_POST
@requires(Permission.WRITE)
def crop_image(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Image, pk=pk)
    form = CropForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, crop_form=form)
    found.focal_x, found.focal_y = form.cleaned_data["focal_x"], form.cleaned_data["focal_y"]
    try:
        count = library.change(found, crop=form.crop, max_width=form.cleaned_data["max_width"], by=request.user)
    except library.Refused as problem:
        form.add_error(None, str(problem))
        return _page(request, found, crop_form=form)
    messages.success(request, f"Cropped: {found.width} × {found.height} pixels. {_shown(count)}")
    return redirect("image", pk)


@takes_uploads(library.MAX_BYTES)
@require_POST
@requires(Permission.WRITE)
def replace_image(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Image, pk=pk)
    form = ReplaceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            count = library.replace(found, form.cleaned_data["picture"], request.user)
        except library.Refused as problem:
            form.add_error("picture", str(problem))
        else:
            audit.record(request, "image.replaced", found.name, image=found.pk)
            messages.success(request, f"Replaced. {_shown(count)}")
            return redirect("image", pk)
    return _page(request, found, replace_form=form)


@require_POST
@requires(Permission.WRITE)
def delete_image(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Image, pk=pk)
    name = found.name
    try:
        library.delete(found)
    except library.InUse as problem:
        first = problem.uses[0]
        more = f" and {len(problem.uses) - 1} more" if len(problem.uses) > 1 else ""
        messages.warning(request, f"“{name}” stays: “{first.name}”{more} would lose it. Replace it there first.")
        return redirect("image", pk)
    audit.record(request, "image.deleted", name, image=pk)
    messages.success(request, f"“{name}” is deleted.")
    return redirect("images")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def folder(request: StaffRequest, pk: int) -> HttpResponse:
    """Rename it, or take it away; its pictures stay."""
    found = get_object_or_404(ImageFolder, pk=pk)
    if request.method == "POST" and "delete" in request.POST:
        found.delete()
        messages.success(request, f"The folder “{found}” is gone. Its pictures are still here.")
        return redirect("images")
    form = FolderNameForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found.name = form.cleaned_data["name"]
        found.save()
        messages.success(request, "Renamed.")
        return redirect("images")
    context = {"folder": found, "form": form, "count": found.images.count()}
    return render(request, "campaigns/images/folder.html", context, status=422 if form.errors else 200)


def _page(
    request: StaffRequest,
    found: Image,
    *,
    form: AboutForm | None = None,
    crop_form: CropForm | None = None,
    replace_form: ReplaceForm | None = None,
) -> HttpResponse:
    forms = (form, crop_form, replace_form)
    context = {
        "image": found,
        "form": form or AboutForm(instance=found, label_suffix=""),
        "crop_form": crop_form or CropForm(found),
        "replace_form": replace_form or ReplaceForm(label_suffix=""),
        "wrong": next((one for one in forms if one and one.errors), None),
        "shapes": _SHAPES,
        "uses": uses.of(found),
        "whole_name": found.whole_name or found.storage_name,
    }
    return render(request, "campaigns/images/image.html", context, status=422 if context["wrong"] else 200)


def _shown(count: int) -> str:
    if not count:
        return "Mails already sent keep the picture they had."
    drafts = "One draft shows" if count == 1 else f"{count} drafts show"
    return f"{drafts} it now; mails already sent keep the picture they had."
