"""Pictures for mails: a page, and the same as a picker inside the editor."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Organisation
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from accounts.uploads import takes_uploads
from campaigns.content import images as pictures
from campaigns.drafts.forms import AltForm, PictureForm
from campaigns.models import Campaign, Edition, Image

_PAGE = 48


@require_http_methods(["GET", "HEAD"])
@requires(Permission.LOOK)
def images(request: StaffRequest) -> HttpResponse:
    if request.htmx and request.htmx.target == "picker":
        return _picker(request)
    return render(request, "campaigns/images.html", _shelf(request) | {"form": PictureForm()})


@takes_uploads(pictures.MAX_BYTES)
@require_POST
@requires(Permission.WRITE)
def upload_image(request: StaffRequest) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _store(form, request)
        except pictures.Refused as problem:
            form.add_error("picture", str(problem))
    if request.htmx:
        return _picker(request, form if form.errors else None, status=422 if form.errors else 200)
    if form.errors:
        return render(request, "campaigns/images.html", _shelf(request) | {"form": form}, status=422)
    messages.success(request, "The picture is ready to be used.")
    return redirect("images")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def image(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Image, pk=pk)
    form = AltForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved. Mails already written keep their own description.")
        return redirect("images")
    context = {"image": found, "form": form, "used_in": list(_campaigns_using(found)), "was_sent": _was_sent(found)}
    return render(request, "campaigns/image.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.WRITE)
def delete_image(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Image, pk=pk)
    if _campaigns_using(found).exists() or _was_sent(found):
        messages.warning(request, f"“{found}” is in use, so it stays: mails that show it would break.")
        return redirect("image", pk)
    pictures.delete(found)
    messages.success(request, f"“{found}” is deleted.")
    return redirect("images")


def _shelf(request: StaffRequest) -> dict[str, Any]:
    words = request.GET.get("q", "").replace("\0", "").strip()
    found = Image.objects.all()
    if words:
        found = found.filter(Q(name__icontains=words) | Q(alt__icontains=words))
    if before := whole_number(request.GET.get("before")):
        found = found.filter(pk__lt=before)
    rows = list(found[: _PAGE + 1])
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    return {
        "pictures": [(picture, pictures.address(base, picture)) for picture in rows[:_PAGE]],
        "words": words,
        "next_url": f"?q={words}&before={rows[_PAGE - 1].pk}" if len(rows) > _PAGE else "",
    }


def _picker(request: StaffRequest, form: PictureForm | None = None, status: int = 200) -> HttpResponse:
    context = _shelf(request) | {"picture_form": form or PictureForm()}
    return render(request, "campaigns/_picker.html", context, status=status)


def _store(form: PictureForm, request: StaffRequest) -> None:
    uploaded = form.cleaned_data["picture"]
    pictures.store(uploaded, uploaded.name, form.cleaned_data["alt"], request.user)


def _campaigns_using(image: Image) -> Any:
    name = image.storage_name
    return Campaign.objects.filter(Q(html__contains=name) | Q(blocks__icontains=name))


def _was_sent(image: Image) -> bool:
    return Edition.objects.filter(html__contains=image.storage_name).exists()
