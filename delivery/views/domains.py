"""Sending domains: listed, confirmed, looked up, shown to whoever runs the DNS, removed."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from delivery import tasks
from delivery.domains import catalogue, extras, gathering, known, links
from delivery.domains.delivered.models import DomainMail
from delivery.domains.facts import WayOut
from delivery.domains.forms import DomainForm, SelectorsForm
from delivery.domains.link_hosts import watching as link_hosts
from delivery.domains.link_hosts.models import LinkHost
from delivery.domains.models import DomainLink, SendingDomain
from delivery.domains.report import Report
from delivery.domains.signing import keys
from delivery.views import dmarc_reports, domain_mails


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def domains(request: StaffRequest) -> HttpResponse:
    """All of them, and the form that adds one."""
    form = DomainForm(request.POST if request.method == "POST" else None, initial={"name": known.expected()})
    if request.method == "POST" and form.is_valid():
        found, _ = SendingDomain.objects.get_or_create(name=form.cleaned_data["name"])
        return _confirm(request, found)
    everything = list(SendingDomain.objects.all()[:500])
    context = {
        "form": form,
        "domains": [domain for domain in everything if domain.is_confirmed],
        "asked": [domain for domain in everything if not domain.is_confirmed],
    }
    return render(request, "delivery/domains/domains.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.DELIVERY)
def domain(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain, pk=domain_id)
    return render(request, "delivery/domains/domain.html", _whole(request, found))


@require_safe
@requires(Permission.DELIVERY)
def records(request: StaffRequest, domain_id: int) -> HttpResponse:
    """What was found, asked for again and again while a check is under way."""
    found = get_object_or_404(SendingDomain, pk=domain_id)
    if not request.htmx:
        return redirect(found)
    return render(request, "delivery/domains/_found.html", context(found))


@require_POST
@requires(Permission.DELIVERY)
def confirm(request: StaffRequest, domain_id: int) -> HttpResponse:
    return _confirm(request, get_object_or_404(SendingDomain, pk=domain_id))


@require_POST
@requires(Permission.DELIVERY)
def check(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    _look(found)
    return redirect(f"{found.get_absolute_url()}#found")


@require_POST
@requires(Permission.DELIVERY)
def selectors(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    form = SelectorsForm(gathering.ways_out(found.name), found, request.POST)
    if not form.is_valid():
        return render(request, "delivery/domains/domain.html", _whole(request, found, form), status=422)
    SendingDomain.objects.filter(pk=found.pk).update(selectors=form.selectors, return_names=form.return_names)
    said = {"selectors": form.selectors, "return_names": form.return_names}
    audit.record(request, "domain.keys_named", found.name, **said)
    _look(found)
    messages.success(request, "Noted. They are looked up now.")
    return redirect(f"{found.get_absolute_url()}#found")


@require_POST
@requires(Permission.DELIVERY)
def paste_mail(request: StaffRequest, domain_id: int, mail_id: int) -> HttpResponse:
    """The source of a mail that was sent to see how it arrives, as the mailbox shows it."""
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    mail = get_object_or_404(DomainMail, pk=mail_id, domain=found)
    if form := domain_mails.refused(mail, request.POST):
        return render(
            request, "delivery/domains/domain.html", _whole(request, found, refused=(mail.pk, form)), status=422
        )
    domain_mails.tell(request, mail)
    return domain_mails.back(found)


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def make_keys(request: StaffRequest, domain_id: int) -> HttpResponse:
    """New ones, also in place of those that there are."""
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    made = keys.make(found)
    audit.record(request, "domain.keys_made", found.name, selectors=[key.selector for key in made])
    _look(found)
    messages.success(request, "The keys are made. Enter their records in the DNS; then have the mail signed.")
    return redirect(f"{found.get_absolute_url()}#signing")


@require_POST
@requires(Permission.DELIVERY)
def sign(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    signs = request.POST.get("signs") == "yes" and found.signing_keys.exists()
    SendingDomain.objects.filter(pk=found.pk).update(signs=signs)
    audit.record(request, "domain.signing", found.name, signs=signs)
    _look(found)
    words = "is signed from now on, within a minute" if signs else "is no longer signed by Tallypost"
    messages.success(request, f"Mail from {found.name} {words}.")
    return redirect(f"{found.get_absolute_url()}#signing")


@require_POST
@requires(Permission.DELIVERY)
def remove(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain, pk=domain_id)
    if found.name == known.own_domain():
        messages.error(
            request, "The organisation's own sender is at this domain. Change that one first, under Settings."
        )
        return redirect(found)
    found.delete()
    audit.record(request, "domain.removed", found.name)
    messages.success(request, f"{found.name} was removed: no real mail leaves in its name any more.")
    return redirect("domains")


@require_POST
@requires(Permission.DELIVERY)
def give_link(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    days = whole_number(request.POST.get("days")) or links.DAYS[0]
    try:
        links.give(found, by=request.user, days=days, note=request.POST.get("note", ""))
    except links.TooMany as problem:
        messages.error(request, str(problem))
    return redirect(f"{found.get_absolute_url()}#hand-on")


@require_POST
@requires(Permission.DELIVERY)
def take_link_back(request: StaffRequest, domain_id: int, link_id: int) -> HttpResponse:
    link = get_object_or_404(DomainLink.objects.select_related("domain"), pk=link_id, domain=domain_id)
    links.take_back(link, by=request.user)
    messages.success(request, "That link leads nowhere from now on.")
    return redirect(f"{link.domain.get_absolute_url()}#hand-on")


@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever runs the DNS: the records, and nothing else of us."""
    link = links.recognise(token)
    if link is None:
        return render(request, "public/report_gone.html", status=404)
    report = Report.read(link.domain.report)
    needed = [row for row in report.rows if row.kind not in extras.KINDS]
    shown = {"domain": link.domain, "report": report, "rows": needed, "link": link}
    page = render(request, "delivery/domains/shared.html", shown)
    page.headers["X-Robots-Tag"] = "noindex, nofollow"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _whole(
    request: StaffRequest,
    found: SendingDomain,
    form: SelectorsForm | None = None,
    refused: domain_mails.Refused | None = None,
) -> dict[str, Any]:
    parts = {**context(found, form), **dmarc_reports.summary(found), **domain_mails.context(request, found, refused)}
    host = LinkHost.objects.filter(address=found.tracking_url).first() if found.tracking_url else None
    return {**parts, "others_counted_at": request.organisation.tracking_address, "link_host": host}


