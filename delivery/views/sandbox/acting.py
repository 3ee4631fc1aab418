"""What can be done with one mail of the sandbox: tried out as its reader would, sent on, thrown away.

Each leads back to what was searched for.
"""

from http.client import HTTPException

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from delivery.bounces import writing
from delivery.feedback import settling
from delivery.models import Returned, SandboxMail
from delivery.sandbox import oneclick, sending_on
from delivery.sandbox.reading import Reading
from delivery.views.sandbox.listing import list_url, mail_url, mailbox_at, search_of


@require_POST
@requires(Permission.WRITE)
def unsubscribe(request: StaffRequest, mail_id: int) -> HttpResponse:
    """One click as Gmail does it."""
    kept = get_object_or_404(SandboxMail, id=mail_id)
    if not Reading(kept.source).unsubscribe_address:
        messages.error(request, "This mail offers no unsubscribing with one click.")
        return _back(request, mail_id)
    try:
        answer = oneclick.post(Reading(kept.source).unsubscribe_address, own=oneclick.own_addresses())
    except oneclick.NotOurs as problem:
        messages.error(request, f"Nothing was sent. {problem}")
    except (OSError, HTTPException, ValueError):  # the address is a mail's, and may be none
        messages.error(request, "The web server did not answer the click. Try again.")
    else:
        audit.record(request, "sandbox.one_click", str(mail_id), status=answer.status)
        if answer.is_right and answer.said == oneclick.UNSUBSCRIBED:
            messages.success(request, f"Unsubscribed with one click: {answer.words}.")
        elif answer.is_right:  # of a rehearsal or a test
            messages.success(request, f"One click works: {answer.words}. {answer.said}")
        else:
            messages.error(request, f"One click did not work as RFC 8058 asks: {answer.words}.")
    return _back(request, mail_id)


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
    return _back(request, mail_id)


@require_POST
@requires(Permission.WRITE)
def delete(request: StaffRequest, mail_id: int) -> HttpResponse:
    kept = get_object_or_404(SandboxMail, id=mail_id)
    kept.delete()
    audit.record(request, "sandbox.deleted", str(mail_id))
    messages.success(request, "The mail was deleted.")
    return redirect(list_url(mailbox_at(kept.mailbox_id), q=search_of(request)))


@require_POST
@requires(Permission.WRITE)
def send_on(request: StaffRequest, mail_id: int) -> HttpResponse:
    """To whoever asks, and to nobody else."""
    kept = get_object_or_404(SandboxMail, id=mail_id)
    outcome = sending_on.send(kept.source, to=request.user.email)
    audit.record(request, "sandbox.sent_on", str(mail_id), problem=outcome.problem)
    if not outcome.problem:
        messages.success(request, f"Sent on to {request.user.email} through a real provider.")
    elif outcome.may_have_arrived:
        messages.warning(request, f"It may have arrived: {outcome.problem}")
    else:
        messages.error(request, f"Not sent on. {outcome.problem}")
    return _back(request, mail_id)


def _back(request: StaffRequest, mail_id: int) -> HttpResponse:
    return redirect(mail_url(mail_id, search_of(request)))
