"""One page on which recipients decide about all their mail. Its token is that of the mail's unsubscribe address."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation
from accounts.organisation.measuring import Rules
from contacts import addresses
from tracking import unsubscribing
from tracking.recipients import answering, moving, preferences, rehearsing
from tracking.recipients.preferences import Reader
from tracking.recipients.showing import for_recipients, in_words, of_nobody, rendered, spoken
from tracking.unsubscribing import Leaver


@csrf_exempt
@for_recipients
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing. Each part of the page is a form of its own, named by its button."""
    leaver = unsubscribing.recognise(token)
    if leaver is None:
        return of_nobody(request, token)
    part = request.POST.get("part", "")
    if part == "address":
        return _ask_for_address(request, token, leaver)
    act = _ACTS.get(part)
    if act is None:
        return _page(request, token, leaver)
    with translation.override(spoken(request, leaver.language)):
        act(_reader(request, leaver), request)
        would = rehearsing.would(part)
    return _page(request, token, unsubscribing.recognise(token) or leaver, is_saved=True, would=would)


def _ask_for_address(request: HttpRequest, token: str, leaver: Leaver) -> HttpResponse:
    typed = request.POST.get("address", "")[:320]
    with translation.override(spoken(request, leaver.language)):
        asked = moving.ask(_reader(request, leaver), typed, Organisation.get())
    more = {"asked": asked, "typed": typed if asked.problem else "", "days_to_confirm": moving.days_to_confirm()}
    return _page(request, token, leaver, status=422 if asked.problem else 200, **more)


def _reader(request: HttpRequest, leaver: Leaver) -> Reader:
    return Reader(leaver, request.META.get("REMOTE_ADDR") or None, request.META.get("HTTP_USER_AGENT", ""))


_ACTS: Mapping[str, Callable[[Reader, HttpRequest], None]] = {
    "topics": lambda reader, request: preferences.choose_topics(
        reader, *(request.POST.getlist(name) for name in ("topic", "before"))
    ),
    "agree": lambda reader, request: preferences.agree(reader),
    "pause": lambda reader, request: preferences.begin_pause(reader, request.POST.get("days", "")),
    "resume": lambda reader, request: preferences.end_pause(reader),
    "language": lambda reader, request: preferences.choose_language(reader, request.POST.get("language", "")),
    "counting": lambda reader, request: answering.answer(reader.leaver, request.POST, reader.ip),
}


def _page(request: HttpRequest, token: str, leaver: Leaver, status: int = 200, **more: object) -> HttpResponse:
    organisation = Organisation.get()
    with translation.override(spoken(request, leaver.language)):
        context: dict[str, Any] = {
            "token": token,
            "leaver": leaver,
            "address": in_words(addresses.masked(leaver.email)),
            "questions": answering.questions(leaver, organisation.rules if organisation else Rules()),
        }
        if contact := leaver.contact:
            topics = preferences.topics(contact)
            context |= {
                "topics": topics,
                "ending": preferences.ending(topics),
                "is_closed": preferences.is_closed(contact),
                "pauses": preferences.pauses(),
                "paused_until": preferences.pause_ends(contact),
            }
        return rendered(request, "public/preferences.html", context | more, organisation, status=status)