def context(found: SendingDomain, form: SelectorsForm | None = None) -> dict[str, Any]:
    ways = gathering.ways_out(found.name)
    report = Report.read(found.report)
    signing_keys = list(found.signing_keys.order_by("pk"))
    own_selectors = {key.selector for key in signing_keys}
    return {
        "domain": found,
        "report": report,
        "rows": [row for row in report.rows if row.kind not in extras.KINDS],
        "to_enter": len(report.wrong),
        "extras": [row for row in report.rows if row.kind in extras.KINDS],
        "last_arrived": found.mails.filter(arrived_at__isnull=False).order_by("-pk").first(),
        "is_own": found.name == known.own_domain(),
        "selectors_form": form or SelectorsForm(ways, found),
        "has_ways": any(out.is_used for out in ways),
        "idle_ways": [out for out in ways if not out.is_used],
        "nameless": list(dict.fromkeys(out.service.name for out in ways if _has_unknown_keys(found, out))),
        "links": links.addresses(found) if found.is_confirmed else [],
        "link_days": links.DAYS,
        "signing_keys": signing_keys,
        "signing_rows": [row for row in report.rows if row.relative.split(".")[0] in own_selectors],
    }


def _has_unknown_keys(found: SendingDomain, out: WayOut) -> bool:
    """Nobody can look up its signature before an admin says what the service calls its keys for this domain."""
    service = out.service
    is_ours = service == catalogue.OWN_SERVER or (found.signs and out.is_smtp)
    return out.is_used and not is_ours and not service.selectors and not found.selectors.get(service.key)


def _confirm(request: StaffRequest, found: SendingDomain) -> HttpResponse:
    if not found.is_confirmed:
        found.confirm(request.user)
        audit.record(request, "domain.confirmed", found.name)
    _look(found)
    return redirect("domain", found.pk)


def _look(found: SendingDomain) -> None:
    found.ask_for_checks()
    link_hosts.ask(found.tracking_url)
    transaction.on_commit(partial(tasks.check_domain.delay, domain_id=found.pk), robust=True)
