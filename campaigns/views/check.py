"""One page on which a draft is looked at before it goes: what is missing, how it looks, where it leads."""

from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http.security import picture_policy
from accounts.permissions import Permission, StaffRequest, requires
from campaigns import tasks
from campaigns.preflight import gaps, link_checks
from campaigns.review import advice, sender_logo, spam_points
from campaigns.review.review import Review
from campaigns.views.approval import ask_form
from campaigns.views.languages import switch
from campaigns.views.pages import Readiness, get_campaign
from campaigns.views.showing import Showing

# What each of the small frames shows: its name, the width of its mail program, and how the mail is asked for.
LOOKS = (
    ("Desktop", "desktop", ""),
    ("Phone", "phone", ""),
    ("Dark", "desktop", "&look=dark"),
    ("Turned dark by force", "phone", "&look=inverted"),
    ("Pictures off", "desktop", "&pictures=off"),
    ("Plain text", "phone", "&as=text"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LOOK)
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """`?contact=`, `?who=`: as somebody else gets the mail. `?points=ask`: asks SpamAssassin, which takes seconds.

    A POST of `links=follow` has a worker ask for what the mail links to, `links=again` whatever is known of it.
    """
    found = get_campaign(pk)
    if not found.is_draft or found.is_template:
        return redirect(found)
    showing = Showing.read(request, found)
    review = Review(showing.written, showing.contact)
    context: dict[str, Any] = {
        "campaign": found,
        "showing": showing,
        "review": review,
        "looks": LOOKS,
        "has_logo": bool(sender_logo.address(found.sender_email)),
        **switch(found),
    }
    if request.htmx.target == "seen":
        return render(request, "campaigns/check/_seen.html", context)
    if request.method == "POST":
        _follow(review, request.POST.get("links", ""))
    context["is_following"] = not review.is_followed and link_checks.is_under_way(review.campaign.pk)
    if request.htmx.target == "links":
        return render(request, "campaigns/check/_links.html", context)
    if request.method == "POST":
        return redirect(request.get_full_path())
    context |= _points(review, is_asked=request.GET.get("points") == "ask")
    if request.htmx.target == "points":
        return render(request, "campaigns/check/_points.html", context)
    ready, more = Readiness(found), list(advice.check(found, context.get("points")))
    context |= {"ready": ready, "ask_form": ask_form(request)}
    context |= {"findings": [*ready.findings, *more], "warning_count": len(ready.warnings) + len(more)}
    return render(request, "campaigns/check/check.html", context)


@require_safe
@requires(Permission.LOOK)
def gap(request: StaffRequest, pk: int) -> HttpResponse:
    """How many of the audience have no value for `?tag=`, in words; empty when everybody has."""
    found = get_campaign(pk)
    tag = next((tag for tag in gaps.of_people() if tag.name == request.GET.get("tag")), None)
    people = gaps.lacking(found, [tag.name])[tag.name] if tag else 0
    words = f"{gaps.who(people)} no {gaps.plainly(tag)}" if tag and people else ""
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@require_safe
@requires(Permission.LOOK)
@picture_policy
@cache_control(private=True, max_age=3600)
def logo(request: StaffRequest, pk: int) -> HttpResponse:
    """The sender's logo as inboxes show it: a file of somebody else's, so that nothing in it runs or loads."""
    address = sender_logo.address(get_campaign(pk).sender_email)
    if not address or not (picture := sender_logo.fetch(address)):
        raise Http404
    return HttpResponse(picture, content_type="image/svg+xml")


def _follow(review: Review, asked: str) -> None:
    campaign = review.campaign
    if asked == "again" and not link_checks.is_under_way(campaign.pk):
        link_checks.forget(review.followable)
    if asked in {"follow", "again"} and not review.is_followed and link_checks.begins(campaign.pk):
        transaction.on_commit(partial(tasks.follow_links.delay, campaign_id=campaign.pk), robust=True)


def _points(review: Review, *, is_asked: bool) -> dict[str, Any]:
    if not review.can_count_points:
        return {}
    try:
        return {"points": review.ask_for_points() if is_asked else review.known_points()}
    except spam_points.NoVerdict as problem:
        return {"no_points": str(problem)}
