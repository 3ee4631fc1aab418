"""The editor: every change is a small request, and the answer is the list of blocks as it is now."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns import starters
from campaigns.content import blocks, bounds, mjml
from campaigns.content.blocks import Document, Invalid
from campaigns.content.html import Unusable
from campaigns.drafts import saving
from campaigns.drafts.forms import BrandCard, HtmlCard, TextCard
from campaigns.editor import arranging, editing, history
from campaigns.message import editions
from campaigns.models import Campaign, Template
from campaigns.preflight.findings import line_of
from campaigns.sending.launching import NotADraft
from campaigns.views import comments
from campaigns.views.drafts import conflicting, frozen, version_of
from campaigns.views.languages import switch
from campaigns.views.pages import get_campaign
from campaigns.views.showing import Showing
from contacts import merge_values

Change = Callable[[Document], Document]


class _Unseen(Exception):
    """The form was filled from other values than are there now."""


# What the bar beside the chosen block offers, by its icon.
_ACTS = (
    ("words", "Write on the mail"),
    ("up", "Move up"),
    ("down", "Move down"),
    ("copy", "Duplicate"),
    ("comment", "Comment"),
    ("bin", "Delete"),
    ("outer", "Choose the columns"),
)


@require_safe
@requires(Permission.WRITE)
def content(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    if not found.is_draft:
        return redirect(found)
    open_id = request.GET.get("open", "")
    if request.htmx and request.htmx.target == "editor":
        return _editor(request, found, {"open_id": open_id})
    document, brand = blocks.validate(found.blocks or blocks.empty()), editions.brand_of(found)
    context = (
        _editor_context(found, document)
        | comments.context(request, found)
        | {
            "open_id": open_id,
            "open_line": line_of(open_id),
            "panel": editing.panel(document, open_id, brand),
            "palette": editing.palette(),
            "column_kinds": blocks.COLUMN_KINDS,
            "canvas_acts": _ACTS,
            "style_inputs": editing.style_inputs(document, brand),
            "inks": mjml.inks(document, brand),
            "showing": Showing.read(request, found),
            "html_form": HtmlCard(instance=found),
            "text_form": TextCard(instance=found),
            "tags": merge_values.tags(),
            "own_tags": editions.OWN_TAGS,
            "starters": starters.all(found.brand),
            "own": _own_templates(),
            "is_template": found.is_template,
            "brand_form": BrandCard(instance=found),
        }
        | switch(found)
    )
    return render(request, "campaigns/content.html", context)


@require_POST
@requires(Permission.WRITE)
def add_block(request: StaffRequest, pk: int) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in blocks.KINDS:
        raise Http404
    block = blocks.new(kind)

    def add(document: Document) -> Document:
        return arranging.insert(document, block, _place_for(kind, document, request.POST))

    return _change(request, pk, add, open_id=block["id"])


@require_POST
@requires(Permission.WRITE)
def move_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    """A step up or down among its neighbours, or (`direction` unsaid) to the place that is named."""
    posted = request.POST
    said = ""

    def move(document: Document) -> Document:
        nonlocal said
        if "direction" in posted:
            changed = arranging.move(document, block, -1 if posted["direction"] == "up" else 1)
        else:
            changed = arranging.place(document, block, _place(posted), posted.get("before", ""))
        said = editing.moved(document, changed, block)
        return changed

    saved = _apply(request, pk, move)
    return _answer(request, pk, saved, open_id=block, heard=said)


@require_POST
@requires(Permission.WRITE)
def duplicate_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    made = {"id": ""}

    def duplicate(document: Document) -> Document:
        changed, made["id"] = arranging.duplicate(document, block)
        return changed

    changed = _apply(request, pk, duplicate)
    return _answer(request, pk, changed, open_id=made["id"])


@require_POST
@requires(Permission.WRITE)
def delete_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    label = ""

    def remove(document: Document) -> Document:
        nonlocal label
        label = blocks.KINDS[arranging.find(document, block)["kind"]].label
        return arranging.remove(document, block)

    saved = _apply(request, pk, remove)
    return _answer(request, pk, saved, said=f"{label} removed. Undo brings it back.")


@require_POST
@requires(Permission.WRITE)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    return _step(request, pk, history.undo, "Undone.", "There is nothing to undo.")


@require_POST
@requires(Permission.WRITE)
def redo(request: StaffRequest, pk: int) -> HttpResponse:
    return _step(request, pk, history.redo, "Done again.", "There is nothing to redo.")


def _step(request: StaffRequest, pk: int, take: Callable[[Campaign], bool], done: str, none: str) -> HttpResponse:
    said = ""

    def write(campaign: Campaign) -> None:
        nonlocal said
        said = done if take(campaign) else none

    return _answer(request, pk, _saved(request, pk, write, version=version_of(request)), said=said)


@require_POST
@requires(Permission.WRITE)
def save_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    """Autosave of one block's form."""

    def update(document: Document) -> Document:
        found = arranging.find(document, block)
        _check_seen(request, found)
        kind = blocks.KINDS[found["kind"]]
        return arranging.update(document, block, editing.values(kind.fields, request.POST))

    return _save(request, pk, update, block)


