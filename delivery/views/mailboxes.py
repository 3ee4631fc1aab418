"""Mailboxes for returned mail: listed, added, changed, tried, paused, removed."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from delivery.feedback.mailbox import check
from delivery.feedback.mailbox.forms import ReturnMailboxForm
from delivery.models import ReturnMailbox
from delivery.oauth import services
from delivery.views import connection_testing


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
@lately_confirmed
def add(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, ReturnMailboxForm())
    return _save(request, ReturnMailboxForm(request.POST), "mailbox.added")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
@lately_confirmed
def edit(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    mailbox = _mailbox(mailbox_id)
    if request.method != "POST":
        return _form_page(request, ReturnMailboxForm(instance=mailbox))
    return _save(request, ReturnMailboxForm(request.POST, instance=mailbox), "mailbox.changed")


@require_safe
@requires(Permission.DELIVERY)
def mailbox(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    shown = _mailbox(mailbox_id)
    test_run = connection_testing.found(request, partial(check.find, mailbox_id))
    return render(
        request, "delivery/mailbox.html", {"mailbox": shown, "sign_in": services.of_host(shown.host), **test_run}
    )


@require_POST
@requires(Permission.DELIVERY)
def test(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    return _start_test(request, _mailbox(mailbox_id))


@require_safe
@requires(Permission.DELIVERY)
def test_steps(request: StaffRequest, mailbox_id: int, key: uuid.UUID) -> HttpResponse:
    shown = _mailbox(mailbox_id)
    if not request.htmx:
        return redirect(connection_testing.address("mailbox", mailbox_id, key))
    context = {"mailbox": shown, "run": check.find(mailbox_id, key), "key": key, "is_update": True}
    return render(request, "delivery/_mailbox_test.html", context)


@require_POST
@requires(Permission.DELIVERY)
def pause(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    chosen = _mailbox(mailbox_id)
    ReturnMailbox.objects.filter(pk=mailbox_id).update(is_paused=True)
    audit.record(request, "mailbox.paused", chosen.name)
    messages.success(request, f"{chosen.name} is paused: what comes back stays in it until it is read again.")
    return redirect("mailbox", mailbox_id)


@require_POST
@requires(Permission.DELIVERY)
def resume(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    chosen = _mailbox(mailbox_id)
    chosen.is_paused = False
    chosen.save(update_fields=["is_paused"])
    chosen.try_again()
    audit.record(request, "mailbox.resumed", chosen.name)
    messages.success(request, f"{chosen.name} is read again.")
    return redirect("mailbox", mailbox_id)


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def remove(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    chosen = _mailbox(mailbox_id)
    chosen.delete()
    audit.record(request, "mailbox.removed", chosen.name)
    messages.success(request, f"{chosen.name} was removed, and its password with it. Its mails are untouched.")
    return redirect(f"{reverse('returned')}#mailboxes")


def _mailbox(mailbox_id: int) -> ReturnMailbox:
    return get_object_or_404(ReturnMailbox, pk=mailbox_id)


def _save(request: StaffRequest, form: ReturnMailboxForm, action: str) -> HttpResponse:
    if not form.is_valid():
        return _form_page(request, form, status=422)
    saved = form.save()
    audit.record(request, action, saved.name, fields=[name for name in form.changed_data if name != "secret"])
    if not saved.secret_sealed and not hasattr(saved, "oauth"):
        return redirect("mailbox-sign-in", saved.pk)
    if "test" in request.POST:
        return _start_test(request, saved)
    messages.success(request, f"{saved.name} is saved.")
    return redirect("mailbox", saved.pk)


def _form_page(request: StaffRequest, form: ReturnMailboxForm, status: int = 200) -> HttpResponse:
    return render(request, "delivery/mailbox_form.html", {"form": form, "mailbox": form.instance}, status=status)


def _start_test(request: StaffRequest, chosen: ReturnMailbox) -> HttpResponse:
    return connection_testing.start(request, chosen, "mailbox", partial(check.start, chosen))
