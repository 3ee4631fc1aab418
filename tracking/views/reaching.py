"""Where the organisation's own site says that a goal was reached: its page by a picture, its server by a POST."""

import json
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contacts import addresses
from delivery import tokens
from tracking.conversions import reported, secret, signs, storing
from tracking.conversions.models import Conversion, Goal
from tracking.conversions.reported import NotReadable, Told
from tracking.conversions.storing import Reached
from tracking.public import recording, slim
from tracking.public.spool import REPORTED

_NOT_NEW = "It was counted before, the goal is paused or its days are over, or this person’s clicks may not be counted."
_NOT_REFUNDED = "No such order was counted for this goal, or that much of it was taken back before."
_OF_NOBODY = "Nobody with this address clicked in a mail of yours."


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest, key: str) -> HttpResponse:
    """The key says which goal. A page's report is put into the spool, so that it waits for nothing."""
    numbers = tokens.read(tokens.GOAL, key)
    if numbers is None:
        return JsonResponse({"error": "There is no such goal."}, status=404)
    if request.method == "POST":
        return _by_the_server(request, numbers[0])
    return _by_the_page(request, numbers[0])


def _by_the_page(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The same picture whatever was said; whoever builds the page finds in a header what was wrong."""
    answer = HttpResponse(slim.PICTURE, content_type="image/gif")
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    message_id = signs.read(request.GET.get(signs.PARAMETER, ""))
    try:
        told = reported.read(request.GET.dict())
    except NotReadable as problem:
        answer["Tallypost-Problem"] = str(problem)
        return answer
    if message_id is None:
        answer["Tallypost-Problem"] = f"{signs.PARAMETER} is missing or is no sign of ours."
    elif request.method == "GET":
        recording.record(REPORTED, message_id, goal_id, note=told.as_note())
    return answer


def _by_the_server(request: HttpRequest, goal_id: int) -> HttpResponse:
    goal = Goal.objects.filter(pk=goal_id).first()
    if goal is None:
        return JsonResponse({"error": "There is no such goal."}, status=404)
    if not secret.fits(goal, request.headers.get("Authorization", "")):
        return JsonResponse({"error": "Send the goal’s secret as Authorization: Bearer …"}, status=401)
    try:
        said = _read(request.body)
        told = reported.read(said)
        if told.is_refund:
            return _refunded(goal, told)
        with transaction.atomic(), connection.cursor() as cursor:
            message_id = _message(said, cursor)
            if message_id is None:
                return JsonResponse({"counted": False, "why": _OF_NOBODY})
            reached = Reached(goal.pk, message_id, datetime.now(UTC), told, Conversion.Via.SERVER.value)
            is_new = storing.store(cursor, [reached])
    except NotReadable as problem:
        return JsonResponse({"error": str(problem)}, status=422)
    return JsonResponse({"counted": True}, status=201) if is_new else JsonResponse({"counted": False, "why": _NOT_NEW})


def _refunded(goal: Goal, told: Told) -> HttpResponse:
    """The order says whose it was: neither sign nor address is needed."""
    with connection.cursor() as cursor:
        took = storing.refund(cursor, Reached(goal.pk, 0, datetime.now(UTC), told, Conversion.Via.SERVER.value))
    if took:
        return JsonResponse({"refunded": True})
    return JsonResponse({"refunded": False, "why": _NOT_REFUNDED})


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotReadable("The body is a JSON object with a sign or an e-mail address.")
    return said


def _message(said: dict[str, Any], cursor: Any) -> int | None:
    """Whose order it is. Raises NotReadable."""
    sign, email = said.get(signs.PARAMETER), said.get("email")
    if isinstance(sign, str) and sign:
        message_id = signs.read(sign)
        if message_id is None:
            raise NotReadable(f"{signs.PARAMETER} is no sign of ours.")
        return message_id
    if not isinstance(email, str) or not email or "\0" in email:
        raise NotReadable(f"Send {signs.PARAMETER}, which came with the click, or email.")
    try:
        return storing.last_clicked(cursor, addresses.normalise(email[:320]))
    except addresses.InvalidAddress:
        return None
