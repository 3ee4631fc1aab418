"""One address from draft to report."""

import hashlib
import re
from datetime import timedelta
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http.security import mail_policy, without_pictures
from accounts.numbers import whole_number
from accounts.organisation.measuring import Tracking
from accounts.permissions import Permission, StaffRequest, allows, requires
from campaigns.approval import standing
from campaigns.attachments.models import Attachment
from campaigns.comments import conversations
from campaigns.drafts.cards import Card, cards
from campaigns.drafts.forms import CARDS
from campaigns.message import editions, preview
from campaigns.models import Campaign, Stage
from campaigns.multilingual.names import own_name
from campaigns.reporting import earlier, sharing
from campaigns.sending import launching, revising
from campaigns.views import mailboxes, test_mails
from campaigns.views.languages import switch
from campaigns.views.pages import Readiness, alarm, get_campaign, sent_edition, tally_links
from campaigns.views.showing import Showing
from contacts import merge_values
from contacts.guessing import languages
from delivery import ledger
from delivery.color_scheme import inverted, shown_in
from delivery.guards import disk
from delivery.models import Batch
from delivery.providers import health
from delivery.sandbox import bad_day
from delivery.throttling import lane_rates
from tracking.reports import numbers

# What changes with every rendering and says nothing new.
_RESTLESS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|data-seconds="[^"]*"')
_MOMENT = timedelta(minutes=1)
_BEFORE_REPORT = (Stage.SCHEDULED, Stage.HELD)


