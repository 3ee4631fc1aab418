"""Sign-up forms as visitors see them, also from other sites: no login, no cookie, hence no CSRF token.

A form may be posted from anywhere by design. What a stranger's post can do is bounded where it is carried out: see
contacts.signup. A GET changes nothing, so that programs that follow links in mails confirm nobody.
"""

from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from psycopg.errors import LockNotAvailable

from accounts.models import Organisation
from contacts import addresses, consent
from contacts.models import MailingList, SignupForm, SignupRequest
from contacts.signup import asking, confirming, counting, letters, wording
from contacts.signup.asking import Answers, Visitor
from contacts.signup.robots import limits, proof, stamps
from contacts.signup.robots.proof import Proof
from contacts.signup.robots.stamps import Stamp
from contacts.signup.visitor import HONEYPOT, VisitorForm, open_lists
from contacts.tracking_consent import Part
from delivery import tokens
from delivery.models import Message, Provider
from tracking.public.slim import AHEAD
from tracking.recipients import answering, language
from tracking.recipients.showing import View, for_recipients, in_words, rendered, spoken, unknown
from tracking.scoring.agents import Agent, recognise

_unknown = for_recipients(unknown)


def _patient(view: View) -> View:
    """Something held a lock for long: the visitor is told to try again, and the thread is free for other readers."""

    @wraps(view)
    def shown(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *given, **named)
        except OperationalError as problem:
            if not isinstance(problem.__cause__, LockNotAvailable):
                raise
            return _busy(request)

    return shown


@for_recipients
def _busy(request: HttpRequest) -> HttpResponse:
    with translation.override(spoken(request)):
        return rendered(request, "public/signup/closed.html", {}, Organisation.get(), status=503)


@csrf_exempt
@never_cache
@_patient
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, key: str) -> HttpResponse:
    """The hosted page, and where the form on somebody else's site is sent to."""
    return _form(request, key, "page")


@csrf_exempt
@xframe_options_exempt
@never_cache
@_patient
@require_http_methods(["GET", "HEAD", "POST"])
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """The same for a frame on somebody else's site: the only page of ours that may be in one."""
    return _form(request, key, "frame")


@csrf_exempt
@xframe_options_exempt
@never_cache
@_patient
@require_POST
def again(request: HttpRequest, key: str) -> HttpResponse:
    """Another confirmation mail, for the address of the page with the button alone."""
    found = SignupForm.objects.kept().filter(key=key).first()
    email = stamps.address_of(key, request.POST.get("again", "")) if found else ""
    if found is None or not email:
        return _unknown(request)
    with translation.override(spoken(request, found.language)):
        if limits.may_send(key, _ip(request) or ""):
            asking.send_again(found, email, timezone.now())
        return _thanks(request, found, email, "frame" if request.POST.get("way") == "frame" else "page")


@csrf_exempt
@never_cache
@_patient
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail's button leads: the page asks once more, and its own button does it."""
    numbers = tokens.read(tokens.CONFIRM, token)
    found = confirming.request_of(numbers[0]) if numbers else None
    if numbers is None or found is None:
        return _unknown(request)
    with translation.override(spoken(request, found.language)):
        if confirming.has_left(found):  # a link of before subscribes nobody who left since, and says so
            return _shown(request, found, "public/signup/left.html", status=410)
        is_rehearsal = _is_rehearsal(numbers[0])
        if request.method != "POST":
            return _asked(request, found, token, is_rehearsal=is_rehearsal)
        return _confirmed(request, found, token, is_rehearsal=is_rehearsal)


def _form(request: HttpRequest, key: str, way: str) -> HttpResponse:
    found = SignupForm.objects.kept().filter(key=key).first()
    if found is None:
        return _unknown(request)
    with translation.override(spoken(request, found.language)):
        lists = open_lists(found)
        if not found.is_open or not lists:
            return _page(request, found, "public/signup/closed.html", way=way, status=503)
        if request.method != "POST":
            if request.method == "GET":
                counting.show(found, timezone.now(), to_machine=_is_machine(request))
            return _unsent(request, found, VisitorForm(found, lists), way)
        return _sent(request, found, lists, way)


