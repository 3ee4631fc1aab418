"""The image library: a page, and the same as a picker inside the editor."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http.uploads import takes_uploads
from accounts.models import Organisation
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.content.images import library
from campaigns.content.images.forms import FolderForm, PictureForm
from campaigns.models import Image, ImageFolder

_PAGE = 48
_MOST_AT_ONCE = 40_000_000  # bytes, where no script sends them one by one
_ORDERS = {
    "newest": ("Newest", ("-id",)),
    "oldest": ("Oldest", ("id",)),
    "name": ("Name", ("name", "-id")),
    "largest": ("Largest file", ("-size_bytes", "-id")),
}
_NONE = "none"  # pictures in no folder
_WAYS = (("previous", "Earlier"), ("next", "More"))


@require_http_methods(["GET", "HEAD"])
@requires(Permission.LOOK)
def images(request: StaffRequest) -> HttpResponse:
    if request.htmx and request.htmx.target in {"picker", "picker-shelf"}:
        return _picker(request)
    return _page(request)


@takes_uploads(_MOST_AT_ONCE)
@require_POST
@requires(Permission.WRITE)
def upload_image(request: StaffRequest) -> HttpResponse:
    """One file from a script, which gets a line back; several from a plain form; one from the editor's picker."""
    form = PictureForm(request.POST, request.FILES)
    stored = _stored(form, request) if form.is_valid() else []
    status = 422 if form.errors else 200
    if request.headers.get("X-Upload"):
        context = {"image": stored[0] if stored else None, "problem": _problem(form)}
        return render(request, "campaigns/images/_uploaded.html", context, status=status)
    if request.htmx:
        return _picker(request, form if form.errors else None, status=status)
    if stored:
        messages.success(request, "The picture is ready." if len(stored) == 1 else f"{len(stored)} pictures are ready.")
    if form.errors:
        return _page(request, form=form)
    return redirect("images")


@require_POST
@requires(Permission.WRITE)
def move_images(request: StaffRequest) -> HttpResponse:
    form = FolderForm(request.POST)
    ticked = set(filter(None, map(whole_number, request.POST.getlist("chosen"))))
    chosen = Image.objects.filter(pk__in=ticked)
    if not chosen:
        why = "those you ticked are deleted meanwhile" if ticked else "tick the pictures first"
        form.add_error(None, f"Nothing is moved yet: {why}.")
    if not form.is_valid():
        return _page(request, move_form=form, chosen=chosen)
    folder = form.chosen()
    count = chosen.update(folder=folder)
    where = f"into “{folder}”" if folder else "out of their folders"
    gone = len(ticked) - count
    rest = (
        f" Of the {len(ticked)} you ticked, {gone} {'was' if gone == 1 else 'were'} deleted meanwhile." if gone else ""
    )
    messages.success(request, f"{count} picture{'' if count == 1 else 's'} moved {where}.{rest}")
    return redirect(f"{reverse('images')}?{urlencode({'folder': folder.pk if folder else _NONE})}")


def _page(
    request: StaffRequest,
    *,
    form: PictureForm | None = None,
    move_form: FolderForm | None = None,
    chosen: Collection[Image] = (),
) -> HttpResponse:
    """`form`, `move_form`: what is to be mended; `chosen`: pictures that are ticked, of which none leaves the page."""
    context = _shelf(request, chosen) | {
        "form": form or PictureForm(),
        "move_form": move_form or FolderForm(),
        "chosen": {picture.pk for picture in chosen},
    }
    return render(request, "campaigns/images/images.html", context, status=422 if form or move_form else 200)


def _stored(form: PictureForm, request: StaffRequest) -> list[Image]:
    stored = []
    for file in form.cleaned_data["picture"]:
        try:
            about = form.cleaned_data
            stored.append(library.store(file, file.name, about["alt"], request.user, folder=about["folder"]))
        except library.Refused as problem:
            form.add_error("picture", f"“{file.name[:80]}”: {problem}")
    return stored


def _problem(form: PictureForm) -> str:
    """Without the name of the file, which stands beside it."""
    words = next((str(error) for errors in form.errors.values() for error in errors), "")
    return words.partition("”: ")[2] or words


def _shelf(request: StaffRequest, chosen: Collection[Image] = ()) -> dict[str, Any]:
    """`chosen` stand in front where they do not stand there anyway: others came before them meanwhile."""
    words = request.GET.get("q", "").replace("\0", "").strip()
    order = request.GET.get("sort", "")
    order = order if order in _ORDERS else "newest"
    folder = _folder(request.GET.get("folder", ""))
    found = Image.objects.select_related("folder")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(alt__icontains=words))
    if folder:
        found = found.filter(folder=folder if isinstance(folder, ImageFolder) else None)
    page = min(whole_number(request.GET.get("page")) or 1, 10_000)
    rows = list(found.order_by(*_ORDERS[order][1])[(page - 1) * _PAGE : page * _PAGE + 1])
    shown = {picture.pk for picture in rows[:_PAGE]}
    pictures = [*(picture for picture in chosen if picture.pk not in shown), *rows[:_PAGE]]
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    asked = {"q": words, "folder": folder.pk if isinstance(folder, ImageFolder) else folder, "sort": order}
    return {
        "pictures": [(picture, library.address(base, picture)) for picture in pictures],
        "words": words,
        "folder": folder,
        "folders": _folder_chips(asked),
        "orders": [(label, _address(asked | {"sort": key}), key == order) for key, (label, _) in _ORDERS.items()],
        "order_label": _ORDERS[order][0],
        "asked": {name: value for name, value in asked.items() if value and name != "q"},
        "move_url": _address(asked | {"page": page if page > 1 else ""}, "images-move"),
        "previous_url": _address(asked | {"page": page - 1}) if page > 1 else "",
        "next_url": _address(asked | {"page": page + 1}) if len(rows) > _PAGE else "",
    }


def _folder(asked: str) -> ImageFolder | str:
    if asked == _NONE:
        return _NONE
    return ImageFolder.objects.filter(pk=whole_number(asked) or 0).first() or ""


def _folder_chips(asked: dict[str, Any]) -> list[dict[str, Any]]:
    found = ImageFolder.objects.annotate(count=Count("images"))
    if not found:
        return []
    loose = Image.objects.filter(folder=None).count()
    chips: list[tuple[Any, str, int | None]] = [("", "All", None)]
    chips += [(folder.pk, folder.name, folder.count) for folder in found]
    chips += [(_NONE, "In no folder", loose)] if loose else []
    return [
        {
            "key": key,
            "label": label,
            "count": count,
            "url": _address(asked | {"folder": key}),
            "is_current": key == asked["folder"],
        }
        for key, label, count in chips
    ]


def _address(asked: dict[str, Any], page: str = "images") -> str:
    query = {name: value for name, value in asked.items() if value and (name, value) != ("sort", "newest")}
    return reverse(page) + (f"?{urlencode(query)}" if query else "")


def _picker(request: StaffRequest, form: PictureForm | None = None, status: int = 200) -> HttpResponse:
    context = _shelf(request) | {"picture_form": form or PictureForm()}
    context["pages"] = [(context[f"{way}_url"], label) for way, label in _WAYS if context[f"{way}_url"]]
    return render(request, "campaigns/_picker.html", context, status=status)