@require_safe
@requires(Permission.LOOK)
def campaign(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    if found.translation_of:
        if not found.is_draft:
            return redirect(found.translation_of)
        return render(request, "campaigns/translation.html", _draft(request, found))
    if found.is_draft:
        if not found.revision_of_id and found.is_template:
            return redirect("template", found.pk)
        template = "campaigns/revision.html" if found.revision_of else "campaigns/draft.html"
        return render(request, template, _draft(request, found))
    if request.htmx and request.htmx.target == "report" and found.stage in _BEFORE_REPORT:
        return HttpResponse(status=204)  # what is planned is counted once, not by every poll
    if request.htmx and request.htmx.target in ("flight", "report"):
        return _if_changed(request, f"campaigns/_{request.htmx.target}.html", _launched(request, found))
    return render(request, "campaigns/launched.html", _launched(request, found))


@require_safe
@requires(Permission.LOOK)
def ready(request: StaffRequest, pk: int) -> HttpResponse:
    """The bar at the bottom and what the closed cards say, after every save."""
    found = get_campaign(pk)
    return render(request, "campaigns/_ready.html", {"campaign": found, "ready": Readiness(found), "is_update": True})


@require_safe
@requires(Permission.LOOK)
def inbox(request: StaffRequest, pk: int) -> HttpResponse:
    """The line in the inbox, and whose mail is shown."""
    found = get_campaign(pk)
    return render(request, "campaigns/_inbox.html", {"campaign": found, "showing": Showing.read(request, found)})


@require_safe
@requires(Permission.LOOK)
@mail_policy
def mail(request: StaffRequest, pk: int) -> HttpResponse:
    """The mail as the chosen contact receives it, for a frame without scripts.

    `?look=dark` or `inverted`, `?pictures=off`, `?as=text`; `?examples=none`: no grey words in empty blocks.
    """
    found, dark = get_campaign(pk), request.GET.get("look") == "dark"
    if version := whole_number(request.GET.get("version")):
        contact = Showing.read(request, found).contact
        offered = found.batch.languages if found.batch else []
        language = request.GET.get("language", "") or languages.picked(
            contact.best_language if contact else "", offered
        )
        sent = preview.of_edition(sent_edition(found.batch_id, version, language), contact)
        return HttpResponse(shown_in(sent, dark=dark))
    showing = Showing.read(request, found)
    shown = showing.as_sent if request.GET.get("examples") == "none" else showing.mail
    html = inverted(shown.html) if request.GET.get("look") == "inverted" else shown_in(shown.html, dark=dark)
    if request.GET.get("pictures") == "off":
        return without_pictures(HttpResponse(preview.without_pictures(html)))
    if request.GET.get("as") == "text":
        return HttpResponse(shown.text, content_type="text/plain; charset=utf-8")
    return HttpResponse(html)


def _draft(request: StaffRequest, found: Campaign) -> dict[str, Any]:
    return {
        "campaign": found,
        "ready": Readiness(found),
        "showing": Showing.read(request, found),
        "forms": {key: form(instance=found) for key, form in CARDS.items()},
        "test_form": test_mails.empty_form(request, found),
        "waiting_tests": test_mails.waiting_tests(found),
        "tags": merge_values.tags(),
        "own_tags": editions.OWN_TAGS,
        "may_write": allows(request.user, Permission.WRITE),
        "file_count": Attachment.objects.filter(campaign=found).count(),
        "comment_count": conversations.open_count(found),
        **switch(found),
    }


def _is_compared(batch: Batch) -> bool:
    """Others have a first sentence of their own: see tracking.reports.numbers."""
    return not batch.rehearsal and batch.tracking == Tracking.INDIVIDUAL


def _launched(request: StaffRequest, found: Campaign) -> dict[str, Any]:
    batch = found.batch
    assert batch is not None  # noqa: S101  # a launched campaign has its batch
    tally = ledger.tally(batch)
    context: dict[str, Any] = {
        "campaign": found,
        "batch": batch,
        "stage": found.stage,
        "took_minutes": bool(batch.started_at and batch.finished_at and batch.finished_at - batch.started_at > _MOMENT),
        "tally": tally,
        "links": tally_links(batch),
        "alarm": alarm(batch),
        "progress": ledger.progress(batch, tally),
        "slowed": lane_rates.slowed(batch.provider, batch) if found.stage == Stage.SENDING and batch.provider else [],
        "campaign_url": found.get_absolute_url(),
        "bad_day_in_words": bad_day.IN_WORDS,
        "undecided": ledger.undecided([batch.pk]).get(batch.pk, 0),
    }
    if found.stage in (Stage.SENDING, Stage.PAUSED):
        context["mailboxes"] = mailboxes.rows(batch)
        context["mailbox_columns"] = mailboxes.COLUMNS
        context["cancel_needs_typing"] = launching.cancel_needs_typing(batch, tally)
    context["versions"] = revising.versions(batch)
    if found.stage == Stage.PAUSED:
        if batch.accepted_when_paused is not None:
            context["already_on_their_way"] = max(0, tally.accepted - batch.accepted_when_paused)
        context["approval"] = standing.of(found) if batch.awaits_approval else None
        context["revision"] = Campaign.objects.filter(revision_of=found).first()
    if found.stage == Stage.SENDING:
        context["as_of"] = timezone.now().replace(second=0, microsecond=0)  # else the page would change every second
        context["short_disk"] = disk.known_shortage()
        context["holdup"] = health.holdup(batch)
    if found.stage not in _BEFORE_REPORT:
        context |= _report(request, found, batch)
    if found.stage == Stage.SCHEDULED:
        context["planned"] = cache(lambda: _planned(found))
    return context


def _planned(found: Campaign) -> list[Card]:
    """What the draft's cards say that neither the mail nor its time does, with as many people as there are now."""
    assert found.batch is not None  # noqa: S101  # a launched campaign has its batch
    found.provider = found.batch.provider  # whichever is the default by now
    ready = Readiness(found)
    return [card for card in cards(found, [], ready.people, ready.shares) if card.key not in ("content", "schedule")]


def _report(request: StaffRequest, found: Campaign, batch: Batch) -> dict[str, Any]:
    """What `tracking/_report.html` shows of a launched campaign; asked for when it is shown, not by every poll."""
    with_machines = request.GET.get("machines") == "shown"
    return {
        "report": numbers.report([batch.pk], with_machines=with_machines),
        "opening": cache(lambda: earlier.sentences([found]).get(found.pk, "") if _is_compared(batch) else ""),
        "report_query": "&machines=shown" if with_machines else "",
        "mail_url": f"{reverse('campaign-clicks', args=[found.pk])}?",
        "map_version": batch.version,
        "map_languages": [(code, own_name(code)) for code in batch.languages],
        "shared": cache(lambda: sharing.addresses(found)),
        "share_days": sharing.DAYS,
        "table_url": f"{found.get_absolute_url()}report/",
    }


def _if_changed(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """204 while the page already shows exactly this: nothing flickers, and what has focus keeps it."""
    body = render_to_string(template, context | {"seen": ""}, request).encode()
    seen = hashlib.blake2b(_RESTLESS.sub(b"", body), digest_size=8).hexdigest()
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    return HttpResponse(render_to_string(template, context | {"seen": seen}, request))
