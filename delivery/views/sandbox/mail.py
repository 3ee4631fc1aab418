"""One mail of the sandbox, shown in many ways."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, StaffRequest, requires
from delivery import verp
from delivery.color_scheme import shown_in
from delivery.models import SandboxMail, SandboxMailbox, SandboxRelay
from delivery.sandbox import oneclick
from delivery.sandbox.checks import clients, hints
from delivery.sandbox.mailboxes import searching
from delivery.sandbox.reading import Reading
from delivery.views.sandbox.listing import Listing, frame, mail_url, mailbox_at, search_of

SOURCE_SHOWN = 200_000
VIEWS = {"mail": "Mail", "text": "Text", "links": "Links", "check": "Check", "headers": "Headers", "source": "Source"}


@require_safe
@requires(Permission.LOOK)
def mail(request: StaffRequest, mail_id: int) -> HttpResponse:
    kept = get_object_or_404(SandboxMail, id=mail_id)
    mailbox = mailbox_at(kept.mailbox_id)
    reading = Reading(kept.source)
    shown = request.GET.get("view", "")
    listing = _listing(request, kept, mailbox)
    context = {
        "mail": kept,
        "reading": reading,
        "listing": listing,
        "shown": shown if shown in VIEWS else "mail",
        "views": _view_links(request, reading),
        "mail_url": reverse("sandbox-mail", args=[kept.pk]),
        "message_url": _message_url(kept),
        "relay": SandboxRelay.objects.filter(pk=kept.pk).select_related("provider").first(),
        **_neighbours(listing, kept),
        **frame(mailbox),
    }
    return render(request, "delivery/sandbox/mail.html", context | _of_view(context["shown"], kept, reading))


def _listing(request: StaffRequest, kept: SandboxMail, mailbox: SandboxMailbox) -> Listing:
    """The page of the list that the mail stands on, as far as it can be told: what came after it is few or many."""
    newest = Listing(mailbox, search_of(request))
    if any(each.pk == kept.pk for each in newest.mails):
        return newest
    return Listing(mailbox, newest.search, before=kept.pk + 1)


def _of_view(shown: str, kept: SandboxMail, reading: Reading) -> dict[str, Any]:
    if shown == "source":
        source = reading.source[:SOURCE_SHOWN].decode("utf-8", "replace")
        return {"source": source, "source_is_cut": len(reading.source) > SOURCE_SHOWN}
    if shown == "check":
        ours = verp.message_id(kept.envelope_from) is not None
        return {"hints": hints.of(reading, is_ours=ours), "clients": clients.check(reading.html)}
    return {}


@require_safe
@requires(Permission.LOOK)
def html(request: StaffRequest, mail_id: int) -> HttpResponse:
    """The mail's own HTML, for a frame: without scripts, without our cookies, its links open new tabs."""
    reading = Reading(get_object_or_404(SandboxMail, id=mail_id).source)
    response = HttpResponse(shown_in(reading.html_in_new_tabs, dark=request.GET.get("look") == "dark"))
    ours = " ".join(sorted(oneclick.own_addresses()))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self' {ours} https: data:; style-src 'unsafe-inline'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@requires(Permission.LOOK)
def raw(request: StaffRequest, mail_id: int) -> HttpResponse:
    source = get_object_or_404(SandboxMail, id=mail_id).source
    disposition = f'attachment; filename="sandbox-{mail_id}.eml"'
    return HttpResponse(source, content_type="message/rfc822", headers={"Content-Disposition": disposition})


def _view_links(request: StaffRequest, reading: Reading) -> list[tuple[str, str, str]]:
    """Key, label, address of every way to look at the mail."""
    search = search_of(request)
    labels = VIEWS | {"links": f"Links ({len(reading.links)})"}
    return [
        (key, label, f"?{urlencode({'view': key} | ({'q': search} if search else {}))}")
        for key, label in labels.items()
    ]


def _neighbours(listing: Listing, kept: SandboxMail) -> dict[str, Any]:
    newer = searching.newer(listing.mailbox.pk, listing.search, after=kept.pk, limit=1)
    older = searching.older(listing.mailbox.pk, listing.search, before=kept.pk, limit=1).mails

    def address(found: Sequence[SandboxMail]) -> str:
        return mail_url(found[0].pk, listing.search) if found else ""

    return {"newer_url": address(newer), "older_url": address(older), "back_url": listing.url()}


def _message_url(kept: SandboxMail) -> str:
    """The page that tells this message's whole story, when it is one of ours."""
    message_id = verp.message_id(kept.envelope_from)
    try:
        return reverse("message", args=[message_id]) if message_id else ""
    except NoReverseMatch:
        return ""
