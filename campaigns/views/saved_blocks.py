"""Saved blocks: kept from a draft, put into drafts, changed in one place or everywhere."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fields import LineField
from accounts.http.security import mail_policy
from accounts.models import Organisation
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.compiling import results
from campaigns.content import blocks, bounds, html, mjml
from campaigns.content.blocks import Block, Document, Invalid
from campaigns.drafts import saving
from campaigns.editor import arranging, editing, history, saved_blocks
from campaigns.merge import language
from campaigns.models import Campaign, SavedBlock
from campaigns.sending.launching import NotADraft
from campaigns.views.pages import get_campaign


class NameForm(forms.Form):
    name = LineField(label="Name", max_length=120, help_text="To find it again, such as “Opening hours”.")


class KeepForm(NameForm):
    last = forms.ChoiceField(label="Up to this block", required=False)
    linked = forms.BooleanField(
        label="Link it here",
        required=False,
        help_text="A change can then reach every draft it is linked in.",
    )

    def __init__(self, data: Any = None, *, following: list[Block]) -> None:
        super().__init__(data, label_suffix="")
        if len(following) < 2:
            del self.fields["last"]
            return
        field: Any = self.fields["last"]
        field.choices = [(block["id"], _called(block)) for block in following]


@require_safe
@requires(Permission.WRITE)
def saved(request: StaffRequest) -> HttpResponse:
    counts = _linked_counts()
    rows = [(found, counts[found.pk]) for found in SavedBlock.objects.all()]
    return render(request, "campaigns/saved/saved.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def one(request: StaffRequest, pk: int) -> HttpResponse:
    """Its name, and where it is used."""
    found = get_object_or_404(SavedBlock, pk=pk)
    form = NameForm(request.POST or None, initial={"name": found.name}, label_suffix="")
    if form.is_valid():
        found.name = form.cleaned_data["name"]
        found.save(update_fields=["name"])
        messages.success(request, "Saved.")
        return redirect("saved-blocks")
    context = {"saved": found, "form": form, "drafts": saved_blocks.drafts_with(found)}
    return render(request, "campaigns/saved/one.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Permission.LOOK)
@mail_policy
def mail(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SavedBlock, pk=pk)
    document = blocks.validate({"blocks": found.blocks})
    frame = mjml.draw(document, mjml.Brand.of(Organisation.get()), title=found.name)
    try:
        return HttpResponse(language.render(results.of_drawing(frame).html, {}))
    except (html.Unusable, language.Broken) as problem:
        return HttpResponse(f"<p>{escape(problem)}</p>")


@require_POST
@requires(Permission.WRITE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SavedBlock, pk=pk)
    saved_blocks.remove(found, by=request.user)
    messages.success(request, f"“{found}” is deleted. Its words stay in the mails that have it.")
    return redirect("saved-blocks")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def keep(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    """Under a name: this block, or as far as another below it."""
    campaign = _draft(pk)
    following = _following(campaign, block)
    form = KeepForm(request.POST or None, following=following)
    if form.is_valid():
        last = form.cleaned_data.get("last") or block
        kept = saved_blocks.keep(campaign, block, last, form.cleaned_data["name"], by=request.user)
        messages.success(request, f"“{kept}” is saved. Find it under “Saved blocks” in the editor.")
        if form.cleaned_data["linked"]:
            return _changed(request, campaign, lambda document: saved_blocks.linked(document, block, last, kept), block)
        return _back(pk, block)
    context = {"campaign": campaign, "block": following[0], "label": _called(following[0]), "form": form}
    return render(request, "campaigns/saved/keep.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def insert(request: StaffRequest, pk: int) -> HttpResponse:
    """The shelf of saved blocks beside a draft: one is put at the end, above the footer, or before `?before=`."""
    campaign = _draft(pk)
    if request.method != "POST":
        context = {"campaign": campaign, "saved": SavedBlock.objects.all(), "before": request.GET.get("before", "")}
        return render(request, "campaigns/saved/shelf.html", context)
    found = get_object_or_404(SavedBlock, pk=whole_number(request.POST.get("saved")) or 0)
    is_linked, before = request.POST.get("as") == "linked", request.POST.get("before", "")
    first: dict[str, str] = {}

    def put(document: Document) -> Document:
        changed, first["id"] = saved_blocks.inserted(document, found, _place(document, before), linked=is_linked)
        return changed

    return _changed(request, campaign, put, first)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def linked(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    """What a linked block shares, and with whom: changed everywhere, put back, or unlinked."""
    campaign = _draft(pk)
    document = blocks.validate(campaign.blocks)
    here = _found(document, block)
    found = SavedBlock.objects.filter(pk=whole_number(here.get("saved", "").partition("-")[0]) or 0).first()
    if found is None:
        raise Http404
    act = request.POST.get("act", "")
    if act == "everywhere":
        _change_everywhere(request, found, campaign, block)
        return _back(pk, block)
    if act == "unlink":
        return _changed(request, campaign, lambda now: saved_blocks.unlinked(now, block), block)
    if act == "restore":
        tag = here["saved"]
        return _changed(request, campaign, lambda now: saved_blocks.as_saved(now, found, tag=tag))
    context = {
        "campaign": campaign,
        "block": here,
        "saved": found,
        "drafts": saved_blocks.drafts_with(found),
        "is_changed": saved_blocks.is_changed(document, here, found),
    }
    return render(request, "campaigns/saved/linked.html", context)


def _change_everywhere(request: StaffRequest, found: SavedBlock, campaign: Campaign, block: str) -> None:
    try:
        count = saved_blocks.change_everywhere(found, campaign, block, by=request.user)
    except Invalid as problem:
        messages.error(request, f"Nothing is changed: one of the drafts has no room for it. {problem}")
    except NotADraft:
        messages.error(request, "Nothing is changed: one of the drafts was launched just now. Try again.")
    else:
        messages.success(
            request, f"“{found}” is changed in {count} draft{'' if count == 1 else 's'}. Undo works in each."
        )


def _linked_counts() -> Counter[int]:
    """In how many drafts each saved block is linked; all drafts are read once."""
    tags = Func(
        Cast("blocks", TextField()),
        Value(r'"saved": "(\d+)-'),
        Value("g"),
        function="regexp_matches",
        output_field=ArrayField(TextField()),
    )
    tags.set_returning = True
    found = Campaign.objects.still_written().annotate(tag=tags).order_by().values_list("pk", "tag").distinct()
    return Counter(int(tag[0]) for _, tag in found)


def _changed(
    request: StaffRequest,
    campaign: Campaign,
    change: Callable[[Document], Document],
    shown: str | dict[str, str] = "",
) -> HttpResponse:
    def write(locked: Campaign) -> None:
        history.change(
            locked, bounds.checked(change(blocks.validate(locked.blocks or blocks.empty()))), by=request.user
        )

    try:
        saving.save(campaign.pk, write, by=request.user, version=None)
    except Invalid as problem:
        messages.error(request, f"Nothing is changed. {problem}")
    except NotADraft:
        return redirect("campaign", campaign.pk)
    return _back(campaign.pk, shown if isinstance(shown, str) else shown.get("id", ""))


def _back(pk: int, block: str) -> HttpResponse:
    return redirect(reverse("campaign-content", args=[pk]) + (f"?open={block}" if block else ""))


def _draft(pk: int) -> Campaign:
    campaign = get_campaign(pk)
    if not campaign.is_draft:
        raise Http404
    return campaign


def _found(document: Document, block: str) -> Block:
    try:
        return arranging.find(document, block)
    except arranging.NoSuchBlock:
        raise Http404 from None


def _following(campaign: Campaign, block: str) -> list[Block]:
    """The block and its neighbours below, without the footer that every mail has anyway."""
    document = blocks.validate(campaign.blocks)
    _found(document, block)
    row = saved_blocks.row_of(document, block)
    start = next(number for number, found in enumerate(row) if found["id"] == block)
    return [row[start], *(found for found in row[start + 1 :] if found["kind"] != "footer")]


def _place(document: Document, before: str) -> arranging.Place:
    try:
        return arranging.place_of(document, before)
    except arranging.NoSuchBlock:
        row = document["blocks"]
        return arranging.Place(len(row) - (bool(row) and row[-1]["kind"] == "footer"))


def _called(block: Block) -> str:
    words = editing.excerpt(block)
    label = blocks.KINDS[block["kind"]].label
    return f"{label}: {words}" if words else label