def _sent(request: HttpRequest, found: SignupForm, lists: list[MailingList], way: str) -> HttpResponse:
    now, filled = timezone.now(), VisitorForm(found, lists, request.POST)
    if request.POST.get(HONEYPOT):  # a program: it is told what everybody is told
        counting.add(found, "refused", now)
        return _thanks(request, found, str(request.POST.get("email", ""))[:320], way)
    if not limits.may_send(found.key, _ip(request) or ""):
        counting.add(found, "refused", now)
        problem = _("Too many sign-ups came from your network. Please try again in an hour.")
        return _unsent(request, found, filled, way, problem=problem, status=429)
    if not filled.is_valid():
        return _unsent(request, found, filled, way, status=422)
    proven = proof.judge(found.key, request.POST.get("proof", "")) if found.proof_of_work else None
    stamp = stamps.judge(found.key, request.POST.get("stamp", ""))
    if proven == Proof.BAD or not _is_timely(found, stamp):
        return _once_more(request, found, filled, way)
    if proven == Proof.MISSING and not limits.may_do_without_proof(found.key, _ip(request) or ""):
        counting.add(found, "refused", now)
        problem = _(
            "Several people signed up without scripts just now. Please switch scripts on, or try again in an hour."
        )
        return _unsent(request, found, filled, way, problem=problem, status=429)
    words = wording.of(found, Organisation.get())
    answers = Answers(
        filled.cleaned_data["email"],
        filled.chosen(),
        translation.get_language() or language.OTHERWISE,
        wording.kept(found, words, lists),
        filled.values(),
        filled.counting(),
    )
    visitor = _visitor(request, way if stamp != Stamp.MISSING else "html", proven)
    try:
        asking.ask(found, answers, visitor, now)
    except proof.Spent:
        return _once_more(request, found, filled, way)
    if found.thanks_url and way == "page":
        return HttpResponseRedirect(found.thanks_url)
    return _thanks(request, found, answers.email, way)


def _is_timely(found: SignupForm, stamp: Stamp) -> bool:
    """Where proof of work is asked for, what comes without a stamp is limited by that."""
    if stamp == Stamp.MISSING:
        return found.proof_of_work or limits.may_do_without_stamp(found.key)
    return stamp == Stamp.GOOD


def _once_more(request: HttpRequest, found: SignupForm, filled: VisitorForm, way: str) -> HttpResponse:
    """A person presses again, on a page with a fresh stamp and puzzle; what they typed stays."""
    counting.add(found, "refused", timezone.now())
    return _unsent(request, found, filled, way, problem=_("Please press the button once more."), status=422)


