"""What a recipient sees. The token is the only authority: no login, no cookie, hence no CSRF token either."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http.security import as_a_page
from accounts.models import Organisation
from accounts.organisation.measuring import Rules
from contacts import addresses
from tracking import unsubscribing
from tracking.recipients import answering, rehearsing, viewing
from tracking.recipients.showing import for_recipients, in_words, of_nobody, quiet, rendered, spoken, unknown
from tracking.unsubscribing import Channel, Leaver


@csrf_exempt
@for_recipients
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the page and changes nothing. A POST to this very address is a mail program's one click."""
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return of_nobody(request, token)
    if request.method == "POST":
        _leave(request, leaver, None, Channel.ONE_CLICK)
        return HttpResponse(unsubscribing.answered(leaver), content_type="text/plain")
    return _page(request, "public/unsubscribe.html", token, leaver)


@csrf_exempt
@for_recipients
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The page's own buttons: everything, or one of the mail's lists."""
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return of_nobody(request, token)
    chosen = leaver.list_named(request.POST.get("list", ""))
    lists = [chosen.pk] if chosen else leaver.all_lists()
    _leave(request, leaver, lists if chosen else None, Channel.PAGE)
    return _page(request, "public/unsubscribed.html", token, leaver, left=chosen, lists=lists)


@csrf_exempt
@for_recipients
@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return of_nobody(request, token)
    is_undone = unsubscribing.undo(leaver, request.POST.getlist("left"))
    return _page(request, "public/resubscribed.html", token, leaver, is_undone=is_undone)


@csrf_exempt
@for_recipients
@require_POST
def answer_counting(request: HttpRequest, token: str) -> HttpResponse:
    """Whether opens and clicks may be counted, each for itself. The mail goes on either way."""
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return of_nobody(request, token)
    with translation.override(spoken(request, leaver.language)):
        answering.answer(leaver, request.POST, request.META.get("REMOTE_ADDR"))
        would = rehearsing.would("counting")
    return _page(request, "public/unsubscribe.html", token, leaver, is_saved=True, would=would)


@for_recipients
@require_safe
def view(request: HttpRequest, token: str) -> HttpResponse:
    """The mail as a page. Looking at it counts as nothing: it has neither pixel nor counted links."""
    try:
        html = viewing.shown(token)
    except viewing.Unknown:
        return unknown(request)
    except viewing.Gone:
        with translation.override(spoken(request)):
            return rendered(request, "public/mail_gone.html", {}, Organisation.get(), status=404)
    return quiet(as_a_page(HttpResponse(html)))


def _leave(request: HttpRequest, leaver: Leaver, lists: list[int] | None, channel: Channel) -> None:
    unsubscribing.leave(
        leaver,
        lists=lists,
        channel=channel,
        ip=request.META.get("REMOTE_ADDR") or None,
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def _page(request: HttpRequest, template: str, token: str, leaver: Leaver, **more: object) -> HttpResponse:
    organisation = Organisation.get()
    with translation.override(spoken(request, leaver.language)):
        address = in_words(addresses.masked(leaver.email))
        questions = answering.questions(leaver, organisation.rules if organisation else Rules())
        context = {"token": token, "leaver": leaver, "address": address, "questions": questions}
        return rendered(request, template, context | more, organisation)
