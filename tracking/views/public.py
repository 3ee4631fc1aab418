"""What a recipient sees. The token is the only authority: no login, no cookie, hence no CSRF token either."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tracking import unsubscribing
from tracking.unsubscribing import Channel, Leaver


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the page and changes nothing. A POST to this very address is a mail program's one click."""
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return _unknown(request)
    if request.method == "POST":
        _leave(request, leaver, None, Channel.ONE_CLICK)
        return HttpResponse("Unsubscribed.\n", content_type="text/plain")
    return _page(request, "public/unsubscribe.html", token, leaver)


@csrf_exempt
@never_cache
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The page's own buttons: everything, or one of the mail's lists."""
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return _unknown(request)
    chosen = next((known for known in leaver.lists() if str(known.id) == request.POST.get("list")), None)
    _leave(request, leaver, [chosen.id] if chosen else None, Channel.PAGE)
    return _page(request, "public/unsubscribed.html", token, leaver, left=chosen)


@csrf_exempt
@never_cache
@require_POST
def undo(request: HttpRequest, token: str) -> HttpResponse:
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return _unknown(request)
    is_undone = unsubscribing.undo(leaver)
    return _page(request, "public/resubscribed.html", token, leaver, is_undone=is_undone)


def _leave(request: HttpRequest, leaver: Leaver, lists: list[int] | None, channel: Channel) -> None:
    unsubscribing.leave(
        leaver,
        lists=lists,
        channel=channel,
        ip=request.META.get("REMOTE_ADDR") or None,
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def _page(request: HttpRequest, template: str, token: str, leaver: Leaver, **more: object) -> HttpResponse:
    response = render(request, template, {"token": token, "leaver": leaver, **more})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _unknown(request: HttpRequest) -> HttpResponse:
    """One answer for every token that leads nowhere, whatever is wrong with it."""
    response = render(request, "public/unknown.html", status=404)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
