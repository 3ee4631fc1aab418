"""The mail in the editor: the whole of it, one block while it is being written, and one block's form."""

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from accounts.http.security import edited_mail_policy
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.comments import conversations
from campaigns.content import blocks, bounds
from campaigns.content.blocks import Invalid
from campaigns.editor import arranging, canvas, editing, presence
from campaigns.message import editions
from campaigns.views.drafts import frozen
from campaigns.views.pages import get_campaign
from campaigns.views.showing import Showing
from contacts import merge_values
from contacts.models import Contact
from delivery.color_scheme import shown_in


@require_safe
@requires(Permission.WRITE)
@edited_mail_policy
def canvas_mail(request: StaffRequest, pk: int) -> HttpResponse:
    """For a frame without scripts that the page around it reads. `?look=dark`: as in a dark mail program."""
    found = get_campaign(pk)
    try:
        html = canvas.page(found, Showing.read(request, found).contact)
    except canvas.Unshown as problem:
        html = render_to_string("email/problem.html", {"problem": str(problem)})
    return HttpResponse(shown_in(html, dark=request.GET.get("look") == "dark"))


@require_POST
@requires(Permission.WRITE)
@edited_mail_policy
def draw_block(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    """A block as its form stands, which is not stored; 422 says why there is none."""
    found = get_campaign(pk)
    if not found.is_draft:
        return frozen(request, pk)
    try:
        document = blocks.validate(found.blocks or blocks.empty())
        kind = blocks.KINDS[arranging.find(document, block)["kind"]]
        document = bounds.checked(arranging.update(document, block, editing.values(kind.fields, request.POST)))
        html = canvas.block(found, document, block, _contact(request))
    except (canvas.Unshown, Invalid) as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    return HttpResponse(html)


@require_safe
@requires(Permission.WRITE)
def block_panel(request: StaffRequest, pk: int, block: str) -> HttpResponse:
    """The form of one block; empty when somebody else has removed the block."""
    found = get_campaign(pk)
    if not found.is_draft:
        return redirect(found)
    document = blocks.validate(found.blocks or blocks.empty())
    panel = editing.panel(document, block, editions.brand_of(found))
    return render(request, "campaigns/_panel.html", {"campaign": found, "panel": panel, "tags": merge_values.tags()})


@require_POST
@requires(Permission.WRITE)
def here(request: StaffRequest, pk: int) -> HttpResponse:
    """Tells who else is at it, and whether the draft has changed since this page last heard of it."""
    found = get_campaign(pk)
    if not found.is_draft:
        return frozen(request, pk)
    others = presence.note(pk, request.user, request.POST.get("block", ""))
    said = conversations.stamp(pk)
    return JsonResponse({"version": found.version, "others": [asdict(other) for other in others], "comments": said})


def _contact(request: StaffRequest) -> Contact | None:
    chosen = whole_number(request.GET.get("contact"))
    return Contact.objects.filter(pk=chosen).first() if chosen else None
