"""The editor: every change is a small request, and the answer is the list of blocks as it is now."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns import starters
from campaigns.content import blocks, bounds
from campaigns.content.blocks import Document, Invalid
from campaigns.content.html import Unusable
from campaigns.drafts import saving
from campaigns.drafts.forms import BrandCard, HtmlCard, TextCard
from campaigns.editor import arranging, editing, history
from campaigns.launching import NotADraft
from campaigns.message import editions
from campaigns.models import Campaign, Template
from campaigns.views.drafts import conflicting, frozen, version_of
from campaigns.views.pages import get_campaign
from campaigns.views.showing import Showing
from contacts import merge_values

Change = Callable[[Document], Document]


@require_safe
@requires(Permission.WRITE)
def content(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    if not found.is_draft:
        return redirect(found)
    if request.htmx and request.htmx.target == "editor":
        return _editor(request, found, request.GET.get("open", ""))
    context = _editor_context(found, request.GET.get("open", "")) | {
        "focus_id": request.GET.get("open", ""),
        "showing": Showing.read(request, found),
        "html_form": HtmlCard(instance=found),
        "text_form": TextCard(instance=found),
        "own_tags": editions.OWN_TAGS,
        "starters": starters.all(found.brand),
        "own": _own_templates(),
        "is_template": found.is_template,
        "brand_form": BrandCard(instance=found),
    }
    return render(request, "campaigns/content.html", context)


@require_POST
@requires(Permission.WRITE)
def add_block(request: StaffRequest, pk: int) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in blocks.KINDS:
        raise Http404
    block = blocks.new(kind)
    place = _place(request.POST)
    return _change(request, pk, lambda document: arranging.insert(document, block, place), open_id=block["id"])


@require_POST
@requires(Permission.WRITE)
def move_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    steps = -1 if request.POST.get("direction") == "up" else 1
    return _change(request, pk, lambda document: arranging.move(document, block, steps))


@require_POST
@requires(Permission.WRITE)
def duplicate_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    return _change(request, pk, lambda document: arranging.duplicate(document, block)[0])


@require_POST
@requires(Permission.WRITE)
def delete_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    removed: dict[str, Any] = {}

    def remove(document: Document) -> Document:
        removed["label"] = blocks.KINDS[arranging.find(document, block)["kind"]].label
        return arranging.remove(document, block)

    return _change(request, pk, remove, removed=removed)


@require_POST
@requires(Permission.WRITE)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, _saved(request, pk, history.undo))


@require_POST
@requires(Permission.WRITE)
def redo(request: StaffRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, _saved(request, pk, history.redo))


@require_POST
@requires(Permission.WRITE)
def save_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    """Autosave of one block's form."""

    def update(document: Document) -> Document:
        kind = blocks.KINDS[arranging.find(document, block)["kind"]]
        return arranging.update(document, block, editing.values(kind.fields, request.POST))

    return _save(request, pk, update, block)


@require_POST
@requires(Permission.WRITE)
def save_style(request: StaffRequest, pk: int) -> HttpResponse:
    brand = editions.brand_of(get_campaign(pk))

    def update(document: Document) -> Document:
        style = document["style"] | editing.style_values(request.POST, brand)
        return blocks.validate(document | {"style": style})

    return _save(request, pk, update)


@require_POST
@requires(Permission.WRITE)
def use_starter(request: StaffRequest, pk: int) -> HttpResponse:
    """The words of a starter, or of a template of the organisation's own, in place of those of the draft."""
    key = request.POST.get("starter", "")
    if key.startswith("own-"):
        found = get_object_or_404(_own_templates(), pk=whole_number(key.removeprefix("own-")) or 0)
        return _change(request, pk, lambda _: blocks.validate(found.campaign.blocks))
    chosen = {starter.key: starter.document for starter in starters.all(get_campaign(pk).brand)}.get(key)
    if chosen is None:
        raise Http404
    return _change(request, pk, lambda _: chosen)


def _own_templates() -> QuerySet[Template]:
    found = Template.objects.filter(archived_at=None, campaign__content_kind=Campaign.ContentKind.BLOCKS)
    return found.select_related("campaign")


