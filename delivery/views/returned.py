"""Returned mail: where it comes in, whether it does, what came last, and what waits for somebody to look."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.forms import NumberTyped
from accounts.models import Organisation
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from delivery.feedback import settling
from delivery.feedback.listening import bounce_domain, seen, trial
from delivery.feedback.listening.bounce_domain import BounceDomainForm
from delivery.models import Returned, ReturnListener, ReturnMailbox
from delivery.views import webhooks

TYPED_ABOVE = 5_000  # people; then the number is typed


@require_safe
@requires(Permission.DELIVERY)
def returned(request: StaffRequest) -> HttpResponse:
    return render(request, "delivery/returned.html", _context(request, BounceDomainForm(_organisation())))


@require_POST
@requires(Permission.DELIVERY)
def domain(request: StaffRequest) -> HttpResponse:
    form = BounceDomainForm(_organisation(), request.POST)
    if not form.is_valid():
        return render(request, "delivery/returned.html", _context(request, form), status=422)
    chosen = form.cleaned_data["bounce_domain"]
    bounce_domain.change(chosen)
    audit.record(request, "returned.domain", chosen)
    if chosen:
        messages.success(request, f"Campaigns that start from now on have their bounces sent to {chosen}.")
    else:
        messages.success(request, "Nothing is received here any more. Bounces go to the sender's address.")
    return redirect("returned")


@require_safe
@requires(Permission.DELIVERY)
def listener(request: StaffRequest) -> HttpResponse:
    """Its state, looked at again until it is settled."""
    if not request.htmx:
        return redirect("returned")
    return render(request, "delivery/_returned_listener.html", _listener_context(_organisation()))


@require_POST
@requires(Permission.DELIVERY)
def test(request: StaffRequest) -> HttpResponse:
    organisation = _organisation()
    try:
        if not organisation.bounce_domain:
            raise trial.NoTrial("Set a bounce domain first.")
        digest = trial.begin(organisation.bounce_domain)
    except trial.NoTrial as problem:
        messages.error(request, str(problem))
        return redirect("returned")
    return redirect(f"{reverse('returned')}?test={digest.hex()}#test")


@require_safe
@requires(Permission.DELIVERY)
def test_result(request: StaffRequest, digest: str) -> HttpResponse:
    if not request.htmx:
        return redirect(f"{reverse('returned')}?test={digest}")
    return render(request, "delivery/_returned_test.html", _test(digest))


@require_POST
@requires(Permission.DELIVERY)
def believe(request: StaffRequest) -> HttpResponse:
    """All that waits of one source; above some thousands the number is typed."""
    found = _held(request)
    if found is None:
        return _nothing_waits(request)
    typing = _typing(found, request.POST)
    if typing and not typing.is_valid():
        context = _context(request, BounceDomainForm(_organisation()), refused=(found.source, typing))
        return render(request, "delivery/returned.html", context, status=422)
    count = settling.believe(found.source, up_to=found.newest_id)
    audit.record(request, "returned.believed", found.source, reports=count, people=found.people)
    messages.success(request, f"{_reports(count)} believed and acted upon now.")
    return redirect("returned")


@require_POST
@requires(Permission.DELIVERY)
def discard(request: StaffRequest) -> HttpResponse:
    found = _held(request)
    if found is None:
        return _nothing_waits(request)
    count = settling.discard(found.source, up_to=found.newest_id)
    audit.record(request, "returned.discarded", found.source, reports=count, people=found.people)
    messages.success(request, f"{_reports(count)} discarded: nobody was suppressed.")
    return redirect("returned")


def _organisation() -> Organisation:
    return Organisation.objects.get()


def _typing(one: seen.Held, data: QueryDict | None = None) -> NumberTyped | None:
    if one.people <= TYPED_ABOVE:
        return None
    return NumberTyped(data, number=one.people, spared="Nothing was changed.", auto_id=f"{one.source}-%s")


def _context(
    request: StaffRequest, form: BounceDomainForm, refused: tuple[str, NumberTyped] | None = None
) -> dict[str, Any]:
    """`refused`: of which source what is to be mended; its dialog is open then."""
    mended = dict((refused,) if refused else ())
    organisation = form.organisation
    chosen = organisation.bounce_domain
    return {
        "form": form,
        "domain": chosen,
        "host": urlsplit(organisation.public_address).hostname or "",
        "sender_domain": organisation.sender_email.rpartition("@")[2],
        "handing_on": seen.handing_on(chosen),
        "piping": seen.piping(),
        "held": [(one, mended.get(one.source) or _typing(one)) for one in seen.held()],
        "last": seen.last(),
        "mailboxes": ReturnMailbox.objects.order_by("name"),
        **webhooks.context(),
        **_listener_context(organisation),
        **_test(request.GET.get("test", "")),
    }


def _listener_context(organisation: Organisation) -> dict[str, Any]:
    row = ReturnListener.objects.filter(pk=1).first() or ReturnListener(pk=1)
    return {"listener": row, "domain": organisation.bounce_domain, "standing": seen.standing(organisation, row)}


def _test(digest: str) -> dict[str, Any]:
    """The test report that this address names; what has become of it."""
    try:
        key = bytes.fromhex(digest)
    except ValueError:
        key = b""
    if len(key) != 16:
        return {"test_digest": "", "tested": None}
    return {"test_digest": digest, "tested": Returned.objects.defer("raw").filter(digest=key).first()}


def _held(request: StaffRequest) -> seen.Held | None:
    """As it stood on the page: what has come since waits for a look of its own."""
    source, up_to = request.POST.get("source", ""), whole_number(request.POST.get("newest_id")) or 0
    return next((each for each in seen.held(up_to) if each.source == source), None)


def _reports(count: int) -> str:
    return "1 report is" if count == 1 else f"{count:,} reports are"


def _nothing_waits(request: StaffRequest) -> HttpResponse:
    messages.warning(request, "Nothing waits any more: somebody else has looked.")
    return redirect("returned")
