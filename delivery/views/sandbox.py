"""What the sandbox caught: listed, shown, tried out, thrown away."""

import socket
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import Organisation
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from delivery import verp
from delivery.bounces import writing
from delivery.color_scheme import shown_in
from delivery.feedback import settling
from delivery.markup import printable
from delivery.models import Provider, Returned, SandboxMail, SandboxRules
from delivery.providers.forms import SandboxRulesForm
from delivery.sandbox import oneclick
from delivery.sandbox.behaviour import SIGNS
from delivery.sandbox.reading import Reading

PAGE = 50
SOURCE_SHOWN = 200_000
VIEWS = {"mail": "Mail", "text": "Text", "links": "Links", "headers": "Headers", "source": "Source"}


@dataclass(frozen=True, slots=True)
class Page:
    mails: list[SandboxMail]
    newer_url: str
    older_url: str
    is_newest: bool


@require_safe
@requires(Permission.LOOK)
def mails(request: StaffRequest) -> HttpResponse:
    context = _list_context(request)
    if request.htmx:
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=204)  # nothing new: the page stays as it is
        return render(request, "delivery/_sandbox_mails.html", context)
    return render(
        request, "delivery/sandbox.html", context | _rules_context(SandboxRulesForm(instance=SandboxRules.get()))
    )


@require_POST
@requires(Permission.DELIVERY)
def rules(request: StaffRequest) -> HttpResponse:
    form = SandboxRulesForm(request.POST, instance=SandboxRules.get())
    if not form.is_valid():
        context = _list_context(request) | _rules_context(form)
        return render(request, "delivery/sandbox.html", context, status=422)
    form.save()
    audit.record(request, "sandbox.rules", **form.cleaned_data)
    messages.success(request, "The sandbox answers this way from now on.")
    return redirect("sandbox")


@require_POST
@requires(Permission.WRITE)
def empty(request: StaffRequest) -> HttpResponse:
    """All that lay there when the page was shown; what came since stays."""
    found = SandboxMail.objects.filter(id__lte=whole_number(request.POST.get("newest_id")) or 0)
    count, _ = found.delete()
    audit.record(request, "sandbox.emptied", count=count)
    messages.success(request, f"{count:,} mails were deleted.")
    return redirect("sandbox")


@require_safe
@requires(Permission.LOOK)
def mail(request: StaffRequest, mail_id: int) -> HttpResponse:
    kept = get_object_or_404(SandboxMail, id=mail_id)
    reading = Reading(kept.source)
    shown = request.GET.get("view", "")
    context = {
        "mail": kept,
        "reading": reading,
        "shown": shown if shown in VIEWS else "mail",
        "views": _view_links(request, reading),
        "source": reading.source[:SOURCE_SHOWN].decode("utf-8", "replace"),
        "source_is_cut": len(reading.source) > SOURCE_SHOWN,
        "message_url": _message_url(kept),
        **_neighbours(request, kept),
    }
    return render(request, "delivery/sandbox_mail.html", context)


@require_safe
@requires(Permission.LOOK)
def html(request: StaffRequest, mail_id: int) -> HttpResponse:
    """The mail's own HTML, for a frame: without scripts, without our cookies, its links open new tabs."""
    reading = Reading(get_object_or_404(SandboxMail, id=mail_id).source)
    response = HttpResponse(shown_in(reading.html_in_new_tabs, dark=request.GET.get("look") == "dark"))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self' {_origins()} https: data:; style-src 'unsafe-inline'; "
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


@require_POST
@requires(Permission.WRITE)
def unsubscribe(request: StaffRequest, mail_id: int) -> HttpResponse:
    """One click as Gmail does it."""
    kept = get_object_or_404(SandboxMail, id=mail_id)
    if not Reading(kept.source).unsubscribe_address:
        messages.error(request, "This mail offers no unsubscribing with one click.")
        return redirect("sandbox-mail", mail_id)
    try:
        answer = oneclick.post(Reading(kept.source).unsubscribe_address, own=_own_addresses())
    except oneclick.NotOurs as problem:
        messages.error(request, f"Nothing was sent. {problem}")
    except (OSError, HTTPException, ValueError):  # the address is a mail's, and may be none
        messages.error(request, "The web server did not answer the click. Try again.")
    else:
        audit.record(request, "sandbox.one_click", str(mail_id), status=answer.status)
        if answer.is_right:
            messages.success(request, f"Unsubscribed with one click: {answer.words}.")
        else:
            messages.error(request, f"One click did not work as RFC 8058 asks: {answer.words}.")
    return redirect("sandbox-mail", mail_id)