@require_POST
@requires(Permission.WRITE)
def switch_kind(request: StaffRequest, pk: int) -> HttpResponse:
    """Between blocks and HTML. Each keeps its own words, so switching back brings them back."""
    kind = request.POST.get("kind", "")
    if kind not in Campaign.ContentKind.values:
        raise Http404

    def switch(campaign: Campaign) -> None:
        if kind != campaign.content_kind and kind == Campaign.ContentKind.HTML and not campaign.html:
            campaign.html = editions.compose(campaign).html
        campaign.content_kind = kind

    try:
        saving.save(pk, switch, by=request.user, version=version_of(request))
    except saving.Conflict as conflict:
        return conflicting(request, conflict.campaign)
    except NotADraft:
        return frozen(request, pk)
    except (Invalid, Unusable) as problem:
        messages.error(request, f"Not switched. {problem}")
    return redirect("campaign-content", pk)


def _change(
    request: StaffRequest, pk: int, change: Change, *, open_id: str = "", removed: dict[str, Any] | None = None
) -> HttpResponse:
    """A structural change, answered with the editor (or by a reload without htmx)."""
    return _answer(request, pk, _apply(request, pk, change), open_id=open_id, removed=removed)


def _answer(
    request: StaffRequest,
    pk: int,
    saved: Campaign | HttpResponse,
    *,
    open_id: str = "",
    removed: dict[str, Any] | None = None,
) -> HttpResponse:
    if isinstance(saved, HttpResponse):
        return saved
    if not request.htmx:
        return redirect(reverse("campaign-content", args=[pk]) + (f"?open={open_id}" if open_id else ""))
    shown = open_id or request.POST.get("open", "")
    response = _editor(request, saved, shown, {"removed": removed, "focus_id": open_id})
    response.headers["HX-Trigger"] = json.dumps({"campaign-saved": {"version": saved.version}})
    return response


def _save(request: StaffRequest, pk: int, change: Change, block: str = "") -> HttpResponse:
    """A change of values, answered in JSON: the form keeps what is typed."""
    saved = _apply(request, pk, change, touched=block or "style")
    if isinstance(saved, HttpResponse):
        return saved
    if "application/json" not in request.headers.get("Accept", ""):
        return redirect(reverse("campaign-content", args=[pk]) + f"?open={block}")
    answer: dict[str, Any] = {"version": saved.version, "saved": f"Saved {timezone.localtime():%H:%M}"}
    if block:
        kept = arranging.find(saved.blocks, block)
        answer |= {"excerpt": editing.excerpt(kept), "refresh": "columns" in kept}
        answer |= editing.links_as_kept(kept, request.POST)
    return JsonResponse(answer)


def _apply(request: StaffRequest, pk: int, change: Change, *, touched: str = "") -> Campaign | HttpResponse:
    def write(campaign: Campaign) -> None:
        history.change(campaign, bounds.checked(change(blocks.validate(campaign.blocks))), touched)

    return _saved(request, pk, write)


def _saved(request: StaffRequest, pk: int, write: Callable[[Campaign], object]) -> Campaign | HttpResponse:
    try:
        return saving.save(get_campaign(pk).pk, write, by=request.user, version=version_of(request))
    except saving.Conflict as conflict:
        return conflicting(request, conflict.campaign)
    except NotADraft:
        return frozen(request, pk)
    except Invalid as problem:
        return JsonResponse({"errors": {"": str(problem)}}, status=422)


def _editor(
    request: StaffRequest, campaign: Campaign, open_id: str, more: dict[str, Any] | None = None
) -> HttpResponse:
    return render(request, "campaigns/_editor.html", _editor_context(campaign, open_id) | (more or {}))


def _editor_context(campaign: Campaign, open_id: str) -> dict[str, Any]:
    document = blocks.validate(campaign.blocks or blocks.empty())
    return {
        "campaign": campaign,
        "row": editing.show(document, open_id),
        "possible": history.possible(campaign),
        "style_inputs": editing.style_inputs(document, editions.brand_of(campaign)),
        "open_id": open_id,
        "tags": merge_values.tags(),
    }


def _place(posted: Any) -> arranging.Place:
    position, column = (whole_number(posted.get(name)) or 0 for name in ("position", "column"))
    return arranging.Place(position, posted.get("inside", ""), column)
