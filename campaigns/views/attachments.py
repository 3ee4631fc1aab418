"""Files of a campaign: taken in, attached or linked, removed; and fetched by readers through a link."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http.uploads import takes_uploads
from accounts.permissions import Permission, StaffRequest, requires
from accounts.pictures import files
from accounts.wording import count
from campaigns.attachments import allowed, attaching, freezing, weight
from campaigns.attachments.allowed import Refused
from campaigns.attachments.models import Attachment
from campaigns.content import blocks, bounds
from campaigns.content.blocks import Invalid
from campaigns.drafts import saving
from campaigns.editor import arranging, history
from campaigns.message import preview
from campaigns.models import Campaign
from campaigns.sending.launching import NotADraft
from campaigns.views.drafts import frozen
from campaigns.views.pages import Readiness, get_whole

_ACCEPTED = ",".join(f".{ending}" for ending in allowed.ENDINGS)


class FileForm(forms.Form):
    file = forms.FileField(
        label="File",
        max_length=255,
        error_messages={"required": "Choose a file."},
        help_text=f"Up to {attaching.MOST_BYTES // 1_000_000} MB. {allowed.IN_WORDS}",
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
    )
    way = forms.ChoiceField(
        label="How it goes along",
        choices=[
            ("link", "By a link: the mail stays small, and the file can be taken away again"),
            ("mail", "In each mail"),
        ],
        initial="link",
        widget=forms.RadioSelect,
    )


@takes_uploads(attaching.MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def attachments(request: StaffRequest, pk: int) -> HttpResponse:
    """What goes along, and what it makes of the mail; a POST takes a file in."""
    found = get_whole(pk)
    form = FileForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and not found.is_draft:
        return frozen(request, pk)
    if form.is_valid():
        file, is_linked = form.cleaned_data["file"], form.cleaned_data["way"] == "link"
        try:
            made = attaching.add(found, file, file.name, is_linked=is_linked, by=request.user)
        except Refused as problem:
            form.add_error("file", str(problem))
        else:
            done = "is here. Put its link into the mail." if is_linked else "is attached."
            messages.success(request, f"{made.name} {done}")
            return redirect("attachments", pk)
    return _page(request, found, form)


@require_POST
@requires(Permission.WRITE)
def attach_event(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    found = get_whole(pk)
    if not found.is_draft:
        return frozen(request, pk)
    try:
        made = attaching.add_event(found, block, by=request.user)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{made.name} is attached. It follows the event as long as this is a draft.")
    return redirect("attachments", pk)


@require_POST
@requires(Permission.WRITE)
def change(request: StaffRequest, pk: int, file: int) -> HttpResponse:
    """`act`: link, mail, button or remove. A link can be taken away for good also after the launch."""
    attachment = get_object_or_404(Attachment.objects.select_related("campaign"), pk=file, campaign=pk)
    act = request.POST.get("act", "")
    if not attachment.campaign.is_draft and not (act == "remove" and attachment.is_linked):
        return frozen(request, pk)
    if act == "button":
        return _put_button(request, attachment)
    try:
        if act == "remove":
            others = attaching.remove(attachment, by=request.user)
            whose = "1 other campaign" if others == 1 else f"{count(others)} other campaigns"
            also = f", also from {whose} with the same link" if others else ""
            messages.success(request, f"{attachment.name} is gone{also}.")
        else:
            attaching.give_link(attachment, is_linked=act == "link")
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect("attachments", pk)


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """Public: GET /d/<name>, for whoever has the link. Nothing of it is shown or run here."""
    found = Attachment.objects.filter(public_name=name, is_linked=True).exclude(public_name="").first()
    if found is None:
        raise Http404
    try:
        stored = files.kept().open(found.path)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(stored, as_attachment=True, filename=found.name, content_type=found.media_type)
    response["Content-Length"] = str(found.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, max-age=300"
    return response


def _put_button(request: StaffRequest, attachment: Attachment) -> HttpResponse:
    url = attaching.address(request.organisation, attachment)
    button = blocks.new("button") | {"label": f"Download {attachment.name}", "url": url}

    def put(campaign: Campaign) -> None:
        document = blocks.validate(campaign.blocks or blocks.empty())
        at = len(document["blocks"])
        at -= bool(at and document["blocks"][-1]["kind"] == "footer")
        document = arranging.insert(document, button, arranging.Place(at))
        history.change(campaign, bounds.checked(document), by=request.user)

    try:
        saving.save(attachment.campaign_id, put, by=request.user, version=None)
    except NotADraft:
        return frozen(request, attachment.campaign_id)
    except Invalid as problem:
        messages.error(request, str(problem))
        return redirect("attachments", attachment.campaign_id)
    return redirect(f"{reverse('campaign-content', args=[attachment.campaign_id])}?open={button['id']}")


def _page(request: StaffRequest, found: Campaign, form: FileForm) -> HttpResponse:
    rows = list(Attachment.objects.filter(campaign=found))
    attached = [one.size_bytes for one in rows if not one.is_linked]
    own, provider = preview.bytes_sent(found) if attached else None, found.way_out
    size = weight.of_mail(attached, own)
    there = {one.event for one in rows}
    people = Readiness(found).will_receive if attached and found.is_draft else 0
    limit = weight.smallest_limit(found, provider) if attached else None
    context: dict[str, Any] = {
        "campaign": found,
        "form": form,
        "rows": [
            (
                one,
                weight.in_words(one.size_bytes),
                attaching.address(request.organisation, one),
                attaching.sharing(one).count(),
            )
            for one in rows
        ],
        "events": [(key, event) for key, event in freezing.events(found).items() if key not in there],
        "has_attached": bool(attached),
        "each": weight.in_words(size),
        "is_counted": own is not None,
        "all": weight.in_words(size * people) if people else "",
        "people": people,
        "limit": (limit[0], weight.in_words(limit[1]), size > limit[1]) if limit else None,
        "has_blocks": found.content_kind == Campaign.ContentKind.BLOCKS,
    }
    return render(request, "campaigns/attachments.html", context, status=422 if form.errors else 200)
