"""A test mail, and what became of it."""

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


@require_POST
@requires(Permission.WRITE)
def send_test(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    form = TestMailForm(request.POST)
    if not form.is_valid():
        problem = Outcome("bad", " ".join(map(str, form.errors["to"])))
        return _line(request, pk, problem, None, status=422)
    contact = Contact.objects.filter(pk=form.cleaned_data["contact"]).first()
    try:
        message = test_sends.send_test(found, to=form.cleaned_data["to"], as_contact=contact, by=request.user)
    except test_sends.Unreadable as problem:
        return _line(request, pk, Outcome("bad", f"Not sent: {problem}"), None, status=422)
    return _line(request, pk, test_sends.outcome(message), message)


@require_safe
@requires(Permission.WRITE)
def test_outcome(request: StaffRequest, pk: int, message: int) -> HttpResponse:
    of_this_campaign = Edition.objects.filter(campaign=pk, is_test=True).values("batch")
    found = get_object_or_404(Message.objects.select_related("batch__provider"), pk=message, batch__in=of_this_campaign)
    return _line(request, pk, test_sends.outcome(found), found)


def _line(request: StaffRequest, pk: int, outcome: Outcome, message: Message | None, status: int = 200) -> HttpResponse:
    context = {"campaign_id": pk, "outcome": outcome, "message": message}
    return render(request, "campaigns/_test_outcome.html", context, status=status)
