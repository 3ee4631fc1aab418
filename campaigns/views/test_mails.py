"""Test mails, and what became of each."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, StaffRequest, requires
from campaigns import test_sends
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


@require_POST
@requires(Permission.WRITE)
def send_test(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    form = TestMailForm(request.POST)
    if not form.is_valid():
        return _lines(request, pk, [Line(Outcome("bad", " ".join(map(str, form.errors["to"]))))], status=422)
    contact = Contact.objects.filter(pk=form.cleaned_data["contact"]).first()
    try:
        sent = test_sends.send_tests(found, to=form.cleaned_data["to"], as_contact=contact, by=request.user)
    except test_sends.Unreadable as problem:
        return _lines(request, pk, [Line(Outcome("bad", f"Not sent: {problem}"))], status=422)
    request.session[ADDRESSES] = ", ".join(form.cleaned_data["to"])
    return _lines(request, pk, [Line(test_sends.outcome(message), message) for message in sent])


@require_safe
@requires(Permission.WRITE)
def test_outcome(request: StaffRequest, pk: int, message: int) -> HttpResponse:
    of_this_campaign = Edition.objects.filter(campaign=pk, is_test=True).values("batch")
    found = get_object_or_404(Message.objects.select_related("batch__provider"), pk=message, batch__in=of_this_campaign)
    return _lines(request, pk, [Line(test_sends.outcome(found), found)])


def _lines(request: StaffRequest, pk: int, lines: list[Line], status: int = 200) -> HttpResponse:
    return render(request, "campaigns/_test_outcome.html", {"campaign_id": pk, "lines": lines}, status=status)
