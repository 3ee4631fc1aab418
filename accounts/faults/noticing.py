"""Every fault of a page is logged with the id of its request, and counted, without anybody's data."""

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from redis import RedisError

from accounts.faults import kept

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"


class RequestId:
    """Middleware, the first of all: a number for whoever meets a fault to tell, and for the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4().hex[:12]  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers[HEADER] = request_id(request)
        return response


def request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def notice(sender: object, request: HttpRequest | None = None, **_: Any) -> None:
    """Receives Django's `got_request_exception`, while the exception is being handled."""
    exception, _value, trace = sys.exc_info()
    if request is None or exception is None:
        return
    frames = traceback.extract_tb(trace)
    match = request.resolver_match
    pattern = f"/{match.route}" if match else "?"
    name, method, number = _name(exception), request.method or "?", request_id(request)
    # Never the exception's own words or the lines' values: both may hold what somebody typed.
    path = " < ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames[-12:]))
    logger.error("Request %s failed: %s %s: %s at %s", number, method, pattern, name, path)
    try:
        kept.keep(exception=name, place=_place(frames), method=method, pattern=pattern, request_id=number)
    except RedisError:
        logger.warning("The fault of request %s could not be counted: Redis does not answer.", number)


def _name(exception: type[BaseException]) -> str:
    is_builtin = exception.__module__ == "builtins"
    return exception.__qualname__ if is_builtin else f"{exception.__module__}.{exception.__qualname__}"


def _place(frames: traceback.StackSummary) -> str:
    """The last frame in our own code."""
    ours = [frame for frame in frames if _is_ours(Path(frame.filename))]
    return f"{_short(ours[-1].filename)}:{ours[-1].lineno} {ours[-1].name}" if ours else "not in our code"


def _is_ours(file: Path) -> bool:
    return file.is_relative_to(settings.BASE_DIR) and "site-packages" not in file.parts


def _short(filename: str) -> str:
    file = Path(filename)
    return str(file.relative_to(settings.BASE_DIR)) if _is_ours(file) else "/".join(file.parts[-3:])