@require_POST
@requires(Permission.WRITE)
def save_style(request: StaffRequest, pk: int) -> HttpResponse:
    brand = editions.brand_of(get_campaign(pk))

    def update(document: Document) -> Document:
        _check_seen(request, document["style"])
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
        return _begin_with(request, pk, found.campaign.blocks)
    chosen = {starter.key: starter.document for starter in starters.all(get_campaign(pk).brand)}.get(key)
    if chosen is None:
        raise Http404
    return _begin_with(request, pk, chosen)


def _begin_with(request: StaffRequest, pk: int, document: Document) -> HttpResponse:
    def begin(campaign: Campaign) -> None:
        history.change(campaign, blocks.validate(document), by=request.user)

    return _answer(request, pk, _saved(request, pk, begin, version=version_of(request)))


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


def _change(request: StaffRequest, pk: int, change: Change, *, open_id: str = "") -> HttpResponse:
    """A structural change, answered with the editor (or by a reload without htmx)."""
    return _answer(request, pk, _apply(request, pk, change), open_id=open_id)


def _answer(
    request: StaffRequest,
    pk: int,
    saved: Campaign | HttpResponse,
    *,
    open_id: str = "",
    said: str = "",
    heard: str = "",
) -> HttpResponse:
    """`said`: what a screen reader reads out of the change; `heard`: what it alone does, as everybody else sees it."""
    if isinstance(saved, HttpResponse):
        return saved
    if not request.htmx:
        return redirect(reverse("campaign-content", args=[pk]) + (f"?open={open_id}" if open_id else ""))
    response = _editor(request, saved, {"said": said, "heard": heard or said, "open_id": open_id})
    told = {"campaign-saved": {"version": saved.version}, "mail-changed": {"open": open_id}}
    response.headers["HX-Trigger-After-Settle"] = json.dumps(told)
    return response


def _refused(request: StaffRequest, pk: int, problem: Invalid) -> HttpResponse:
    """Why it cannot be: to the editor with its blocks as they are, else in JSON, as the form keeps what is typed."""
    if not request.htmx:
        return JsonResponse({"errors": {"": str(problem)}}, status=422)
    return _editor(request, get_campaign(pk), {"refused": str(problem)}, status=422)


def _save(request: StaffRequest, pk: int, change: Change, block: str = "") -> HttpResponse:
    """A change of values, answered in JSON: the form keeps what is typed."""
    saved = _apply(request, pk, change, touched=block or "style")
    if isinstance(saved, HttpResponse):
        return saved
    if "application/json" not in request.headers.get("Accept", ""):
        return redirect(reverse("campaign-content", args=[pk]) + f"?open={block}")
    answer: dict[str, Any] = {"version": saved.version, "saved": f"Saved {timezone.localtime():%H:%M}"}
    answer["seen"] = editing.seen(arranging.find(saved.blocks, block) if block else saved.blocks["style"])
    if block:
        kept = arranging.find(saved.blocks, block)
        answer |= {"excerpt": editing.excerpt(kept), "refresh": "columns" in kept}
        answer |= editing.links_as_kept(kept, request.POST)
        pairs = editing.colour_pairs(saved.blocks, kept, editions.brand_of(saved))
        answer["contrast"] = render_to_string("campaigns/brands/_contrast.html", {"pairs": pairs}) if pairs else ""
    return JsonResponse(answer)


def _apply(request: StaffRequest, pk: int, change: Change, *, touched: str = "") -> Campaign | HttpResponse:
    """A change that names the blocks it is about, so that it is right whatever others have done to the rest."""

    def write(campaign: Campaign) -> None:
        try:
            changed = change(blocks.validate(campaign.blocks))
        except _Unseen:
            raise saving.Conflict(campaign) from None
        history.change(campaign, bounds.checked(changed), touched, by=request.user)

    return _saved(request, pk, write, version=None)


def _saved(
    request: StaffRequest, pk: int, write: Callable[[Campaign], object], *, version: int | None
) -> Campaign | HttpResponse:
    try:
        return saving.save(get_campaign(pk).pk, write, by=request.user, version=version)
    except saving.Conflict as conflict:
        return conflicting(request, conflict.campaign)
    except NotADraft:
        return frozen(request, pk)
    except Invalid as problem:
        return _refused(request, pk, problem)


def _editor(request: StaffRequest, campaign: Campaign, more: dict[str, Any], status: int = 200) -> HttpResponse:
    document = blocks.validate(campaign.blocks or blocks.empty())
    context = _editor_context(campaign, document) | {"is_update": True} | more
    return render(request, "campaigns/_editor.html", context, status=status)


def _editor_context(campaign: Campaign, document: Document) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "row": editing.outline(document),
        "possible": history.possible(campaign),
        "style_seen": editing.seen(document["style"]),
    }


def _check_seen(request: StaffRequest, values: dict[str, Any]) -> None:
    seen = request.POST.get("seen")
    if seen and "force" not in request.POST and seen != editing.seen(values):
        raise _Unseen


def _place_for(kind: str, document: Document, posted: QueryDict) -> arranging.Place:
    """Of a new block: `after` another, `before` another, or at the end of the mail or of a column."""
    if after := posted.get("after"):
        return arranging.place_after(document, after, kind)
    if before := posted.get("before"):
        return arranging.place_of(document, before)
    place = _place(posted)
    at_end = arranging.end_of(arranging.row_at(document, place))
    return replace(place, position=at_end) if not posted.get("position") else place


def _place(posted: QueryDict) -> arranging.Place:
    position, column = (whole_number(posted.get(name)) or 0 for name in ("position", "column"))
    return arranging.Place(position, posted.get("inside", ""), column)
