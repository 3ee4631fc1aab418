"""Downloads of one campaign's mail."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, StaffRequest, requires
from campaigns import mail_exports
from campaigns.content.blocks import Invalid
from campaigns.content.html import Unusable
from campaigns.models import Campaign
from campaigns.views.pages import get_campaign

Make = Callable[[Campaign], str | bytes]
_KINDS: dict[str, tuple[str, str, Make]] = {
    "html": ("html", "text/html; charset=utf-8", mail_exports.html),
    "zip": ("zip", "application/zip", mail_exports.archive),
    "text": ("txt", "text/plain; charset=utf-8", mail_exports.text),
    "json": ("json", "application/json", mail_exports.document),
}


@require_safe
@requires(Permission.LOOK)
def download(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    campaign = get_campaign(pk)
    if kind not in _KINDS or (kind == "json" and campaign.content_kind != Campaign.ContentKind.BLOCKS):
        raise Http404
    ending, content_type, make = _KINDS[kind]
    try:
        content = make(campaign)
    except (Invalid, Unusable) as problem:
        messages.error(request, f"There is no mail to download yet. {problem}")
        return redirect(campaign)
    name = f"{mail_exports.file_name(campaign)}.{ending}"
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
    response = HttpResponse(content, content_type=content_type, headers=headers)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
