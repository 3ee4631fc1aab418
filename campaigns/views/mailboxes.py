"""A campaign under way by mailbox provider, and pausing one of them."""

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission, StaffRequest, requires
from campaigns.models import Campaign
from campaigns.sending import launching
from campaigns.views.pages import get_campaign
from contacts.exporting import csv_response
from delivery import ledger
from delivery.deliverability.figures import LANES
from delivery.ledger import LaneTally, NotPossible
from delivery.models import Batch
from delivery.policy import mailbox_providers

# key, label, definition
COLUMNS = (
    ("accepted", "Accepted", "The receiving servers took them. It does not say “in the inbox”."),
    ("waiting", "Waiting", "Not sent yet, or to be tried again by itself."),
    ("refused", "Refused", "Turned away for good: they are not tried again in this campaign."),
    ("spam", "As spam", "Of the refused: the server took the mail for spam, or blocks the address it came from."),
    (
        "later",
        "“Come later”",
        "Answers so far that asked us to come again later, several of one mail included. Those mails wait and are tried"
        " again by themselves.",
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    in_words: str  # within a sentence
    tally: LaneTally
    others_wait: int


def rows(batch: Batch) -> list[Row]:
    """Empty until there is something to show."""
    tallies = ledger.lane_tallies(batch)
    waiting = sum(tally.waiting for tally in tallies if not tally.pause)
    return [
        Row(
            name=LANES[tally.lane],
            in_words=mailbox_providers.IN_WORDS[tally.lane],
            tally=tally,
            others_wait=waiting - (0 if tally.pause else tally.waiting),
        )
        for tally in tallies
    ]


@require_safe
@requires(Permission.LOOK)
def table(request: StaffRequest, pk: int) -> HttpResponse:
    """As a file."""
    found = get_campaign(pk)
    if found.batch is None:
        raise Http404("It has not been sent.")
    header = ("Mailbox", "Accepted", "Waiting", "Refused", "As spam", "Come later", "Paused since")
    lines = map(_line, rows(found.batch))
    name = f"campaign-{found.pk}-mailboxes-so-far-{timezone.localdate():%Y-%m-%d}"
    return cast("HttpResponse", csv_response(name, header, lines))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEND)
def pause(request: StaffRequest, pk: int, lane: str) -> HttpResponse:
    """Ask once, with the numbers of this moment; then hold it."""
    found = get_campaign(pk)
    row = _row(found, lane)
    if request.method != "POST":
        return render(request, "campaigns/pause_mailbox.html", {"campaign": found, "row": row})
    try:
        launching.pause_lane(found, lane, by=request.user)
    except NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, f"Paused for {row.in_words}. The rest goes on.")
    return redirect(found)


@require_POST
@requires(Permission.SEND)
def resume(request: StaffRequest, pk: int, lane: str) -> HttpResponse:
    found = get_campaign(pk)
    row = _row(found, lane)
    try:
        launching.resume_lane(found, lane, by=request.user)
    except NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, f"Going on with {row.in_words} where it stopped.")
    return redirect(found)


def _line(row: Row) -> tuple[object, ...]:
    it = row.tally
    paused_at = it.pause.at if it.pause else None
    return row.name, it.accepted, it.waiting, it.refused, it.refused_as_spam, it.asked_later, paused_at


def _row(campaign: Campaign, lane: str) -> Row:
    found = [row for row in rows(campaign.batch) if row.tally.lane == lane] if campaign.batch else []
    if not found:
        raise Http404
    return found[0]