@require_POST
@requires(Permission.WRITE)
def complain(request: StaffRequest, mail_id: int) -> HttpResponse:
    """As a mailbox provider does when somebody marks the mail as spam."""
    kept = get_object_or_404(SandboxMail, id=mail_id)
    report = writing.complaint(kept.source, return_address=kept.envelope_from, recipient=kept.envelope_to)
    told = settling.hand_in(report, way=Returned.Way.SANDBOX)
    audit.record(request, "sandbox.complaint", str(mail_id), outcome=told.state)
    if told.state == Returned.State.COUNTED:
        messages.success(request, f"Marked as spam. {told.words}")
    else:
        messages.warning(request, told.words)
    return redirect("sandbox-mail", mail_id)


def _list_context(request: StaffRequest) -> dict[str, Any]:
    search = _search(request)
    found = SandboxMail.objects.search(search)
    count = found.count()
    page = _page(request, search)
    first_id = page.mails[0].id if page.mails else 0
    newest_id = SandboxMail.objects.order_by("-id").values_list("id", flat=True).first()
    return {
        "search": search,
        "count": count,
        "total": SandboxMail.objects.count() if search else count,
        "page": page,
        "newest_id": newest_id or 0,
        "seen": f"{first_id}-{count}",
    }


def _rules_context(form: SandboxRulesForm) -> dict[str, Any]:
    sandbox = Provider.objects.sandbox()
    return {
        "form": form,
        "rules": SandboxRules.get(),
        "signs": SIGNS,
        "sandbox": sandbox,
        "server_answers": _answers(sandbox),
    }


def _answers(sandbox: Provider) -> bool:
    try:
        socket.create_connection((sandbox.host, sandbox.port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _page(request: StaffRequest, search: str) -> Page:
    found = SandboxMail.objects.search(search).listed()
    before, after = whole_number(request.GET.get("before")), whole_number(request.GET.get("after"))
    if after:
        mails = list(found.filter(id__gt=after).order_by("id")[:PAGE])[::-1]
    else:
        mails = list(found.filter(id__lt=before)[:PAGE] if before else found[:PAGE])
    newer = bool(mails) and (before or after) and found.filter(id__gt=mails[0].id).exists()
    older = bool(mails) and found.filter(id__lt=mails[-1].id).exists()
    return Page(
        mails=mails,
        newer_url=_list_url(q=search, after=mails[0].id) if newer else "",
        older_url=_list_url(q=search, before=mails[-1].id) if older else "",
        is_newest=not newer and not before,
    )


def _list_url(**query: Any) -> str:
    return f"{reverse('sandbox')}?{urlencode({name: value for name, value in query.items() if value})}"


def _search(request: StaffRequest) -> str:
    return printable(request.GET.get("q", ""))[:200].strip()


def _view_links(request: StaffRequest, reading: Reading) -> list[tuple[str, str, str]]:
    """Key, label, address of every way to look at the mail."""
    search = _search(request)
    labels = VIEWS | {"links": f"Links ({len(reading.links)})"}
    return [
        (key, label, f"?{urlencode({'view': key} | ({'q': search} if search else {}))}")
        for key, label in labels.items()
    ]


def _neighbours(request: StaffRequest, kept: SandboxMail) -> dict[str, Any]:
    search = _search(request)
    found = SandboxMail.objects.search(search).order_by("id").values_list("id", flat=True)
    query = f"?{urlencode({'q': search})}" if search else ""

    def address(mail_id: int | None) -> str:
        return reverse("sandbox-mail", args=[mail_id]) + query if mail_id else ""

    return {
        "search": search,
        "newer_url": address(found.filter(id__gt=kept.id).first()),
        "older_url": address(found.filter(id__lt=kept.id).last()),
        "back_url": _list_url(q=search),
    }


def _message_url(kept: SandboxMail) -> str:
    """The page that tells this message's whole story, when it is one of ours."""
    message_id = verp.message_id(kept.envelope_from)
    try:
        return reverse("message", args=[message_id]) if message_id else ""
    except NoReverseMatch:
        return ""


def _own_addresses() -> set[str]:
    organisation = Organisation.get()
    return {settings.PUBLIC_URL} | ({organisation.public_address} if organisation else set())


def _origins() -> str:
    return " ".join(sorted(_own_addresses()))
