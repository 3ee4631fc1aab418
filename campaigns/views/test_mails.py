"""Test mails, and what became of each."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget

from accounts.models import Organisation
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.drafts.forms import TestMailForm
from campaigns.models import Campaign, Edition
from campaigns.test_mails import consent, sending
from campaigns.test_mails.sending import Outcome
from campaigns.views.pages import get_campaign
from contacts.models import Contact
from delivery.ledger import NotPossible
from delivery.models import Message

# In the session: who gets the next test, too, until somebody types or chooses others.
ADDRESSES, SEEDS = "test_addresses", "test_seeds"


@dataclass(frozen=True, slots=True)
class Line:
    outcome: Outcome
    message: Message | None = None
    email: str = ""


@require_POST
@requires(Permission.WRITE)
def send_test(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    form = TestMailForm(request.POST, label_suffix="", way_out=found.way_out)
    context = {"campaign": found, "test_form": form}
    if not form.is_valid():
        answer = render(request, "campaigns/_test_refused.html", context, status=422)
        return reswap(retarget(answer, "#test-form"), "outerHTML")
    contact = Contact.objects.filter(pk=form.cleaned_data["contact"]).first()
    addresses, through = form.cleaned_data["everybody"], form.cleaned_data["through"]
    strangers = consent.unknown(addresses, through or found.way_out)
    known = [address for address in addresses if address not in strangers]
    try:
        sent = (
            sending.send_tests(found, to=known, as_contact=contact, by=request.user, through=through) if known else []
        )
    except (sending.Unreadable, sending.NotNow) as problem:
        context |= _shown(pk, []) | {"said": [Line(Outcome("bad", f"Not sent: {problem}"))]}
        return render(request, "campaigns/_test_sent.html", context, status=422)
    request.session[ADDRESSES] = ", ".join(form.cleaned_data["to"])
    request.session[SEEDS] = [seeds.pk for seeds in form.cleaned_data["seeds"]]
    asked = [Line(Outcome("bad", consent.ask(one, by=request.user)), email=one) for one in strangers]
    return render(request, "campaigns/_test_sent.html", context | _shown(pk, sent) | {"said": asked})


def empty_form(request: StaffRequest, found: Campaign) -> TestMailForm:
    """With whoever got the last test mail of whoever asks."""
    session = request.session
    kept = {"to": session.get(ADDRESSES, request.user.email), "seeds": session.get(SEEDS, [])}
    form = TestMailForm(initial=kept, label_suffix="", way_out=found.way_out)
    form.fields["to"].widget.attrs["autofocus"] = True  # once the dialog opens
    return form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def test_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where somebody who does not work here agrees to test mails, or takes it back. The token is the authority."""
    found = consent.of_token(token)
    if found is None:
        return render(request, "campaigns/test_address_gone.html", status=404)
    if request.method == "POST":
        change = consent.take_back if "stop" in request.POST else consent.agree
        change(found, request)
        return redirect("test-address", token)
    return render(request, "campaigns/test_address.html", {"found": found, "organisation": Organisation.get()})


@require_safe
@requires(Permission.WRITE)
def test_outcome(request: StaffRequest, pk: int, batch: int) -> HttpResponse:
    """Of all mails of one test."""
    edition = get_object_or_404(Edition, campaign=pk, is_test=True, batch=batch)
    return _lines(request, pk, _mails(edition))


@require_POST
@requires(Permission.WRITE)
def cancel_test(request: StaffRequest, pk: int, batch: int) -> HttpResponse:
    """Whatever of it has not left; the answer says of each mail what became of it."""
    edition = get_object_or_404(Edition, campaign=pk, is_test=True, batch=batch)
    with suppress(NotPossible):  # it has left, or somebody else has cancelled it: the lines say so
        sending.cancel(get_campaign(pk), batch, by=request.user)
    if not request.htmx:
        return redirect("campaign", pk)
    return _lines(request, pk, _mails(edition))


def waiting_tests(found: Campaign) -> list[dict[str, Any]]:
    """What `_test_outcome.html` shows of tests that were sent before."""
    return [_shown(found.pk, messages) for messages in sending.waiting(found)]


def _mails(edition: Edition) -> list[Message]:
    return list(Message.objects.filter(batch=edition.batch_id).select_related("batch__provider").order_by("pk"))


def _lines(request: StaffRequest, pk: int, sent: Sequence[Message]) -> HttpResponse:
    return render(request, "campaigns/_test_outcome.html", _shown(pk, sent))


def _shown(pk: int, sent: Sequence[Message]) -> dict[str, Any]:
    lines = [Line(sending.outcome(message), message, message.email) for message in sent]
    return {
        "campaign_id": pk,
        "lines": lines,
        "batch": sent[0].batch_id if sent else 0,
        "is_over": all(line.outcome.is_final for line in lines),
        "can_cancel": sending.can_cancel(sent),
    }
