"""Uploads: which views take more than a form, from whom, and how the server in front of the pages learns of it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.permissions import View, allows

HEADER = "X-Tallypost-Upload-Limit"
_FORM_AROUND_BYTES = 2**16


def takes_uploads(most_bytes: int) -> Callable[[View], View]:
    """Outermost on a view that wears `requires`: a file of so many bytes may be sent to it by whoever may use it."""

    def decorate(view: View) -> View:
        view.upload_bytes = most_bytes + _FORM_AROUND_BYTES  # type: ignore[attr-defined]  # read below
        return view

    return decorate


class UploadLimit:
    """Middleware: OPTIONS on such a view names the limit to those who may upload there.

    The server in front asks so before it takes more than a form from anybody. Behind what logs people in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        most = getattr(view, "upload_bytes", None)
        if request.method != "OPTIONS" or most is None:
            return None
        user: Any = request.user
        if not user.is_authenticated or not allows(user, getattr(view, "permission")):  # noqa: B009  # set by `requires`
            return HttpResponse(status=HTTPStatus.FORBIDDEN)
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={HEADER: str(most)})