def _unsent(
    request: HttpRequest, found: SignupForm, filled: VisitorForm, way: str, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {"filled": filled, "stamp": stamps.new(found.key), "problem": problem}
    if found.proof_of_work:
        context["challenge"] = proof.challenge(found.key, timezone.now())
    return _page(request, found, "public/signup/form.html", way=way, status=status, **context)


def _thanks(request: HttpRequest, found: SignupForm, email: str, way: str) -> HttpResponse:
    """The same for every address, known or not, mailed or not."""
    context: dict[str, Any] = {
        "again": stamps.for_another_mail(found.key, email),
        "address": in_words(email),
        "is_rehearsal": Provider.objects.default().is_rehearsal,
    }
    return _page(request, found, "public/signup/thanks.html", way=way, **context)


def _asked(request: HttpRequest, found: SignupRequest, token: str, *, is_rehearsal: bool) -> HttpResponse:
    if found.state == SignupRequest.State.CONFIRMED:
        return _shown(request, found, "public/signup/confirmed.html")
    if confirming.is_over(found, timezone.now()):
        return _shown(request, found, "public/signup/expired.html", status=410)
    context: dict[str, Any] = {"lists": confirming.lists_of(found), "questions": answering.of_request(found)}
    return _shown(request, found, "public/signup/confirm.html", token=token, is_rehearsal=is_rehearsal, **context)


def _confirmed(request: HttpRequest, found: SignupRequest, token: str, *, is_rehearsal: bool) -> HttpResponse:
    lists = [int(number) for number in request.POST.getlist("lists") if number.isdecimal() and len(number) < 19]
    if not lists and found.state == SignupRequest.State.WAITING:
        return _asked(request, found, token, is_rehearsal=is_rehearsal)
    if is_rehearsal:
        return _rehearsed(request, found)
    try:
        counted = {part.value: request.POST.get(part, "") for part in Part} if found.form.asks_counting else None
        done = confirming.confirm(found, lists=lists, ip=_ip(request), now=timezone.now(), counted=counted)
    except confirming.Expired:
        return _shown(request, found, "public/signup/expired.html", status=410)
    except consent.StillSuppressed:
        return _shown(request, found, "public/signup/suppressed.html", status=409)
    if done.form.confirmed_url:
        return redirect(done.form.confirmed_url)
    return _shown(request, done, "public/signup/confirmed.html")


def _rehearsed(request: HttpRequest, found: SignupRequest) -> HttpResponse:
    """What a real confirmation would be answered; nothing comes of this one."""
    if confirming.is_over(found, timezone.now()):
        return _shown(request, found, "public/signup/expired.html", status=410)
    if found.state == SignupRequest.State.WAITING and letters.is_closed(found.key):
        return _shown(request, found, "public/signup/suppressed.html", status=409)
    is_tried = found.state == SignupRequest.State.WAITING
    return _shown(request, found, "public/signup/confirmed.html", is_rehearsal=is_tried)


def _shown(
    request: HttpRequest, found: SignupRequest, template: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    address = in_words(addresses.masked(found.email))
    return _page(request, found.form, template, status=status, address=address, **more)


def _page(
    request: HttpRequest, found: SignupForm, template: str, *, way: str = "page", status: int = 200, **context: Any
) -> HttpResponse:
    """What follows the form may be on another site: browsers ask the form's policy whether it may lead there."""
    organisation = Organisation.get()
    context |= {"form": found, "way": way, "words": wording.of(found, organisation), "look": found.look}
    answer = rendered(request, template, context, organisation, status=status)
    onward = [_origin(url) for url in (found.thanks_url, found.confirmed_url) if url]
    policy: dict[str, Any] = {"style-src": [SELF, NONCE], "form-action": [SELF, *onward]}
    if way == "frame":
        policy["frame-ancestors"] = found.frame_hosts or ["https:", "http:"]
    return cast("View", csp_update(policy)(lambda _: answer))(request)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_rehearsal(message_id: int) -> bool:
    """Its mail lies in the sandbox, where nobody received it: nothing real may come of it."""
    message = Message.objects.select_related("batch").filter(pk=message_id).first()
    return message is not None and message.batch.rehearsal


def _is_machine(request: HttpRequest) -> bool:
    """It says so itself; whatever passes for a browser counts as a person."""
    if any("pre" in request.headers.get(name, "") for name in AHEAD):
        return True
    return recognise(request.META.get("HTTP_USER_AGENT", "")) != Agent.BROWSER


def _visitor(request: HttpRequest, way: str, proven: Proof | None) -> Visitor:
    origin = request.META.get("HTTP_ORIGIN", "")
    host = urlsplit(origin).netloc if origin.startswith(("http://", "https://")) else ""
    site = "" if host == request.get_host() else host
    return Visitor(
        _ip(request),
        request.META.get("HTTP_USER_AGENT", ""),
        way,
        site,
        proof=request.POST.get("proof", "") if proven == Proof.GOOD else "",
        must_confirm=proven == Proof.MISSING,
    )


def _ip(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None
