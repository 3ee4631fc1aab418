"""The list of campaigns, and how one comes into being and goes."""

from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, wording
from accounts.models import BrandKit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns import starters
from campaigns.across.choosing import real
from campaigns.brands import choosing
from campaigns.content import blocks
from campaigns.drafts import asking_again, own_templates
from campaigns.models import Campaign, CampaignQuerySet, Template
from campaigns.sending import launching
from campaigns.views.pages import get_campaign
from contacts.models import MailingList, Segment
from delivery import ledger

_PAGE = 30
_STATES = (
    ("", "All"),
    ("drafts", "Drafts"),
    ("scheduled", "Scheduled"),
    ("under-way", "Under way"),
    ("sent", "Sent"),
)


@require_safe
@requires(Permission.LOOK)
def campaigns(request: StaffRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()
    state = request.GET.get("state", "")
    found = _narrowed(words, state)
    if before := whole_number(request.GET.get("before")):
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("batch__provider", "updated_by")[: _PAGE + 1])
    context = {
        "rows": with_tallies(rows[:_PAGE]),
        "can_compare": len(real()[:2]) > 1,
        "words": words,
        "state": state,
        "chips": [(label, _address(words, key), key == state) for key, label in _STATES],
        "next_url": _address(words, state, before=rows[_PAGE - 1].pk) if len(rows) > _PAGE else "",
        "previous_url": _address(words, state) if before else "",
        "is_filtered": bool(words or state),
    }
    return render(request, "campaigns/campaigns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.WRITE)
def new(request: StaffRequest) -> HttpResponse:
    """Blank, from a starter, as HTML: a draft at once, because everything about it can be changed."""
    if request.method != "POST":
        kit = _brand(request.GET.get("brand"))
        context = {
            "starters": starters.all(kit),
            "own": Template.objects.filter(archived_at=None).select_related("campaign"),
            "earlier": Campaign.objects.whole().select_related("batch")[:8],
            "brands": choosing.others(),
            "brand": kit,
            "usual_brand": choosing.usual(),
        }
        return render(request, "campaigns/new.html", context)
    return redirect(_create(request, request.POST.get("starter", "")))


@require_POST
@requires(Permission.WRITE)
def ask_again(request: StaffRequest, list_id: int) -> HttpResponse:
    """A draft to those on a list whose consent ends soon."""
    wanted = get_object_or_404(MailingList, pk=list_id)
    return redirect(asking_again.draft(wanted, by=request.user))


@require_POST
@requires(Permission.WRITE)
def duplicate(request: StaffRequest, pk: int) -> HttpResponse:
    return redirect(launching.duplicate(get_campaign(pk), by=request.user))


@require_POST
@requires(Permission.WRITE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    if found.translation_of:
        return redirect(found)
    try:
        launching.delete_draft(found, by=request.user)
    except launching.NotADraft:
        messages.warning(request, "Only drafts can be deleted: this one is part of what people received.")
        return redirect(found)
    if found.revision_of:
        messages.success(request, "Discarded. The rest would get the mail as it was.")
        return redirect(found.revision_of)
    messages.success(request, f"“{found.name}” is deleted.")
    return redirect("campaigns")


def with_tallies(found: list[Campaign]) -> list[dict[str, Any]]:
    tallies = ledger.tallies([campaign.batch for campaign in found if campaign.batch])
    return [{"campaign": campaign, "tally": tallies.get(cast("int", campaign.batch_id))} for campaign in found]


def _narrowed(words: str, state: str) -> CampaignQuerySet:
    found = Campaign.objects.whole()
    if state:
        kinds = {"drafts": found.drafts, "scheduled": found.scheduled, "under-way": found.under_way, "sent": found.sent}
        if state not in kinds:
            raise Http404
        found = kinds[state]()
    return found.matching(words) if words else found


def _address(words: str, state: str, **more: int) -> str:
    query = {key: value for key, value in {"q": words, "state": state, **more}.items() if value}
    return reverse("campaigns") + (f"?{urlencode(query)}" if query else "")


def _create(request: StaffRequest, key: str) -> Campaign:
    """`key`: of a starter, "own-" and the number of a template of the organisation's own, "html", or nothing."""
    own = Template.objects.select_related("campaign").filter(pk=whole_number(key.removeprefix("own-")) or 0).first()
    today, kit = timezone.localdate(), _brand(request.POST.get("brand"))
    if key.startswith("own-") and own:
        campaign = own_templates.use(own, f"{own}, {wording.day(today, today)}"[:200], by=request.user)
    else:
        campaign = _blank(request, key, kit)
    wanted = MailingList.objects.not_archived().filter(pk=whole_number(request.GET.get("list")) or 0).first()
    segment = Segment.objects.filter(pk=whole_number(request.GET.get("segment")) or 0).first()
    campaign.on_any_list = segment is not None and wanted is None
    if wanted and wanted.sender_email:
        campaign.sender_name, campaign.sender_email = wanted.sender_name, wanted.sender_email
    campaign.save()
    if wanted:
        campaign.lists.add(wanted)
    if segment:
        campaign.segments.add(segment)
    audit.record(request, "campaign.created", campaign.name, campaign=campaign.pk)
    return campaign


def _blank(request: StaffRequest, key: str, kit: BrandKit | None) -> Campaign:
    today = timezone.localdate()
    sender_name, sender_email = choosing.sender_of(kit)
    campaign = Campaign(
        name=f"Campaign of {wording.day(today, today)}",
        brand=kit,
        sender_name=sender_name,
        sender_email=sender_email,
        created_by=request.user,
        updated_by=request.user,
        blocks=blocks.empty(),
    )
    if key == "html":
        campaign.content_kind = Campaign.ContentKind.HTML
    with suppress(KeyError):
        starter = starters.get(key, kit)
        campaign.name = f"{starter.name}, {wording.day(today, today)}"
        campaign.blocks = starter.document
        campaign.subject, campaign.preheader = starter.subject, starter.preheader
    return campaign


def _brand(number: str | None) -> BrandKit | None:
    """One besides the usual brand; None for the usual."""
    return choosing.others().filter(pk=whole_number(number) or 0).first()
