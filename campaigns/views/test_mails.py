"""Test mails, and what became of each."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission, StaffRequest, requires
from campaigns import test_addresses, test_sends
from campaigns.drafts.forms import TestMailForm
from campaigns.models import Edition
from campaigns.test_sends import Outcome
from campaigns.views.pages import get_campaign
from contacts.models import Contact
from delivery.models import Message

ADDRESSES = "test_addresses"  # in the session: who gets the next test, too, until somebody types others


@dataclass(frozen=True, slots=True)
class Line:
    outcome: Outcome
    message: Message | None = None
    email: str = ""


@require_POST
@requires(Permission.WRITE)
def send_test(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    form = TestMailForm(request.POST)
    if not form.is_valid():
        return _lines(request, pk, [Line(Outcome("bad", " ".join(map(str, form.errors["to"]))))], status=422)
    contact = Contact.objects.filter(pk=form.cleaned_data["contact"]).first()
    addresses = form.cleaned_data["to"]
    strangers = test_addresses.unknown(addresses, found.way_out)
    known = [address for address in addresses if address not in strangers]
    try:
        sent = test_sends.send_tests(found, to=known, as_contact=contact, by=request.user) if known else []
    except (test_sends.Unreadable, test_sends.NotNow) as problem:
        return _lines(request, pk, [Line(Outcome("bad", f"Not sent: {problem}"))], status=422)
    request.session[ADDRESSES] = ", ".join(addresses)
    lines = [Line(test_sends.outcome(message), message, message.email) for message in sent]
    asked = [Line(Outcome("bad", test_addresses.ask(one, by=request.user)), email=one) for one in strangers]
    return _lines(request, pk, lines + asked)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def test_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where somebody who does not work here agrees to test mails, or takes it back. The token is the authority."""
    found = test_addresses.of_token(token)
    if found is None:
        return render(request, "campaigns/test_address_gone.html", status=404)
    if request.method == "POST":
        change = test_addresses.take_back if "stop" in request.POST else test_addresses.agree
        change(found, request)
        return redirect("test-address", token)
    return render(request, "campaigns/test_address.html", {"found": found, "organisation": Organisation.get()})


@require_safe
@requires(Permission.WRITE)
def test_outcome(request: StaffRequest, pk: int, message: int) -> HttpResponse:
    of_this_campaign = Edition.objects.filter(campaign=pk, is_test=True).values("batch")
    found = get_object_or_404(Message.objects.select_related("batch__provider"), pk=message, batch__in=of_this_campaign)
    return _lines(request, pk, [Line(test_sends.outcome(found), found, found.email)])


def _lines(request: StaffRequest, pk: int, lines: list[Line], status: int = 200) -> HttpResponse:
    return render(request, "campaigns/_test_outcome.html", {"campaign_id": pk, "lines": lines}, status=status)
