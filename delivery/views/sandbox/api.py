"""Answers to programs: `Authorization: Bearer tps_…` opens one mailbox, and nothing else is asked who is there."""

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.numbers import BIGGEST
from delivery.models import SandboxKey
from delivery.sandbox.api import keys, reading
from delivery.sandbox.api.reading import NotUnderstood, Wanted
from delivery.sandbox.mailboxes import sweeping

LONGEST_WAIT_SECONDS = 10
LOOK_SECONDS = 0.25
# A request that waits holds one of the web server's few threads.
_waiting = threading.BoundedSemaphore(1)

View = Callable[..., HttpResponse]


def _for_keys(*methods: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
            scheme, _, written = request.headers.get("Authorization", "").partition(" ")
            key = keys.recognise(written.strip()) if scheme.lower() == "bearer" else None
            if key is None:
                refused = _problem(401, "A key of this mailbox is needed: Authorization: Bearer tps_…")
                refused.headers["WWW-Authenticate"] = "Bearer"
                return refused
            if request.method not in methods:
                return _problem(405, f"Possible here: {', '.join(methods)}.", Allow=", ".join(methods))
            if not keys.may_ask(key):
                return _problem(429, f"At most {keys.REQUESTS_A_MINUTE:,} requests a minute.", **{"Retry-After": "10"})
            try:
                return view(request, key, **given)
            except NotUnderstood as problem:
                return _problem(400, str(problem))

        return guarded

    return decorate


@_for_keys("GET", "DELETE")
def mails(request: HttpRequest, key: SandboxKey) -> HttpResponse:
    if request.method == "DELETE":
        if not request.GET:
            return JsonResponse({"deleted": sweeping.empty(key.mailbox, BIGGEST)})
        deleted, before = reading.delete(key.mailbox_id, Wanted.read(request.GET.dict(), deletes=True))
        return JsonResponse({"deleted": deleted, "before": before})
    found = reading.find(key.mailbox_id, Wanted.read(request.GET.dict()))
    messages = [reading.brief(mail) for mail in found.mails]
    return JsonResponse({"messages": messages, "before": reading.next_before(found)})


@_for_keys("GET")
def wait(request: HttpRequest, key: SandboxKey) -> HttpResponse:
    """The newest match, as soon as it is there."""
    wanted = Wanted.read(request.GET.dict())
    seconds = min(float(reading.number_of(request.GET.dict(), "timeout") or 0), LONGEST_WAIT_SECONDS)
    holds = _waiting.acquire(blocking=False)
    try:
        until = time.monotonic() + (seconds if holds else 0)
        while True:
            if mail := reading.first(key.mailbox_id, wanted):
                return JsonResponse({"message": reading.whole(mail)})
            if time.monotonic() >= until:
                return _problem(408, "No such mail has come yet. Ask again.", **{"Retry-After": "1"})
            time.sleep(LOOK_SECONDS)
    finally:
        if holds:
            _waiting.release()


@_for_keys("GET", "DELETE")
def message(request: HttpRequest, key: SandboxKey, mail_id: int) -> HttpResponse:
    mail = reading.one(key.mailbox_id, mail_id)
    if mail is None:
        return _problem(404, "There is no such mail in this mailbox.")
    if request.method == "DELETE":
        mail.delete()
        return JsonResponse({"deleted": 1})
    return JsonResponse(reading.whole(mail))


@_for_keys("GET")
def raw(request: HttpRequest, key: SandboxKey, mail_id: int) -> HttpResponse:
    mail = reading.one(key.mailbox_id, mail_id)
    if mail is None:
        return _problem(404, "There is no such mail in this mailbox.")
    return _download(mail.source, f"sandbox-{mail_id}.eml", "message/rfc822")


@_for_keys("GET")
def attachment(request: HttpRequest, key: SandboxKey, mail_id: int, number: int) -> HttpResponse:
    """Its octets; what type it claims to be stands with the mail."""
    mail = reading.one(key.mailbox_id, mail_id)
    found = reading.attachments(mail.source) if mail else []
    if not 1 <= number <= len(found):
        return _problem(404, "There is no such attachment in this mailbox.")
    return _download(found[number - 1].octets, f"sandbox-{mail_id}-{number}", "application/octet-stream")


def _download(octets: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(octets, content_type=kind, headers=headers)


def _problem(status: int, words: str, **headers: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=status, headers=headers)
